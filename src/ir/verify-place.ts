import type { SourcePlace } from '../base/index.ts';

/** Line and column, both from 1, of a byte offset in a file; line 1, column 1 when the offset is unknown (-1). */
export function placeOf(file: string, source: Uint8Array | undefined, offset: number): SourcePlace {
  if (source === undefined || offset < 0) return { file, line: 1, column: 1 };
  let line = 1;
  let lineStart = 0;
  for (let at = source.indexOf(newline); at !== -1 && at < offset; at = source.indexOf(newline, at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { file, line, column: offset - lineStart + 1 };
}

const newline = 10;
