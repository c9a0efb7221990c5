import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { diagnosticError } from '../../base/index.ts';
import type { HostTensor } from '../engine.ts';

const dtypes: Readonly<Record<string, string>> = {
  BOOL: 'i1',
  I8: 'i8',
  I16: 'i16',
  I32: 'i32',
  I64: 'i64',
  U8: 'ui8',
  U16: 'ui16',
  U32: 'ui32',
  U64: 'ui64',
  F16: 'f16',
  BF16: 'bf16',
  F32: 'f32',
  F64: 'f64',
};

/** Returns a function that reads a tensor of a `.safetensors` file by its name, or undefined where it is not there. */
export function openSafetensors(path: string): (name: string) => HostTensor | undefined {
  const { header, dataStart, sizeBytes } = readHeader(path);
  return name => {
    const entry = header[name];
    if (entry === undefined || name === '__metadata__') return undefined;
    const { dtype, shape, data_offsets: offsets } = entry as Readonly<Record<string, unknown>>;
    const known = typeof dtype === 'string' ? dtypes[dtype] : undefined;
    if (known === undefined || !isNumbers(shape) || !isNumbers(offsets)) throw unreadable(path, `tensor ${name}`);
    const [start = 0, end = 0] = offsets;
    if (start > end || dataStart + end > sizeBytes) throw unreadable(path, `the place of tensor ${name}`);
    return { dtype: known, shape, data: readBytes(path, dataStart + start, end - start) };
  };
}

function readHeader(path: string): { header: Readonly<Record<string, unknown>>; dataStart: number; sizeBytes: number } {
  try {
    const sizeBytes = statSync(path).size;
    const length = Number(Buffer.from(readBytes(path, 0, 8)).readBigUInt64LE(0));
    if (length > sizeBytes - 8) throw new Error('its header is longer than the file');
    const header: unknown = JSON.parse(Buffer.from(readBytes(path, 8, length)).toString('utf8'));
    if (typeof header !== 'object' || header === null) throw new Error('its header is no object');
    return { header: header as Readonly<Record<string, unknown>>, dataStart: 8 + length, sizeBytes };
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error));
  }
}

function readBytes(path: string, position: number, length: number): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(length);
    if (readSync(file, bytes, 0, length, position) !== length) throw new Error('it ends too early');
    return bytes;
  } finally {
    closeSync(file);
  }
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(item => Number.isInteger(item) && item >= 0);
}

function unreadable(path: string, why: string): Error {
  return diagnosticError('SK1201', {
    message: `${path} cannot be read as .safetensors: ${why}`,
    next: 'write it again with safetensors.numpy.save_file',
  });
}
