import type { FoldGraph } from './fold-graph.ts';
import { commonRadius, type FoldHashes } from './fold-hash.ts';

/** Two nodes that may play the same role in neighbouring instances. */
export interface NodePair {
  readonly from: number;
  readonly to: number;
}

/** More pairs of users than this are not compared: such values are not part of a repeat but feed all of it. */
const mostUserPairs = 1 << 14;

/**
 * Grows a partial isomorphism of the dataflow graph from pairs of nodes: where `from` is matched with `to`, the
 * producers of their operands are matched, and their users in the same operand position, as long as labels agree. On a
 * chain of layers one pair in the middle grows into the shift of every layer onto the next; on parallel branches it
 * takes a pair for each two branches. Pairs with the most alike surroundings go first, ties last. A matching is one to
 * one; a node is never matched with itself: what both sides share is the border. Nodes in `taken` are not touched.
 */
export class Growth {
  /** The node that each node is matched with, or -1; and the other way. */
  readonly next: Int32Array;
  readonly previous: Int32Array;
  readonly #graph: FoldGraph;
  readonly #hashes: FoldHashes;
  readonly #taken: Uint8Array;
  readonly #matched: number[] = [];
  /** Candidate pairs by how alike they are, flat: from, to. */
  readonly #queues: number[][];
  /** Matched pairs some of whose users could not be told apart. */
  readonly #ties: number[] = [];

  constructor(graph: FoldGraph, hashes: FoldHashes, taken: Uint8Array) {
    this.#graph = graph;
    this.#hashes = hashes;
    this.#taken = taken;
    this.#queues = Array.from({ length: hashes.around.length * hashes.cones.length }, () => []);
    this.next = new Int32Array(graph.nodeCount).fill(-1);
    this.previous = new Int32Array(graph.nodeCount).fill(-1);
  }

  /** The nodes with a partner in `next`, in the order of matching. */
  get matched(): readonly number[] {
    return this.#matched;
  }

  /** Forgets the matching. O(matched nodes). */
  clear(): void {
    for (const node of this.#matched) {
      this.previous[this.next[node]] = -1;
      this.next[node] = -1;
    }
    this.#matched.length = 0;
  }

  /** Grows from the seeds, one after the other where they are not matched yet; returns the number of matched pairs. */
  grow(seeds: readonly NodePair[]): number {
    for (const { from, to } of seeds) {
      this.#propose(from, to);
      this.#drain();
    }
    return this.#matched.length;
  }

  #drain(): void {
    for (;;) {
      let likeness = this.#queues.length - 1;
      while (likeness >= 0 && this.#queues[likeness].length === 0) likeness--;
      if (likeness < 0) {
        const node = this.#ties.pop();
        if (node === undefined) return;
        this.#matchUsers(node, this.next[node], true);
        continue;
      }
      const queue = this.#queues[likeness];
      const to = queue.pop() ?? -1;
      const from = queue.pop() ?? -1;
      this.#match(from, to);
    }
  }

  /** Queues a pair; inside of regions, the pair of operations around them that stand in one region. */
  #propose(from: number, to: number): void {
    const { parents, labels } = this.#graph;
    while (parents[from] !== parents[to]) {
      from = parents[from];
      to = parents[to];
      if (from < 0 || to < 0) return;
    }
    if (from === to || labels[from] !== labels[to] || !this.#isFree(from, to)) return;
    this.#queues[this.#likeness(from, to)].push(from, to);
  }

  /** How alike two nodes of one label are: by their surroundings, then by how they are computed. */
  #likeness(from: number, to: number): number {
    const { around, cones } = this.#hashes;
    const outer = Math.max(0, commonRadius(around, from, to));
    return outer * cones.length + Math.max(0, commonRadius(cones, from, to));
  }

  #isFree(from: number, to: number): boolean {
    return this.next[from] < 0 && this.previous[to] < 0 && this.#taken[from] === 0 && this.#taken[to] === 0;
  }

  /** Matches two nodes with all that is inside of them, and proposes what is around. */
  #match(from: number, to: number): void {
    if (!this.#isFree(from, to)) return;
    const { operations, subtreeEnd, regionArguments } = this.#graph;
    if (from >= operations.length) {
      this.#connect(from, to);
      this.#matchUsers(from, to, false);
      return;
    }
    const size = subtreeEnd[from] - from;
    for (let inner = 0; inner < size; inner++) this.#connect(from + inner, to + inner);
    const [start, end] = [regionArguments[from], regionArguments[subtreeEnd[from]]];
    for (let inner = start; inner < end; inner++) this.#connect(inner, inner - start + regionArguments[to]);
    for (let inner = 0; inner < size; inner++) this.#matchOperands(from + inner, to + inner);
    this.#matchUsers(from, to, false);
  }

  #connect(from: number, to: number): void {
    this.next[from] = to;
    this.previous[to] = from;
    this.#matched.push(from);
  }

  #matchOperands(from: number, to: number): void {
    const { operandStart, operandNode, operandResult } = this.#graph;
    const shift = operandStart[to] - operandStart[from];
    for (let edge = operandStart[from]; edge < operandStart[from + 1]; edge++) {
      if (operandResult[edge] === operandResult[edge + shift]) {
        this.#propose(operandNode[edge], operandNode[edge + shift]);
      }
    }
  }

  /** Proposes the users that are each other's best match; with `force`, also the first of those that tie. */
  #matchUsers(from: number, to: number, force: boolean): void {
    const left = this.#freeUsers(from, this.next);
    const right = this.#freeUsers(to, this.previous);
    if (left.length === 0 || right.length === 0 || left.length * right.length > mostUserPairs) return;
    const choices = left.map(edge => this.#bestOf(edge, right));
    const answers = right.map(edge => this.#bestOf(edge, left));
    let isTied = false;
    for (const [index, choice] of choices.entries()) {
      if (choice.likeness < 0) continue;
      const answer = answers[choice.index];
      if (choice.ties + answer.ties > 0) isTied ||= answer.likeness === choice.likeness;
      else if (answer.index === index) this.#proposeUsers(left[index], right[choice.index]);
    }
    if (!isTied) return;
    const first = force
      ? choices.findIndex(each => each.likeness >= 0 && answers[each.index].likeness === each.likeness)
      : -1;
    if (first >= 0) this.#proposeUsers(left[first], right[choices[first].index]);
    this.#ties.push(from);
  }

  #proposeUsers(leftEdge: number, rightEdge: number): void {
    this.#propose(this.#graph.userNode[leftEdge], this.#graph.userNode[rightEdge]);
  }

  #freeUsers(node: number, partners: Int32Array): number[] {
    const { userStart, userNode } = this.#graph;
    const free: number[] = [];
    for (let edge = userStart[node]; edge < userStart[node + 1]; edge++) {
      if (partners[userNode[edge]] < 0 && this.#taken[userNode[edge]] === 0) free.push(edge);
    }
    return free;
  }

  /** The first of the user edges that is most alike, how alike, and how many more are just as much. */
  #bestOf(edge: number, others: readonly number[]): { index: number; likeness: number; ties: number } {
    const { labels, userNode, userPosition, userResult } = this.#graph;
    const best = { index: -1, likeness: -1, ties: 0 };
    const node = userNode[edge];
    for (const [index, other] of others.entries()) {
      const candidate = userNode[other];
      if (candidate === node || labels[candidate] !== labels[node]) continue;
      if (userPosition[other] !== userPosition[edge] || userResult[other] !== userResult[edge]) continue;
      const likeness = this.#likeness(node, candidate);
      if (likeness > best.likeness) Object.assign(best, { index, likeness, ties: 0 });
      else if (likeness === best.likeness) best.ties++;
    }
    return best;
  }
}
