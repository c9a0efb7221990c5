import { convolutionDimensions, countOperation, type Func, type Operation } from '../ir/index.ts';
import { type Grid, type Propagation, piecesOfAtoms, type Strategy } from '../sharding/index.ts';
import type { DeviceWork } from './operation-seconds.ts';
import { noDefects, type PlannerDefects } from './planner-defects.ts';

/** Operations on the matrix units. */
const matrixNames: ReadonlySet<string> = new Set(['stablehlo.dot_general', 'stablehlo.dot', 'stablehlo.convolution']);

/**
 * What each operation of a placed program asks of one device. Loops and branches count by the operations inside, as
 * often as they run; values that are made again wherever they are needed (constants, broadcasts) count nothing.
 */
export function* deviceWork(propagation: Propagation, defects: PlannerDefects = noDefects): Generator<DeviceWork> {
  const { func, grid, plans, cheap } = propagation;
  for (const [operation, { site, strategy }] of plans) {
    if (cheap.has(operation.results[0])) continue;
    const work = operationWork(func, grid, operation, strategy, site.trips, defects);
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
  defects: PlannerDefects = noDefects,
): DeviceWork | undefined {
  const type = func.valueTypes[operation.results[0]];
  if (controlNames.has(operation.name) || type?.kind !== 'tensor') return undefined;
  const matrix = matrixNames.has(operation.name);
  const work = billedWork(func, operation, matrix, defects);
  let pieces = 1;
  for (const atoms of strategy) pieces *= piecesOfAtoms(grid, atoms);
  const share = trips / pieces;
  return { flops: work.flops * share, bytes: work.bytes * share, element: type.element, matrix };
}

/** FLOPs and bytes of an operation, as it counts them. */
function billedWork(func: Func, operation: Operation, matrix: boolean, defects: PlannerDefects) {
  const { flops, bytes } = countOperation(func, operation);
  if (defects.freeMemoryBound) return { flops: matrix ? flops : 0, bytes: 0 };
  if (!defects.convolutionIndexFlops || operation.name !== 'stablehlo.convolution') return { flops, bytes };
  const { inputFeature, kernelInputFeature } = convolutionDimensions(operation);
  const kernel = func.valueTypes[operation.operands[1]];
  const size = kernel.kind === 'tensor' ? kernel.shape[kernelInputFeature] : 1;
  return { flops: (flops * inputFeature) / size, bytes };
}

const controlNames: ReadonlySet<string> = new Set(['stablehlo.while', 'stablehlo.case', 'stablehlo.if']);
