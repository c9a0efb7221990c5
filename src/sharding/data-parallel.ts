import { diagnosticError } from '../base/index.ts';
import {
  aliasedResult,
  entryFunction,
  type Func,
  type Operation,
  type Program,
  type ValueId,
  walkOperations,
} from '../ir/index.ts';
import { formatMesh, type Mesh, meshSize } from './mesh.ts';
import type { Sharding } from './notation.ts';
import { argumentNames, type PinnedShardings } from './pin-resolution.ts';
import type { FactorRule } from './rules/rule.ts';
import { type ValueFacts, valueFacts } from './value-facts.ts';

/**
 * The pins of plain data parallelism for an inlined program: the batch dimension of each data input is cut along all
 * axes of the mesh, everything else is whole. The batch is the dimension of the data inputs that passes through the
 * whole program, until it is summed, without touching a donated argument, a second dimension of any value, a halo or
 * an operation that cannot be cut along it. Throws SK2010 where there is none that the mesh divides.
 */
export function dataParallelPins(program: Program, mesh: Mesh): PinnedShardings {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('internal: a program without an entry function');
  const facts = valueFacts(func);
  const readers = readersOf(func);
  const data = func.arguments.flatMap((argument, index) =>
    isState(func, index) ? [] : [{ index, value: argument.value }],
  );
  let best: ReadonlyMap<ValueId, number> | undefined;
  let most = 0;
  for (const { value } of data) {
    for (const [dimension, size] of (facts.tensor(value)?.shape ?? []).entries()) {
      if (size % meshSize(mesh) !== 0 || best?.get(value) === dimension) continue;
      const marks = markDimension(facts, readers, value, dimension, meshSize(mesh));
      const inputs = marks === undefined ? 0 : data.filter(input => marks.has(input.value)).length;
      const touchesState =
        marks !== undefined &&
        func.arguments.some((argument, index) => isState(func, index) && marks.has(argument.value));
      if (marks === undefined || touchesState || inputs <= most) continue;
      best = marks;
      most = inputs;
    }
  }
  if (best === undefined) throw noBatch(func, mesh, data);
  const found = best;
  const args = func.arguments.map(argument => {
    const dimension = found.get(argument.value);
    const rank = facts.tensor(argument.value)?.shape.length ?? 0;
    return dimension === undefined ? undefined : cutAlong(mesh, rank, dimension);
  });
  return { arguments: args, results: func.results.map(() => undefined), values: new Map() };
}

/** State: donated arguments. Without any donation, arguments that are floats of the same type as some result. */
function isState(func: Func, index: number): boolean {
  const donates = func.arguments.some(argument => isDonated(argument));
  const argument = func.arguments[index];
  if (donates) return isDonated(argument);
  const type = func.valueTypes[argument.value];
  return func.results.some(result => JSON.stringify(result.type) === JSON.stringify(type));
}

function isDonated(argument: Func['arguments'][number]): boolean {
  return aliasedResult(argument) >= 0 || argument.attributes['jax.buffer_donor'] !== undefined;
}

function readersOf(func: Func): ReadonlyMap<ValueId, readonly Operation[]> {
  const readers = new Map<ValueId, Operation[]>();
  walkOperations(func.body, operation => {
    for (const operand of new Set(operation.operands))
      readers.set(operand, [...(readers.get(operand) ?? []), operation]);
  });
  return readers;
}

/**
 * Follows one dimension through all operations, forward and backward. Returns the dimension of each value that it
 * reaches, or undefined where it cannot be cut into `pieces` everywhere.
 */
function markDimension(
  facts: ValueFacts,
  readers: ReadonlyMap<ValueId, readonly Operation[]>,
  seed: ValueId,
  seedDimension: number,
  pieces: number,
): ReadonlyMap<ValueId, number> | undefined {
  const marks = new Map<ValueId, number>([[seed, seedDimension]]);
  const queue: ValueId[] = [seed];
  const twins = regionTwins(facts.func);
  const mark = (value: ValueId, dimension: number): boolean => {
    const known = marks.get(value);
    if (known !== undefined) return known === dimension;
    marks.set(value, dimension);
    queue.push(value);
    return true;
  };
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
    const dimension = marks.get(value) ?? 0;
    for (const twin of twins.get(value) ?? []) if (!mark(twin, dimension)) return undefined;
    const around = [facts.definitions.get(value), ...(readers.get(value) ?? [])];
    for (const operation of around) {
      if (operation === undefined || operation.name.endsWith('.return')) continue;
      if (!markThrough(facts.rule(operation), operation, value, dimension, pieces, mark)) return undefined;
    }
  }
  return marks;
}

/** Marks the dimensions that share the marked one's major factor; false where it cannot be cut. */
function markThrough(
  rule: FactorRule,
  operation: Operation,
  value: ValueId,
  dimension: number,
  pieces: number,
  mark: (value: ValueId, dimension: number) => boolean,
): boolean {
  const tensors = [
    ...operation.operands.map((operand, index) => ({ value: operand, factors: rule.operands[index] })),
    ...operation.results.map((result, index) => ({ value: result, factors: rule.results[index] })),
  ];
  for (const marked of tensors.filter(tensor => tensor.value === value)) {
    const factor = marked.factors[dimension]?.[0];
    if (factor === undefined) continue;
    const { kind, size } = rule.factors[factor];
    if (kind === 'replicate' || kind === 'permutation' || size % pieces !== 0) return false;
    for (const tensor of tensors) {
      for (const [other, factors] of tensor.factors.entries()) {
        if (!factors.includes(factor)) continue;
        if (factors[0] !== factor || !mark(tensor.value, other)) return false;
      }
    }
  }
  return true;
}

/** Values that are the same one: what goes into a region, its arguments, what it hands on, and the results. */
function regionTwins(func: Func): ReadonlyMap<ValueId, readonly ValueId[]> {
  const twins = new Map<ValueId, ValueId[]>();
  const join = (a: ValueId, b: ValueId) => {
    twins.set(a, [...(twins.get(a) ?? []), b]);
    twins.set(b, [...(twins.get(b) ?? []), a]);
  };
  walkOperations(func.body, operation => {
    const loop = operation.name === 'stablehlo.while';
    if (!loop && operation.name !== 'stablehlo.case' && operation.name !== 'stablehlo.if') return;
    for (const [number, region] of operation.regions.entries()) {
      const handed = region.operations.at(-1)?.operands ?? [];
      for (const [index, result] of operation.results.entries()) {
        if (loop) join(operation.operands[index], region.arguments[index]);
        if (!loop || number === 1) join(result, handed[index]);
      }
    }
  });
  return twins;
}

function cutAlong(mesh: Mesh, rank: number, dimension: number): Sharding {
  const axes = mesh.axes.filter(axis => axis.size > 1).map(axis => ({ axis: axis.name }));
  const dimensions = Array.from({ length: rank }, (_, index) => ({
    axes: index === dimension ? axes : [],
    open: false,
  }));
  return { dimensions, unreduced: [] };
}

function noBatch(func: Func, mesh: Mesh, data: readonly { index: number; value: ValueId }[]) {
  const inputs = data.map(({ index, value }) => {
    const type = func.valueTypes[value];
    return `${argumentNames(func, index)[0]} ${type.kind === 'tensor' ? type.shape.join('x') : ''}`.trim();
  });
  return diagnosticError('SK2010', {
    message: `no batch dimension that ${formatMesh(mesh)} divides runs through the program; its data inputs are ${inputs.join(', ') || 'none'}`,
    next: 'choose a batch that the mesh divides, mark parameters as donated where they are updated, or pin the inputs',
  });
}
