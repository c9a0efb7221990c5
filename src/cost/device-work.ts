import {
  convolutionDimensions,
  countOperation,
  elementCount,
  type Func,
  type Operation,
  operationCounter,
  type Type,
  typeBytes,
  type Work,
} from '../ir/index.ts';
import { type Grid, type Propagation, piecesOfAtoms, type Strategy } from '../sharding/index.ts';
import type { Cluster } from './cluster.ts';
import { controlNames, fusedBytes } from './fusion.ts';
import type { DeviceWork } from './operation-seconds.ts';
import { noDefects, type PlannerDefects } from './planner-defects.ts';

/** Operations on the matrix units. */
const matrixNames: ReadonlySet<string> = new Set(['stablehlo.dot_general', 'stablehlo.dot', 'stablehlo.convolution']);

/** Bytes that operations move through memory where chains run as one kernel; see `fusedBytes`. */
export type FusedBytes = ReadonlyMap<Operation, number>;

/** The fused bytes of a function's operations, where a cluster's compiler fuses chains. */
export function fusedBytesOn({ profile }: Pick<Cluster, 'profile'>, func: Func): FusedBytes | undefined {
  return profile.fusesChains === true ? fusedBytes(func) : undefined;
}

/**
 * What each operation of a placed program asks of one device. Loops and branches count by the operations inside, as
 * often as they run; values that are made again wherever they are needed (constants, broadcasts) count nothing.
 */
export function* deviceWork(
  propagation: Propagation,
  fused?: FusedBytes,
  defects: PlannerDefects = noDefects,
): Generator<DeviceWork> {
  const { func, grid, plans, cheap } = propagation;
  const count = operationCounter(func);
  for (const [operation, { site, strategy }] of plans) {
    if (cheap.has(operation.results[0])) continue;
    const work = operationWork(func, operation, site.trips, fused, defects, count);
    if (work !== undefined) yield workOfPiece(work, piecesOfStrategy(grid, strategy));
  }
}

/**
 * What one operation asks of a device that does all of it in one step, times the `trips` of the loops around it.
 * Undefined for loops and branches, and where no tensor is made. `count` counts the operations of the function.
 */
export function operationWork(
  func: Func,
  operation: Operation,
  trips: number,
  fused?: FusedBytes,
  defects: PlannerDefects = noDefects,
  count = (counted: Operation): Work => countOperation(func, counted),
): DeviceWork | undefined {
  const type = func.valueTypes[operation.results[0]];
  if (controlNames.has(operation.name) || type?.kind !== 'tensor') return undefined;
  const matrix = matrixNames.has(operation.name);
  const work = billedWork(func, operation, matrix, defects, count(operation));
  const own = fused?.get(operation);
  return {
    flops: work.flops * trips,
    bytes: work.bytes * trips,
    ...(own === undefined ? {} : { fusedBytes: Math.min(own, work.bytes) * trips }),
    runs: trips,
    element: type.element,
    matrix,
    ...(operation.name === 'stablehlo.convolution' ? { convolution: true } : {}),
    ...(elementNames.has(operation.name) && !defects.freeMemoryBound
      ? { elements: { name: operation.name, count: trips * largest(func, operation) } }
      : {}),
  };
}

/** FLOPs and bytes of an operation, as it counts them; the fused bytes are at most these. */
function billedWork(
  func: Func,
  operation: Operation,
  matrix: boolean,
  defects: PlannerDefects,
  { flops, bytes: all }: Work,
): Pick<Work, 'flops' | 'bytes'> {
  const bytes = partBytes(func, operation) ?? all;
  if (defects.freeMemoryBound) return { flops: matrix ? flops : 0, bytes: 0 };
  if (!defects.convolutionIndexFlops || operation.name !== 'stablehlo.convolution') return { flops, bytes };
  const { inputFeature, kernelInputFeature } = convolutionDimensions(operation);
  const kernel = func.valueTypes[operation.operands[1]];
  const size = kernel.kind === 'tensor' ? kernel.shape[kernelInputFeature] : 1;
  return { flops: (flops * inputFeature) / size, bytes };
}

/**
 * Bytes of an operation that takes a part of its operand, or replaces one in place: the part, read and written, as XLA's
 * HloCostAnalysis has it. Undefined for all others. A loop that keeps a stack would else move all of it in every turn.
 */
function partBytes({ valueTypes }: Func, { name, operands, results }: Operation): number | undefined {
  if (takesPart.has(name)) return 2 * typeBytes(valueTypes[results[0]]);
  return name === 'stablehlo.dynamic_update_slice' ? 2 * typeBytes(valueTypes[operands[1]]) : undefined;
}

const takesPart: ReadonlySet<string> = new Set(['stablehlo.slice', 'stablehlo.dynamic_slice', 'stablehlo.gather']);

/** The work of one of so many equal pieces. */
export function workOfPiece(work: DeviceWork, pieces: number): DeviceWork {
  const { fusedBytes: fused, elements } = work;
  return {
    ...work,
    flops: work.flops / pieces,
    bytes: work.bytes / pieces,
    ...(fused === undefined ? {} : { fusedBytes: fused / pieces }),
    ...(elements === undefined ? {} : { elements: { ...elements, count: elements.count / pieces } }),
  };
}

/** Into how many pieces a strategy cuts the work of its operation. */
export function piecesOfStrategy(grid: Grid, strategy: Strategy): number {
  let pieces = 1;
  for (const atoms of strategy) pieces *= piecesOfAtoms(grid, atoms);
  return pieces;
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
