import type { Point } from '../network.ts';

/** Square cells side by side: cell `row * columns + column`, from the south-west corner. */
export interface CellGrid {
  readonly west: number;
  readonly south: number;
  readonly cellMetres: number;
  readonly columns: number;
  readonly rows: number;
}

/**
 * Sets `cells[row * columns + column]` to 1 for every cell that shares an area with the ring (a simple polygon, first
 * corner repeated or not; a ring that crosses itself counts even-odd). Touching is no overlap. Time goes as the cells
 * that the ring passes through and the cells inside.
 *
 *      ┌──┬──┬──┐        a cell overlaps where an edge passes through its inside (b, c, d),
 *      │  │b╱│c │        or where none does and its middle lies inside (a)
 *      ├──┼╱─┼─╲┤
 *      │ ╱│a │ d╲
 */
export function markRing(ring: readonly Point[], grid: CellGrid, cells: Uint8Array): void {
  const count = ring.length;
  const across = new Float64Array(count);
  const upward = new Float64Array(count);
  for (let corner = 0; corner < count; corner++) {
    const [x, y] = ring[corner] as Point;
    across[corner] = (x - grid.west) / grid.cellMetres;
    upward[corner] = (y - grid.south) / grid.cellMetres;
  }
  for (let corner = 0; corner < count; corner++) {
    const next = corner + 1 === count ? 0 : corner + 1;
    markSegment(
      across[corner] as number,
      upward[corner] as number,
      across[next] as number,
      upward[next] as number,
      grid,
      cells,
    );
  }
  markMiddles(across, upward, grid, cells);
}

/** Marks the cells whose inside a segment passes through. Coordinates in cells. */
function markSegment(ax: number, ay: number, bx: number, by: number, grid: CellGrid, cells: Uint8Array): void {
  if (ay > by) {
    markSegment(bx, by, ax, ay, grid, cells);
    return;
  }
  const { columns, rows } = grid;
  // A level segment on a grid line touches cells only.
  if (ay === by && Number.isInteger(ay)) return;
  const lastRow = Math.min(rows - 1, ay === by ? Math.floor(ay) : Math.ceil(by) - 1);
  for (let row = Math.max(0, Math.floor(ay)); row <= lastRow; row++) {
    let from = ax;
    let to = bx;
    if (ay < row) from = ax + ((bx - ax) * (row - ay)) / (by - ay);
    if (by > row + 1) to = ax + ((bx - ax) * (row + 1 - ay)) / (by - ay);
    const low = Math.min(from, to);
    const high = Math.max(from, to);
    // An upright segment on a grid line, likewise.
    if (low === high && Number.isInteger(low)) continue;
    const lastColumn = Math.min(columns - 1, low === high ? Math.floor(low) : Math.ceil(high) - 1);
    for (let column = Math.max(0, Math.floor(low)); column <= lastColumn; column++) cells[row * columns + column] = 1;
  }
}

/** Marks the cells whose middles are inside, by the crossings of each row's middle line. */
function markMiddles(across: Float64Array, upward: Float64Array, grid: CellGrid, cells: Uint8Array): void {
  const { columns, rows } = grid;
  const crossings: number[][] = Array.from({ length: rows }, () => []);
  const count = across.length;
  for (let corner = 0; corner < count; corner++) {
    const next = corner + 1 === count ? 0 : corner + 1;
    const ay = upward[corner] as number;
    const by = upward[next] as number;
    const ax = across[corner] as number;
    const bx = across[next] as number;
    // Middle lines at row + 1/2 in [low, high): each corner belongs to one of its two edges.
    const low = Math.min(ay, by);
    const high = Math.max(ay, by);
    const last = Math.min(rows, Math.ceil(high - 0.5));
    for (let row = Math.max(0, Math.ceil(low - 0.5)); row < last; row++) {
      crossings[row]?.push(ax + ((bx - ax) * (row + 0.5 - ay)) / (by - ay));
    }
  }
  for (let row = 0; row < rows; row++) {
    const line = (crossings[row] as number[]).sort((a, b) => a - b);
    for (let pair = 0; pair + 1 < line.length; pair += 2) {
      const first = Math.max(0, Math.ceil((line[pair] as number) - 0.5));
      const end = Math.min(columns, Math.ceil((line[pair + 1] as number) - 0.5));
      if (first < end) cells.fill(1, row * columns + first, row * columns + end);
    }
  }
}
