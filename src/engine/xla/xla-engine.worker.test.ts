import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Engine, InputsSpec } from '../index.ts';
import { startXlaEngine } from '../index.ts';
import { layer, layerInputs, shardedLayer } from './test-programs.ts';

const scratch = mkdtempSync(join(tmpdir(), 'skein-engine-test-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let engine: Engine | undefined;
afterEach(async () => {
  await engine?.close();
  engine = undefined;
});

describe('an engine with one process of four virtual devices', () => {
  test('runs a program on one device and split over four, with the same results', async () => {
    engine = await startXlaEngine({
      cluster: { processes: 1, devicesPerProcess: 4, platform: 'cpu' },
      sessionRoot: scratch,
    });
    expect(engine.describe().devices).toHaveLength(4);
    await runAndSave(engine, layer, [0], layerInputs, join(scratch, 'one'));
    await runAndSave(engine, shardedLayer, [0, 1, 2, 3], layerInputs, join(scratch, 'four'));
    const comparison = await engine.compare(join(scratch, 'one'), join(scratch, 'four'));
    expect(comparison.outputs.map(output => output.name)).toEqual(['w', 'loss']);
    for (const output of comparison.outputs) {
      expect(output.referenceNorm).toBeGreaterThan(0);
      expect(output.nonFinite + output.referenceNonFinite).toBe(0);
      expect(output.l2Error).toBeLessThan(1e-6);
    }
  });
});

async function runAndSave(
  on: Engine,
  text: string,
  devices: readonly number[],
  inputs: InputsSpec,
  directory: string,
): Promise<void> {
  const executable = await on.compile(text, { devices });
  const buffers = await on.generate(executable, inputs, 7);
  const result = await on.execute(executable, buffers, { steps: 3, feedback: [[0, 0]] });
  expect(result.stepSeconds).toHaveLength(3);
  await on.save(result.buffers, directory, ['w', 'loss']);
  await on.release([...result.buffers, ...buffers]);
  await on.unload(executable);
}
