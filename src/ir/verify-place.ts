import type { SourcePlace } from '../base/index.ts';

/** Tells the place of byte offsets in one file. */
export type FindPlace = (offset: number) => SourcePlace;

/**
 * Makes a finder of places: line and column, both from 1, of a byte offset; line 1, column 1 when the offset is unknown
 * (-1) or there is no source. The lines are found on the first call, in one pass over the source.
 */
export function createPlaceFinder(file: string, source: Uint8Array | undefined): FindPlace {
  let starts: readonly number[] | undefined;
  return offset => {
    if (source === undefined || offset < 0) return { file, line: 1, column: 1 };
    starts ??= lineStarts(source);
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle;
    }
    return { file, line: low + 1, column: offset - starts[low] + 1 };
  };
}

/** The place of one offset, for a single use. */
export function placeOf(file: string, source: Uint8Array | undefined, offset: number): SourcePlace {
  return createPlaceFinder(file, source)(offset);
}

const newline = 10;

function lineStarts(source: Uint8Array): readonly number[] {
  const starts = [0];
  for (let at = source.indexOf(newline); at !== -1; at = source.indexOf(newline, at + 1)) starts.push(at + 1);
  return starts;
}
