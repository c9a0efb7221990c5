import { expect, test } from 'vitest';
import { createRandom } from '../../base/index.ts';
import type { TensorType } from '../../ir/index.ts';
import { buildIntegerProgram, type MemoryLimit } from './build-integer-program.ts';
import { Labels } from './labels.ts';
import type { GraphEdge } from './message-graph.ts';
import type { SearchModel, SearchVariable } from './model.ts';
import { impossibleSeconds } from './move-prices.ts';
import { solveIntegerProgram } from './solve-integer-program.ts';

/*
 *   first ──home──▶ two values alike ◀──read── second        a third variable reads them as well: both may share a move
 *                                    ◀──read── third
 */
const layoutCount = 3;
const stateCount = 4;
const random = createRandom(7);
const draw = (count: number, most: number): number[] => Array.from({ length: count }, () => random.integer(0, most));

function drawModel(readers: number): { readonly model: SearchModel; readonly edges: readonly GraphEdge[] } {
  const variable = (): SearchVariable => ({
    kind: 'operation',
    subject: 0,
    slot: 0,
    choices: [],
    layouts: [],
    seconds: Float64Array.from(draw(stateCount, 20)),
  });
  const type: TensorType = { kind: 'tensor', shape: [8], element: 'f32' };
  const homes = Int32Array.from(draw(stateCount, layoutCount));
  const reads = Array.from({ length: readers }, (_, index) => {
    const layouts = Int32Array.from(draw(stateCount, layoutCount));
    return { reader: index + 1, layouts, trips: 1, region: 0, map: index, hideable: false };
  });
  const prices = draw(layoutCount * layoutCount, 15);
  const seconds = Float64Array.from(prices, (price, at) => (at % (layoutCount + 1) === 0 ? 0 : price));
  seconds[1] = impossibleSeconds;
  const all = Int32Array.from({ length: layoutCount }, (_, layout) => layout);
  const edges = reads.map(
    ({ reader, layouts, map }): GraphEdge => ({
      key: `0:${map}`,
      producer: 0,
      reader,
      homes,
      reads: layouts,
      rows: layoutCount,
      columns: layoutCount,
      seconds,
      rowLayouts: all,
      columnLayouts: all,
      parts: [{ value: 0, read: map }],
    }),
  );
  const variables = Array.from({ length: readers + 1 }, variable);
  return { model: { variables, values: [{ producer: 0, homes, home: 0, type, count: 2, reads }] }, edges };
}

function* allStates(variables: number): Generator<Int32Array> {
  for (let number = 0; number < stateCount ** variables; number++) {
    yield Int32Array.from({ length: variables }, (_, index) => Math.floor(number / stateCount ** index) % stateCount);
  }
}

function bytesOf(states: Int32Array, { variables, edges: own }: MemoryLimit, edges: readonly GraphEdge[]): number {
  let bytes = 0;
  for (const [variable, state] of states.entries()) bytes += variables[variable]?.[state] ?? 0;
  for (const [index, cells] of own) {
    const { homes, reads, columns, producer, reader } = edges[index];
    bytes += cells[homes[states[producer]] * columns + reads[states[reader]]];
  }
  return bytes;
}

for (const readers of [1, 2]) {
  for (let round = 0; round < 4; round++) {
    test(`a program of ${readers + 1} variables costs what the best of all states costs, model ${round}`, async () => {
      const { model, edges } = drawModel(readers);
      const labels = new Labels(model, edges);
      const everything = { states: model.variables.map(() => Int32Array.of(0, 1, 2, 3)), keepsPair: () => true };
      const limit: MemoryLimit = {
        variables: model.variables.map((_, index) =>
          index === 0 ? Float64Array.from(draw(stateCount, 9)) : undefined,
        ),
        edges: new Map([[0, Float64Array.from(draw(layoutCount * layoutCount, 9))]]),
        limit: 7,
      };
      for (const limits of [[], [limit]]) {
        const fitting = [...allStates(readers + 1)].filter(states =>
          limits.every(own => bytesOf(states, own, edges) <= own.limit),
        );
        const least = Math.min(...fitting.map(states => labels.cost(states)));
        const { program, statesOf, solutionOf } = buildIntegerProgram(model, edges, everything, limits, 1);
        const { end, bound, solution } = await solveIntegerProgram({ program, timeLimitSeconds: 20, gap: 0 });
        if (least >= impossibleSeconds) {
          expect(end).toBe('none');
          continue;
        }
        expect(end).toBe('optimal');
        expect(bound).toBeCloseTo(least, 6);
        expect(labels.cost(statesOf(solution ?? new Float64Array()))).toBeCloseTo(least, 6);
        for (const states of fitting.slice(0, 40)) {
          const cost = labels.cost(states);
          if (cost < impossibleSeconds) expect(costOf(program.costs, solutionOf(states))).toBeCloseTo(cost, 6);
        }
      }
    });
  }
}

function costOf(costs: Float64Array, solution: Float64Array | undefined): number {
  if (solution === undefined) return Number.NaN;
  return costs.reduce((sum, cost, column) => sum + cost * solution[column], 0);
}
