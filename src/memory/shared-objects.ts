import { type BlockFacts, sortBlocks } from './block-facts.ts';
import type { Layout } from './layout.ts';
import { isPlain, spanOf } from './plain-layout.ts';

interface SharedObject {
  readonly bytes: number;
  /** Of its blocks, in threes: when each lives, from and to, and one past its highest byte in the object. */
  readonly blocks: number[];
  base: number;
}

/**
 * ExecuTorch's greedy planner, from its description: blocks by falling size; each goes to the start of the first object
 * in which nothing lives at the same time, else on top of those that do where the object still has room, else into a new
 * object of its size. Objects never grow and lie side by side. Undefined where that would break an alignment.
 */
export function placeInSharedObjects(layout: Layout, facts: BlockFacts): Float64Array | undefined {
  if (!isPlain(layout)) return undefined;
  const offsets = new Float64Array(layout.blockCount);
  layout.problem.banks.forEach((_, bank) => {
    const objects: SharedObject[] = [];
    const objectOf = new Map<number, SharedObject>();
    for (const block of sortBlocks(layout, facts, bank, ['-bytes'])) {
      const bytes = layout.bytes[block];
      if (bytes === 0) continue;
      const room = findRoom(layout, objects, block);
      const object = room?.object ?? { bytes, blocks: [], base: 0 };
      if (room === undefined) objects.push(object);
      offsets[block] = room?.offset ?? 0;
      const { from, to } = spanOf(layout, block);
      object.blocks.push(from, to, offsets[block] + bytes);
      objectOf.set(block, object);
    }
    let base = 0;
    for (const object of objects) {
      object.base = base;
      base += object.bytes;
    }
    for (const [block, object] of objectOf) offsets[block] += object.base;
  });
  return isAligned(layout, offsets) ? offsets : undefined;
}

function findRoom(
  layout: Layout,
  objects: readonly SharedObject[],
  block: number,
): { object: SharedObject; offset: number } | undefined {
  const span = spanOf(layout, block);
  let above: { object: SharedObject; offset: number } | undefined;
  for (const object of objects) {
    let end = 0;
    const { blocks } = object;
    for (let at = 0; at < blocks.length; at += 3) {
      if (blocks[at] < span.to && span.from < blocks[at + 1] && blocks[at + 2] > end) end = blocks[at + 2];
    }
    if (end === 0) return { object, offset: 0 };
    if (above === undefined && end + layout.bytes[block] <= object.bytes) above = { object, offset: end };
  }
  return above;
}

/** With one alignment for all, sizes keep every address aligned; with several they may not. */
function isAligned(layout: Layout, offsets: Float64Array): boolean {
  for (let block = 0; block < layout.blockCount; block++) {
    if (offsets[block] % layout.alignment[block] !== 0) return false;
  }
  return true;
}
