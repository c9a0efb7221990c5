import { elementBits, elementCount, type TensorType } from '../ir/index.ts';
import { equalLayouts, type Grid, type Layout, piecesOfAtoms } from './grid.ts';

export type CollectiveKind = 'all-reduce' | 'all-gather' | 'reduce-scatter' | 'all-to-all' | 'collective-permute';

/** One collective of a change of layout. */
export interface Step {
  readonly kind: CollectiveKind;
  readonly atoms: readonly number[];
  /** The larger of operand and result on one device. */
  readonly bytesPerDevice: number;
}

/** Bytes of the piece of a tensor on one device. */
export function layoutBytes(grid: Grid, type: TensorType, dimensions: Layout['dimensions']): number {
  let pieces = 1;
  for (const atoms of dimensions) pieces *= piecesOfAtoms(grid, atoms);
  return Math.ceil(((elementCount(type.shape) / pieces) * elementBits(type.element)) / 8);
}

/**
 * The collectives that turn one layout into another. Pieces are made as small as possible first: atoms that are new on
 * a dimension are a local slice, sums are reduced (scattered where the target wants that), atoms that change their
 * dimension are an all-to-all, and what is left over is gathered last, one dimension after the other.
 */
export function reshardSteps(grid: Grid, type: TensorType, from: Layout, to: Layout): Step[] {
  const steps: Step[] = [];
  const dimensions = stepUntilGathers(grid, type, from, to, steps);
  for (const [index, atoms] of dimensions.entries()) {
    const keep = commonPrefix(atoms, to.dimensions[index]);
    if (keep === atoms.length) continue;
    const gone = atoms.splice(keep);
    steps.push({ kind: 'all-gather', atoms: gone, bytesPerDevice: layoutBytes(grid, type, dimensions) });
  }
  return steps;
}

/**
 * The layout between exchange and gather, where a change of layout needs both; undefined for all others. Told of such a
 * change alone, the partitioners of XLA gather the whole value and cut it.
 */
export function layoutBeforeGathers(grid: Grid, type: TensorType, from: Layout, to: Layout): Layout | undefined {
  const steps: Step[] = [];
  const layout = { dimensions: stepUntilGathers(grid, type, from, to, steps), partial: to.partial };
  const isExchanged = steps.some(({ kind }) => kind === 'all-to-all');
  return isExchanged && !equalLayouts(layout, to) ? layout : undefined;
}

/** Adds all steps but the gathers; returns the atoms of each dimension that are there then. */
function stepUntilGathers(grid: Grid, type: TensorType, from: Layout, to: Layout, steps: Step[]): number[][] {
  const dimensions = from.dimensions.map(atoms => [...atoms]);
  const bytes = () => layoutBytes(grid, type, dimensions);
  const held = new Set([...from.dimensions.flat(), ...from.partial]);
  const kept = from.dimensions.map((atoms, index) => commonPrefix(atoms, to.dimensions[index]));
  // Local slices need the atoms before them in place, so only those on a dimension that keeps all of its own.
  for (const [index, atoms] of to.dimensions.entries()) {
    if (kept[index] < dimensions[index].length) continue;
    for (const atom of atoms.slice(kept[index])) {
      if (held.has(atom)) break;
      dimensions[index].push(atom);
    }
  }
  const partial = from.partial.filter(atom => !to.partial.includes(atom));
  const scattered: number[] = [];
  for (const [index, atoms] of to.dimensions.entries()) {
    const start = dimensions[index].length;
    if (commonPrefix(dimensions[index], atoms) < start) continue;
    const next: number[] = [];
    for (const atom of atoms.slice(start)) {
      if (!partial.includes(atom)) break;
      next.push(atom);
    }
    if (next.length === 0) continue;
    steps.push({ kind: 'reduce-scatter', atoms: next, bytesPerDevice: bytes() });
    dimensions[index].push(...next);
    scattered.push(...next);
  }
  const reduced = partial.filter(atom => !scattered.includes(atom));
  if (reduced.length > 0) steps.push({ kind: 'all-reduce', atoms: reduced, bytesPerDevice: bytes() });
  moveAtoms(dimensions, to, atoms => steps.push({ kind: 'all-to-all', atoms, bytesPerDevice: bytes() }));
  return dimensions;
}

/** Moves the last atoms of one dimension to the end of another, where the target has them next: as many as it can. */
function moveAtoms(dimensions: number[][], to: Layout, moved: (atoms: readonly number[]) => void): void {
  for (const [target, atoms] of to.dimensions.entries()) {
    for (let found = true; found; ) {
      found = false;
      const start = dimensions[target].length;
      if (commonPrefix(dimensions[target], atoms) < start) break;
      for (let source = 0; source < dimensions.length && !found; source++) {
        const count = source === target ? 0 : movableAtoms(dimensions[source], atoms, start);
        if (count === 0) continue;
        found = true;
        const next = atoms.slice(start, start + count);
        moved(next);
        dimensions[source].length -= count;
        dimensions[target].push(...next);
      }
    }
  }
}

/** How many of the last atoms of a dimension are the next ones of a target, in their order. */
function movableAtoms(source: readonly number[], target: readonly number[], start: number): number {
  for (let count = Math.min(source.length, target.length - start); count > 0; count--) {
    const from = source.length - count;
    let same = true;
    for (let index = 0; index < count && same; index++) same = source[from + index] === target[start + index];
    if (same) return count;
  }
  return 0;
}

function commonPrefix(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

/** Bytes that one device sends in steps, by the ring algorithms: all-reduce 2(n-1)/n, the others (n-1)/n. */
export function stepsCost(grid: Grid, steps: readonly Step[]): number {
  return steps.reduce((sum, step) => {
    const pieces = piecesOfAtoms(grid, step.atoms);
    const share = (pieces - 1) / pieces;
    const factor = step.kind === 'all-reduce' ? 2 * share : step.kind === 'collective-permute' ? 1 : share;
    return sum + factor * step.bytesPerDevice;
  }, 0);
}

export function reshardCost(grid: Grid, type: TensorType, from: Layout, to: Layout): number {
  if (equalLayouts(from, to)) return 0;
  return stepsCost(grid, reshardSteps(grid, type, from, to));
}
