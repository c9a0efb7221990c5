/** Rows and columns of the tiles in which a device keeps tensors. */
export type MemoryTile = readonly [rows: number, columns: number];

/**
 * Bytes of a tensor that lies in tiles which are filled up. Any dimension may be the rows and any other the columns: a
 * compiler chooses the layout of arguments, and takes the one that wastes least. Fewer rows than a tile has take a tile
 * of the next power of two.
 */
export function tiledBytes(shape: readonly number[], elementBytes: number, [rows, columns]: MemoryTile): number {
  if (shape.length === 0) return elementBytes;
  const count = shape.reduce((product, size) => product * size, 1);
  if (count === 0) return 0;
  const filled = (size: number, tile: number): number => Math.ceil(size / tile) * tile;
  const asColumns = (size: number): number => filled(size, columns) / size;
  const asRows = (size: number): number => filled(size, Math.min(rows, 2 ** Math.ceil(Math.log2(size)))) / size;
  let least = shape.length === 1 ? asColumns(shape[0]) : Number.POSITIVE_INFINITY;
  for (const [column, width] of shape.entries()) {
    for (const [row, height] of shape.entries()) {
      if (row !== column) least = Math.min(least, asColumns(width) * asRows(height));
    }
  }
  return Math.round(count * elementBytes * least);
}
