import { countOperation, elementCount, type Func, type Operation, type Type } from '../ir/index.ts';
import { type Grid, type Propagation, piecesOfAtoms, type Strategy } from '../sharding/index.ts';
import { controlNames, fusedBytes } from './fusion.ts';
import type { DeviceWork } from './operation-seconds.ts';

/** Operations on the matrix units. */
const matrixNames: ReadonlySet<string> = new Set(['stablehlo.dot_general', 'stablehlo.dot', 'stablehlo.convolution']);

/**
 * What each operation of a placed program asks of one device. Loops and branches count by the operations inside, as
 * often as they run; values that are made again wherever they are needed (constants, broadcasts) count nothing.
 */
export function* deviceWork(propagation: Propagation): Generator<DeviceWork> {
  const { func, grid, plans, cheap } = propagation;
  for (const [operation, { site, strategy }] of plans) {
    if (cheap.has(operation.results[0])) continue;
    const work = operationWork(func, grid, operation, strategy, site.trips);
    if (work !== undefined) yield work;
  }
}

/**
 * What one operation asks of one device in one step: its work over the number of pieces that its strategy cuts it into,
 * times the `trips` of the loops around it. Undefined for loops and branches, and where no tensor is made.
 */
export function operationWork(
  func: Func,
  grid: Grid,
  operation: Operation,
  strategy: Strategy,
  trips: number,
): DeviceWork | undefined {
  const type = func.valueTypes[operation.results[0]];
  if (controlNames.has(operation.name) || type?.kind !== 'tensor') return undefined;
  const work = countOperation(func, operation);
  const share = trips / piecesOfAtoms(grid, strategy.flat());
  const matrix = matrixNames.has(operation.name);
  const fused = fusedBytesOf(func).get(operation) ?? work.bytes;
  return {
    flops: work.flops * share,
    bytes: work.bytes * share,
    fusedBytes: Math.min(fused, work.bytes) * share,
    runs: trips,
    element: type.element,
    matrix,
    ...(operation.name === 'stablehlo.convolution' ? { convolution: true } : {}),
    ...(elementNames.has(operation.name)
      ? { elements: { name: operation.name, count: share * largest(func, operation) } }
      : {}),
  };
}

/** Operations of which a profile may say what an element costs: windows, and functions of many instructions. */
const elementNames: ReadonlySet<string> = new Set(
  [...['select_and_scatter', 'reduce_window', 'divide', 'sqrt', 'rsqrt', 'exponential', 'log', 'tanh', 'logistic']].map(
    name => `stablehlo.${name}`,
  ),
);

function largest({ valueTypes }: Func, { operands }: Operation): number {
  return Math.max(...operands.map(value => elementsOf(valueTypes[value])));
}

const elementsOf = (type: Type): number => (type.kind === 'tensor' ? elementCount(type.shape) : 0);

/** What was found for a function, by identity: functions never change, and a search asks once per operation. */
const knownFusions = new WeakMap<Func, ReadonlyMap<Operation, number>>();

function fusedBytesOf(func: Func): ReadonlyMap<Operation, number> {
  const known = knownFusions.get(func);
  if (known !== undefined) return known;
  const found = fusedBytes(func);
  knownFusions.set(func, found);
  return found;
}
