import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseProgram, printProgram } from '../../src/ir/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folders = ['test/conformance/programs', 'examples/programs'].map(name => join(root, name)).filter(existsSync);
const files = folders.flatMap(folder =>
  readdirSync(folder)
    .filter(name => name.endsWith('.mlir.gz'))
    .map(name => join(folder, name)),
);

interface Comparison {
  readonly first: string;
  readonly pretty: boolean;
  readonly generic: boolean;
  readonly error?: string;
}

const results = new Map<string, Comparison>();
let folder = '';

/** Prints each program in both forms, and lets jaxlib compare both with the original. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-roundtrip-'));
  const pairs: string[] = [];
  for (const [index, file] of files.entries()) {
    const program = parseProgram(gunzipSync(readFileSync(file)), { file });
    for (const form of ['pretty', 'generic'] as const) {
      const path = join(folder, `${index}.${form}.mlir`);
      writeFileSync(path, printProgram(program, { form }));
      pairs.push(file, path);
    }
  }
  const python = join(root, '.venv/bin/python');
  const output = runPython(python, [join(root, 'test/conformance/roundtrip.py'), ...pairs]);
  for (const line of output.trim().split('\n')) {
    const result: Comparison & { second: string } = JSON.parse(line);
    results.set(result.second, result);
  }
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The output, also when the comparison found a difference and exits with 1. */
function runPython(python: string, args: readonly string[]): string {
  try {
    return execFileSync(python, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && error.stdout !== '') return String(error.stdout);
    throw error;
  }
}

describe("jaxlib's print of our text equals its print of the original", () => {
  for (const [index, file] of files.entries()) {
    for (const form of ['pretty', 'generic'] as const) {
      it(`for ${file.slice(root.length)}, written in ${form} form`, () => {
        const result = results.get(join(folder, `${index}.${form}.mlir`));
        expect(result?.error).toBeUndefined();
        expect(result).toMatchObject({ pretty: true, generic: true });
      });
    }
  }
});
