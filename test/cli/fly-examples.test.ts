import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { skein } from '../support/run-skein.ts';

/* examples/flights through the built command. Needs `npm run build`. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-fly-examples-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('singapore.json is what singapore.ts prints', async () => {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...words: unknown[]) => void lines.push(words.join(' ')));
  await import('../../examples/flights/singapore.ts').finally(() => log.mockRestore());
  expect(`${lines.join('\n')}\n`).toBe(readFileSync('examples/flights/singapore.json', 'utf8'));
});

test.each([
  ['district', ['lunch']],
  ['singapore', ['flowers']],
])(
  '%s is planned in every mode, the plan checks, and what is meant to be refused is',
  (name, meant) => {
    const scenario = `examples/flights/${name}.json`;
    const served = ['first-come', 'bump', 'batch'].map(mode => {
      const out = join(folder, `${name}-${mode}`);
      const planned = skein('fly', 'plan', scenario, '--mode', mode, '--out', out, '--json');
      expect([planned.status, planned.stderr]).toEqual([0, '']);
      const found = JSON.parse(planned.stdout);
      expect(found.served + found.refusals.length).toBe(found.requests);
      expect(found.served).toBeLessThanOrEqual(found.servedBound);
      expect(found.refusals.map(({ request }: { request: string }) => request)).toEqual(expect.arrayContaining(meant));
      const checked = skein('fly', 'check', scenario, join(out, 'plan.json'), '--json');
      expect([checked.status, JSON.parse(checked.stdout).violations]).toEqual([0, []]);
      return found.served;
    });
    expect(Math.min(...served)).toBe(served[0]);
  },
  120_000,
);
