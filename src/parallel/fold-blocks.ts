import { aliasedResult } from '../ir/index.ts';
import type { FoldGraph } from './fold-graph.ts';
import { alignOrbits } from './fold-orbits.ts';

/** Instances of one structure: `roles[k][i]` is the node that plays role k in instance i. */
export interface Draft {
  readonly roles: readonly (readonly number[])[];
  readonly instanceCount: number;
}

/**
 * Cuts blocks of `instanceCount` instances or fewer out of the orbits of a matching: one of the roles that all instances
 * have, then one for each run of instances that have more. Roles that do not hang together in the same way in all instances
 * become blocks of their own, see `sound`. The first draft is the main one; what sticks out of its instances stays unfolded.
 */
export function draftBlocks(
  graph: FoldGraph,
  members: readonly (readonly number[])[],
  instanceCount: number,
): readonly Draft[] {
  const spans = new Map<string, number[][]>();
  const offsets = alignOrbits(graph, members, instanceCount);
  for (const [orbit, nodes] of members.entries()) {
    const offset = offsets[orbit];
    const inside = nodes.slice(Math.max(0, -offset), instanceCount - offset);
    if (inside.length < 2) continue;
    const key = `${Math.max(0, offset)} ${inside.length}`;
    const roles = spans.get(key) ?? [];
    if (roles.length === 0) spans.set(key, roles);
    roles.push(...withInside(graph, inside));
  }
  const drafts: Draft[] = [];
  for (const roles of spans.values()) {
    for (let rest: readonly (readonly number[])[] = roles; rest.length > 0; ) {
      const kept = sound(graph, rest);
      if (kept.length > 0) drafts.push(orient({ roles: kept, instanceCount: kept[0].length }));
      // What does not fit in may still repeat in its own right.
      const isKept = new Set(kept);
      rest = kept.length === 0 ? [] : rest.filter(nodes => !isKept.has(nodes) && !isLoose(graph, nodes[0]));
    }
  }
  return drafts.sort((a, b) => b.instanceCount - a.instanceCount || b.roles.length - a.roles.length);
}

/**
 * Joins `count` successive instances into one, so that each role becomes as many. Instances that are left over at the
 * end stay unfolded.
 */
export function joinDraft(graph: FoldGraph, { roles, instanceCount }: Draft, count: number): Draft {
  const joinedCount = Math.floor(instanceCount / count);
  const joined: number[][] = [];
  for (let part = 0; part < count; part++) {
    for (const nodes of roles) joined.push(nodes.filter((_, index) => index % count === part).slice(0, joinedCount));
  }
  return orient({ roles: sound(graph, joined), instanceCount: joinedCount });
}

/** The roles of operations with all that stands in their regions. */
function withInside(graph: FoldGraph, nodes: readonly number[]): number[][] {
  const [first] = nodes;
  if (first >= graph.operations.length) return [[...nodes]];
  const { subtreeEnd, regionArguments } = graph;
  const roles: number[][] = [];
  for (let inner = 0; inner < subtreeEnd[first] - first; inner++) roles.push(nodes.map(node => node + inner));
  const argumentCount = regionArguments[subtreeEnd[first]] - regionArguments[first];
  for (let inner = 0; inner < argumentCount; inner++) roles.push(nodes.map(node => regionArguments[node] + inner));
  return roles;
}

/** Instances from the first to the last in the program, roles in the order of the first instance. */
function orient({ roles, instanceCount }: Draft): Draft {
  let first = { node: Number.MAX_SAFE_INTEGER, instance: 0 };
  for (const nodes of roles) {
    for (const [instance, node] of nodes.entries()) if (node < first.node) first = { node, instance };
  }
  const isReversed = first.instance > (instanceCount - 1) / 2;
  const ordered = roles.map(nodes => (isReversed ? [...nodes].reverse() : nodes));
  return { roles: ordered.sort((a, b) => a[0] - b[0]), instanceCount };
}

/**
 * The largest set of roles found in which every operand comes from one role of the same instance in all instances, or
 * from outside of the instance in all. Where that fails, the producer goes if it is an argument or a constant, which
 * instances may share as they like, and else the reader. Then the same for arguments and the results that take over
 * their buffers. What is left out turns what reads it into a border, so this ends.
 */
function sound(graph: FoldGraph, roles: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const places = new Places(graph, roles);
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (let role = 0; role < roles.length; role++)
      if (places.has(role) && places.repairOperands(role)) isChanged = true;
    if (!isChanged) isChanged = places.repairBuffers();
  }
  return roles.filter((_, role) => places.has(role));
}

class Places {
  readonly #graph: FoldGraph;
  readonly #roles: readonly (readonly number[])[];
  /** Role and instance of each node; -1 outside of the block. */
  readonly #roleOf: Int32Array;
  readonly #instanceOf: Int32Array;

  constructor(graph: FoldGraph, roles: readonly (readonly number[])[]) {
    this.#graph = graph;
    this.#roles = roles;
    this.#roleOf = new Int32Array(graph.nodeCount).fill(-1);
    this.#instanceOf = new Int32Array(graph.nodeCount).fill(-1);
    for (const [role, nodes] of roles.entries()) {
      for (const [instance, node] of nodes.entries()) {
        this.#roleOf[node] = role;
        this.#instanceOf[node] = instance;
      }
    }
  }

  has(role: number): boolean {
    return this.#roleOf[this.#roles[role][0]] >= 0;
  }

  /** Drops roles until the operands of this one are the same in all instances; true when it dropped any. */
  repairOperands(role: number): boolean {
    const { operations, operandStart, operandNode, operandResult } = this.#graph;
    const nodes = this.#roles[role];
    if (nodes[0] >= operations.length) return false;
    for (let position = 0; position < operations[nodes[0]].operands.length; position++) {
      const edges = nodes.map(node => operandStart[node] + position);
      const makers = edges.map((edge, instance) => this.#roleWithin(operandNode[edge], instance));
      const isEven = edges.every(
        (edge, instance) =>
          makers[instance] === makers[0] && (makers[0] < 0 || operandResult[edge] === operandResult[edges[0]]),
      );
      if (isEven) continue;
      const loose = edges.filter((edge, instance) => makers[instance] >= 0 && isLoose(this.#graph, operandNode[edge]));
      if (loose.length === 0) this.#drop(nodes[0]);
      else for (const edge of loose) this.#drop(operandNode[edge]);
      return true;
    }
    return false;
  }

  /** Drops arguments whose buffers do not go to results of the same role in all instances; true when it dropped any. */
  repairBuffers(): boolean {
    const { func, operations } = this.#graph;
    const last = operations.length - 1;
    const producers = this.#graph.operandNode.subarray(this.#graph.operandStart[last]);
    let isChanged = false;
    for (const [role, nodes] of this.#roles.entries()) {
      if (!this.has(role)) continue;
      const makers = nodes.map((node, instance) => {
        const argument = func.arguments[node - operations.length];
        const result = argument === undefined ? -1 : aliasedResult(argument);
        return result < 0 ? -1 : this.#roleWithin(producers[result], instance);
      });
      if (makers.every(maker => maker === makers[0])) continue;
      this.#drop(nodes[0]);
      isChanged = true;
    }
    return isChanged;
  }

  /** The role of a node, if it belongs to this instance; else -1. */
  #roleWithin(node: number, instance: number): number {
    return this.#instanceOf[node] === instance ? this.#roleOf[node] : -1;
  }

  /** Drops the role of a node; of one inside of another operation of the block, that operation with all inside. */
  #drop(node: number): void {
    const { operations, parents, subtreeEnd, regionArguments } = this.#graph;
    let root = node;
    while (parents[root] >= 0 && this.#roleOf[parents[root]] >= 0) root = parents[root];
    const role = this.#roleOf[root];
    if (role < 0) return;
    for (const member of this.#roles[role]) {
      this.#forget(member, member < operations.length ? subtreeEnd[member] : member + 1);
      if (member < operations.length) this.#forget(regionArguments[member], regionArguments[subtreeEnd[member]]);
    }
  }

  #forget(start: number, end: number): void {
    this.#roleOf.fill(-1, start, end);
    this.#instanceOf.fill(-1, start, end);
  }
}

/** True for arguments and for what depends on none. */
function isLoose(graph: FoldGraph, node: number): boolean {
  return node >= graph.operations.length || graph.closed[node] === 1;
}
