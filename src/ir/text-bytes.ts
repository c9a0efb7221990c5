/** Byte classes of MLIR text, as bits of `byteClass[byte]`. */
export const wordStart = 1;
export const wordPart = 2;
export const digit = 4;
export const space = 8;
/** Bytes of a value name after `%`, and of a numbered alias. */
export const namePart = 16;

/** `byteClass[byte]`: the classes of each byte. Read-only by convention: nobody writes to it. */
export const byteClass: Uint8Array = makeByteClasses();

function makeByteClasses(): Uint8Array {
  const classes = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z_]/.test(character)) classes[byte] |= wordStart;
    if (/[A-Za-z0-9_$.]/.test(character)) classes[byte] |= wordPart;
    if (/[0-9]/.test(character)) classes[byte] |= digit;
    if (/[ \t\r\n]/.test(character)) classes[byte] |= space;
    if (/[A-Za-z0-9_$.-]/.test(character)) classes[byte] |= namePart;
  }
  return classes;
}

/** The bytes that the grammar names. */
export const bytes = {
  newline: 10,
  quote: 34,
  hash: 35,
  percent: 37,
  open: 40,
  close: 41,
  comma: 44,
  minus: 45,
  dot: 46,
  slash: 47,
  zero: 48,
  colon: 58,
  less: 60,
  equals: 61,
  greater: 62,
  question: 63,
  at: 64,
  openSquare: 91,
  backslash: 92,
  closeSquare: 93,
  caret: 94,
  openBrace: 123,
  closeBrace: 125,
  bang: 33,
} as const;

const decoder = new TextDecoder();

/** The text of bytes [start, end). */
export function decodeBytes(source: Uint8Array, start: number, end: number): string {
  if (end - start > 64) return decoder.decode(source.subarray(start, end));
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = source[at];
    if (byte >= 128) return decoder.decode(source.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}
