import type { Fold, FoldBlock } from './fold-types.ts';

/** One line per block, and a line of totals. */
export function formatFold(fold: Fold): string {
  const { classOf, representatives, ratio } = fold;
  const total = `${classOf.length} operations in ${representatives.length} classes, ratio ${ratio.toFixed(1)}`;
  return [...fold.blocks.map(formatBlock), total].join('\n');
}

/** `12 x h.* (543 operations, 36 arguments)`; for a loop `12 trips of h (221 operations)`. */
export function formatBlock(block: FoldBlock): string {
  const [first] = block.instances;
  if (block.kind === 'loop') {
    return `${block.trips ?? 'unknown'} trips of ${block.name} (${first.length} operations)`;
  }
  const args = block.arguments[0].length;
  const held = args === 0 ? '' : `, ${args} arguments`;
  return `${block.instances.length} x ${block.name} (${first.length} operations${held})`;
}
