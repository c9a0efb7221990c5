import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endless, layer, layerInputs, shardedLayer } from '../../../test/support/layer-programs.ts';
import { leftoversAfter } from '../../../test/support/leftovers.ts';
import type { Engine, HostTensor, InputsSpec } from '../index.ts';
import { findPython, packageRoot, startXlaEngine } from '../index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'skein-engine-test-'));
const sessions = mkdtempSync(join(tmpdir(), 'skein-engine-sessions-'));
afterAll(() => {
  for (const folder of [scratch, sessions]) rmSync(folder, { recursive: true, force: true });
});

describe('one process of four virtual devices', () => {
  let engine: Engine;
  beforeAll(async () => {
    const cluster = { processes: 1, devicesPerProcess: 4, platform: 'cpu' } as const;
    engine = await startXlaEngine({ cluster, sessionRoot: sessions });
  });
  afterAll(async () => {
    await engine.close();
    expect(await leftoversAfter(sessions, 5)).toEqual([]);
  });

  test('says what it runs on', () => {
    const { engine: kind, platform, devices, versions, warnings } = engine.describe();
    expect({ kind, platform, ids: devices.map(device => device.id) }).toEqual({
      kind: 'xla',
      platform: 'cpu',
      ids: [0, 1, 2, 3],
    });
    expect(warnings.length === 0).toBe(versions.jax === '0.10.2');
  });

  test('runs a program on one device and split over four, with the same results', async () => {
    await runAndSave(engine, layer, [0], join(scratch, 'one'));
    await runAndSave(engine, shardedLayer, [0, 1, 2, 3], join(scratch, 'four'));
    await expectSame(engine, join(scratch, 'one'), join(scratch, 'four'));
  });

  test('runs on devices in another order with the same results', async () => {
    await runAndSave(engine, shardedLayer, [2, 0, 3, 1], join(scratch, 'shuffled'));
    await expectSame(engine, join(scratch, 'one'), join(scratch, 'shuffled'));
  });

  test('tells how a split program was compiled', async () => {
    const executable = await engine.compile(shardedLayer, { devices: [0, 1, 2, 3] });
    const { hloText, memory, parameterShardings, outputShardings } = await engine.compiled(executable);
    expect(hloText).toContain('all-reduce');
    expect(memory).toMatchObject({ argumentBytes: 16 * 8 * 4 + 4 * 16 * 4, aliasBytes: 16 * 8 * 4 });
    expect(parameterShardings).toEqual([
      { tiles: [1, 2], replicas: 2, devices: [0, 2, 1, 3] },
      { tiles: [2, 1], replicas: 2, devices: [0, 1, 2, 3] },
    ]);
    expect(outputShardings[1]).toEqual({ tiles: [], replicas: 4, devices: [0, 1, 2, 3] });
    await engine.unload(executable);
  });

  test('makes the same inputs for any split, other ones for another seed, and within their range', async () => {
    const whole = await engine.compile(layer);
    const split = await engine.compile(shardedLayer, { devices: [0, 1, 2, 3] });
    const first = await fetchAll(engine, await engine.generate(whole, layerInputs, 3));
    expect(await fetchAll(engine, await engine.generate(split, layerInputs, 3))).toEqual(first);
    expect(await fetchAll(engine, await engine.generate(whole, layerInputs, 4))).not.toEqual(first);
    const x = floats(first[1]);
    expect(Math.min(...x)).toBeGreaterThanOrEqual(0.01);
    expect(Math.max(...x)).toBeLessThan(1);
  });

  test('consumes donated arguments and says so when they are used again', async () => {
    const executable = await engine.compile(layer);
    const [w, x] = await engine.generate(executable, layerInputs, 1);
    if (w === undefined || x === undefined) throw new Error('two arguments were asked for');
    const { buffers } = await engine.execute(executable, [w, x]);
    await expect(engine.get(w)).rejects.toThrow(/SK3006: there is no buffer/);
    await expect(engine.execute(executable, [w, x])).rejects.toThrow(/SK3006.*donated or released/);
    const [nextW] = buffers;
    if (nextW === undefined) throw new Error('two results were expected');
    await engine.execute(executable, [nextW, x]);
    await expect(engine.execute(executable, [x])).rejects.toThrow(/takes 2 arguments, not 1/);
  });

  test('several steps in one call give what single steps give', async () => {
    const executable = await engine.compile(shardedLayer, { devices: [0, 1, 2, 3] });
    const together = await engine.generate(executable, layerInputs, 5);
    const three = await engine.execute(executable, together, { steps: 3, feedback: [[0, 0]] });
    let [w, x] = await engine.generate(executable, layerInputs, 5);
    for (let step = 0; step < 3 && w !== undefined && x !== undefined; step++) {
      [w] = (await engine.execute(executable, [w, x])).buffers;
    }
    const [first] = three.buffers;
    if (first === undefined || w === undefined) throw new Error('results were expected');
    expect(three.stepSeconds).toHaveLength(3);
    expect(await engine.get(first)).toEqual(await engine.get(w));
    await expect(engine.execute(executable, [first, x ?? first], { steps: 2 })).rejects.toThrow(/fed back/);
  });

  test('gives back what it was given, for one device and split, and moves it between programs', async () => {
    const whole = await engine.compile(layer);
    const split = await engine.compile(shardedLayer, { devices: [0, 1, 2, 3] });
    const tensor = ramp([16, 16]);
    const onOne = await engine.put(whole, 0, tensor);
    expect(await engine.get(onOne)).toEqual(tensor);
    const [moved] = await engine.transfer([onOne], split, [0]);
    if (moved === undefined) throw new Error('one buffer was moved');
    expect(await engine.get(moved)).toEqual(tensor);
    const x = await engine.put(split, 1, ramp([8, 16]));
    expect((await engine.execute(split, [moved, x])).buffers).toHaveLength(2);
    await expect(engine.put(split, 0, ramp([8, 8]))).rejects.toThrow(/SK1201: argument 0 is f32\[16, 16\], not f32/);
  });

  test('reads inputs from an .npz file by name or position, and says which tensor does not fit', async () => {
    const executable = await engine.compile(layer);
    const path = join(scratch, 'inputs.npz');
    writeFileSync(path, storedZip({ 'w.npy': npy('<f4', [16, 16]), 'arg1.npy': npy('<f4', [8, 16]) }));
    const [, x] = await engine.load(executable, layerInputs, path);
    if (x === undefined) throw new Error('two arguments were asked for');
    expect(floats(await engine.get(x)).slice(0, 3)).toEqual([0, 1, 2]);
    writeFileSync(path, storedZip({ 'w.npy': npy('<f4', [16, 16]), 'x.npy': npy('<f4', [16, 8]) }));
    await expect(engine.load(executable, layerInputs, path)).rejects.toThrow(
      /SK1201: tensor 'x' in .* is f32\[16, 8\], but argument 1 is f32\[8, 16\]/,
    );
    writeFileSync(path, 'nothing of the kind');
    await expect(engine.load(executable, layerInputs, path)).rejects.toThrow(/SK1201: .* cannot be read/);
  });

  test('keeps bf16 and booleans as they are, through files too', async () => {
    const text = `func.func public @main(%a: tensor<4xbf16>, %b: tensor<3xi1>) -> (tensor<4xbf16>, tensor<3xi1>) {
      return %a, %b : tensor<4xbf16>, tensor<3xi1> }`;
    const inputs: InputsSpec = {
      format: 'skein.inputs/1',
      arguments: [
        { name: 'a', shape: [4], dtype: 'bf16', distribution: 'uniform', low: 0.99, high: 1 },
        { name: 'b', shape: [3], dtype: 'i1', distribution: 'integers', low: 1, high: 2 },
      ],
    };
    const executable = await engine.compile(`module { ${text} }`);
    const { buffers } = await engine.execute(executable, await engine.generate(executable, inputs, 0));
    const [a, b] = await fetchAll(engine, buffers);
    expect(a).toMatchObject({ dtype: 'bf16', shape: [4] });
    expect(b).toEqual({ dtype: 'i1', shape: [3], data: Buffer.from([1, 1, 1]) });
    const saved = await engine.save(buffers, join(scratch, 'types'));
    expect(saved.outputs.map(output => output.dtype)).toEqual(['bf16', 'i1']);
    const { outputs, pooledErrors } = await engine.compare(saved.directory, saved.directory);
    expect(outputs[0]?.referenceNorm).toBeGreaterThan(0.99 * 2 - 0.02);
    expect(pooledErrors).toEqual({ bf16: 0, i1: 0 });
  });

  test('counts values that are not finite and leaves them out of the errors', async () => {
    const executable = await engine.compile(
      'module { func.func public @main(%a: tensor<4xf32>) -> tensor<4xf32> { return %a : tensor<4xf32> } }',
    );
    const save = async (values: readonly number[], name: string): Promise<string> => {
      const data = new Uint8Array(Float32Array.from(values).buffer);
      const buffer = await engine.put(executable, 0, { dtype: 'f32', shape: [4], data });
      return (await engine.save([buffer], join(scratch, name))).directory;
    };
    const reference = await save([3, 4, Number.NaN, 1], 'finite');
    const candidate = await save([3, 4.5, 7, Number.POSITIVE_INFINITY], 'infinite');
    const [output] = (await engine.compare(reference, candidate)).outputs;
    expect(output).toMatchObject({ l2Error: 0.1, maxAbsoluteDifference: 0.5, referenceNonFinite: 1, nonFinite: 1 });
  });

  test('says what the compiler did not like, and goes on', async () => {
    await expect(engine.compile('module { func.func @main() { stablehlo.nonsense } }')).rejects.toThrow(/SK3005/);
    await expect(engine.compile(layer, { devices: [4] })).rejects.toThrow(/SK3010: .* wants device 4.* there are 4/);
    const executable = await engine.compile(layer);
    expect(executable.deviceCount).toBe(1);
    expect((await engine.memoryStats()).processes[0]?.residentBytes).toBeGreaterThan(1e7);
  });

  test('says where outputs cannot be saved', async () => {
    const executable = await engine.compile(layer);
    const buffers = await engine.generate(executable, layerInputs, 1);
    const taken = join(scratch, 'a-file');
    writeFileSync(taken, '');
    await expect(engine.save(buffers, taken)).rejects.toThrow(/SK3008: outputs cannot be saved in .*a-file/);
  });

  test('compares only what was saved completely and has the same types', async () => {
    await expect(engine.compare(scratch, scratch)).rejects.toThrow(/SK3011: .* no complete set/);
    await expect(engine.compare(join(scratch, 'one'), join(scratch, 'types'))).rejects.toThrow(
      /SK3011: output 0 is bf16/,
    );
  });
});

test('every private part of JAX that the worker uses is there', async () => {
  const environment = { ...process.env, PYTHONPATH: join(packageRoot(), 'python'), JAX_PLATFORMS: 'cpu' };
  const { stdout } = await promisify(execFile)(findPython(), ['-m', 'skein_worker.xla_api'], { env: environment });
  expect(stdout).toContain("'aliasBytes': 16");
});

test('two processes of two devices give what one device gives', async () => {
  const cluster = { processes: 2, devicesPerProcess: 2, platform: 'cpu' } as const;
  const engine = await startXlaEngine({ cluster, sessionRoot: sessions });
  try {
    const { devices, processIds } = engine.describe();
    expect(devices.map(device => device.process)).toEqual([0, 0, 1, 1]);
    expect(processIds).toHaveLength(2);
    await runAndSave(engine, layer, [0], join(scratch, 'reference'));
    await runAndSave(engine, shardedLayer, [0, 1, 2, 3], join(scratch, 'processes'));
    await expectSame(engine, join(scratch, 'reference'), join(scratch, 'processes'));
  } finally {
    await engine.close();
  }
  expect(await leftoversAfter(sessions, 5)).toEqual([]);
});

test('processes are started by the words that each is given, and meet at the address that is named', async () => {
  const cluster = { processes: 2, devicesPerProcess: 1, platform: 'cpu' } as const;
  const mark = (process: number): string => join(scratch, `process-${process}`);
  const prefix = (process: number): string[] => ['sh', '-c', 'echo "$@" > "$0"; exec "$@"', mark(process)];
  const engine = await startXlaEngine({
    cluster,
    network: { coordinatorHost: 'localhost', prefix },
    sessionRoot: sessions,
  });
  try {
    expect(engine.describe().devices.map(device => device.process)).toEqual([0, 1]);
  } finally {
    await engine.close();
  }
  for (const process of [0, 1]) {
    expect(readFileSync(mark(process), 'utf8')).toMatch(`--process ${process} --processes 2 --coordinator localhost:`);
  }
  expect(await leftoversAfter(sessions, 5)).toEqual([]);
});

test('a program that never ends is stopped at its deadline', async () => {
  const cluster = { processes: 1, devicesPerProcess: 1, platform: 'cpu' } as const;
  const engine = await startXlaEngine({ cluster, sessionRoot: sessions, deadlines: { executeSeconds: 1 } });
  const executable = await engine.compile(endless);
  const x = await engine.put(executable, 0, ramp([]));
  await expect(engine.execute(executable, [x])).rejects.toThrow(/SK3003: worker 0 did not finish execute within 1 s/);
  expect(await leftoversAfter(sessions, 5)).toEqual([]);
  await expect(engine.memoryStats()).rejects.toThrow(/SK3003/);
  await engine.close();
});

async function runAndSave(on: Engine, text: string, devices: readonly number[], directory: string): Promise<void> {
  const executable = await on.compile(text, { devices });
  const buffers = await on.generate(executable, layerInputs, 7);
  const result = await on.execute(executable, buffers, { steps: 3, feedback: [[0, 0]] });
  await on.save(result.buffers, directory, ['w', 'loss']);
  await on.release([...result.buffers, ...buffers]);
  await on.unload(executable);
}

async function expectSame(on: Engine, reference: string, candidate: string): Promise<void> {
  const comparison = await on.compare(reference, candidate);
  expect(comparison.outputs.map(output => output.name)).toEqual(['w', 'loss']);
  for (const output of comparison.outputs) {
    expect(output.referenceNorm).toBeGreaterThan(0);
    expect(output.nonFinite + output.referenceNonFinite).toBe(0);
    expect(output.l2Error).toBeLessThan(1e-6);
  }
}

function fetchAll(on: Engine, buffers: readonly Parameters<Engine['get']>[0][]): Promise<readonly HostTensor[]> {
  return Promise.all(buffers.map(buffer => on.get(buffer)));
}

function floats(tensor: HostTensor | undefined): readonly number[] {
  if (tensor === undefined) throw new Error('a tensor was expected');
  return [...new Float32Array(new Uint8Array(tensor.data).buffer)];
}

function ramp(shape: readonly number[]): HostTensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'f32', shape, data: Buffer.from(Float32Array.from({ length: count }, (_, i) => i).buffer) };
}

/** An .npy file that counts 0, 1, 2... */
function npy(kind: string, shape: readonly number[]): Buffer {
  const text = `{'descr': '${kind}', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const header = `${text.padEnd(117)}\n`;
  const head = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  return Buffer.concat([head, Buffer.from(header), ramp(shape).data]);
}

/** A zip archive without compression or checksums, which is what numpy's reader needs. */
function storedZip(files: Readonly<Record<string, Buffer>>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, data] of Object.entries(files)) {
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt32LE(crc32(data), 10);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(data.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), shared, rest, Buffer.from(name)]));
    locals.push(local);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, entries, end]);
}

function crc32(data: Buffer): number {
  let crc = -1;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}
