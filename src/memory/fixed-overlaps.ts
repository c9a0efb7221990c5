import type { Buffers } from './buffers.ts';
import { hasFixedLifetimes, type MemoryProblem } from './problem.ts';

/**
 * Pairs of tensors that are fixed at overlapping addresses of one bank and live together in every order: both are there
 * at the start, or at the end, or at one operator, or their given lifetimes overlap.
 */
export function fixedOverlaps(problem: MemoryProblem, buffers: Buffers): [number, number][] {
  const { tensors, operators } = problem;
  const fixed = tensors.flatMap(({ offsetBytes }, tensor) => (offsetBytes === undefined ? [] : [tensor]));
  if (fixed.length < 2) return [];
  const pairs = new Map<string, [number, number]>();
  const handedOver = new Set(
    problem.aliases.flatMap(({ kind, tensor, of }) =>
      kind === 'view' ? [] : [pairKey(buffers.ofTensor[tensor], buffers.ofTensor[of])],
    ),
  );
  const check = (list: readonly number[], together: (a: number, b: number) => boolean): void => {
    for (const [a, b] of overlapsInSpace(problem, list)) {
      const [x, y] = [buffers.ofTensor[a], buffers.ofTensor[b]];
      if (x === y || !together(a, b)) continue;
      if (handedOver.has(pairKey(x, y)) && tensors[a].offsetBytes === tensors[b].offsetBytes) continue;
      pairs.set(pairKey(a, b), [a, b]);
    }
  };
  if (hasFixedLifetimes(problem)) {
    check(fixed, (a, b) => lifetimesMeet(problem, a, b));
    return [...pairs.values()];
  }
  const always = (): boolean => true;
  check(
    fixed.filter(tensor => buffers.atStart[buffers.ofTensor[tensor]]),
    always,
  );
  check(
    fixed.filter(tensor => buffers.atEnd[buffers.ofTensor[tensor]]),
    always,
  );
  const isFixed = new Set(fixed);
  for (const { inputs, outputs } of operators) {
    check(
      [...new Set([...inputs, ...outputs])].filter(tensor => isFixed.has(tensor)),
      always,
    );
  }
  return [...pairs.values()];
}

function pairKey(a: number, b: number): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/** Pairs of one bank that share addresses, by a sweep over them. */
function* overlapsInSpace(problem: MemoryProblem, list: readonly number[]): Generator<[number, number]> {
  const { tensors } = problem;
  const offset = (tensor: number): number => tensors[tensor].offsetBytes ?? 0;
  const sorted = [...list].sort((a, b) => offset(a) - offset(b));
  for (let index = 0; index < sorted.length; index++) {
    const end = offset(sorted[index]) + tensors[sorted[index]].sizeBytes;
    for (let later = index + 1; later < sorted.length && offset(sorted[later]) < end; later++) {
      const [a, b] = [sorted[index], sorted[later]];
      if ((tensors[a].bank ?? 0) === (tensors[b].bank ?? 0) && tensors[b].sizeBytes > 0) yield [a, b];
    }
  }
}

/** True when two given lifetimes overlap; gaps are left to the validator. */
function lifetimesMeet({ tensors }: MemoryProblem, a: number, b: number): boolean {
  const [x, y] = [tensors[a], tensors[b]];
  if (x.lifetime === undefined || y.lifetime === undefined) return false;
  if ((x.gaps?.length ?? 0) + (y.gaps?.length ?? 0) > 0) return false;
  return x.lifetime.start < y.lifetime.end && y.lifetime.start < x.lifetime.end;
}
