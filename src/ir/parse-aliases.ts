import { byteClass, bytes, decodeBytes, namePart } from './text-bytes.ts';

/** Where the aliases of a text are defined: offsets behind the `=` of `#name = ...` and `!name = ...`. */
export interface AliasTable {
  readonly attributes: ReadonlyMap<string, number>;
  readonly types: ReadonlyMap<string, number>;
}

/** Finds all alias definitions, which stand at the start of a line, without reading the lines between them. */
export function findAliases(source: Uint8Array): AliasTable {
  const attributes = new Map<string, number>();
  const types = new Map<string, number>();
  const buffer = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  for (const [mark, table] of [
    ['#', attributes],
    ['!', types],
  ] as const) {
    if (buffer[0] === mark.charCodeAt(0)) addAlias(buffer, 1, table);
    for (let at = buffer.indexOf(`\n${mark}`); at !== -1; at = buffer.indexOf(`\n${mark}`, at + 2)) {
      addAlias(buffer, at + 2, table);
    }
  }
  return { attributes, types };
}

function addAlias(source: Uint8Array, start: number, table: Map<string, number>): void {
  let end = start;
  while (end < source.length && (byteClass[source[end]] & namePart) !== 0) end++;
  let at = end;
  while (source[at] === 32) at++;
  if (end > start && source[at] === bytes.equals) table.set(decodeBytes(source, start, end), at + 1);
}
