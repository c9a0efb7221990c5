import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCluster } from '../cost/index.ts';
import { type Engine, startXlaEngine } from '../engine/index.ts';
import { measureMachine } from './calibration.ts';
import { fitCluster } from './calibration-fit.ts';
import { calibrationGroups } from './calibration-groups.ts';
import { calibrationProbes } from './calibration-probes.ts';
import {
  type CalibratedFunction,
  calibratedCollectives,
  calibratedFunctions,
  calibratedWindows,
  collectiveProgram,
  functionProgram,
  productProgram,
  sumProgram,
  windowProgram,
} from './calibration-programs.ts';
import { readCompiledCollectives } from './compiled-collectives.ts';

const cluster = parseCluster('2xcpu:2');
const functionNames = Object.keys(calibratedFunctions) as CalibratedFunction[];
const devices = [0, 1, 2, 3];
const mesh = { axes: [{ name: 'x', size: 4 }] };

describe('two processes of two devices', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startXlaEngine({ cluster: { processes: 2, devicesPerProcess: 2, platform: 'cpu' } });
  });
  afterAll(() => engine.close());

  async function compile(text: string): Promise<string> {
    const executable = await engine.compile(text, { devices });
    const { hloText } = await engine.compiled(executable);
    await engine.unload(executable);
    return hloText;
  }

  test.each(calibratedCollectives)('%s: the compiler neither joins nor drops nor changes one', async kind => {
    for (const groups of calibrationGroups(cluster.links)) {
      const { text } = collectiveProgram(4, kind, groups, 64, 3);
      const found = readCompiledCollectives(await compile(text), mesh);
      expect(found.map(collective => collective.kind)).toEqual([kind, kind, kind]);
      for (const { bytesPerDevice, groups: compiled } of found) {
        expect(bytesPerDevice).toBe(256);
        if (kind !== 'collective-permute') expect(compiled).toEqual(groups.groups);
        else expect(compiled.map(pair => [...pair]).sort()).toEqual(ringsOf(groups.groups).sort());
      }
    }
  });

  test('products stay as many as they are, and sums stay in their loop', async () => {
    // Nested fusions name a product twice, as a computation and as its call: only definitions count.
    const products = await compile(productProgram(4, 64, 5).text);
    expect(products.match(/= f32\[64,64\]\S* dot\(/g)).toHaveLength(5);
    const sums = await compile(sumProgram(4, 1000, 7).text);
    expect(sums).toContain('"known_trip_count":{"n":"7"}');
    const left = new Map<string, number>();
    for (const name of functionNames) {
      const text = await compile(functionProgram(4, name, 1000, 5).text);
      // The compiler writes a logistic as an exponential.
      const opcode = name === 'stablehlo.logistic' ? 'exponential' : name.replace('stablehlo.', '');
      left.set(name, text.match(new RegExp(`= f32\\[1000\\]\\S* ${opcode}\\(`, 'g'))?.length ?? 0);
    }
    expect([...left]).toEqual(functionNames.map(name => [name, 5]));
    for (const name of calibratedWindows) await compile(windowProgram(4, name, 8, 2).text);
  });

  test('measures by both clocks, and fits both link levels', async () => {
    const probes = calibrationProbes(cluster).filter(({ work }) => work < 3000);
    for (const clock of ['wall', 'processor'] as const) {
      const calibration = await measureMachine(engine, cluster, { probes, rounds: 2, clock });
      expect(calibration.measurements).toHaveLength(probes.length);
      for (const { seconds } of calibration.measurements) expect(seconds).toBeGreaterThan(0);
      expect(calibration.busyProcessors).toBeGreaterThan(0);
      const { links } = fitCluster(cluster, calibration, 'test');
      for (const [index, level] of links.entries()) {
        expect(level.name).toBe(cluster.links[index].name);
        expect(level.latencySeconds).not.toBe(cluster.links[index].latencySeconds);
      }
    }
    expect((await engine.memoryStats()).bufferBytes).toBe(0);
  });
});

const ringsOf = (groups: readonly (readonly number[])[]): number[][] =>
  groups.flatMap(group => group.map((device, member) => [device, group[(member + 1) % group.length]]));
