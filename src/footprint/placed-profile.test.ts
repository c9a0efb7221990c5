import { expect, test } from 'vitest';
import { explainedExample } from '../../test/support/explained-plans.ts';
import { placedMemory, totalBytes } from './placed-memory.ts';
import { placedProfile } from './placed-profile.ts';

for (const placement of ['dp', 'fsdp', 'megatron-sp', 'zero1']) {
  test(`the profile of a placed program has the peak of its memory: ${placement}`, async () => {
    const { placed } = (await explainedExample('gpt2-tiny', placement)).split;
    const profile = placedProfile(placed);
    const memory = placedMemory(placed);
    const isTransient = (kind: string): boolean => kind === 'outputs' || kind === 'temporaries';
    const most = Math.max(...profile.transientBytes);
    expect(most).toBe(totalBytes(memory.filter(({ kind }) => isTransient(kind))));
    expect(profile.transientBytes[profile.peakStep]).toBe(most);
    expect(profile.arguments).toEqual(memory.filter(({ kind }) => !isTransient(kind)));
    expect(profile.operations).toHaveLength(profile.transientBytes.length);
  });
}

test('what is there at the peak adds up to it, and gathered weights are told as moved', async () => {
  const { placed } = (await explainedExample('gpt2-tiny', 'fsdp')).split;
  const { atPeak, transientBytes, peakStep } = placedProfile(placed);
  const sum = atPeak.reduce((bytes, tensor) => bytes + tensor.bytes, 0);
  // Outputs that take over what dies at the very step are in both.
  expect(sum).toBeGreaterThanOrEqual(transientBytes[peakStep]);
  expect(sum).toBeLessThan(1.1 * transientBytes[peakStep]);
  expect(atPeak.every(({ value }) => value >= 0 && value < placed.func.valueTypes.length)).toBe(true);
  const arguments_ = new Set(placed.func.arguments.map(({ value }) => value));
  expect(atPeak.some(({ value, moved }) => moved && arguments_.has(value))).toBe(true);
});
