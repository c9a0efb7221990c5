import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileEngine } from '../../../test/support/compiled-engine.ts';
import { endless, layer, shardedLayer } from '../../../test/support/layer-programs.ts';
import { leftoversAfter, processesNaming } from '../../../test/support/leftovers.ts';
import { type Engine, type HostTensor, startXlaEngine, type XlaCluster } from '../index.ts';
import { sweepStaleSessions } from './session-folder.ts';

const sessions = mkdtempSync(join(tmpdir(), 'skein-engine-faults-'));
afterAll(() => rmSync(sessions, { recursive: true, force: true }));

const oneDevice: XlaCluster = { processes: 1, devicesPerProcess: 1, platform: 'cpu' };
const one: HostTensor = { dtype: 'f32', shape: [], data: Buffer.from(Float32Array.of(1).buffer) };

describe('a worker that goes away', () => {
  test('while it computes is an error with the signal, and nothing is left', async () => {
    const engine = await startXlaEngine({ cluster: oneDevice, sessionRoot: sessions });
    const running = computeForEver(engine);
    await expectDeath(engine, running, /SK3002: worker 0 died during execute \(signal SIGKILL\)/);
  });

  test('while nothing runs is an error of the next call', async () => {
    const engine = await startXlaEngine({ cluster: oneDevice, sessionRoot: sessions });
    killWorkers(engine, 1);
    await new Promise(resolve => setTimeout(resolve, 200));
    await expect(engine.compile(layer)).rejects.toThrow(/SK3002: worker 0 died/);
    await engine.close();
    expect(await leftoversAfter(sessions, 5)).toEqual([]);
  });

  test('takes the other process of a pair with it', async () => {
    const cluster: XlaCluster = { processes: 2, devicesPerProcess: 2, platform: 'cpu' };
    const engine = await startXlaEngine({ cluster, sessionRoot: sessions });
    const compiled = engine.compile(shardedLayer, { devices: [0, 1, 2, 3] });
    await expectDeath(engine, compiled, /SK3002: worker \d died during compile/);
  });
});

test('closing an engine that computes ends it at once', async () => {
  const engine = await startXlaEngine({ cluster: oneDevice, sessionRoot: sessions });
  const running = expect(computeForEver(engine)).rejects.toThrow(/SK3012: the engine was closed before execute ended/);
  await new Promise(resolve => setTimeout(resolve, 1000));
  const start = performance.now();
  await Promise.all([engine.close(), running]);
  expect(performance.now() - start).toBeLessThan(1500);
  expect(await leftoversAfter(sessions, 5)).toEqual([]);
  await expect(engine.memoryStats()).rejects.toThrow(/SK3012/);
});

describe('a worker that does not come up', () => {
  test('because its Python is missing is SK3001', async () => {
    const options = { cluster: oneDevice, sessionRoot: sessions, python: '/nowhere/python' };
    await expect(startXlaEngine(options)).rejects.toThrow(/SK3001: the worker did not start with \/nowhere\/python/);
    expect(readdirSync(sessions)).toEqual([]);
  });

  test('because a package is missing is SK3001 with its last words', async () => {
    const options = { cluster: oneDevice, sessionRoot: sessions, python: '/usr/bin/env' };
    await expect(startXlaEngine(options)).rejects.toThrow(/SK3001[\s\S]*last words/);
    expect(readdirSync(sessions)).toEqual([]);
  });

  test('with a wrong token is refused', async () => {
    const environment = { SKEIN_TOKEN: 'guessed' };
    const options = { cluster: oneDevice, sessionRoot: sessions, environment };
    await expect(startXlaEngine(options)).rejects.toThrow(/SK3001[\s\S]*the driver refused the token/);
    expect(await leftoversAfter(sessions, 5)).toEqual([]);
  });
});

test('a value larger than the memory is an error, and the engine goes on', async () => {
  const engine = await startXlaEngine({ cluster: oneDevice, sessionRoot: sessions });
  const executable =
    await engine.compile(`module { func.func public @main(%x: tensor<f32>) -> tensor<70368744177664xf32> {
    %0 = stablehlo.broadcast_in_dim %x, dims = [] : (tensor<f32>) -> tensor<70368744177664xf32>
    return %0 : tensor<70368744177664xf32> } }`);
  const x = await engine.put(executable, 0, one);
  await expect(engine.execute(executable, [x])).rejects.toThrow(/SK3004: out of memory in execute/);
  expect(await engine.get(x)).toEqual(one);
  await engine.close();
});

describe('a driver that goes away', () => {
  let engineModule: ReturnType<typeof compileEngine>;
  beforeAll(() => {
    engineModule = compileEngine();
  });
  afterAll(() => engineModule.remove());

  test.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
    'by %s leaves no worker and no file within 5 s',
    async signal => {
      const driver = await startDriver(engineModule.face);
      expect(processesNaming(sessions).length).toBeGreaterThanOrEqual(2);
      const ended = new Promise(resolve => driver.once('exit', (_, by) => resolve(by)));
      driver.kill(signal);
      expect(await ended).toBe(signal);
      expect(await leftoversAfter(sessions, 5)).toEqual([]);
    },
  );
});

test('sessions of dead drivers are swept, those of living ones stay', async () => {
  const ended = spawn(process.execPath, ['-e', '']);
  await new Promise(resolve => ended.once('exit', resolve));
  const stale = join(sessions, `skein-${ended.pid}-0123456789ab`);
  const alive = join(sessions, `skein-${process.pid}-0123456789ab`);
  const other = join(sessions, 'skein-notes');
  for (const folder of [stale, alive, other]) mkdirSync(folder);
  writeFileSync(join(stale, 'big.bin'), 'left behind');
  expect(await sweepStaleSessions(sessions)).toEqual([stale]);
  expect(readdirSync(sessions).sort()).toEqual([alive, other].map(folder => folder.slice(sessions.length + 1)).sort());
  for (const folder of [alive, other]) rmSync(folder, { recursive: true });
});

async function computeForEver(engine: Engine): Promise<unknown> {
  const executable = await engine.compile(endless);
  return engine.execute(executable, [await engine.put(executable, 0, one)]);
}

/** Kills the last worker while `running` is under way, and expects that to be what `running` ends with. */
async function expectDeath(engine: Engine, running: Promise<unknown>, message: RegExp): Promise<void> {
  const caught = expect(running).rejects.toThrow(message);
  await new Promise(resolve => setTimeout(resolve, message.source.includes('execute') ? 1000 : 5));
  killWorkers(engine, 1);
  await caught;
  expect(await leftoversAfter(sessions, 5)).toEqual([]);
  await engine.close();
}

function killWorkers(engine: Engine, count: number): void {
  for (const processId of engine.describe().processIds.slice(-count)) process.kill(processId, 'SIGKILL');
}

/** Starts a process that drives an endless program, and waits until the program runs. */
function startDriver(face: string): Promise<ChildProcess> {
  const script = `
    import { startXlaEngine } from ${JSON.stringify(face)};
    const engine = await startXlaEngine(${JSON.stringify({ cluster: oneDevice, sessionRoot: sessions })});
    const executable = await engine.compile(${JSON.stringify(endless)});
    const one = { dtype: 'f32', shape: [], data: Buffer.from(Float32Array.of(1).buffer) };
    const buffer = await engine.put(executable, 0, one);
    engine.execute(executable, [buffer]);
    setTimeout(() => console.log('running'), 300);
  `;
  const driver = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    driver.once('exit', status => reject(new Error(`the driver ended early with status ${status}`)));
    driver.stdout?.once('data', () => resolve(driver));
  });
}
