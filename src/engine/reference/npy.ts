import { readFileSync, writeFileSync } from 'node:fs';

const magic = Buffer.from('\x93NUMPY\x01\x00', 'latin1');
const alignmentBytes = 64;
const kinds: Readonly<Record<string, string>> = {
  i1: '|b1',
  i2: '|V1',
  i4: '|V1',
  i8: '|i1',
  i16: '<i2',
  i32: '<i4',
  i64: '<i8',
  ui2: '|V1',
  ui4: '|V1',
  ui8: '|u1',
  ui16: '<u2',
  ui32: '<u4',
  ui64: '<u8',
  bf16: '|V2',
  f16: '<f2',
  f32: '<f4',
  f64: '<f8',
  'complex<f32>': '<c8',
  'complex<f64>': '<c16',
};

/** Writes row-major bytes as .npy; types that numpy does not know are written as raw bytes of their size. */
export function writeNpy(path: string, dtype: string, shape: readonly number[], data: Uint8Array): void {
  const kind = kinds[dtype];
  if (kind === undefined) throw new Error(`internal: ${dtype} has no .npy type`);
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${kind}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const used = magic.length + 2 + text.length + 1;
  const body = `${text}${' '.repeat((alignmentBytes - (used % alignmentBytes)) % alignmentBytes)}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(body.length);
  writeFileSync(path, Buffer.concat([magic, length, Buffer.from(body, 'latin1'), data]));
}

/** The bytes of a .npy file of version 1, after its header. */
export function readNpyData(path: string): Uint8Array {
  const file = readFileSync(path);
  if (!file.subarray(0, magic.length).equals(magic)) throw new Error(`internal: ${path} is no .npy file of version 1`);
  return file.subarray(magic.length + 2 + file.readUInt16LE(magic.length));
}
