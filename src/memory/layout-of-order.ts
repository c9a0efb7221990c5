import { leastCommonMultiple } from './buffers.ts';
import type { MemoryGraph } from './graph.ts';
import { type Block, type Layout, packBlocks } from './layout.ts';
import type { Liveness } from './liveness.ts';

/**
 * Which optional reuses a layout commits to before anything is placed:
 * - `all` that the order allows: fewer and longer blocks;
 * - `needed`: only at steps that would otherwise exceed the order's peak;
 * - `none`;
 * - or those of a set of buffers that take over.
 * Blocks that did not commit never share bytes, so each choice gives valid layouts.
 */
export type ReuseChoice = 'all' | 'needed' | 'none' | ReadonlyMap<number, number>;

/** The optional reuses that an order allows: which buffer may take the address of which. */
export function optionalReuses(
  graph: MemoryGraph,
  order: Int32Array,
  liveness: Liveness,
): [from: number, to: number][] {
  return Array.from(order).flatMap((operator, step) => reusesAt(graph, operator, step, liveness, 'all'));
}

/** A stretch of one block in which it holds one buffer. */
interface Tenancy {
  readonly buffer: number;
  readonly start: number;
  readonly end: number;
}

/** The blocks of an order: buffers joined by `mustReuse`, and by those optional reuses that are chosen and possible. */
export function layoutOfOrder(graph: MemoryGraph, order: Int32Array, liveness: Liveness, choice: ReuseChoice): Layout {
  const { buffers, mustReuse, problem } = graph;
  const blockOf = Int32Array.from({ length: buffers.count }, (_, buffer) => buffer);
  const tenants: Tenancy[][] = Array.from({ length: buffers.count }, (_, buffer) => [
    { buffer, start: liveness.start[buffer], end: liveness.end[buffer] },
  ]);
  const join = (from: number, to: number, merged: Tenancy[]): void => {
    const [keep, drop] = [blockOf[from], blockOf[to]];
    for (const { buffer } of tenants[drop]) blockOf[buffer] = keep;
    tenants[keep] = merged;
    tenants[drop] = [];
  };
  const handsOver = (first: Tenancy, second: Tenancy): boolean =>
    canHandOver(graph, order[second.start], first.buffer, second.buffer);
  for (let pair = 0; pair < mustReuse.from.length; pair++) {
    const [from, to] = [mustReuse.from[pair], mustReuse.to[pair]];
    if (blockOf[from] === blockOf[to]) continue;
    join(from, to, mergeTenants(tenants[blockOf[from]], tenants[blockOf[to]]));
  }
  if (choice !== 'none') {
    for (let step = 0; step < order.length; step++) {
      for (const [from, to] of reusesAt(graph, order[step], step, liveness, choice)) {
        if (blockOf[from] === blockOf[to] || !mayShare(graph, blockOf, from, to)) continue;
        const merged = mergeTenants(tenants[blockOf[from]], tenants[blockOf[to]]);
        if (fitsInTurn(merged, handsOver)) join(from, to, merged);
      }
    }
  }
  return packTenants(graph, order, tenants, blockOf, problem.tensors.length);
}

/** True when `to`, made by `operator`, may take the address of `from`, which dies there. */
export function canHandOver(graph: MemoryGraph, operator: number, from: number, to: number): boolean {
  const { reuse } = graph;
  for (let pair = reuse.start[operator]; pair < reuse.start[operator + 1]; pair++) {
    if (reuse.from[pair] === from && reuse.to[pair] === to) return true;
  }
  return false;
}

function reusesAt(
  graph: MemoryGraph,
  operator: number,
  step: number,
  liveness: Liveness,
  choice: ReuseChoice,
): [number, number][] {
  const { reuse, buffers } = graph;
  const usable: [number, number][] = [];
  for (let pair = reuse.start[operator]; pair < reuse.start[operator + 1]; pair++) {
    const [from, to] = [reuse.from[pair], reuse.to[pair]];
    const dies = liveness.end[from] === step + 1 && !buffers.atEnd[from];
    if (dies && liveness.start[to] === step && !buffers.atStart[to]) usable.push([from, to]);
  }
  if (choice === 'all' || choice === 'none' || usable.length === 0) return usable;
  if (choice !== 'needed') return usable.filter(([from, to]) => choice.get(to) === from);
  const outputs = new Set(usable.map(([, to]) => to));
  let without = liveness.liveBytes[step];
  for (const to of outputs) without += buffers.bytes[to];
  return without > liveness.peakBytes ? usable : [];
}

/** Blocks may join when neither must lie somewhere. */
function mayShare({ buffers }: MemoryGraph, blockOf: Int32Array, from: number, to: number): boolean {
  return [from, to, blockOf[from], blockOf[to]].every(buffer => buffers.fixed[buffer] < 0);
}

function mergeTenants(a: readonly Tenancy[], b: readonly Tenancy[]): Tenancy[] {
  return [...a, ...b].sort((x, y) => x.start - y.start || x.end - y.end);
}

/** True when each tenant leaves before the next comes, or hands over within one step. */
function fitsInTurn(tenants: readonly Tenancy[], handsOver: (a: Tenancy, b: Tenancy) => boolean): boolean {
  return tenants.every((tenant, index) => {
    const before = tenants[index - 1];
    if (before === undefined || before.end <= tenant.start) return true;
    return before.end === tenant.start + 1 && handsOver(before, tenant);
  });
}

function packTenants(
  graph: MemoryGraph,
  order: Int32Array,
  tenants: readonly Tenancy[][],
  blockOf: Int32Array,
  tensorCount: number,
): Layout {
  const { buffers, problem, workspaceBytes, workspaceBank } = graph;
  const index = new Int32Array(buffers.count).fill(-1);
  const blocks: Block[] = [];
  tenants.forEach((list, block) => {
    if (list.length === 0) return;
    index[block] = blocks.length;
    const members = list.map(tenant => tenant.buffer);
    const bytes = buffers.bytes[members[0]];
    blocks.push({
      bytes,
      alignment: members.reduce((all, buffer) => leastCommonMultiple(all, buffers.alignment[buffer]), 1),
      bank: buffers.bank[members[0]],
      fixed: members.reduce((found, buffer) => Math.max(found, buffers.fixed[buffer]), -1),
      hint: -1,
      pieces: joinTimes(list).map(([from, to]) => ({ from, to, low: 0, high: bytes })),
    });
  });
  const blockOfWorkspace = new Int32Array(order.length).fill(-1);
  order.forEach((operator, step) => {
    const bytes = workspaceBytes[operator];
    if (bytes === 0) return;
    blockOfWorkspace[operator] = blocks.length;
    const piece = { from: step, to: step + 1, low: 0, high: bytes };
    const bank = workspaceBank[operator];
    blocks.push({ bytes, alignment: problem.alignmentBytes, bank, fixed: -1, hint: -1, pieces: [piece] });
  });
  const blockOfTensor = Int32Array.from(
    { length: tensorCount },
    (_, tensor) => index[blockOf[buffers.ofTensor[tensor]]],
  );
  const shiftOfTensor = buffers.shiftOfTensor;
  return packBlocks(problem, blocks, Math.max(1, order.length), { blockOfTensor, shiftOfTensor, blockOfWorkspace });
}

/** Lifetimes in order, joined where they touch. */
function joinTimes(tenants: readonly Tenancy[]): [number, number][] {
  const joined: [number, number][] = [];
  for (const { start, end } of tenants) {
    const last = joined.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}
