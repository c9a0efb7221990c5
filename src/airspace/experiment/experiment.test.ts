import { describe, expect, it } from 'vitest';
import { vertexCount } from '../network.ts';
import { checkAirspaceProblem } from '../problem-check.ts';
import { blockedKinds } from './blocked.ts';
import { type CellRecord, cellKey, listTasks } from './cells.ts';
import { formatCell, parseCell } from './cells-json.ts';
import { createGround, experimentProblem, requestCount } from './ground.ts';
import { defaultExperiment, type ExperimentParameters, quickExperiment } from './parameters.ts';
import { runExperiment } from './run-experiment.ts';
import { summarizeExperiment } from './summary.ts';

const tiny: ExperimentParameters = {
  ...defaultExperiment,
  sideMetres: [1500, 1200],
  layerHeights: [24, 36],
  padsPerSquareKilometre: 4,
  windowSeconds: 400,
  tripMetres: [500, 1500],
  zones: { perSquareKilometre: 0.6, radiusMetres: [150, 250], durationSeconds: [100, 300] },
  densities: [40, 300, 120],
  seeds: [1, 2],
  modes: ['first-come', 'batch'],
  nodesPerRequest: 20_000,
  repairs: 10,
  blockedSample: 5,
};
const ground = createGround(tiny);

async function run(parameters: ExperimentParameters, known: readonly CellRecord[] = []): Promise<CellRecord[]> {
  const records: CellRecord[] = [];
  await runExperiment(ground, parameters, { known, record: record => records.push(record) });
  return records;
}

/** By cell, without what depends on the machine. */
function byCell(records: readonly CellRecord[]): Map<string, object> {
  return new Map(records.map(({ cpuSeconds: _, ...record }) => [cellKey(record), record]));
}

describe('what is asked in an experiment', () => {
  it('is a sound problem over every network, with pads of the density asked for', () => {
    for (const network of ['airmatrix', 'lanes', 'roads'] as const) {
      const parameters = { ...quickExperiment, network };
      const place = createGround(parameters);
      const problem = experimentProblem(place, parameters, { density: 10, zones: true, seed: 1 });
      expect(() => checkAirspaceProblem(problem)).not.toThrow();
      expect(problem.pads).toHaveLength(Math.round(place.squareKilometres * parameters.padsPerSquareKilometre));
      expect(problem.requests).toHaveLength(requestCount(place, parameters, 10));
      expect(problem.zones.length).toBe(Math.round(place.squareKilometres * parameters.zones.perSquareKilometre));
      expect(new Set(problem.pads.map(({ vertex }) => place.network.z[vertex])).size).toBe(1);
    }
  });

  it('covers the land of Singapore', () => {
    const place = createGround({ ...defaultExperiment, network: 'singapore' });
    expect(vertexCount(place.network)).toBeGreaterThan(300_000);
    expect(place.squareKilometres).toBeGreaterThan(700);
    expect(place.squareKilometres).toBeLessThan(900);
  });

  it('is a part of what is asked at a higher density, between the same pads and past the same zones', () => {
    for (const seed of [1, 2, 3]) {
      const [low, high] = [40, 300].map(density => experimentProblem(ground, tiny, { density, zones: true, seed }));
      expect(low.pads).toEqual(high.pads);
      expect(low.zones).toEqual(high.zones);
      const more = new Map(high.requests.map(request => [request.name, request]));
      for (const request of low.requests) expect(more.get(request.name)).toEqual(request);
      const open = experimentProblem(ground, tiny, { density: 40, zones: false, seed });
      expect(open).toMatchObject({ pads: low.pads, requests: low.requests, zones: [] });
    }
  });
});

describe('the cells of an experiment', () => {
  it('are run once each, seed by seed, without those that are known', () => {
    const tasks = listTasks(tiny);
    expect(tasks).toHaveLength(12);
    expect(tasks.slice(0, 6).every(({ demand }) => demand.seed === 1)).toBe(true);
    const cells = tasks.flatMap(({ demand, modes }) => modes.map(mode => cellKey({ ...demand, mode })));
    expect(new Set(cells).size).toBe(24);
    const left = listTasks(tiny, new Set(cells.slice(3, 20)));
    expect(left.flatMap(({ demand, modes }) => modes.map(mode => cellKey({ ...demand, mode })))).toEqual([
      ...cells.slice(0, 3),
      ...cells.slice(20),
    ]);
  });

  it('count everybody once, and are the same when an experiment goes on later', async () => {
    const whole = await run(tiny);
    expect(whole).toHaveLength(24);
    for (const cell of whole) {
      expect(cell.served + cell.proved + cell.gaveUp).toBe(cell.asked);
      expect(cell.served).toBeLessThanOrEqual(cell.bound);
      expect(cell.bound).toBeLessThanOrEqual(Math.min(cell.padBound, cell.laneBound));
      expect(Math.max(cell.padBound, cell.laneBound)).toBeLessThanOrEqual(cell.flyable);
      expect(cell.flyable).toBeLessThanOrEqual(cell.asked);
      expect(cell.cost).toBeGreaterThanOrEqual(cell.boundCost - 1e-6);
      const looked = blockedKinds.reduce((sum, kind) => sum + cell.blocked[kind], 0);
      expect(looked).toBe(Math.min(tiny.blockedSample, cell.asked - cell.served));
      if (!cell.zones) expect(cell.blocked.zones).toBe(0);
      expect(cell.padShare).toBeLessThanOrEqual(cell.busiestPadShare);
      expect(cell.busiestPadShare).toBeLessThanOrEqual(1);
    }
    expect(whole.some(({ served, asked }) => served < asked)).toBe(true);
    const known = whole.slice(0, 7);
    const rest = await run(tiny, known);
    expect(rest).toHaveLength(17);
    expect(byCell([...known, ...rest])).toEqual(byCell(whole));
  }, 300_000);

  it('never serve fewer in a batch than first come, first served', async () => {
    const records = byCell(await run({ ...tiny, seeds: [3, 4], densities: [120, 300] }));
    for (const [key, cell] of records) {
      if (!key.startsWith('batch')) continue;
      const first = records.get(key.replace('batch', 'first-come')) as CellRecord;
      expect((cell as CellRecord).served).toBeGreaterThanOrEqual(first.served);
    }
  }, 300_000);

  it('end between two when they are interrupted', async () => {
    const stop = new AbortController();
    const records: CellRecord[] = [];
    await runExperiment(ground, tiny, {
      signal: stop.signal,
      record: record => {
        if (records.push(record) === 3) stop.abort();
      },
    });
    expect(records).toHaveLength(3);
  });

  it('are refused before the first where pads or trips have no room', async () => {
    const records: CellRecord[] = [];
    const record = (cell: CellRecord): void => void records.push(cell);
    for (const wrong of [{ tripMetres: [3000, 4000] as const }, { padsApartMetres: 1000 }]) {
      await expect(runExperiment(ground, { ...tiny, ...wrong }, { record })).rejects.toThrow(/SK6110|pads/);
    }
    expect(records).toEqual([]);
  });

  it('are read as they are written, and not at all where a line is cut', async () => {
    const [cell] = await run({ ...tiny, seeds: [1], densities: [40], modes: ['first-come'] });
    const line = formatCell(cell);
    expect(parseCell(line)).toEqual(cell);
    for (let length = 0; length < line.length; length += 7) expect(parseCell(line.slice(0, length))).toBeUndefined();
    for (const wrong of ['null', '3', '[]', '{}', line.replace('"served"', '"servd"'), line.replace('first', 'last')]) {
      expect(parseCell(wrong)).toBeUndefined();
    }
  });
});

describe('the summary of an experiment', () => {
  const cellOf = (density: number, seed: number, share: number, mode: CellRecord['mode']): CellRecord => ({
    density,
    seed,
    zones: false,
    mode,
    asked: 10 * density,
    served: Math.round(10 * density * share),
    proved: 10 * density - Math.round(10 * density * share),
    gaveUp: 0,
    flyable: 10 * density,
    padBound: Math.min(10 * density, 300),
    laneBound: 10 * density,
    bound: Math.min(10 * density, 300),
    delayed: 1,
    cost: 3000,
    boundCost: 2000,
    expansions: 500,
    cpuSeconds: 0.5,
    blocked: { pads: 3, air: 1, both: 0, together: 0, zones: 0, limits: 0, order: 0, unknown: 0 },
    padShare: 0.4,
    busiestPadShare: 0.8,
  });
  const parameters = {
    ...tiny,
    densities: [10, 20, 40, 80],
    seeds: [1, 2, 3],
    modes: ['first-come', 'batch'] as const,
  };
  const records = parameters.seeds.flatMap(seed =>
    parameters.densities.flatMap(density => [
      cellOf(density, seed, 1 / (1 + (density / (40 + seed)) ** 2), 'first-come'),
      cellOf(density, seed, 1 / (1 + (density / (60 + seed)) ** 2), 'batch'),
    ]),
  );

  it('finds the boundary that shares were made from, and what lies beside it', () => {
    const { curves } = summarizeExperiment(parameters, records);
    const [first, batch] = curves;
    expect([first.mode, batch.mode]).toEqual(['first-come', 'batch']);
    expect(first.fit?.half).toBeCloseTo(42, 0);
    expect(first.misfit).toBeLessThan(0.005);
    expect(first.fit?.logLikelihood).toBeGreaterThan(first.otherFit?.logLikelihood ?? 0);
    // Half, divided by the square root of three.
    expect(first.boundary.value).toBeCloseTo(42 / Math.sqrt(3), 0);
    const [low, high] = first.boundary.interval;
    expect(low).toBeLessThanOrEqual(first.boundary.value);
    expect(high).toBeGreaterThanOrEqual(first.boundary.value);
    expect(high - low).toBeLessThan(3);
    expect(batch.boundary.value).toBeGreaterThan(high);
    for (const { share, fitted, counted } of first.falls) {
      const exact = 42 * Math.sqrt((1 - share) / share);
      if (exact > 10) expect(Math.abs(fitted.value / exact - 1)).toBeLessThan(0.03);
      else expect([fitted.value, counted.value]).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
      if (exact > 10) expect(Math.abs(counted.value / exact - 1)).toBeLessThan(0.2);
    }
    const point = first.points[2];
    expect(point.asked).toBe(1200);
    expect(point.blocked.pads).toBeCloseTo(0.75 * (point.asked - point.served), 6);
    expect(point.interval[0]).toBeLessThanOrEqual(point.served / point.asked);
    expect(point.interval[1]).toBeGreaterThanOrEqual(point.served / point.asked);
    const better = batch.points[2];
    expect(better.rescued).toBeCloseTo((better.served - point.served) / (point.asked - point.served), 9);
    const open = point.bound - point.served;
    expect(better.rescuedOfOpen).toBeCloseTo((better.served - point.served) / open, 9);
    expect(batch.gain?.least).toBeGreaterThan(0);
    expect(first.gain).toBeUndefined();
  });

  it('says that a boundary is not reached instead of making one up', () => {
    const served = parameters.seeds.flatMap(seed => [10, 20].map(density => cellOf(density, seed, 1, 'first-come')));
    const few = { ...parameters, densities: [10, 20], modes: ['first-come'] as const };
    const [all] = summarizeExperiment(few, served).curves;
    expect(all.fit).toBeUndefined();
    expect(all.boundary.value).toBe(Number.POSITIVE_INFINITY);
    const corner = parameters.seeds.flatMap(seed =>
      [10, 20].map(density => cellOf(density, seed, density === 10 ? 1 : 0.4, 'first-come')),
    );
    const [untold] = summarizeExperiment(few, corner).curves;
    expect(untold.boundary.value).toBeNaN();
    expect(untold.falls[2].counted.value).toBeCloseTo(10 + 5 / 0.6, 6);
    const [low] = summarizeExperiment({ ...few, densities: [10, 20] }, records).curves;
    expect(low.fit).toBeDefined();
    expect(low.boundary.value).toBe(Number.POSITIVE_INFINITY);
    const high = summarizeExperiment({ ...few, densities: [40, 80] }, records).curves[0];
    expect(high.boundary.value).toBe(Number.NEGATIVE_INFINITY);
  });
});
