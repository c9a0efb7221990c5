import type { Layout } from './layout.ts';
import { isPlain, spanOf } from './plain-layout.ts';

/** A stretch of a segment. Neighbours of one segment are linked, so that free ones join. */
interface Chunk {
  readonly segment: number;
  offset: number;
  bytes: number;
  isFree: boolean;
  before: Chunk | undefined;
  next: Chunk | undefined;
}

const mib = 1048576;
/** Requests are rounded up to this. */
const roundBytes = 512;
/** Requests up to here are served from the pool of small segments. */
const smallBytes = mib;
const smallSegmentBytes = 2 * mib;
/** Requests below this take a whole large segment, larger ones a segment of their own size, rounded. */
const largeBytes = 10 * mib;
const largeSegmentBytes = 20 * mib;
const segmentRoundBytes = 2 * mib;

/**
 * PyTorch's caching allocator in its default setting, from its description: requests are rounded to 512 bytes and take
 * the smallest free chunk of their pool (small up to 1 MiB, else large); what is left over stays free, if it is at least
 * 512 bytes in the small pool or more than 1 MiB in the large one; without a free chunk a segment is added: of 2 MiB,
 * 20 MiB, or from 10 MiB on the request rounded to 2 MiB. Freed neighbours join. Segments lie side by side here.
 */
export function placeByCaching(layout: Layout): Float64Array | undefined {
  if (!isPlain(layout)) return undefined;
  const offsets = new Float64Array(layout.blockCount);
  for (let bank = 0; bank < layout.problem.banks.length; bank++) {
    const events: { time: number; frees: boolean; block: number }[] = [];
    for (let block = 0; block < layout.blockCount; block++) {
      const { from, to } = spanOf(layout, block);
      if (layout.bank[block] !== bank || layout.bytes[block] === 0) continue;
      if (roundBytes % layout.alignment[block] !== 0) return undefined;
      events.push({ time: from, frees: false, block }, { time: to, frees: true, block });
    }
    events.sort((a, b) => a.time - b.time || Number(b.frees) - Number(a.frees) || a.block - b.block);
    runEvents(layout, events, offsets);
  }
  return offsets;
}

function runEvents(
  layout: Layout,
  events: readonly { readonly frees: boolean; readonly block: number }[],
  offsets: Float64Array,
): void {
  const pools = { small: new Set<Chunk>(), large: new Set<Chunk>() };
  const segmentBytes: number[] = [];
  const chunkOf = new Map<number, Chunk>();
  const poolOf = (bytes: number): Set<Chunk> => (bytes <= smallBytes ? pools.small : pools.large);
  const taken: { block: number; chunk: number; offset: number }[] = [];
  for (const { frees, block } of events) {
    const bytes = Math.ceil(layout.bytes[block] / roundBytes) * roundBytes;
    const pool = poolOf(bytes);
    if (frees) {
      const chunk = chunkOf.get(block);
      if (chunk !== undefined) release(pool, chunk);
      continue;
    }
    const chunk = smallestFree(pool, bytes) ?? addSegment(segmentBytes, bytes);
    take(pool, chunk, bytes);
    chunkOf.set(block, chunk);
    taken.push({ block, chunk: chunk.segment, offset: chunk.offset });
  }
  const bases = [0];
  for (const bytes of segmentBytes) bases.push(bases[bases.length - 1] + bytes);
  for (const { block, chunk, offset } of taken) offsets[block] = bases[chunk] + offset;
}

function smallestFree(pool: ReadonlySet<Chunk>, bytes: number): Chunk | undefined {
  let best: Chunk | undefined;
  for (const chunk of pool) {
    if (chunk.bytes >= bytes && (best === undefined || isBefore(chunk, best))) best = chunk;
  }
  return best;
}

/** Chunks are kept by size, and those of one size by address. */
function isBefore(a: Chunk, b: Chunk): boolean {
  if (a.bytes !== b.bytes) return a.bytes < b.bytes;
  return a.segment === b.segment ? a.offset < b.offset : a.segment < b.segment;
}

function addSegment(segmentBytes: number[], bytes: number): Chunk {
  const rounded = Math.ceil(bytes / segmentRoundBytes) * segmentRoundBytes;
  const size = bytes <= smallBytes ? smallSegmentBytes : bytes < largeBytes ? largeSegmentBytes : rounded;
  segmentBytes.push(size);
  return { segment: segmentBytes.length - 1, offset: 0, bytes: size, isFree: true, before: undefined, next: undefined };
}

function take(pool: Set<Chunk>, chunk: Chunk, bytes: number): void {
  pool.delete(chunk);
  chunk.isFree = false;
  const left = chunk.bytes - bytes;
  const splits = bytes <= smallBytes ? left >= roundBytes : left > smallBytes;
  if (!splits) return;
  const { segment, offset, next } = chunk;
  const rest: Chunk = { segment, offset: offset + bytes, bytes: left, isFree: true, before: chunk, next };
  if (next !== undefined) next.before = rest;
  chunk.next = rest;
  chunk.bytes = bytes;
  pool.add(rest);
}

function release(pool: Set<Chunk>, chunk: Chunk): void {
  chunk.isFree = true;
  const { before, next } = chunk;
  if (next?.isFree) {
    pool.delete(next);
    chunk.bytes += next.bytes;
    chunk.next = next.next;
    if (next.next !== undefined) next.next.before = chunk;
  }
  if (before?.isFree) {
    before.bytes += chunk.bytes;
    before.next = chunk.next;
    if (chunk.next !== undefined) chunk.next.before = before;
    return;
  }
  pool.add(chunk);
}
