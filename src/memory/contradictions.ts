import { createMemoryGraph, producersOf } from './graph.ts';
import type { MemoryProblem } from './problem.ts';
import { strongComponents } from './topological-kernel.ts';

/**
 * The `mustReuse` aliases that ask for an order that there is not: some reader of what is overwritten needs, by way of
 * other operators, what overwrites it. Indices into `problem.aliases`; without these, the rest can hold together. A copy
 * after all readers mends each. O(N + E).
 */
export function contradictoryReuse(problem: MemoryProblem): number[] {
  const { successors, touchedBy, buffers } = createMemoryGraph(problem);
  const component = strongComponents(successors);
  const producers = producersOf(problem);
  return problem.aliases.flatMap(({ kind, tensor, of }, index) => {
    if (kind !== 'mustReuse') return [];
    const source = buffers.ofTensor[of];
    const readers = touchedBy.items.subarray(touchedBy.start[source], touchedBy.start[source + 1]);
    const writer = producers[tensor];
    return readers.some(reader => reader !== writer && component[reader] === component[writer]) ? [index] : [];
  });
}
