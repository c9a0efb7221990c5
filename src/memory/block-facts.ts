import { type Layout, sectionLoads } from './layout.ts';

/** What orders of placement are made of, by block. */
export interface BlockFacts {
  readonly bytes: Float64Array;
  /** From its first use to its last, in time, and in how many times there are between them. */
  readonly duration: Float64Array;
  readonly span: Float64Array;
  /** Bytes times duration. */
  readonly area: Float64Array;
  /** The largest load of its bank while it lives. */
  readonly contention: Float64Array;
  readonly start: Float64Array;
  readonly hint: Float64Array;
}

/** Facts of all blocks. O((blocks + times) log times). */
export function collectBlockFacts(layout: Layout): BlockFacts {
  const { blockCount, bytes, pieceStart, pieceFrom, pieceTo, hint, times } = layout;
  const facts: BlockFacts = {
    bytes,
    duration: new Float64Array(blockCount),
    span: new Float64Array(blockCount),
    area: new Float64Array(blockCount),
    contention: new Float64Array(blockCount),
    start: new Float64Array(blockCount),
    hint,
  };
  const loads = layout.problem.banks.map((_, bank) => rangeMaximum(sectionLoads(layout, bank)));
  for (let block = 0; block < blockCount; block++) {
    const [first, last] = [pieceStart[block], pieceStart[block + 1] - 1];
    if (last < first) continue;
    const [from, to] = [pieceFrom[first], pieceTo[last]];
    facts.start[block] = from;
    facts.duration[block] = times[to] - times[from];
    facts.span[block] = to - from;
    facts.area[block] = bytes[block] * facts.duration[block];
    for (let piece = first; piece <= last; piece++) {
      const most = loads[layout.bank[block]](pieceFrom[piece], pieceTo[piece]);
      if (most > facts.contention[block]) facts.contention[block] = most;
    }
  }
  return facts;
}

/** The largest of `values[from]` up to `values[to]`, exclusive, in constant time after O(n log n): a sparse table. */
function rangeMaximum(values: Float64Array): (from: number, to: number) => number {
  const levels = [values];
  for (let width = 1; 2 * width <= values.length; width *= 2) {
    const below = levels[levels.length - 1];
    const level = new Float64Array(values.length - 2 * width + 1);
    for (let index = 0; index < level.length; index++) level[index] = Math.max(below[index], below[index + width]);
    levels.push(level);
  }
  return (from, to) => {
    const level = 31 - Math.clz32(to - from);
    return Math.max(levels[level][from], levels[level][to - 2 ** level]);
  };
}

/** One key of an order: a fact, the largest first or the smallest. */
export type PlacementKey = `${'-' | '+'}${keyof BlockFacts}`;

/** Blocks of one bank sorted by keys, the first key first; ties go to the lower index. Blocks of no bytes come last. */
export function sortBlocks(layout: Layout, facts: BlockFacts, bank: number, keys: readonly PlacementKey[]): Int32Array {
  const members: number[] = [];
  for (let block = 0; block < layout.blockCount; block++) if (layout.bank[block] === bank) members.push(block);
  const columns = keys.map(key => ({ sign: key[0] === '-' ? -1 : 1, values: facts[key.slice(1) as keyof BlockFacts] }));
  return Int32Array.from(members).sort((a, b) => {
    for (const { sign, values } of columns) {
      const difference = values[a] - values[b];
      if (difference !== 0) return sign * difference;
    }
    return a - b;
  });
}
