import type { Csr } from './csr-kernel.ts';

/**
 * The topological order that is first when orders are compared number by number: program order where that is one.
 * Returns fewer numbers than there are nodes when there is a cycle. O((N + E) log N).
 */
export function firstTopologicalOrder(successors: Csr): Int32Array {
  const count = successors.start.length - 1;
  const waiting = new Int32Array(count);
  for (const target of successors.items) waiting[target]++;
  const heap = new Int32Array(count);
  let size = 0;
  for (let node = 0; node < count; node++) if (waiting[node] === 0) size = pushLeast(heap, size, node);
  const order = new Int32Array(count);
  let done = 0;
  while (size > 0) {
    const node = heap[0];
    size = popLeast(heap, size);
    order[done++] = node;
    for (let edge = successors.start[node]; edge < successors.start[node + 1]; edge++) {
      const target = successors.items[edge];
      if (--waiting[target] === 0) size = pushLeast(heap, size, target);
    }
  }
  return order.subarray(0, done);
}

function pushLeast(heap: Int32Array, size: number, value: number): number {
  let place = size;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if (heap[parent] <= value) break;
    heap[place] = heap[parent];
    place = parent;
  }
  heap[place] = value;
  return size + 1;
}

function popLeast(heap: Int32Array, size: number): number {
  const last = heap[size - 1];
  let place = 0;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= size - 1) break;
    if (child + 1 < size - 1 && heap[child + 1] < heap[child]) child++;
    if (heap[child] >= last) break;
    heap[place] = heap[child];
    place = child;
  }
  heap[place] = last;
  return size - 1;
}

/**
 * Strongly connected components, numbered so that no edge leads to a higher number's component from a lower one's
 * (reverse topological). `component[node]` is its number. R. Tarjan, 1972, Depth-first search and linear graph
 * algorithms; with an explicit stack. O(N + E).
 */
export function strongComponents(successors: Csr): Int32Array {
  const count = successors.start.length - 1;
  const component = new Int32Array(count).fill(-1);
  const seen = new Int32Array(count).fill(-1);
  const low = new Int32Array(count);
  const next = new Int32Array(count);
  const path = new Int32Array(count);
  const open = new Int32Array(count);
  let [clock, opened, components] = [0, 0, 0];
  for (let root = 0; root < count; root++) {
    if (seen[root] >= 0) continue;
    let depth = 0;
    path[0] = root;
    while (depth >= 0) {
      const node = path[depth];
      if (seen[node] < 0) {
        seen[node] = low[node] = clock++;
        next[node] = successors.start[node];
        open[opened++] = node;
      }
      if (next[node] < successors.start[node + 1]) {
        const target = successors.items[next[node]++];
        if (seen[target] < 0) path[++depth] = target;
        else if (component[target] < 0 && seen[target] < low[node]) low[node] = seen[target];
        continue;
      }
      if (low[node] === seen[node]) {
        let member: number;
        do {
          member = open[--opened];
          component[member] = components;
        } while (member !== node);
        components++;
      }
      depth--;
      if (depth >= 0 && low[node] < low[path[depth]]) low[path[depth]] = low[node];
    }
  }
  return component;
}
