import type { DeviceWork } from '../cost/index.ts';
import { countOperation } from '../ir/index.ts';
import type { Propagation } from '../sharding/index.ts';

/** Operations on the matrix units. */
const matrixNames: ReadonlySet<string> = new Set(['stablehlo.dot_general', 'stablehlo.dot', 'stablehlo.convolution']);

/**
 * What each operation of a placed program asks of one device: its work over the number of pieces that its strategy cuts
 * it into. Loops and branches count by the operations inside, as often as they run; values that are made again wherever
 * they are needed (constants, broadcasts) count nothing.
 */
export function* deviceWork(propagation: Propagation): Generator<DeviceWork> {
  const { func, grid, plans, cheap } = propagation;
  for (const [operation, { site, strategy }] of plans) {
    const [result] = operation.results;
    const type = func.valueTypes[result];
    if (controlNames.has(operation.name) || type?.kind !== 'tensor' || cheap.has(result)) continue;
    const pieces = strategy.flat().reduce((product, atom) => product * grid.atoms[atom].size, 1);
    const work = countOperation(func, operation);
    const share = site.trips / pieces;
    const matrix = matrixNames.has(operation.name);
    yield { flops: work.flops * share, bytes: work.bytes * share, element: type.element, matrix };
  }
}

const controlNames: ReadonlySet<string> = new Set(['stablehlo.while', 'stablehlo.case', 'stablehlo.if']);
