import { createMemoryGraph, type MemoryGraph, producersOf } from './graph.ts';
import { layoutOfLifetimes, timesOfLifetimes } from './layout-of-lifetimes.ts';
import { measureLiveness, positionsOf } from './liveness.ts';
import { findCollisions, type PlacedUse } from './overlap-sweep.ts';
import { hasFixedLifetimes, type MemoryPlan, type MemoryProblem, roundUp } from './problem.ts';

/** One rule that a plan breaks. */
export interface Violation {
  readonly rule:
    | 'order'
    | 'dependency'
    | 'alias'
    | 'address'
    | 'alignment'
    | 'fixed address'
    | 'capacity'
    | 'reserved'
    | 'overlap';
  readonly message: string;
}

/**
 * Checks a plan against its problem, knowing nothing of how it was found: every operator once, after what it waits for;
 * views inside what they view; state written where it was read, after all other readers; whole, aligned addresses inside
 * the bank's capacity and outside its reserved ranges; fixed addresses kept; and no two tensors or workspaces that live
 * at the same time share a byte, unless an output takes over an input that dies at its operator, as an alias allows.
 * O((N + E) log(N + E)). Returns every rule that is broken, in that order; an empty list means that the plan is valid.
 */
export function validateMemoryPlan(problem: MemoryProblem, plan: MemoryPlan): Violation[] {
  const shape = checkShape(problem, plan);
  if (shape.length > 0) return shape;
  const addresses = checkAddresses(problem, plan);
  if (hasFixedLifetimes(problem)) return [...addresses, ...collide(problem, usesOfLifetimes(problem, plan))];
  const graph = createMemoryGraph(problem);
  const order = Int32Array.from(plan.order);
  const dependencies = checkDependencies(problem, graph, positionsOf(order));
  const uses = usesOfOrder(problem, graph, order, plan);
  return [...dependencies, ...checkAliases(problem, plan), ...addresses, ...collide(problem, uses)];
}

/** Bytes of the arena of each bank that a plan takes: one past the highest byte in use. */
export function arenaBytesOf(problem: MemoryProblem, plan: MemoryPlan): number[] {
  const tops = problem.banks.map(() => 0);
  forEachPlaced(problem, plan, ({ bank, offset, bytes }) => {
    if (bytes > 0) tops[bank] = Math.max(tops[bank], offset + bytes);
  });
  return tops;
}

interface PlacedThing {
  readonly what: string;
  readonly bank: number;
  readonly offset: number;
  readonly bytes: number;
  readonly alignment: number;
}

/** Visits tensors, but for views, and workspaces. */
function forEachPlaced(problem: MemoryProblem, plan: MemoryPlan, visit: (thing: PlacedThing) => void): void {
  const views = viewsOf(problem);
  problem.tensors.forEach(({ name, sizeBytes, alignmentBytes, bank = 0 }, tensor) => {
    if (views.has(tensor)) return;
    const alignment = alignmentBytes ?? problem.alignmentBytes;
    const bytes = roundUp(sizeBytes, alignment);
    visit({ what: name, bank, offset: plan.offsets[tensor], bytes, alignment });
  });
  problem.operators.forEach(({ name, workspaceBytes = 0, bank = 0 }, operator) => {
    if (workspaceBytes === 0) return;
    const [offset, alignment] = [plan.workspaceOffsets[operator], problem.alignmentBytes];
    visit({ what: `the workspace of ${name}`, bank, offset, bytes: roundUp(workspaceBytes, alignment), alignment });
  });
}

function viewsOf({ aliases }: MemoryProblem): ReadonlySet<number> {
  return new Set(aliases.flatMap(({ kind, tensor }) => (kind === 'view' ? [tensor] : [])));
}

function checkShape({ tensors, operators }: MemoryProblem, plan: MemoryPlan): Violation[] {
  const wrong = (message: string): Violation[] => [{ rule: 'order', message }];
  if (plan.order.length !== operators.length) {
    return wrong(`the order has ${plan.order.length} operators, the problem ${operators.length}`);
  }
  const seen = new Uint8Array(operators.length);
  for (const operator of plan.order) {
    if (operators[operator] === undefined) return wrong(`the order names operator ${operator}`);
    if (seen[operator]) return wrong(`${operators[operator].name} (operator ${operator}) runs twice`);
    seen[operator] = 1;
  }
  const lists = plan.offsets.length === tensors.length && plan.workspaceOffsets.length === operators.length;
  return lists
    ? []
    : [{ rule: 'address', message: 'the plan does not have one address for each tensor and workspace' }];
}

/** Inputs before their readers, control edges, and all other readers of state before it is written over. */
function checkDependencies(problem: MemoryProblem, graph: MemoryGraph, position: Int32Array): Violation[] {
  const found: Violation[] = [];
  const { operators } = problem;
  for (let operator = 0; operator < operators.length; operator++) {
    for (let edge = graph.successors.start[operator]; edge < graph.successors.start[operator + 1]; edge++) {
      const later = graph.successors.items[edge];
      if (position[operator] < position[later]) continue;
      const message = `${operators[later].name} (operator ${later}) runs before ${operators[operator].name} (operator ${operator})`;
      found.push({ rule: 'dependency', message });
    }
  }
  return found;
}

function checkAliases(problem: MemoryProblem, plan: MemoryPlan): Violation[] {
  return problem.aliases.flatMap(({ kind, tensor, of, offsetBytes = 0 }): Violation[] => {
    if (kind === 'mayReuse' || plan.offsets[tensor] === plan.offsets[of] + offsetBytes) return [];
    const [a, b] = [problem.tensors[tensor].name, problem.tensors[of].name];
    const message = `${a}, ${kind} of ${b}, lies at ${plan.offsets[tensor]}, not at ${plan.offsets[of] + offsetBytes}`;
    return [{ rule: 'alias', message }];
  });
}

function checkAddresses(problem: MemoryProblem, plan: MemoryPlan): Violation[] {
  const found: Violation[] = [];
  const views = viewsOf(problem);
  forEachPlaced(problem, plan, ({ what, bank, offset, bytes, alignment }) => {
    if (!Number.isSafeInteger(offset) || offset < 0) {
      found.push({ rule: 'address', message: `${what} lies at ${offset}` });
      return;
    }
    if (bytes === 0) return;
    if (offset % alignment !== 0) {
      found.push({ rule: 'alignment', message: `${what} lies at ${offset}, no multiple of ${alignment}` });
    }
    const { name, capacityBytes = Number.POSITIVE_INFINITY, reserved = [] } = problem.banks[bank];
    if (offset + bytes > capacityBytes) {
      const message = `${what} ends at ${offset + bytes}, bank ${name} at ${capacityBytes}`;
      found.push({ rule: 'capacity', message });
    }
    const taken = reserved.find(({ start, end }) => start < offset + bytes && offset < end);
    if (taken !== undefined) {
      const message = `${what} at [${offset}, ${offset + bytes}) meets the reserved [${taken.start}, ${taken.end})`;
      found.push({ rule: 'reserved', message });
    }
  });
  problem.tensors.forEach(({ name, offsetBytes, alignmentBytes }, tensor) => {
    const offset = plan.offsets[tensor];
    if (alignmentBytes !== undefined && views.has(tensor) && offset % alignmentBytes !== 0) {
      found.push({ rule: 'alignment', message: `${name} lies at ${offset}, no multiple of ${alignmentBytes}` });
    }
    if (offsetBytes === undefined || offsetBytes === offset) return;
    found.push({ rule: 'fixed address', message: `${name} lies at ${offset}, not at ${offsetBytes}` });
  });
  return found;
}

/** What is in use when: one entry per buffer and workspace. Owners are tensors, then workspaces, by bank. */
function usesOfOrder(problem: MemoryProblem, graph: MemoryGraph, order: Int32Array, plan: MemoryPlan): BankUse[] {
  const { buffers } = graph;
  const liveness = measureLiveness(graph, order);
  const ends = shortenHandedOver(problem, graph, order, plan, liveness.start, liveness.end);
  const views = viewsOf(problem);
  const uses: BankUse[] = [];
  problem.tensors.forEach((_, tensor) => {
    const buffer = buffers.ofTensor[tensor];
    if (views.has(tensor)) return;
    const low = plan.offsets[tensor];
    const high = low + buffers.bytes[buffer];
    uses.push({ owner: tensor, bank: buffers.bank[buffer], from: liveness.start[buffer], to: ends[buffer], low, high });
  });
  order.forEach((operator, step) => {
    const low = plan.workspaceOffsets[operator];
    const high = low + graph.workspaceBytes[operator];
    const owner = problem.tensors.length + operator;
    uses.push({ owner, bank: graph.workspaceBank[operator], from: step, to: step + 1, low, high });
  });
  return uses;
}

interface BankUse extends PlacedUse {
  readonly bank: number;
}

/**
 * The end of each buffer, one step early where an output lies at its address and takes it over at its last step: that
 * step is the output's. Nothing takes over two buffers: those were there together.
 */
function shortenHandedOver(
  problem: MemoryProblem,
  { buffers }: MemoryGraph,
  order: Int32Array,
  plan: MemoryPlan,
  start: Int32Array,
  end: Int32Array,
): Int32Array {
  const ends = end.slice();
  const producers = producersOf(problem);
  const takenBy = new Map<number, number>();
  for (const { kind, tensor, of } of problem.aliases) {
    if (kind === 'view' || producers[tensor] < 0) continue;
    const [from, to] = [buffers.ofTensor[of], buffers.ofTensor[tensor]];
    const whole = buffers.shiftOfTensor[of] === 0 && buffers.shiftOfTensor[tensor] === 0;
    const alike = whole && buffers.bytes[from] === buffers.bytes[to] && buffers.bank[from] === buffers.bank[to];
    const diesHere = end[from] === start[to] + 1 && !buffers.atEnd[from] && !buffers.atStart[to];
    const maker = kind === 'mustReuse' ? order[start[to]] : producers[tensor];
    const isRead =
      kind === 'mustReuse' || problem.operators[maker].inputs.some(read => buffers.ofTensor[read] === from);
    if (
      from !== to &&
      alike &&
      diesHere &&
      isRead &&
      order[start[to]] === maker &&
      plan.offsets[of] === plan.offsets[tensor] &&
      (takenBy.get(to) ?? from) === from
    ) {
      takenBy.set(to, from);
      ends[from] = start[to];
    }
  }
  return ends;
}

function usesOfLifetimes(problem: MemoryProblem, plan: MemoryPlan): BankUse[] {
  const layout = layoutOfLifetimes(problem);
  const times = timesOfLifetimes(problem);
  return problem.tensors.flatMap(({ bank = 0 }, tensor) => {
    const uses: BankUse[] = [];
    for (let piece = layout.pieceStart[tensor]; piece < layout.pieceStart[tensor + 1]; piece++) {
      const [low, high] = [layout.pieceLow[piece], layout.pieceHigh[piece]].map(byte => plan.offsets[tensor] + byte);
      const [from, to] = [times[layout.pieceFrom[piece]], times[layout.pieceTo[piece]]];
      uses.push({ owner: tensor, bank, from, to, low, high });
    }
    return uses;
  });
}

/** Pairs that share bytes, as violations. */
function collide(problem: MemoryProblem, uses: readonly BankUse[]): Violation[] {
  const { tensors, operators } = problem;
  const nameOf = (owner: number): string =>
    owner < tensors.length ? tensors[owner].name : `the workspace of ${operators[owner - tensors.length].name}`;
  const tell = (use: PlacedUse): string => `${nameOf(use.owner)} at [${use.low}, ${use.high})`;
  return problem.banks.flatMap((_, bank) =>
    findCollisions(uses.filter(use => use.bank === bank)).map(({ first, second }): Violation => {
      const [from, to] = [Math.max(first.from, second.from), Math.min(first.to, second.to)];
      return { rule: 'overlap', message: `${tell(first)} and ${tell(second)} share bytes during [${from}, ${to})` };
    }),
  );
}
