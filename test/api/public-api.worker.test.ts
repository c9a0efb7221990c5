import { expect, test, vi } from 'vitest';

test('the example in TypeScript splits GPT-2 over four devices, and the result is the same', async () => {
  const lines: unknown[][] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...words: unknown[]) => void lines.push(words));
  await import('../../examples/typescript/split-gpt2.ts').finally(() => log.mockRestore());
  const [tokens, labels, traffic, verdict, ...rest] = lines;
  expect([tokens, labels, rest]).toEqual([['tokens=[{dp}, {}]'], ['labels=[{dp}, {}]'], []]);
  expect(traffic).toEqual([expect.stringMatching(/^all-reduce over dp: \d+ bytes$/)]);
  expect(verdict).toEqual(['verified', { f32: expect.any(Number), i32: 0 }]);
});

test('the example in TypeScript finds a plan for GPT-2 on eight GPUs', async () => {
  const lines: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...words: unknown[]) => void lines.push(words.join(' ')));
  await import('../../examples/typescript/find-plan.ts').finally(() => log.mockRestore());
  const [mesh, ...rest] = lines;
  expect(mesh).toMatch(/^\w+=\d/);
  expect(rest.slice(0, -1).every(line => /^\S+=\[/.test(line))).toBe(true);
  expect(rest.at(-1)).toMatch(/s a step; no plan is faster than/);
});
