import type { MemoryGraph } from './graph.ts';
import { type Layout, sectionLoads } from './layout.ts';
import type { Resident } from './liveness.ts';
import { cutAtOperator } from './operator-cut.ts';
import { findReach, type Reach } from './reach-kernel.ts';
import { clearMatches, createReuseScratch, matchReuse } from './reuse-kernel.ts';

/** A lower bound with what proves it. */
export interface Bound {
  readonly bytes: number;
  /** The operator at which this much is there in every order; -1 for the start or the end. */
  readonly operator: number;
  /** What is there, the largest first. */
  readonly residents: readonly Resident[];
}

/** Beyond this many operators, what crosses an operator in every order is not looked for. */
const reachLimit = 16384;

/**
 * A proven lower bound on the bytes of one bank (or of all: -1) at some step of every order: the most that must be there
 * at once at an operator: what it touches, its workspace, less all that it could take over; kept inputs and constants;
 * and what is made before it and needed after it whatever the order. O(N * E / 32).
 */
export function boundOfGraph(graph: MemoryGraph, bank: number): Bound {
  const { buffers, operatorCount } = graph;
  const counts = (buffer: number): boolean => bank < 0 || buffers.bank[buffer] === bank;
  let best = mostAtEnds(graph, bank);
  let bestOperator = -1;
  const reach = operatorCount <= reachLimit ? findReach(graph) : undefined;
  const needs = needsByOperator(graph, bank, reach);
  for (let operator = 0; operator < operatorCount; operator++) {
    if (needs[operator] <= best) continue;
    best = needs[operator];
    bestOperator = operator;
  }
  const isThere = (buffer: number): boolean =>
    bestOperator < 0 ? worstEnd(graph, bank)[buffer] === 1 : isAlwaysAt(graph, reach, buffer, bestOperator);
  return {
    bytes: best,
    operator: bestOperator,
    residents: nameResidents(graph, b => counts(b) && isThere(b), bestOperator),
  };
}

/** Bytes of one bank (or of all: -1) that are there before the first step or after the last, whichever is more. */
export function mostAtEnds(graph: MemoryGraph, bank: number): number {
  return sumFlagged(graph, bank, worstEnd(graph, bank));
}

/** Buffers of the end at which more is there. */
function worstEnd(graph: MemoryGraph, bank: number): Uint8Array {
  const { atStart, atEnd } = graph.buffers;
  return sumFlagged(graph, bank, atStart) >= sumFlagged(graph, bank, atEnd) ? atStart : atEnd;
}

function sumFlagged(graph: MemoryGraph, bank: number, flags: Uint8Array): number {
  return sumBytes(graph, b => (bank < 0 || graph.buffers.bank[b] === bank) && flags[b] === 1);
}

/** The same bound from a cut at an operator: what is there where it needs least, whatever runs before. O(N + E), and a cut. */
export function boundOfCut(graph: MemoryGraph, operator: number, bank: number): Bound {
  const { buffers, touchedBy } = graph;
  const cut = cutAtOperator(graph, operator, bank);
  if (cut === undefined) throw new Error('internal: a cut contradicts itself');
  const isThere = (buffer: number): boolean => {
    const touchers = touchedBy.items.subarray(touchedBy.start[buffer], touchedBy.start[buffer + 1]);
    if (touchers.includes(operator)) return true;
    const begun = buffers.atStart[buffer] === 1 || touchers.some(toucher => cut.before[toucher] === 1);
    return begun && (buffers.atEnd[buffer] === 1 || touchers.some(toucher => cut.before[toucher] === 0));
  };
  const residents = nameResidents(graph, b => (bank < 0 || buffers.bank[b] === bank) && isThere(b), operator);
  return { bytes: cut.bytes, operator, residents };
}

function sumBytes({ buffers }: MemoryGraph, wanted: (buffer: number) => boolean): number {
  let sum = 0;
  for (let buffer = 0; buffer < buffers.count; buffer++) if (wanted(buffer)) sum += buffers.bytes[buffer];
  return sum;
}

/** Bytes that are there at each operator in every order. */
function needsByOperator(graph: MemoryGraph, bank: number, reach: Reach | undefined): Float64Array {
  const { buffers, operatorCount, workspaceBytes, workspaceBank } = graph;
  const always = sumBytes(graph, b => (bank < 0 || buffers.bank[b] === bank) && isPermanent(graph, b));
  const needs = new Float64Array(operatorCount).fill(always);
  for (let buffer = 0; buffer < buffers.count; buffer++) {
    if ((bank >= 0 && buffers.bank[buffer] !== bank) || isPermanent(graph, buffer)) continue;
    addWhereNeeded(graph, reach, buffer, needs);
  }
  for (let operator = 0; operator < operatorCount; operator++) {
    if (bank < 0 || workspaceBank[operator] === bank) needs[operator] += workspaceBytes[operator];
  }
  subtractCredits(graph, bank, reach, needs);
  return needs;
}

function isPermanent({ buffers }: MemoryGraph, buffer: number): boolean {
  return buffers.atStart[buffer] === 1 && buffers.atEnd[buffer] === 1;
}

/** Adds a buffer's bytes at the operators that touch it, and at those between its making and a reader in every order. */
function addWhereNeeded(graph: MemoryGraph, reach: Reach | undefined, buffer: number, needs: Float64Array): void {
  const { touchedBy, buffers } = graph;
  const bytes = buffers.bytes[buffer];
  if (reach === undefined) {
    for (let place = touchedBy.start[buffer]; place < touchedBy.start[buffer + 1]; place++) {
      needs[touchedBy.items[place]] += bytes;
    }
    return;
  }
  reach.forEachAlways(buffer, operator => {
    needs[operator] += bytes;
  });
}

function isAlwaysAt(graph: MemoryGraph, reach: Reach | undefined, buffer: number, operator: number): boolean {
  const { touchedBy } = graph;
  if (isPermanent(graph, buffer)) return true;
  const touching = touchedBy.items.subarray(touchedBy.start[buffer], touchedBy.start[buffer + 1]);
  if (touching.includes(operator)) return true;
  let found = false;
  reach?.forEachAlways(buffer, other => {
    found ||= other === operator;
  });
  return found;
}

/** Takes off what outputs could take over from inputs that might die at the operator in some order. */
function subtractCredits(graph: MemoryGraph, bank: number, reach: Reach | undefined, needs: Float64Array): void {
  const { reuse, buffers, touches, operatorCount } = graph;
  const scratch = createReuseScratch(reuse, buffers.count);
  for (let operator = 0; operator < operatorCount; operator++) {
    if (reuse.start[operator] === reuse.start[operator + 1]) continue;
    for (let pair = reuse.start[operator]; pair < reuse.start[operator + 1]; pair++) {
      const from = reuse.from[pair];
      const isRead = touches.items.subarray(touches.start[operator], touches.start[operator + 1]).includes(from);
      const mayDie = isRead && !buffers.atEnd[from] && !(reach?.isReadAfter(from, operator) ?? false);
      scratch.usable[pair] = mayDie && (bank < 0 || buffers.bank[from] === bank) ? 1 : 0;
    }
    needs[operator] -= matchReuse(reuse, operator, scratch, buffers.bytes);
    clearMatches(reuse, operator, scratch);
  }
}

function nameResidents(graph: MemoryGraph, wanted: (buffer: number) => boolean, operator: number): Resident[] {
  const { problem, buffers, workspaceBytes } = graph;
  const named = new Set<number>();
  const found = problem.tensors.flatMap((tensor, index): Resident[] => {
    const buffer = buffers.ofTensor[index];
    if (named.has(buffer) || !wanted(buffer)) return [];
    named.add(buffer);
    return [{ name: tensor.name, sizeBytes: buffers.bytes[buffer] }];
  });
  const workspace = operator < 0 ? 0 : workspaceBytes[operator];
  if (workspace > 0) found.push({ name: `workspace of ${problem.operators[operator].name}`, sizeBytes: workspace });
  return found.sort((a, b) => b.sizeBytes - a.sizeBytes);
}

/**
 * What no layout of given lifetimes can be below in a bank: the largest load at any time, above the addresses that are
 * reserved, and the end of what is fixed.
 */
export function boundOfLayout(layout: Layout, bank: number): { readonly bytes: number; readonly time: number } {
  const loads = sectionLoads(layout, bank);
  let time = 0;
  for (let index = 1; index < loads.length; index++) if (loads[index] > loads[time]) time = index;
  return { bytes: Math.max(aboveReserved(layout.problem, bank, loads[time]), fixedTop(layout, bank)), time };
}

function fixedTop(layout: Layout, bank: number): number {
  let top = 0;
  for (let block = 0; block < layout.blockCount; block++) {
    if (layout.bank[block] === bank && layout.fixed[block] >= 0)
      top = Math.max(top, layout.fixed[block] + layout.bytes[block]);
  }
  return top;
}

/** The least arena that holds `bytes` beside the reserved ranges of a bank. */
export function aboveReserved(problem: Layout['problem'], bank: number, bytes: number): number {
  if (bytes === 0) return 0;
  const ranges = [...(problem.banks[bank].reserved ?? [])].sort((a, b) => a.start - b.start);
  let [top, from] = [bytes, 0];
  for (const { start, end } of ranges) {
    if (start >= top) break;
    top += Math.max(0, end - Math.max(start, from));
    from = Math.max(from, end);
  }
  return top;
}
