import { expect, test } from 'vitest';
import { createRandom, type Random } from '../../base/index.ts';
import type { TensorType } from '../../ir/index.ts';
import { improveStates, type Terrain } from './improve.ts';
import { Labels } from './labels.ts';
import { buildGraph, createScratch, GraphCosts, type GraphEdge } from './message-graph.ts';
import type { SearchModel, SearchValue, SearchVariable } from './model.ts';
import { improveByPropagation } from './propagate.ts';

/*
 *   v ── v ── v      each variable hands a value on to those right of it and below, in the layout that its state names,
 *   │    │    │      and reads in it
 *   v ── v ── v
 */
function gridOf(side: number, states: number, secondsOf: (state: number) => number, move: number): Terrain {
  const layouts = Int32Array.from({ length: states }, (_, state) => state);
  const type: TensorType = { kind: 'tensor', shape: [8], element: 'f32' };
  const variables = Array.from(
    { length: side * side },
    (): SearchVariable => ({
      kind: 'operation',
      subject: 0,
      slot: 0,
      choices: [],
      layouts: [],
      seconds: Float64Array.from({ length: states }, (_, state) => secondsOf(state)),
    }),
  );
  const values = variables.flatMap((_, place): SearchValue[] => {
    const readers = [place % side < side - 1 ? place + 1 : -1, place + side].filter(
      reader => reader >= 0 && reader < variables.length,
    );
    if (readers.length === 0) return [];
    const reads = readers.map(reader => ({ reader, layouts, trips: 1, region: 0, map: reader, hideable: false }));
    return [{ producer: place, homes: layouts, home: place, type, count: 1, reads }];
  });
  const model: SearchModel = { variables, values };
  const seconds = Float64Array.from({ length: states * states }, (_, at) => (at % (states + 1) === 0 ? 0 : move));
  const edges = values.flatMap(({ producer, home, reads }, value) =>
    reads.map(
      ({ reader, map }, read): GraphEdge => ({
        key: `${home}:${map}`,
        producer,
        reader,
        homes: layouts,
        reads: layouts,
        rows: states,
        columns: states,
        seconds,
        rowLayouts: layouts,
        columnLayouts: layouts,
        parts: [{ value, read }],
      }),
    ),
  );
  const graph = buildGraph(model, edges);
  const costs = new GraphCosts(graph, model, edges);
  return { model, edges, graph, costs, labels: new Labels(model, edges), scratch: createScratch(graph) };
}

test('a region with cycles changes as a whole, where neither single variables nor forests would', () => {
  const terrain = gridOf(6, 3, state => [2, 3, 1][state], 10);
  const states = new Int32Array(36);
  expect(improveStates(terrain, states, undefined, createRandom(1), 50)).toBe(72);
  expect(improveByPropagation(terrain, states, createRandom(1), 100)).toBe(36);
  expect([...states]).toEqual(Array.from({ length: 36 }, () => 2));
});

test('what is returned is what the states cost, and never more than before', () => {
  let gains = 0;
  for (let seed = 0; seed < 30; seed++) {
    const random: Random = createRandom(seed);
    const terrain = gridOf(random.integer(2, 5), random.integer(1, 5), () => random.next(), random.next());
    const states = Int32Array.from(terrain.model.variables, ({ seconds }) => random.integer(0, seconds.length));
    const before = terrain.labels.cost(states);
    const after = improveByPropagation(terrain, states, random, 20);
    expect(after, `seed ${seed}`).toBe(terrain.labels.cost(states));
    expect(after).toBeLessThanOrEqual(before);
    if (after < before) gains++;
  }
  expect(gains).toBeGreaterThan(15);
});
