import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomMemoryProblem } from '../../test/support/memory-problems.ts';
import { packLists, transpose } from './csr-kernel.ts';
import { createLivenessGraph, createMemoryGraph, runsInOrder } from './graph.ts';
import { type Block, type Layout, packBlocks } from './layout.ts';
import { findCollisions, type PlacedUse } from './overlap-sweep.ts';
import { createPlaced, findOffset, insertBlock } from './placed-kernel.ts';
import { addRank, createRankSet, rankAbove, rankBelow, removeRank } from './rank-set-kernel.ts';
import { findReach } from './reach-kernel.ts';
import { firstTopologicalOrder, strongComponents } from './topological-kernel.ts';

const settings = { seed: 5, numRuns: 200 };
const lists = fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 4 }), { minLength: 10, maxLength: 10 });

/** Nodes that can be reached from each node, by repeated steps. */
function reachable(edges: readonly (readonly number[])[]): Set<number>[] {
  const reached = edges.map(targets => new Set(targets));
  for (let round = 0; round < edges.length; round++) {
    for (const set of reached) for (const node of [...set]) for (const next of edges[node]) set.add(next);
  }
  return reached;
}

describe('graphs in columns', () => {
  it('know whether operators run as they stand', () => {
    const seen = new Set<boolean>();
    for (let seed = 0; seed < 200; seed++) {
      const problem = randomMemoryProblem(seed, { operators: 9 });
      const turned = { ...problem, operators: [...problem.operators].reverse() };
      for (const given of seed % 2 === 0 ? [problem] : [turned]) {
        const { successors } = createMemoryGraph(given);
        const order = firstTopologicalOrder(successors);
        const stands = order.length === 9 && order.every((operator, step) => operator === step);
        expect([seed, runsInOrder(createLivenessGraph(given))]).toEqual([seed, stands]);
        seen.add(stands);
      }
    }
    expect(seen.size).toBe(2);
  });

  it('pack lists without repetitions and turn them around', () => {
    fc.assert(
      fc.property(lists, edges => {
        const csr = packLists(edges, 10);
        const back = transpose(csr, 10);
        for (let node = 0; node < 10; node++) {
          expect([...csr.items.subarray(csr.start[node], csr.start[node + 1])]).toEqual([...new Set(edges[node])]);
          const sources = [...edges.keys()].filter(source => edges[source].includes(node));
          expect([...back.items.subarray(back.start[node], back.start[node + 1])]).toEqual(sources);
        }
      }),
      settings,
    );
  });

  it('find components: nodes that reach each other', () => {
    fc.assert(
      fc.property(lists, edges => {
        const component = strongComponents(packLists(edges, 10));
        const reached = reachable(edges);
        for (let a = 0; a < 10; a++) {
          for (let b = 0; b < a; b++) {
            expect(component[a] === component[b]).toBe(reached[a].has(b) && reached[b].has(a));
          }
        }
      }),
      settings,
    );
  });

  it('order nodes by number where edges allow it, and stop at cycles', () => {
    fc.assert(
      fc.property(lists, edges => {
        const order: number[] = [];
        for (;;) {
          const isReady = (node: number): boolean =>
            !order.includes(node) &&
            edges.every((targets, source) => order.includes(source) || !targets.includes(node));
          const next = [...edges.keys()].find(isReady);
          if (next === undefined) break;
          order.push(next);
        }
        expect([...firstTopologicalOrder(packLists(edges, 10))]).toEqual(order);
      }),
      settings,
    );
  });
});

describe('sets of ranks', () => {
  it('know their neighbours', () => {
    const step = fc.record({ rank: fc.integer({ min: 0, max: 2000 }), adds: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const set = createRankSet(2001);
        const plain = new Set<number>();
        for (const { rank, adds } of steps) {
          if (adds) {
            addRank(set, rank);
            plain.add(rank);
          } else {
            removeRank(set, rank);
            plain.delete(rank);
          }
          const [below, above] = [[...plain].filter(r => r < rank), [...plain].filter(r => r > rank)];
          expect(rankBelow(set, rank)).toBe(Math.max(-1, ...below));
          expect(rankAbove(set, rank)).toBe(above.length === 0 ? -1 : Math.min(...above));
        }
      }),
      settings,
    );
  });
});

describe('the sweep for collisions', () => {
  const use = fc.record({
    from: fc.integer({ min: 0, max: 8 }),
    time: fc.integer({ min: 0, max: 4 }),
    low: fc.integer({ min: 0, max: 8 }),
    bytes: fc.integer({ min: 0, max: 4 }),
  });
  it('finds some collision exactly where there is one', () => {
    fc.assert(
      fc.property(fc.array(use, { maxLength: 8 }), drawn => {
        const uses = drawn.map(
          ({ from, time, low, bytes }, owner): PlacedUse => ({ owner, from, to: from + time, low, high: low + bytes }),
        );
        const collide = (a: PlacedUse, b: PlacedUse): boolean =>
          Math.max(a.from, b.from) < Math.min(a.to, b.to) && Math.max(a.low, b.low) < Math.min(a.high, b.high);
        const found = findCollisions(uses);
        for (const { first, second } of found) expect(collide(first, second)).toBe(true);
        const any = uses.some((a, i) => uses.some((b, j) => i < j && collide(a, b)));
        expect(found.length > 0).toBe(any);
      }),
      settings,
    );
  });
});

describe('the search for free addresses', () => {
  const piece = fc.record({ wait: fc.integer({ min: 0, max: 2 }), time: fc.integer({ min: 1, max: 3 }) });
  const block = fc.record({
    bytes: fc.integer({ min: 1, max: 6 }),
    alignment: fc.constantFrom(1, 1, 2, 4),
    start: fc.integer({ min: 0, max: 6 }),
    pieces: fc.array(piece, { minLength: 1, maxLength: 3 }),
  });
  const layoutOf = (blocks: Block[]): Layout =>
    packBlocks(
      {
        format: 'skein.memory/1',
        name: '',
        alignmentBytes: 1,
        banks: [{ name: 'main' }],
        tensors: [],
        operators: [],
        aliases: [],
      },
      blocks,
      30,
      { blockOfTensor: new Int32Array(0), shiftOfTensor: new Float64Array(0), blockOfWorkspace: new Int32Array(0) },
    );

  it('finds the lowest, and the tightest below the top', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 7 }), fc.boolean(), (drawn, bestFit) => {
        const blocks = drawn.map(({ bytes, alignment, start, pieces }): Block => {
          let at = start;
          const times = pieces.map(({ wait, time }) => {
            const from = at + wait;
            at = from + time;
            return { from, to: at, low: 0, high: bytes };
          });
          return { bytes, alignment, bank: 0, fixed: -1, hint: -1, pieces: times };
        });
        const layout = layoutOf(blocks);
        const placed = createPlaced(layout, 0);
        const offsets: number[] = [];
        blocks.forEach((mine, index) => {
          const rivals = blocks
            .slice(0, index)
            .flatMap((other, at) =>
              other.pieces.some(a => mine.pieces.some(b => a.from < b.to && b.from < a.to))
                ? [{ low: offsets[at], high: offsets[at] + other.bytes }]
                : [],
            );
          const isFree = (at: number): boolean =>
            at >= 0 &&
            at % mine.alignment === 0 &&
            rivals.every(({ low, high }) => at + mine.bytes <= low || high <= at);
          const top = Math.max(0, ...rivals.map(({ high }) => high));
          const free = Array.from({ length: 100 }, (_, at) => at).filter(isFree);
          const roomAt = (at: number): number =>
            Math.min(...rivals.filter(({ low }) => low >= at).map(({ low }) => low)) - at - mine.bytes;
          const starts = free.filter(at => at < top && !isFree(at - mine.alignment));
          const tightest = starts.sort((a, b) => roomAt(a) - roomAt(b) || a - b)[0];
          const offset = findOffset(placed, layout, index, bestFit);
          expect(offset).toBe(bestFit ? (tightest ?? free.find(at => at >= top)) : free[0]);
          offsets.push(offset);
          insertBlock(placed, layout, index, offset);
        });
      }),
      settings,
    );
  });
});

describe('what is there in every order', () => {
  it('is what each reader, and each operator between maker and reader, sees', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: 1, max: 45 }), (seed, operators) => {
        const graph = createMemoryGraph(randomMemoryProblem(seed, { operators }));
        const { buffers, successors, touchedBy } = graph;
        const edges = Array.from({ length: operators }, (_, o) => [
          ...successors.items.subarray(successors.start[o], successors.start[o + 1]),
        ]);
        const after = reachable(edges);
        const reach = findReach(graph);
        for (let buffer = 0; buffer < buffers.count; buffer++) {
          const users = [...touchedBy.items.subarray(touchedBy.start[buffer], touchedBy.start[buffer + 1])];
          const found: number[] = [];
          reach.forEachAlways(buffer, operator => found.push(operator));
          const isThere = (operator: number): boolean => {
            const made =
              buffers.atStart[buffer] === 1 || users.some(user => user === operator || after[user].has(operator));
            const needed =
              buffers.atEnd[buffer] === 1 || users.some(user => user === operator || after[operator].has(user));
            return made && needed;
          };
          expect(found.sort((a, b) => a - b)).toEqual([...edges.keys()].filter(isThere));
          for (const operator of edges.keys()) {
            expect(reach.isReadAfter(buffer, operator)).toBe(users.some(user => after[operator].has(user)));
          }
        }
      }),
      { ...settings, numRuns: 60 },
    );
  });
});
