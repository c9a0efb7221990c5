import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layer } from '../../test/support/layer-programs.ts';
import { type ArgumentSpec, type Engine, type InputsSpec, startReferenceEngine, startXlaEngine } from './index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'skein-engines-'));
let xla: Engine;
const reference = startReferenceEngine();
beforeAll(async () => {
  const cluster = { processes: 1, devicesPerProcess: 1, platform: 'cpu' } as const;
  xla = await startXlaEngine({ cluster, sessionRoot: scratch });
});
afterAll(async () => {
  await xla.close();
  rmSync(scratch, { recursive: true, force: true });
});

const uniform = (dtype: string, shape: readonly number[]): ArgumentSpec => {
  return { name: dtype, dtype, shape, distribution: 'uniform', low: 0.01, high: 1 };
};
const integers = (dtype: string, high: number): ArgumentSpec => {
  return { name: dtype, dtype, shape: [64], distribution: 'integers', low: 0, high };
};

test('both engines make the same inputs, bit for bit', async () => {
  const specs = [
    uniform('f32', [3, 400_000]),
    uniform('bf16', [999]),
    uniform('f16', [500]),
    uniform('f64', [7, 9]),
    uniform('complex<f32>', [33]),
    integers('i32', 50257),
    integers('i64', 7),
    integers('ui8', 256),
    integers('i1', 2),
    { name: 'c', dtype: 'f32', shape: [], distribution: 'constant', value: 0.1 } as const,
  ];
  const inputs: InputsSpec = { format: 'skein.inputs/1', arguments: specs };
  const types = specs.map(({ dtype, shape }) => `tensor<${shape.map(size => `${size}x`).join('')}${dtype}>`);
  const parameters = types.map((type, index) => `%a${index}: ${type}`).join(', ');
  const values = types.map((_, index) => `%a${index}`).join(', ');
  const results = types.join(', ');
  const body = `return ${values} : ${results}`;
  const text = `module { func.func public @main(${parameters}) -> (${results}) { ${body} } }`;
  const fetchInputs = async (engine: Engine) => {
    const buffers = await engine.generate(await engine.compile(text), inputs, 12);
    return Promise.all(buffers.map(async buffer => Buffer.from((await engine.get(buffer)).data)));
  };
  const [ours, theirs] = [await fetchInputs(reference), await fetchInputs(xla)];
  for (const [index, spec] of specs.entries()) {
    expect({ dtype: spec.dtype, same: ours[index].equals(theirs[index]) }).toEqual({ dtype: spec.dtype, same: true });
  }
});

test('both engines give the same results, and read what the other saved', async () => {
  const inputs: InputsSpec = {
    format: 'skein.inputs/1',
    arguments: [
      { ...uniform('f32', [16, 16]), name: 'w' },
      { ...uniform('f32', [8, 16]), name: 'x' },
    ],
  };
  for (const engine of [reference, xla]) {
    const executable = await engine.compile(layer);
    const { buffers } = await engine.execute(executable, await engine.generate(executable, inputs, 3));
    await engine.save(buffers, join(scratch, engine.describe().engine), ['w', 'loss']);
  }
  const [ours, theirs] = [
    await reference.compare(join(scratch, 'reference'), join(scratch, 'xla')),
    await xla.compare(join(scratch, 'reference'), join(scratch, 'xla')),
  ];
  expect(ours.pooledErrors.f32).toBeLessThan(1e-6);
  for (const [index, output] of ours.outputs.entries()) {
    expect(output.referenceNorm).toBeCloseTo(theirs.outputs[index].referenceNorm, 6);
    expect(output.differenceNorm).toBeCloseTo(theirs.outputs[index].differenceNorm, 6);
  }
});
