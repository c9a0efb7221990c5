/** A rectangle of the plane, in metres. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** Square cells, each with a list; those without entries take no space. */
export interface CellGrid<Entry> {
  /** Visits the lists of cells that a straight way, widened by `margin` on every side, may touch. */
  visit(
    from: readonly [x: number, y: number],
    to: readonly [x: number, y: number],
    margin: number,
    use: (list: Entry[]) => void,
  ): void;
}

/** A grid with cells of `cellMetres`, or larger ones where the box would have more than a million each way. */
export function createCellGrid<Entry>(box: Box, cellMetres: number): CellGrid<Entry> {
  const most = 2 ** 20;
  const cell = Math.max(cellMetres, (box.right - box.left) / most, (box.top - box.bottom) / most, 1e-9);
  const cells = new Map<number, Entry[]>();
  const column = (x: number): number => Math.floor((x - box.left) / cell) + 1;
  const row = (y: number): number => Math.floor((y - box.bottom) / cell) + 1;
  const listAt = (key: number): Entry[] => {
    const known = cells.get(key);
    if (known !== undefined) return known;
    const made: Entry[] = [];
    cells.set(key, made);
    return made;
  };
  return {
    visit: ([x0, y0], [x1, y1], margin, use) => {
      const slope = y1 === y0 ? 0 : (x1 - x0) / (y1 - y0);
      const lastRow = row(Math.max(y0, y1) + margin);
      for (let at = row(Math.min(y0, y1) - margin); at <= lastRow; at++) {
        let [left, right] = [Math.min(x0, x1), Math.max(x0, x1)];
        if (slope !== 0) {
          // Where the way is as high as this row, widened.
          const low = box.bottom + (at - 1) * cell - margin;
          const one = x0 + (low - y0) * slope;
          const other = one + (cell + 2 * margin) * slope;
          [left, right] = [Math.max(left, Math.min(one, other)), Math.min(right, Math.max(one, other))];
        }
        const lastColumn = column(right + margin);
        for (let across = column(left - margin); across <= lastColumn; across++) use(listAt(at * 2 ** 24 + across));
      }
    },
  };
}

/** The box around some points; of no size where there are none. */
export function boxAround(xs: Iterable<number>, ys: Iterable<number>): Box {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const x of xs) [left, right] = [Math.min(left, x), Math.max(right, x)];
  for (const y of ys) [bottom, top] = [Math.min(bottom, y), Math.max(top, y)];
  return left <= right && bottom <= top ? { left, right, bottom, top } : { left: 0, right: 0, bottom: 0, top: 0 };
}
