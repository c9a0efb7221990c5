import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { diagnosticError } from '../base/index.ts';
import { parseProgram } from './parse-program.ts';
import type { Program } from './program.ts';

/** Reads a program: `loadProgramText`, then `parseProgram`, with the diagnostics of both. */
export async function loadProgram(path: string): Promise<Program> {
  return parseProgram(await loadProgramText(path), { file: path });
}

/**
 * Reads the text of a `.mlir` file, or of gzip of one, whatever its name says. Throws SK9001 when the file cannot be
 * read, SK1002 when compressed data ends too early.
 */
export async function loadProgramText(path: string): Promise<Uint8Array> {
  const data = await readBytes(path);
  const isCompressed = data[0] === 0x1f && data[1] === 0x8b;
  return isCompressed ? decompress(data, path) : data;
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const message = `cannot read ${path}: ${reasons[reason] ?? reason}`;
    throw diagnosticError('SK9001', { message, next: 'check the path and its permissions' });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
};

async function decompress(data: Uint8Array, path: string): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(data);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw diagnosticError('SK1002', {
      message: `${path}: the compressed data is damaged or ends too early (${reason})`,
      next: 'write the whole file again: this one was cut off',
    });
  }
}
