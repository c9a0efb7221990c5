import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { layer, layerInputs, shardedLayer } from '../../../test/support/layer-programs.ts';
import type { HostTensor } from '../engine.ts';
import { Philox } from './philox.ts';
import { startReferenceEngine } from './reference-engine.ts';

const scratch = mkdtempSync(join(tmpdir(), 'skein-reference-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('Philox gives the words of numpy.random.Philox(key=[7, 3 << 32 | 1])', () => {
  const random = new Philox([7n, (3n << 32n) | 1n]);
  const words = Array.from({ length: 6 }, () => random.next64().toString(16));
  expect(words).toEqual([
    '327150332c0cb3c2',
    'b2ab9ffb27a5a501',
    'fdcaaac72618e750',
    '8501afbda3d982ac',
    'ef900860d50f46c9',
    '2f14fd130145830d',
  ]);
});

test('a step runs, its state goes round, and its outputs are saved and compared', async () => {
  const engine = startReferenceEngine();
  const executable = await engine.compile(layer);
  const run = async (steps: number, name: string): Promise<string> => {
    const buffers = await engine.generate(executable, layerInputs, 7);
    const results = await engine.execute(executable, buffers, { steps, feedback: [[0, 0]] });
    expect(results.stepSeconds).toHaveLength(steps);
    const saved = await engine.save(results.buffers, join(scratch, name), ['w', 'loss']);
    await engine.release([...buffers, ...results.buffers]);
    return saved.directory;
  };
  const one = await run(1, 'one');
  const two = await run(2, 'two');
  const same = await engine.compare(one, await run(1, 'again'));
  expect(same.pooledErrors).toEqual({ f32: 0 });
  const other = await engine.compare(one, two);
  expect(other.outputs.map(output => output.name)).toEqual(['w', 'loss']);
  expect(other.outputs.every(output => output.l2Error > 1e-6 && output.nonFinite === 0)).toBe(true);
  expect((await engine.memoryStats()).bufferBytes).toBe(0);
});

test('donated arguments are consumed', async () => {
  const engine = startReferenceEngine();
  const executable = await engine.compile(layer);
  const [w, x] = await engine.generate(executable, layerInputs, 7);
  await engine.execute(executable, [w, x]);
  await expect(engine.get(w)).rejects.toThrow(/SK3006: there is no buffer/);
  expect((await engine.get(x)).shape).toEqual([8, 16]);
});

test('inputs are read from .safetensors by name or position and checked', async () => {
  const engine = startReferenceEngine();
  const executable = await engine.compile(layer);
  const path = join(scratch, 'inputs.safetensors');
  writeFileSync(path, safetensors({ w: [16, 16], arg1: [8, 16] }));
  const [, x] = await engine.load(executable, layerInputs, path);
  expect([...new Float32Array(new Uint8Array((await engine.get(x)).data).buffer)].slice(0, 3)).toEqual([0, 1, 2]);
  writeFileSync(path, safetensors({ w: [16, 16], x: [16, 8] }));
  await expect(engine.load(executable, layerInputs, path)).rejects.toThrow(
    /SK1201: argument 1 is f32\[8, 16\], not f32/,
  );
  writeFileSync(path, safetensors({ w: [16, 16] }));
  await expect(engine.load(executable, layerInputs, path)).rejects.toThrow(
    /SK1201: .* has no tensor 'x' \(nor 'arg1'\)/,
  );
  writeFileSync(path, 'too short');
  await expect(engine.load(executable, layerInputs, path)).rejects.toThrow(/SK1201: .* cannot be read as .safetensors/);
});

test('several devices are refused', async () => {
  const compiled = startReferenceEngine().compile(shardedLayer, { devices: [0, 1, 2, 3] });
  await expect(compiled).rejects.toThrow(/SK3009: the interpreter has one device, not 4/);
});

function safetensors(shapes: Readonly<Record<string, readonly number[]>>): Buffer {
  let offset = 0;
  const parts: Buffer[] = [];
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const tensor = ramp(shape);
    const start = offset;
    offset += tensor.data.length;
    parts.push(Buffer.from(tensor.data));
    return [name, { dtype: 'F32', shape, data_offsets: [start, offset] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, ...parts]);
}

function ramp(shape: readonly number[]): HostTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'f32', shape, data: Buffer.from(Float32Array.from({ length: count }, (_, i) => i).buffer) };
}
