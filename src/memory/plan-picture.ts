import { collectBlockFacts } from './block-facts.ts';
import { viewRoots } from './buffers.ts';
import { orderOfProgram } from './depth-orders.ts';
import { createMemoryGraph, type MemoryGraph } from './graph.ts';
import { placeTensors, sectionLoads } from './layout.ts';
import { layoutOfLifetimes } from './layout-of-lifetimes.ts';
import { layoutOfOrder } from './layout-of-order.ts';
import { greedyBySize } from './layout-strategies.ts';
import { type Liveness, measureLiveness, positionsOf } from './liveness.ts';
import { hasFixedLifetimes, type MemoryPlan, type MemoryProblem } from './problem.ts';
import { arenaBytesOf } from './validate.ts';

/**
 * What a rectangle of a picture stands for. `state`: donated inputs, and what ends at their addresses; `activation`: made
 * before the peak and still needed after it; `temporary`: all else that operators make.
 */
export type BoxKind = 'state' | 'kept' | 'constant' | 'output' | 'activation' | 'temporary' | 'workspace';

/** Bytes `[low, high)` of a bank in use during the times `[from, to)`. */
export interface PlanBox {
  readonly kind: BoxKind;
  /** Of the tensor, or of the operator whose workspace it is. */
  readonly name: string;
  readonly bank: number;
  readonly low: number;
  readonly high: number;
  /** Indices of `times`. */
  readonly from: number;
  readonly to: number;
  /** The operator that makes it; absent: it is there from the start. */
  readonly maker?: string;
  /** The last operator that reads it; absent: none does. */
  readonly reader?: string;
  /** True where it is there after the last operator. */
  readonly isKept: boolean;
  /** Equal for boxes that can only move together: results written over operands, and pieces of one buffer. */
  readonly block: number;
}

/** A plan as rectangles in time and address. */
export interface PlanPicture {
  /** What each time stands for, and the end of the last: steps, or the times that were given. */
  readonly times: readonly number[];
  /** Of all banks together, by time. */
  readonly liveBytes: readonly number[];
  readonly peakBytes: number;
  /** Times at which the peak is reached. */
  readonly peakTimes: readonly number[];
  /** By bank. */
  readonly arenaBytes: readonly number[];
  readonly boxes: readonly PlanBox[];
}

/** The rectangles of a valid plan. They never overlap. O((N + E) log N). */
export function createPlanPicture(problem: MemoryProblem, plan: MemoryPlan): PlanPicture {
  return hasFixedLifetimes(problem) ? pictureOfLifetimes(problem, plan) : pictureOfOrder(problem, plan);
}

/** The order of the program with addresses by size: what a picture is held against where no rival was run. */
export function planInProgramOrder(problem: MemoryProblem): MemoryPlan | undefined {
  if (hasFixedLifetimes(problem)) return undefined;
  const graph = createMemoryGraph(problem);
  const order = orderOfProgram(graph);
  const layout = layoutOfOrder(graph, order, measureLiveness(graph, order), 'all');
  const placed = greedyBySize.place(layout, collectBlockFacts(layout));
  if (placed === undefined) return undefined;
  const { tensors, workspaces } = placeTensors(layout, placed);
  return { order: Array.from(order), offsets: tensors, workspaceOffsets: workspaces };
}

function pictureOfOrder(problem: MemoryProblem, plan: MemoryPlan): PlanPicture {
  const graph = createMemoryGraph(problem);
  const order = Int32Array.from(plan.order);
  const liveness = measureLiveness(graph, order);
  const { liveBytes, peakBytes } = liveness;
  return {
    times: Array.from({ length: liveBytes.length + 1 }, (_, step) => step),
    liveBytes: Array.from(liveBytes),
    peakBytes,
    peakTimes: timesAt(liveBytes, peakBytes),
    arenaBytes: arenaBytesOf(problem, plan),
    boxes: [...bufferBoxes(graph, order, liveness, plan), ...workspaceBoxes(graph, order, plan)],
  };
}

function timesAt(liveBytes: ArrayLike<number>, bytes: number): number[] {
  const found: number[] = [];
  for (let time = 0; time < liveBytes.length; time++) if (liveBytes[time] === bytes) found.push(time);
  return found;
}

function bufferBoxes(graph: MemoryGraph, order: Int32Array, liveness: Liveness, plan: MemoryPlan): PlanBox[] {
  const { problem, buffers, touchedBy } = graph;
  const { operators } = problem;
  const { roots } = viewRoots(problem);
  const { ends, blockOf } = handOver(graph, order, liveness, addressesOf(graph, plan));
  const step = positionsOf(order);
  const kindOf = kindsOf(graph, liveness);
  const boxes: PlanBox[] = [];
  for (const [tensor, { name }] of problem.tensors.entries()) {
    const buffer = buffers.ofTensor[tensor];
    const [from, to, bytes] = [liveness.start[buffer], ends[buffer], buffers.bytes[buffer]];
    if (roots[tensor] !== tensor || bytes === 0 || from >= to) continue;
    let last = -1;
    for (let place = touchedBy.start[buffer]; place < touchedBy.start[buffer + 1]; place++) {
      last = Math.max(last, step[touchedBy.items[place]]);
    }
    const low = plan.offsets[tensor];
    const isMade = !buffers.atStart[buffer];
    boxes.push({
      kind: kindOf(buffer, tensor),
      name,
      bank: buffers.bank[buffer],
      low,
      high: low + bytes,
      from,
      to,
      ...(isMade && last >= 0 ? { maker: operators[order[from]].name } : {}),
      ...(last >= 0 && (!isMade || last > from) ? { reader: operators[order[last]].name } : {}),
      isKept: buffers.atEnd[buffer] === 1,
      block: blockOf[buffer],
    });
  }
  return boxes;
}

function workspaceBoxes(graph: MemoryGraph, order: Int32Array, plan: MemoryPlan): PlanBox[] {
  const { problem, workspaceBytes, workspaceBank, buffers } = graph;
  return Array.from(order).flatMap((operator, step): PlanBox[] => {
    if (workspaceBytes[operator] === 0) return [];
    const low = plan.workspaceOffsets[operator];
    return [
      {
        kind: 'workspace',
        name: problem.operators[operator].name,
        bank: workspaceBank[operator],
        low,
        high: low + workspaceBytes[operator],
        from: step,
        to: step + 1,
        isKept: false,
        block: buffers.count + operator,
      },
    ];
  });
}

/** Address of each buffer. */
function addressesOf({ buffers }: MemoryGraph, plan: MemoryPlan): Float64Array {
  const addresses = new Float64Array(buffers.count);
  for (const [tensor, buffer] of buffers.ofTensor.entries()) {
    addresses[buffer] = plan.offsets[tensor] - buffers.shiftOfTensor[tensor];
  }
  return addresses;
}

/**
 * The end of each buffer, one step early where an output lies at its address and takes it over at its last step; and
 * buffers that are so joined, or by `mustReuse`, as blocks.
 */
function handOver(
  { buffers, reuse, mustReuse }: MemoryGraph,
  order: Int32Array,
  { start, end }: Liveness,
  addresses: Float64Array,
): { readonly ends: Int32Array; readonly blockOf: Int32Array } {
  const ends = end.slice();
  const parent = Int32Array.from(end, (_, buffer) => buffer);
  const find = (buffer: number): number => {
    let root = buffer;
    while (parent[root] !== root) root = parent[root] = parent[parent[root]];
    return root;
  };
  for (const [pair, from] of mustReuse.from.entries()) parent[find(mustReuse.to[pair])] = find(from);
  for (const [step, operator] of order.entries()) {
    for (let pair = reuse.start[operator]; pair < reuse.start[operator + 1]; pair++) {
      const [from, to] = [reuse.from[pair], reuse.to[pair]];
      const dies = end[from] === step + 1 && !buffers.atEnd[from];
      const begins = start[to] === step && !buffers.atStart[to];
      if (!dies || !begins || addresses[from] !== addresses[to]) continue;
      ends[from] = step;
      parent[find(to)] = find(from);
    }
  }
  return { ends, blockOf: Int32Array.from(end, (_, buffer) => find(buffer)) };
}

function kindsOf(graph: MemoryGraph, { start, end, peakStep }: Liveness): (buffer: number, tensor: number) => BoxKind {
  const { problem, buffers, mustReuse } = graph;
  const isState = new Uint8Array(buffers.count);
  for (const [tensor, { kind }] of problem.tensors.entries()) {
    if (kind === 'donated') isState[buffers.ofTensor[tensor]] = 1;
  }
  // What is written first is written over first.
  const pairs = Array.from(mustReuse.to, (to, pair) => ({ from: mustReuse.from[pair], to }));
  pairs.sort((a, b) => start[a.to] - start[b.to]);
  for (const { from, to } of pairs) if (isState[from]) isState[to] = 1;
  return (buffer, tensor) => {
    const { kind } = problem.tensors[tensor];
    if (isState[buffer]) return 'state';
    if (kind === 'kept' || kind === 'constant') return kind;
    if (buffers.atEnd[buffer]) return 'output';
    return start[buffer] < peakStep && end[buffer] > peakStep + 1 ? 'activation' : 'temporary';
  };
}

function pictureOfLifetimes(problem: MemoryProblem, plan: MemoryPlan): PlanPicture {
  const layout = layoutOfLifetimes(problem);
  const liveBytes = new Float64Array(layout.timeCount);
  for (const bank of problem.banks.keys()) {
    for (const [time, bytes] of sectionLoads(layout, bank).entries()) liveBytes[time] += bytes;
  }
  const peakBytes = liveBytes.reduce((most, bytes) => Math.max(most, bytes), 0);
  const peakTimes = timesAt(liveBytes, peakBytes);
  const boxes = problem.tensors.flatMap(({ name, bank = 0 }, tensor) => {
    const pieces: PlanBox[] = [];
    for (let piece = layout.pieceStart[tensor]; piece < layout.pieceStart[tensor + 1]; piece++) {
      const [from, to] = [layout.pieceFrom[piece], layout.pieceTo[piece]];
      const [low, high] = [layout.pieceLow[piece], layout.pieceHigh[piece]].map(byte => plan.offsets[tensor] + byte);
      const isThere = from <= peakTimes[0] && peakTimes[0] < to;
      const kind = isThere ? 'activation' : 'temporary';
      pieces.push({ kind, name, bank, low, high, from, to, isKept: false, block: tensor });
    }
    return pieces;
  });
  const times = Array.from({ length: layout.timeCount + 1 }, (_, time) => layout.times[time] ?? 0);
  const arenaBytes = arenaBytesOf(problem, plan);
  return { times, liveBytes: Array.from(liveBytes), peakBytes, peakTimes, arenaBytes, boxes };
}
