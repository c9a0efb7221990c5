import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DiagnosticError } from '../base/index.ts';
import { loadProgram } from './load-program.ts';

const text = 'module @m {\n  func.func public @main() {\n    return\n  }\n}\n';
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skein-load-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(name: string, data: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), data);
  return codeOf(loadProgram(join(folder, name)));
}

async function codeOf(loading: ReturnType<typeof loadProgram>): Promise<string> {
  try {
    return (await loading).name;
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics[0].code;
    throw error;
  }
}

describe('loading a program', () => {
  it('reads text', async () => expect(await load('a.mlir', text)).toBe('m'));
  it('reads gzip under any name', async () => expect(await load('a.txt', gzipSync(text))).toBe('m'));
  it('tells damaged gzip', async () => expect(await load('b.gz', gzipSync(text).subarray(0, 40))).toBe('SK1002'));
  it('tells a missing file', async () => expect(await codeOf(loadProgram(join(folder, 'none')))).toBe('SK9001'));
  it('tells a folder', async () => expect(await codeOf(loadProgram(folder))).toBe('SK9001'));
});
