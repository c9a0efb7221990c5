import type { OrderGraph } from './graph.ts';
import { firstTopologicalOrder } from './topological-kernel.ts';

/** Which operators come before which others in every order. */
export interface Reach {
  /**
   * Calls `visit` with every operator at whose step a buffer is there in every order, once each: those that touch it,
   * and those that must run after one that makes it (or any, for inputs) and before one that reads it (or any, for what
   * stays to the end).
   */
  forEachAlways(buffer: number, visit: (operator: number) => void): void;
  /** True when some operator that touches `buffer` must run after `operator`. */
  isReadAfter(buffer: number, operator: number): boolean;
}

/** Finds reachability as bit rows. O(N * E / 32) time, N^2 / 4 bytes. */
export function findReach(graph: OrderGraph): Reach {
  const { operatorCount, successors, predecessors, touchedBy, buffers } = graph;
  const words = (operatorCount + 31) >> 5;
  const order = firstTopologicalOrder(successors);
  const after = closure(order.slice().reverse(), successors, words);
  const before = closure(order, predecessors, words);
  const behind = new Uint32Array(words);
  const ahead = new Uint32Array(words);
  const collect = (row: Uint32Array, buffer: number, closureRows: Uint32Array): void => {
    row.fill(0);
    for (let place = touchedBy.start[buffer]; place < touchedBy.start[buffer + 1]; place++) {
      const operator = touchedBy.items[place];
      const base = operator * words;
      for (let word = 0; word < words; word++) row[word] |= closureRows[base + word];
      row[operator >> 5] |= 1 << (operator & 31);
    }
  };
  return {
    forEachAlways(buffer, visit) {
      if (buffers.atStart[buffer]) behind.fill(0xffffffff);
      else collect(behind, buffer, after);
      if (buffers.atEnd[buffer]) ahead.fill(0xffffffff);
      else collect(ahead, buffer, before);
      for (let word = 0; word < words; word++) {
        let bits = behind[word] & ahead[word];
        while (bits !== 0) {
          const bit = 31 - Math.clz32(bits & -bits);
          bits &= bits - 1;
          const operator = (word << 5) | bit;
          if (operator < operatorCount) visit(operator);
        }
      }
    },
    isReadAfter(buffer, operator) {
      const base = operator * words;
      for (let place = touchedBy.start[buffer]; place < touchedBy.start[buffer + 1]; place++) {
        const reader = touchedBy.items[place];
        if ((after[base + (reader >> 5)] >>> (reader & 31)) & 1) return true;
      }
      return false;
    },
  };
}

/** Rows of bits: all that can be reached along `edges`. `order` visits targets before sources. */
function closure(order: Int32Array, edges: OrderGraph['successors'], words: number): Uint32Array {
  const rows = new Uint32Array(order.length * words);
  for (const node of order) {
    const base = node * words;
    for (let edge = edges.start[node]; edge < edges.start[node + 1]; edge++) {
      const target = edges.items[edge];
      const other = target * words;
      for (let word = 0; word < words; word++) rows[base + word] |= rows[other + word];
      rows[base + (target >> 5)] |= 1 << (target & 31);
    }
  }
  return rows;
}
