import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { backendPrediction } from '../src/cost/index.ts';
import { entryFunction, parseProgram } from '../src/ir/index.ts';
import { type Collective, collectives, parsePins, propagate, resolvePins } from '../src/sharding/index.ts';
import { inlineCalls } from '../src/transform/index.ts';

interface Placement {
  readonly name: string;
  readonly program: string;
  readonly pins: string;
}

const root = new URL('../', import.meta.url);
const index: { placements: Placement[] } = JSON.parse(
  readFileSync(new URL('examples/placements/placements.json', root), 'utf8'),
);

/** `all-reduce dp 29 x, 474116 B`, one line per kind and axes, loops counted. */
function traffic(list: readonly Collective[]): string[] {
  const sums = new Map<string, { count: number; bytes: number }>();
  for (const { kind, axes, trips, bytesPerDevice } of list) {
    const key = `${kind} ${axes.join('+')}`;
    const { count, bytes } = sums.get(key) ?? { count: 0, bytes: 0 };
    sums.set(key, { count: count + trips, bytes: bytes + trips * bytesPerDevice });
  }
  return [...sums].sort().map(([key, { count, bytes }]) => `${key} ${count} x, ${bytes} B`);
}

function predict({ program, pins }: Placement): { ideal: string[]; backend: string[] } {
  const text = gunzipSync(readFileSync(new URL(program, root)));
  const inlined = inlineCalls(parseProgram(text));
  const set = parsePins(readFileSync(new URL(`examples/placements/${pins}`, root), 'utf8'));
  const func = entryFunction(inlined);
  if (func === undefined) throw new Error(`${program} has no entry`);
  const ideal = collectives(propagate(inlined, set.mesh, resolvePins(func, set.mesh, set.pins)));
  return { ideal: traffic(ideal), backend: traffic(backendPrediction(ideal, 'xla-cpu')) };
}

/** The collectives of the expert plans are counters: a change of propagation or of a rewrite shows here. */
test.each(index.placements.map(placement => [placement.name, placement] as const))(
  'placement %s moves what it moved',
  (_, placement) => {
    expect(predict(placement)).toMatchSnapshot();
  },
);
