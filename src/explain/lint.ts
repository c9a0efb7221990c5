import { formatBytes, formatSeconds } from '../base/index.ts';
import { type ArgumentRole, CollectivePrices } from '../cost/index.ts';
import { typeBytes } from '../ir/index.ts';
import { argumentNames, axisNames, formatSharding, matchesGlob, type Pin, shardingOf } from '../sharding/index.ts';
import { cutsTensor, cutsValues, percent } from './axes.ts';
import type { PlanSubject } from './subject.ts';
import { describeValue } from './traffic.ts';

/** Something about a plan that whoever wrote it may not have meant. */
export interface LintFinding {
  readonly rule: LintRule;
  /** What is so, in one sentence. */
  readonly message: string;
}

export type LintRule = 'idle pin' | 'idle axis' | 'whole tensor' | 'repeated memory' | 'costly change' | 'dispute';

/** Shares above which something is told: of the arguments' memory, of a device's memory, and of the step. */
const [largeTensor, muchMemory, longMove] = [0.02, 0.05, 0.01];
/** Most findings of one rule. */
const mostTold = 4;

/** What is odd about a plan made by hand, in the order of the rules. */
export function lintPlan(subject: PlanSubject, pins: readonly Pin[], memoryLimitBytes: number): LintFinding[] {
  return [
    ...idlePins(subject, pins),
    ...idleAxes(subject),
    ...wholeTensors(subject),
    ...repeatedMemory(subject, memoryLimitBytes),
    ...costlyChanges(subject),
    ...disputes(subject),
  ];
}

/** Pins of which later pins decide every name. A pin that matches nothing is an error before. */
function idlePins({ func }: PlanSubject, pins: readonly Pin[]): LintFinding[] {
  const named = pins.filter(pin => !pin.match.startsWith('scope:'));
  const names = [
    ...func.arguments.map((_, index) => argumentNames(func, index)),
    ...func.results.map((_, index) => [`result${index}`]),
  ];
  const deciding = new Set(names.map(own => named.findLast(pin => own.some(name => matchesGlob(pin.match, name)))));
  return named.flatMap(pin =>
    deciding.has(pin)
      ? []
      : [
          {
            rule: 'idle pin' as const,
            message: `the pin ${pin.match}=${formatSharding(pin.sharding)} decides nothing: later pins match all that it matches`,
          },
        ],
  );
}

function idleAxes(subject: PlanSubject): LintFinding[] {
  return subject.mesh.axes.flatMap(({ name, size }) =>
    size === 1 || cutsValues(subject, name)
      ? []
      : [
          {
            rule: 'idle axis' as const,
            message: `the axis ${name}=${size} cuts nothing: ${size} devices along it do the same work`,
          },
        ],
  );
}

/** Large arguments that every device holds whole, though an axis divides one of their dimensions. */
function wholeTensors({ func, placed, names, mesh, ownerOf }: PlanSubject): LintFinding[] {
  const bytesOf = (index: number): number => typeBytes(func.valueTypes[func.arguments[index].value]);
  const all = func.arguments.reduce((sum, _, index) => sum + bytesOf(index) / piecesOf(placed, index), 0);
  const groups = new Map<string, { bytes: number; advice: string; weight: boolean; state: boolean }>();
  for (const [index, { value }] of func.arguments.entries()) {
    const type = func.valueTypes[value];
    if (type.kind !== 'tensor' || placed.arguments[index].dimensions.some(({ axes }) => axes.length > 0)) continue;
    const [cut] = mesh.axes
      .flatMap(({ name, size }) => {
        const dimension = type.shape.findIndex(length => size > 1 && length % size === 0);
        return dimension < 0 ? [] : [{ name, size, dimension, length: type.shape[dimension] }];
      })
      .sort((a, b) => b.size - a.size);
    if (cut === undefined) continue;
    const isState = ownerOf[index] >= 0;
    const name = names.argument(isState ? ownerOf[index] : index);
    const known = groups.get(name);
    const advice = `dimension ${cut.dimension} of ${cut.length} could be cut by ${cut.name}=${cut.size}`;
    groups.set(name, {
      bytes: (known?.bytes ?? 0) + bytesOf(index),
      advice,
      weight: !isState || (known?.weight ?? false),
      state: isState || (known?.state ?? false),
    });
  }
  const large = [...groups]
    .filter(([, { bytes }]) => bytes >= largeTensor * all)
    .sort(([, a], [, b]) => b.bytes - a.bytes);
  return capped(
    'whole tensor',
    large.map(([name, { bytes, advice, weight, state }]) => {
      const what = !weight ? `the optimizer state of ${name}` : state ? `${name} with its optimizer state` : name;
      return `${what} (${formatBytes(bytes)}) lies whole on every device; ${advice}`;
    }),
  );
}

function piecesOf({ grid, arguments: given }: PlanSubject['placed'], index: number): number {
  const names = new Set(given[index].dimensions.flatMap(({ axes }) => axes.map(part => part.axis)));
  return grid.mesh.axes.reduce((product, { name, size }) => (names.has(name) ? product * size : product), 1);
}

/** Weights and state that are the same along an axis, where that takes a good part of a device's memory. */
function repeatedMemory({ func, placed, mesh, roles }: PlanSubject, memoryLimitBytes: number): LintFinding[] {
  const kinds: readonly ArgumentRole[] = ['parameter', 'optimizer state'];
  const found = mesh.axes.flatMap(({ name, size }) =>
    kinds.flatMap(role => {
      let bytes = 0;
      for (const [index, { value }] of func.arguments.entries()) {
        if (roles[index] !== role || cutsTensor(placed.arguments[index], name)) continue;
        bytes += typeBytes(func.valueTypes[value]) / piecesOf(placed, index);
      }
      if (size === 1 || bytes < muchMemory * memoryLimitBytes) return [];
      const what = role === 'parameter' ? 'weights' : role;
      const [saved, share] = [bytes - bytes / size, percent(bytes / memoryLimitBytes)];
      const message = `${formatBytes(bytes)} of ${what} a device (${share} of its memory) are the same along ${name}; cut along it they would take ${formatBytes(saved)} less`;
      return [{ saved, message }];
    }),
  );
  found.sort((a, b) => b.saved - a.saved);
  return capped(
    'repeated memory',
    found.map(({ message }) => message),
  );
}

/** Changes of layout of values inside blocks that take a good part of the step. */
function costlyChanges(subject: PlanSubject): LintFinding[] {
  const { placed, fold, names, plan, mesh, cluster, numbers } = subject;
  const inBlock = new Set(fold.blocks.flatMap(block => block.instances.flat()));
  const prices = new CollectivePrices(mesh, cluster);
  const sums = new Map<string, { seconds: number; count: number }>();
  for (const movement of placed.movements) {
    if (movement.kind !== 'reshard' || movement.steps.length === 0) continue;
    const { operation, trips } = movement.site;
    if (!inBlock.has(numbers.get(operation) ?? -1)) continue;
    if (describeValue(subject, movement.value, false) !== undefined) continue;
    const [from, to] = [movement.from, movement.to].map(layout => formatSharding(shardingOf(placed.grid, layout)));
    const where = names.scope(operation.scope);
    const site = where.name === '' ? operation.name : `${where.name}${where.backward ? ', backward' : ''}`;
    const key = `${site} (${operation.name.replace('stablehlo.', '')}): ${from} to ${to}`;
    const known = sums.get(key) ?? { seconds: 0, count: 0 };
    const seconds = movement.steps.reduce(
      (sum, { kind, atoms, bytesPerDevice }) =>
        sum + prices.seconds({ kind, axes: axisNames(placed.grid, atoms), bytesPerDevice }),
      0,
    );
    sums.set(key, { seconds: known.seconds + trips * seconds, count: known.count + trips });
  }
  const step = plan.predicted.stepSeconds;
  const long = [...sums].filter(([, { seconds }]) => seconds >= longMove * step);
  long.sort(([, a], [, b]) => b.seconds - a.seconds);
  return capped(
    'costly change',
    long.map(
      ([text, { seconds, count }]) =>
        `${text}, ${count} times: ${formatSeconds(seconds)}, ${percent(seconds / step)} of the step`,
    ),
  );
}

/** Axes that several dimensions of an operation wanted, by place. */
function disputes({ placed, names }: PlanSubject): LintFinding[] {
  const groups = new Map<string, { count: number; explanation: string }>();
  for (const { scope, operation, axis, explanation } of placed.conflicts) {
    const { name } = names.scope(scope);
    const key = `${name === '' ? operation : name} ${axis}`;
    const known = groups.get(key);
    groups.set(key, { count: (known?.count ?? 0) + 1, explanation: known?.explanation ?? explanation });
  }
  return capped(
    'dispute',
    [...groups]
      .sort(([, a], [, b]) => b.count - a.count)
      .map(([place, { count, explanation }]) => {
        const [where] = place.split(' ');
        return `at ${where}${count === 1 ? '' : `, ${count} times`}: ${explanation}`;
      }),
  );
}

function capped(rule: LintRule, messages: readonly string[]): LintFinding[] {
  const told = messages.slice(0, mostTold);
  const more = messages.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more of the kind`] : [])].map(message => ({ rule, message }));
}
