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
