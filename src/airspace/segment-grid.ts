/**
 * Squares of a plane and the segments that come within a margin of each, so that segments close to each other are found
 * without comparing all. Two segments less than two margins apart share a square.
 */
export interface SegmentGrid {
  /** Calls `visit` once with every segment that shares a square with the segment from (x1, y1) to (x2, y2). */
  visitNear(x1: number, y1: number, x2: number, y2: number, visit: (segment: number) => void): void;
  /**
   * Calls `visit` once with every segment that comes within the margin of a rectangle, and perhaps with some near it.
   */
  visitIn(bounds: SegmentBounds, visit: (segment: number) => void): void;
}

export interface SegmentBounds {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** Ends of segments, one entry a segment. */
export interface SegmentColumns {
  readonly x1: Float64Array;
  readonly y1: Float64Array;
  readonly x2: Float64Array;
  readonly y2: Float64Array;
}

/** Lays segments out on squares. Takes memory in proportion to the squares that segments pass through. */
export function createSegmentGrid(segments: SegmentColumns, marginMetres: number): SegmentGrid {
  const { x1, y1, x2, y2 } = segments;
  const count = x1.length;
  const shape = gridShape(segments, marginMetres);
  const { columns, rows } = shape;
  const offsets = new Int32Array(columns * rows + 1);
  for (let segment = 0; segment < count; segment++) {
    visitSquares(shape, at(x1, segment), at(y1, segment), at(x2, segment), at(y2, segment), square => {
      offsets[square + 1] = (offsets[square + 1] as number) + 1;
    });
  }
  for (let square = 0; square < columns * rows; square++) {
    offsets[square + 1] = (offsets[square + 1] as number) + (offsets[square] as number);
  }
  const members = new Int32Array(offsets[columns * rows] as number);
  const cursor = offsets.slice();
  for (let segment = 0; segment < count; segment++) {
    visitSquares(shape, at(x1, segment), at(y1, segment), at(x2, segment), at(y2, segment), square => {
      const slot = cursor[square] as number;
      members[slot] = segment;
      cursor[square] = slot + 1;
    });
  }
  const stamps = new Int32Array(count);
  let stamp = 0;
  const visitMembers = (square: number, visit: (segment: number) => void): void => {
    const end = offsets[square + 1] as number;
    for (let slot = offsets[square] as number; slot < end; slot++) {
      const segment = members[slot] as number;
      if (stamps[segment] === stamp) continue;
      stamps[segment] = stamp;
      visit(segment);
    }
  };
  return {
    visitNear(fromX, fromY, toX, toY, visit) {
      stamp++;
      visitSquares(shape, fromX, fromY, toX, toY, square => visitMembers(square, visit));
    },
    visitIn(bounds, visit) {
      stamp++;
      const squareOf = (place: number, first: number, count: number): number =>
        Math.min(count - 1, Math.max(0, Math.floor((place - first) / shape.size)));
      const lastRow = squareOf(bounds.top, shape.bottom, rows);
      const lastColumn = squareOf(bounds.right, shape.left, columns);
      const firstColumn = squareOf(bounds.left, shape.left, columns);
      for (let row = squareOf(bounds.bottom, shape.bottom, rows); row <= lastRow; row++) {
        for (let column = firstColumn; column <= lastColumn; column++) visitMembers(row * columns + column, visit);
      }
    },
  };
}

interface GridShape {
  readonly left: number;
  readonly bottom: number;
  readonly size: number;
  readonly columns: number;
  readonly rows: number;
  readonly margin: number;
}

/** Squares half as long as the mean segment, but not below the margin, and at most some four million of them. */
function gridShape({ x1, y1, x2, y2 }: SegmentColumns, margin: number): GridShape {
  let left = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let bottom = Number.POSITIVE_INFINITY;
  let top = Number.NEGATIVE_INFINITY;
  let total = 0;
  for (let segment = 0; segment < x1.length; segment++) {
    left = Math.min(left, at(x1, segment), at(x2, segment));
    right = Math.max(right, at(x1, segment), at(x2, segment));
    bottom = Math.min(bottom, at(y1, segment), at(y2, segment));
    top = Math.max(top, at(y1, segment), at(y2, segment));
    total += Math.hypot(at(x2, segment) - at(x1, segment), at(y2, segment) - at(y1, segment));
  }
  if (x1.length === 0) return { left: 0, bottom: 0, size: 1, columns: 1, rows: 1, margin };
  const width = right - left + 2 * margin;
  const height = top - bottom + 2 * margin;
  const size = Math.max(margin, total / x1.length / 2, Math.sqrt((width * height) / 4e6), 1e-6);
  const columns = Math.floor(width / size) + 1;
  const rows = Math.floor(height / size) + 1;
  return { left: left - margin, bottom: bottom - margin, size, columns, rows, margin };
}

/** Visits each square that has a point within the margin of a segment, and perhaps a few more. */
function visitSquares(
  { left, bottom, size, columns, rows, margin }: GridShape,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  visit: (square: number) => void,
): void {
  const firstRow = Math.max(0, Math.floor((Math.min(y1, y2) - margin - bottom) / size));
  const lastRow = Math.min(rows - 1, Math.floor((Math.max(y1, y2) + margin - bottom) / size));
  const slope = y2 === y1 ? 0 : (x2 - x1) / (y2 - y1);
  for (let row = firstRow; row <= lastRow; row++) {
    let nearX = x1;
    let farX = x2;
    if (y1 !== y2) {
      // The part of the segment whose points can be within the margin of this row.
      const low = Math.max(Math.min(y1, y2), bottom + row * size - margin);
      const high = Math.min(Math.max(y1, y2), bottom + (row + 1) * size + margin);
      nearX = x1 + (low - y1) * slope;
      farX = x1 + (high - y1) * slope;
    }
    const first = Math.max(0, Math.floor((Math.min(nearX, farX) - margin - left) / size));
    const last = Math.min(columns - 1, Math.floor((Math.max(nearX, farX) + margin - left) / size));
    for (let column = first; column <= last; column++) visit(row * columns + column);
  }
}

function at(column: Float64Array, index: number): number {
  return column[index] as number;
}
