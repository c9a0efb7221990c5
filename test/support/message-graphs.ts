import { createRandom, type Random } from '../../src/base/index.ts';
import type { ForestCosts } from '../../src/parallel/search/forest-kernel.ts';
import { buildGraph, createScratch, GraphCosts, type GraphEdge } from '../../src/parallel/search/message-graph.ts';
import type { MessageGraph, MessageScratch } from '../../src/parallel/search/message-kernel.ts';
import type { SearchModel } from '../../src/parallel/search/model.ts';

/** A small sum of functions of one and two variables, as a graph and as a plain function of all states. */
export interface SmallSum {
  readonly counts: readonly number[];
  readonly graph: MessageGraph;
  readonly scratch: MessageScratch;
  /** The same costs, as forests ask for them. */
  readonly costs: ForestCosts;
  cost(states: ArrayLike<number>): number;
}

/** A random sum over `variables` variables of 1 to 4 states, with `edges` functions of two, some of which tell few apart. */
export function drawSum(seed: number, variables: number, edges: number): SmallSum {
  const random = createRandom(seed);
  const counts = Array.from({ length: variables }, () => random.integer(1, 5));
  const own = counts.map(count => Float64Array.from({ length: count }, () => random.next()));
  const drawn = Array.from({ length: edges }, (): GraphEdge => drawEdge(random, counts));
  const model: SearchModel = {
    variables: own.map(seconds => ({ kind: 'slot', subject: 0, slot: 0, choices: [], layouts: [], seconds })),
    values: [],
  };
  const graph = buildGraph(model, drawn);
  const shares = drawn.map(({ columns }) => Float64Array.from({ length: columns }, () => random.next()));
  const costs = new GraphCosts(graph, model, drawn);
  costs.set(shares, undefined);
  const cost = (states: ArrayLike<number>): number =>
    own.reduce((sum, seconds, variable) => sum + seconds[states[variable]], 0) +
    drawn.reduce((sum, { producer, reader, homes, reads, columns, seconds }, edge) => {
      const column = reads[states[reader]];
      return sum + shares[edge][column] * seconds[homes[states[producer]] * columns + column];
    }, 0);
  return { counts, graph, scratch: createScratch(graph), costs: costs.forest(shares, undefined), cost };
}

function drawEdge(random: Random, counts: readonly number[]): GraphEdge {
  const producer = random.integer(0, counts.length);
  const reader = random.integer(0, counts.length);
  const [rows, columns] = [random.integer(1, counts[producer] + 1), random.integer(1, counts[reader] + 1)];
  const group = (count: number, groups: number): Int32Array =>
    Int32Array.from({ length: count }, (_, state) => (state < groups ? state : random.integer(0, groups)));
  return {
    key: '',
    producer,
    reader,
    homes: group(counts[producer], rows),
    reads: group(counts[reader], columns),
    rows,
    columns,
    seconds: Float64Array.from({ length: rows * columns }, () => random.next()),
    rowLayouts: new Int32Array(rows),
    columnLayouts: new Int32Array(columns),
    parts: [],
  };
}

/** All ways to give each variable of some a state, the others staying as they are. */
export function* allStates(
  counts: readonly number[],
  from: ArrayLike<number>,
  free: ArrayLike<number>,
): Generator<number[]> {
  const states = Array.from(from);
  const open = counts.flatMap((_, variable) => (free[variable] === 1 ? [variable] : []));
  const total = open.reduce((product, variable) => product * counts[variable], 1);
  for (let number = 0; number < total; number++) {
    let rest = number;
    for (const variable of open) {
      states[variable] = rest % counts[variable];
      rest = Math.floor(rest / counts[variable]);
    }
    yield states;
  }
}
