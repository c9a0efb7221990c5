import { type Func, gatherDimensions, type ValueId } from '../ir/index.ts';
import { type Grid, type Layout, piecesOfAtoms } from '../sharding/index.ts';

/** The dimensions along which operations look entries up in an argument, by the argument, also through casts. */
export function lookupDimensions(func: Func): ReadonlyMap<ValueId, readonly number[]> {
  const sources = new Map<ValueId, ValueId>(func.arguments.map(({ value }) => [value, value]));
  const found = new Map<ValueId, readonly number[]>();
  for (const operation of func.body.operations) {
    const source = sources.get(operation.operands[0]);
    if (source === undefined) continue;
    if (operation.name === 'stablehlo.convert') sources.set(operation.results[0], source);
    else if (operation.name === 'stablehlo.gather') found.set(source, gatherDimensions(operation).startIndexMap);
  }
  return found;
}

/**
 * The layouts of a table that cut it into whole entries only, and those in more pieces than any such. Where tensors lie in
 * tiles, entries that are cut are a table in the other order for the compiler, which copies it once it is gathered, and
 * its gradient before it is summed: 1.3 of 33.5 ms on 16 chips (docs/results/scale.md).
 */
export function layoutsOfTable(grid: Grid, layouts: readonly Layout[], lookedUp: readonly number[]): readonly Layout[] {
  const pieces = ({ dimensions }: Layout): number => piecesOfAtoms(grid, dimensions.flat());
  const isWhole = ({ dimensions }: Layout): boolean =>
    dimensions.every((atoms, dimension) => atoms.length === 0 || lookedUp.includes(dimension));
  const most = Math.max(...layouts.filter(isWhole).map(pieces));
  return layouts.filter(layout => isWhole(layout) || pieces(layout) > most);
}
