import { viewRoots } from './buffers.ts';
import { createMemoryGraph, type MemoryGraph, producersOf } from './graph.ts';
import { findHoles, type Hole } from './holes.ts';
import { type Liveness, measureLiveness, positionsOf } from './liveness.ts';
import type { PlanPicture } from './plan-picture.ts';
import { hasFixedLifetimes, type MemoryPlan, type MemoryProblem } from './problem.ts';

/** What keeps a plan from needing less, with the most that a change of the program would gain in the same order. */
export interface Suggestions {
  /** The largest holes at the time at which the arena is fullest up to its top; none where no hole is there. */
  readonly holes: readonly Hole[];
  /** Tensors that are there at the peak and unused, by how far the peak would fall without them. */
  readonly idle: readonly IdleTensor[];
  /** Peak if all of `idle` were absent in their idle times. */
  readonly peakWithoutIdleBytes: number;
  readonly donations: readonly Donation[];
  readonly workspace?: PeakWorkspace;
}

/** A tensor that is there at the peak between two uses, or before its first or after its last. */
export interface IdleTensor {
  readonly name: string;
  readonly sizeBytes: number;
  /** False for inputs and constants, which nothing can make once more. */
  readonly isMade: boolean;
  /** Idle during the steps `[from, to)`. */
  readonly from: number;
  readonly to: number;
  /** The use before; absent: it is there from the start. */
  readonly before?: string;
  /** True where that use makes it. */
  readonly isMadeBefore: boolean;
  /** The use after; absent: it is kept to the end. */
  readonly after?: string;
  /** How far the peak of this order would fall if it were absent meanwhile. */
  readonly fallBytes: number;
}

/** A kept input of the size of an output, which could be made over it. */
export interface Donation {
  readonly name: string;
  readonly sizeBytes: number;
  readonly output: string;
  /** How far the peak of this order would fall at least, if it were given up after its last reader. */
  readonly fallBytes: number;
}

/** The workspace of the operator at the peak. */
export interface PeakWorkspace {
  readonly operator: string;
  readonly sizeBytes: number;
  readonly step: number;
  /** How far the peak of this order would fall without it. */
  readonly fallBytes: number;
}

/** How many of each kind are told. */
const told = 5;

/** What could be done about a plan. Every number is measured on its order. O((N + E) log N). */
export function suggestChanges(problem: MemoryProblem, plan: MemoryPlan, picture: PlanPicture): Suggestions {
  const holes = findHoles(problem, picture);
  if (hasFixedLifetimes(problem) || plan.order.length === 0) {
    return { holes, idle: [], peakWithoutIdleBytes: picture.peakBytes, donations: [] };
  }
  const graph = createMemoryGraph(problem);
  const order = Int32Array.from(plan.order);
  const liveness = measureLiveness(graph, order);
  const maxima = createMaxima(liveness.liveBytes);
  const idle = findIdle(graph, order, liveness, maxima);
  const workspace = findWorkspace(graph, order, liveness, maxima);
  return {
    holes,
    idle,
    peakWithoutIdleBytes: peakWithout(liveness, idle),
    donations: findDonations(graph, order, liveness, maxima),
    ...(workspace === undefined ? {} : { workspace }),
  };
}

/** The most that is live before, and from, each step on. */
interface Maxima {
  readonly before: Float64Array;
  readonly from: Float64Array;
}

function createMaxima(live: Float64Array): Maxima {
  const before = new Float64Array(live.length + 1);
  const from = new Float64Array(live.length + 1);
  for (let step = 0; step < live.length; step++) before[step + 1] = Math.max(before[step], live[step]);
  for (let step = live.length - 1; step >= 0; step--) from[step] = Math.max(from[step + 1], live[step]);
  return { before, from };
}

/** How far the peak falls when `bytes` less are there during `[from, to)`; not at all where the peak is outside, too. */
function fallOf(peak: number, { before, from: after }: Maxima, bytes: number, from: number, to: number): number {
  return Math.max(0, peak - Math.max(before[from], after[to], peak - bytes));
}

function findIdle(graph: MemoryGraph, order: Int32Array, liveness: Liveness, maxima: Maxima): IdleTensor[] {
  const { problem, buffers } = graph;
  const { peakStep, peakBytes, start, end } = liveness;
  const position = positionsOf(order);
  const names = bufferNames(graph);
  const found: IdleTensor[] = [];
  for (let buffer = 0; buffer < buffers.count; buffer++) {
    const sizeBytes = buffers.bytes[buffer];
    if (sizeBytes === 0 || start[buffer] > peakStep || end[buffer] <= peakStep) continue;
    const [before, after] = usesAround(graph, position, buffer, peakStep);
    if (before === peakStep) continue;
    const [from, to] = [before + 1, after < 0 ? end[buffer] : after];
    const fallBytes = fallOf(peakBytes, maxima, sizeBytes, from, to);
    if (fallBytes === 0) continue;
    found.push({
      name: names[buffer],
      sizeBytes,
      isMade: !buffers.atStart[buffer],
      isMadeBefore: !buffers.atStart[buffer] && before === start[buffer],
      from,
      to,
      ...(before < 0 ? {} : { before: problem.operators[order[before]].name }),
      ...(after < 0 ? {} : { after: problem.operators[order[after]].name }),
      fallBytes,
    });
  }
  return found.sort((a, b) => b.fallBytes - a.fallBytes || b.to - b.from - (a.to - a.from)).slice(0, told);
}

/** The steps of the last use of a buffer up to a step, and of the first one after it; -1 where there is none. */
function usesAround({ touchedBy }: MemoryGraph, position: Int32Array, buffer: number, step: number): [number, number] {
  let [before, after] = [-1, -1];
  for (let place = touchedBy.start[buffer]; place < touchedBy.start[buffer + 1]; place++) {
    const at = position[touchedBy.items[place]];
    if (at <= step) before = Math.max(before, at);
    else if (after < 0 || at < after) after = at;
  }
  return [before, after];
}

function peakWithout({ liveBytes }: Liveness, idle: readonly IdleTensor[]): number {
  const live = liveBytes.slice();
  for (const { from, to, sizeBytes } of idle) for (let step = from; step < to; step++) live[step] -= sizeBytes;
  return live.reduce((most, bytes) => Math.max(most, bytes), 0);
}

function findDonations(graph: MemoryGraph, order: Int32Array, liveness: Liveness, maxima: Maxima): Donation[] {
  const { problem, buffers } = graph;
  const position = positionsOf(order);
  const taken = new Set(problem.aliases.flatMap(({ kind, tensor }) => (kind === 'mustReuse' ? [tensor] : [])));
  const producers = producersOf(problem);
  const outputs = new Map<string, string[]>();
  const keyOf = (tensor: number): string => `${problem.tensors[tensor].sizeBytes} ${problem.tensors[tensor].bank ?? 0}`;
  for (const [tensor, { output, name }] of problem.tensors.entries()) {
    if (!output || producers[tensor] < 0 || taken.has(tensor) || buffers.atStart[buffers.ofTensor[tensor]]) continue;
    const known = outputs.get(keyOf(tensor));
    if (known === undefined) outputs.set(keyOf(tensor), [name]);
    else known.push(name);
  }
  const isHeld = new Uint8Array(buffers.count);
  for (const [tensor, { output }] of problem.tensors.entries()) if (output) isHeld[buffers.ofTensor[tensor]] = 1;
  const candidates = [...problem.tensors.entries()].flatMap(([tensor, { kind, name, sizeBytes }]) => {
    const buffer = buffers.ofTensor[tensor];
    if (kind !== 'kept' || isHeld[buffer] || sizeBytes === 0 || !outputs.has(keyOf(tensor))) return [];
    const [last] = usesAround(graph, position, buffer, order.length);
    const fallBytes = fallOf(liveness.peakBytes, maxima, buffers.bytes[buffer], last + 1, order.length);
    return fallBytes === 0 ? [] : [{ key: keyOf(tensor), name, sizeBytes, fallBytes }];
  });
  candidates.sort((a, b) => b.fallBytes - a.fallBytes);
  return candidates
    .flatMap(({ key, ...donation }) => {
      const output = outputs.get(key)?.shift();
      return output === undefined ? [] : [{ ...donation, output }];
    })
    .slice(0, told);
}

function findWorkspace(
  { problem, workspaceBytes }: MemoryGraph,
  order: Int32Array,
  { peakStep, peakBytes }: Liveness,
  maxima: Maxima,
): PeakWorkspace | undefined {
  const operator = order[peakStep];
  const sizeBytes = workspaceBytes[operator];
  const fallBytes = fallOf(peakBytes, maxima, sizeBytes, peakStep, peakStep + 1);
  if (fallBytes === 0) return undefined;
  return { operator: problem.operators[operator].name, sizeBytes, step: peakStep, fallBytes };
}

/** Names of buffers: of the tensors in them that are no views. */
function bufferNames({ problem, buffers }: MemoryGraph): string[] {
  const names = Array.from({ length: buffers.count }, () => '');
  const { roots } = viewRoots(problem);
  for (const [tensor, { name }] of problem.tensors.entries()) {
    if (roots[tensor] === tensor) names[buffers.ofTensor[tensor]] = name;
  }
  return names;
}
