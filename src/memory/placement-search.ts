import type { BlockFacts } from './block-facts.ts';
import { greatestCommonDivisor } from './buffers.ts';
import type { Layout } from './layout.ts';
import { topOf } from './layout-strategies.ts';
import { type Placement, placementOf } from './placement.ts';
import { neighboursOf } from './placement-relations.ts';
import type { Preference, SearchGround, SearchTask, TaskResult } from './placement-task.ts';
import type { Rounds } from './search-rounds.ts';
import type { WorkBudget } from './work-budget.ts';

/**
 * The orders of preference, each with the round from which on one key is blurred by chance. How long a search takes varies
 * so widely with the order that many short ones find more than one long one.
 */
const orders: readonly (Preference & { readonly blurredFrom: number })[] = [
  { keys: ['load', 'duration', 'area'], blurred: 'duration', blur: 0.1, blurredFrom: 6 },
  { keys: ['load', 'area', 'duration'], blurred: 'area', blur: 0.1, blurredFrom: 1 },
  { keys: ['duration', 'area', 'contention'], blurred: 'duration', blur: 0.1, blurredFrom: 1 },
  { keys: ['contention', 'duration', 'area'], blurred: 'duration', blur: 0.1, blurredFrom: 1 },
  { keys: ['load', 'area', 'duration'], blurred: 'area', blur: 1, blurredFrom: 1 },
  { keys: ['load', 'duration', 'area'], blurred: 'duration', blur: 0.3, blurredFrom: 1 },
];

/** Nodes of a search in the first round; twice as many in each one after, then in every eighth. */
const firstLimit = 1000;
const doublings = 6;
/** Rounds in which the bound is tried in all orders; and searches for it in those after, and for arenas above it in each. */
const roundsOfAll = 5;
const tries = 3;
/** Attempts to lower something in each of so many tasks of a round, and the nodes of one attempt. */
const lowerings = 10;
const loweringTasks = 4;
const loweringLimit = 400;

/** Without a limit in nodes, so many times rectangles and sections. */
const defaultWork = 1e8;
/** The same where an order is found as well: the arena is near its peak, and other orders may be tried. */
const defaultWorkWithOrder = 2e7;
/** Rectangles in sections, each in each of its own, beyond which nothing is searched. */
const mostMembers = 3e7;

/** What is known of one bank. */
export interface BankLayout {
  /** Addresses by block, of all banks. */
  readonly offsets: Float64Array;
  /** Proven: no layout of the bank needs less. */
  readonly boundBytes: number;
}

/**
 * Searches a bank for a layout below the one that is known: at first one that reaches the bound (or `goalBytes`, which is
 * small enough), in rounds of short searches with twice as many nodes each; then also arenas in between, and other
 * addresses for what lies highest. What is proven not to fit raises the bound. Ends when both meet, the goal is reached or
 * the budget is spent, or where it is brief after the bound was tried once in each order. Deterministic for a limit in
 * nodes, whoever does the rounds.
 */
export function* searchBank(
  layout: Layout,
  facts: BlockFacts,
  bank: number,
  known: BankLayout,
  goalBytes: number,
  budget: WorkBudget,
  isBrief = false,
): Rounds<BankLayout> {
  if (budget.isSpent()) return known;
  const placement = placementOf(layout, bank);
  if (placement === undefined || memberCount(placement) > mostMembers) return known;
  const ofRectangles = (values: Float64Array): Float64Array =>
    Float64Array.from(placement.block, block => values[block]);
  const ground: SearchGround = {
    placement,
    neighbours: neighboursOf(placement),
    facts: {
      contention: ofRectangles(facts.contention),
      duration: ofRectangles(facts.duration),
      area: ofRectangles(facts.area),
      bytes: placement.bytes,
    },
  };
  return yield* new BankSearch({ layout, bank, ground, goalBytes, budget }, known).run(isBrief);
}

/** What stays as it is. */
interface BankGround {
  readonly layout: Layout;
  readonly bank: number;
  readonly ground: SearchGround;
  readonly goalBytes: number;
  readonly budget: WorkBudget;
}

/** What a task is for: an arena at the bound, one above it, or what lies above the bound. */
interface Slot {
  readonly kind: 'lowest' | 'above' | 'lower';
  readonly preference: Preference;
  readonly seed: number;
}

class BankSearch {
  readonly #bank: BankGround;
  readonly #step: number;
  /** Nodes after which it ends where the caller sets no limit. */
  readonly #mostNodes: number;
  #offsets: Float64Array;
  #arenaBytes: number;
  #boundBytes: number;
  /** How far from the bound an arena is tried: nearer after each that was found, farther after each that was not. */
  #share = 1 / 2;

  constructor(bank: BankGround, { offsets, boundBytes }: BankLayout) {
    const { placement } = bank.ground;
    this.#bank = bank;
    this.#step = stepOf(placement);
    const work = bank.layout.problem.operators.length === 0 ? defaultWork : defaultWorkWithOrder;
    this.#mostNodes = bank.budget.nodes + work / (placement.count + placement.sectionCount);
    this.#offsets = offsets;
    this.#arenaBytes = topOf(bank.layout, offsets, bank.bank);
    this.#boundBytes = boundBytes;
  }

  *run(isBrief: boolean): Rounds<BankLayout> {
    const { ground, budget } = this.#bank;
    for (let round = 0; !this.#isDone() && (round === 0 || !isBrief); round++) {
      const growth = 2 ** (Math.min(round, doublings) + Math.floor(Math.max(0, round - doublings) / 8));
      // As many nodes as a search takes that never turns back, and some.
      const limit = ground.placement.count + firstLimit * growth;
      let slots = isBrief ? slotsOf('lowest', round, orders) : this.#slotsOf(round);
      while (slots.length > 0 && !this.#isDone()) {
        const tasks = this.#tasksOf(slots, limit);
        slots = this.#learn(slots, tasks, yield { ground, tasks, deadline: budget.deadline });
      }
    }
    return { offsets: this.#offsets, boundBytes: this.#boundBytes };
  }

  /** No smaller arena is wanted. */
  get #lowest(): number {
    return Math.max(this.#boundBytes, this.#bank.goalBytes);
  }

  #isDone(): boolean {
    const { goalBytes, budget } = this.#bank;
    const isKnown = this.#lowest >= this.#arenaBytes || (goalBytes > 0 && this.#boundBytes > goalBytes);
    return isKnown || budget.isSpent() || (!budget.isLimited && budget.nodes >= this.#mostNodes);
  }

  /** What is tried in a round, in order. */
  #slotsOf(round: number): readonly Slot[] {
    const wantsGoal = this.#bank.goalBytes > 0;
    const all = round < roundsOfAll || wantsGoal;
    const lowest = slotsOf('lowest', round, all ? orders : some(round));
    if (wantsGoal) return lowest;
    return [
      ...lowest,
      ...slotsOf('above', round, some(round + 1)),
      ...slotsOf('lower', round, orders.slice(0, loweringTasks)),
    ];
  }

  /** The tasks of as many slots as nodes are left for. */
  #tasksOf(slots: readonly Slot[], nodes: number): readonly SearchTask[] {
    const { budget, ground } = this.#bank;
    let left = budget.nodesLeft();
    let share = this.#share;
    const tasks: SearchTask[] = [];
    for (const { kind, preference, seed } of slots) {
      const limit = Math.min(left, kind === 'lower' ? lowerings * loweringLimit : nodes);
      if (limit <= 0) break;
      left -= limit;
      if (kind === 'lower') {
        const addresses = Float64Array.from(ground.placement.block, block => this.#offsets[block]);
        const attempts = { attempts: lowerings, firstAttempt: seed, attemptLimit: loweringLimit };
        tasks.push({ kind, capacity: this.#lowest, limit, seed, addresses, ...attempts });
        continue;
      }
      const steps = kind === 'lowest' ? 0 : Math.floor((share * (this.#arenaBytes - this.#lowest)) / this.#step);
      if (kind === 'above') share = (1 + share) / 2;
      tasks.push({ kind: 'search', capacity: this.#lowest + this.#step * steps, limit, seed, preference });
    }
    return tasks;
  }

  /** Takes over what came of tasks; returns the slots that are still to be tried. */
  #learn(slots: readonly Slot[], tasks: readonly SearchTask[], results: readonly TaskResult[]): readonly Slot[] {
    const { budget, ground } = this.#bank;
    const lowest = this.#lowest;
    for (const [index, { end, nodes, addresses }] of results.entries()) {
      budget.nodes += nodes;
      const { kind } = slots[index];
      const { capacity } = tasks[index];
      if (kind === 'above') this.#share = end === 'limit' ? (1 + this.#share) / 2 : 0.9 * this.#share;
      if (end === 'limit') continue;
      if (kind !== 'lower') budget.trace(`search of ${nodes} nodes: ${end} below ${capacity}`);
      if (addresses !== undefined) this.#adopt(ground.placement, addresses);
      else this.#boundBytes = Math.min(this.#arenaBytes, this.#step * (Math.floor(capacity / this.#step) + 1));
      // Where the bound has risen, the same order is tried again.
      return slots.slice(end === 'none' && capacity === lowest ? index : index + 1);
    }
    return slots.slice(tasks.length);
  }

  #adopt({ block }: Placement, addresses: Float64Array): void {
    const { layout, bank } = this.#bank;
    this.#offsets = this.#offsets.slice();
    for (const [at, own] of block.entries()) this.#offsets[own] = addresses[at];
    this.#arenaBytes = topOf(layout, this.#offsets, bank);
  }
}

/** Those whose turn it is in a round. */
function some(round: number): typeof orders {
  return Array.from({ length: tries }, (_, index) => orders[(tries * round + index) % orders.length]);
}

/** Each with a seed of its own, so that nothing depends on what was done before. */
function slotsOf(kind: Slot['kind'], round: number, chosen: typeof orders): Slot[] {
  const firstSeed = 100 * round + 10 * ['lowest', 'above', 'lower'].indexOf(kind);
  return chosen.map((order, index) => ({
    kind,
    preference: { ...order, blur: round < order.blurredFrom ? 0 : order.blur },
    seed: firstSeed + index,
  }));
}

function memberCount({ runFrom, runTo }: Placement): number {
  return runFrom.reduce((sum, from, run) => sum + runTo[run] - from, 0);
}

/** What all addresses of canonical layouts are multiples of. */
function stepOf({ bytes, alignment, obstacles }: Placement): number {
  let step = bytes.reduce((all, size) => greatestCommonDivisor(all, size), 0);
  for (const { high } of obstacles) step = greatestCommonDivisor(step, high);
  for (const multiple of alignment) if (step % multiple !== 0) step = greatestCommonDivisor(step, multiple);
  return Math.max(1, step);
}
