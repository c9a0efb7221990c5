import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { findPython, packageRoot } from '../../src/engine/index.ts';
import { countProgram, parseProgram } from '../../src/ir/index.ts';

const names = ['alexnet-tiny', 'gpt2-tiny', 'llama-tiny', 'mlp-bf16', 'moe-tiny', 'resnet-tiny', 'unet-tiny'];

type Analysis = Readonly<Record<string, { readonly flops: number; readonly transcendentals: number }>>;

/** XLA's counts of programs before optimization, by path. */
function analyseByXla(paths: readonly string[]): Analysis {
  const folder = mkdtempSync(join(tmpdir(), 'skein-count-'));
  try {
    const target = join(folder, 'counts.json');
    execFileSync(findPython(), [join(import.meta.dirname, 'count-flops.py'), target, ...paths]);
    return JSON.parse(readFileSync(target, 'utf8')) as Analysis;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('countProgram', () => {
  const pathOf = (name: string): string => join(packageRoot(), 'examples', 'programs', `${name}.mlir.gz`);
  const analysis = analyseByXla(names.map(pathOf));

  it.each(names)('counts the work of %s as XLA does, but for one part in a hundred', name => {
    const path = pathOf(name);
    const count = countProgram(parseProgram(gunzipSync(readFileSync(path)), { file: path }));
    const { flops, transcendentals } = analysis[path];
    expect(Math.abs(count.flops / flops - 1)).toBeLessThan(0.01);
    expect(count.transcendentals).toBe(transcendentals);
  });
});
