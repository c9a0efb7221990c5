import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

/* Plans that a search finds, carried out on eight virtual devices and compared with one. Needs `npm run build`. */
const folder = mkdtempSync(join(tmpdir(), 'skein-found-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function skein(...words: string[]) {
  const options = { encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', ...words], options);
  return { status, stdout, stderr };
}

for (const name of ['mlp', 'gpt2-tiny-scan', 'moe-tiny']) {
  test(`the plan found for ${name} gives the outputs of one device`, () => {
    const program = `examples/programs/${name}.mlir.gz`;
    const out = join(folder, name);
    const planned = skein('plan', program, '--cluster', 'cpu:8', '--out', out, '--json');
    expect(planned.stderr).toBe('');
    const { search, predicted } = JSON.parse(planned.stdout);
    expect(search.bound).toBeLessThanOrEqual(predicted.stepSeconds);
    const run = skein('run', program, '--plan', join(out, 'plan.json'), '--cluster', 'cpu:8', '--verify', '--json');
    expect(JSON.parse(run.stdout).verified).toBe(true);
    expect(run.status).toBe(0);
  });
}
