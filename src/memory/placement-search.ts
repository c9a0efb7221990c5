import { createRandom, type Random } from '../base/index.ts';
import { type BlockFacts, type PlacementKey, sortBlocks } from './block-facts.ts';
import { greatestCommonDivisor } from './buffers.ts';
import type { Csr } from './csr-kernel.ts';
import type { Layout } from './layout.ts';
import { topOf } from './layout-strategies.ts';
import { type Placement, permutePlacement, placementOf } from './placement.ts';
import { neighboursOf } from './placement-relations.ts';
import { lowerTop } from './placement-repair.ts';
import { PlacementSearch } from './placement-search-kernel.ts';
import type { WorkBudget } from './work-budget.ts';

/**
 * What is preferred where addresses are equal, each with one key that is blurred: by chance up to so much larger. How long
 * a search takes varies so widely with the order that many short ones find more than one long one.
 */
const preferences: readonly Preference[] = [
  { keys: ['-contention', '-duration', '-area'], blurred: 1, blur: 0.03 },
  { keys: ['-contention', '-area', '-duration'], blurred: 1, blur: 0.3 },
  { keys: ['-contention', '-duration', '-area'], blurred: 1, blur: 0.1 },
  { keys: ['-duration', '-area', '-contention'], blurred: 0, blur: 0.1 },
  { keys: ['-contention', '-bytes', '-duration'], blurred: 1, blur: 1 },
  { keys: ['-area', '-contention'], blurred: 0, blur: 0.3 },
];

interface Preference {
  readonly keys: readonly PlacementKey[];
  readonly blurred: number;
  readonly blur: number;
}

/** Nodes of a search in the first round; twice as many in each one after, then in every eighth. */
const firstLimit = 1000;
const doublings = 6;
/** Rounds in which the bound is tried in all orders; and searches for it in those after, and for arenas above it in each. */
const roundsOfAll = 5;
const tries = 3;
/** Rectangles that are tried to be lowered in each round, and the nodes of one try. */
const lowerings = 40;
const loweringLimit = 400;

/** Without a limit in nodes, so many times rectangles and sections. */
const defaultWork = 1e8;
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
 * the budget is spent. Deterministic for a limit in nodes.
 */
export function searchBank(
  layout: Layout,
  facts: BlockFacts,
  bank: number,
  known: BankLayout,
  goalBytes: number,
  budget: WorkBudget,
): BankLayout {
  const placement = placementOf(layout, bank);
  if (placement === undefined || memberCount(placement) > mostMembers) return known;
  return new BankSearch({ layout, facts, bank, placement, goalBytes, budget }, known).run();
}

/** What stays as it is while a bank is searched. */
interface BankGround {
  readonly layout: Layout;
  readonly facts: BlockFacts;
  readonly bank: number;
  readonly placement: Placement;
  readonly goalBytes: number;
  readonly budget: WorkBudget;
}

class BankSearch {
  readonly #ground: BankGround;
  readonly #neighbours: Csr;
  readonly #step: number;
  /** Nodes after which it ends where the caller sets no limit. */
  readonly #mostNodes: number;
  readonly #random = createRandom(1);
  #offsets: Float64Array;
  #arenaBytes: number;
  #boundBytes: number;
  /** How far from the bound an arena is tried: nearer after each that was found, farther after each that was not. */
  #share = 1 / 2;

  constructor(ground: BankGround, { offsets, boundBytes }: BankLayout) {
    const { layout, bank, placement, budget } = ground;
    this.#ground = ground;
    this.#neighbours = neighboursOf(placement);
    this.#step = stepOf(placement);
    this.#mostNodes = budget.nodes + defaultWork / (placement.count + placement.sectionCount);
    this.#offsets = offsets;
    this.#arenaBytes = topOf(layout, offsets, bank);
    this.#boundBytes = boundBytes;
  }

  run(): BankLayout {
    const wantsGoal = this.#ground.goalBytes > 0;
    for (let round = 0; !this.#isDone(); round++) {
      const limit = firstLimit * 2 ** (Math.min(round, doublings) + Math.floor(Math.max(0, round - doublings) / 8));
      const all = round < roundsOfAll || wantsGoal;
      for (const preference of all ? preferences : some(round)) {
        const blur = round === 0 ? 0 : preference.blur;
        while (!this.#isDone() && this.#search(this.#lowest, limit, { ...preference, blur }));
      }
      if (wantsGoal) continue;
      for (const preference of some(round + 1)) if (!this.#isDone()) this.#searchAbove(limit, preference);
      this.#lower(lowerings * round);
    }
    return { offsets: this.#offsets, boundBytes: this.#boundBytes };
  }

  /** No smaller arena is wanted. */
  get #lowest(): number {
    return Math.max(this.#boundBytes, this.#ground.goalBytes);
  }

  #isDone(): boolean {
    const { goalBytes, budget } = this.#ground;
    const isKnown = this.#lowest >= this.#arenaBytes || (goalBytes > 0 && this.#boundBytes > goalBytes);
    return isKnown || budget.isSpent() || (!budget.isLimited && budget.nodes >= this.#mostNodes);
  }

  /** Searches below a capacity in an order of preference; true where that proved or found something. */
  #search(capacity: number, limit: number, preference: Preference): boolean {
    const { budget, placement } = this.#ground;
    const ordered = permutePlacement(placement, orderOf(this.#ground, preference, this.#random));
    const search = new PlacementSearch(ordered);
    const end = search.run(capacity, Math.min(limit, budget.nodesLeft()));
    budget.nodes += search.nodes;
    if (end === 'limit') return false;
    budget.trace(`search of ${search.nodes} nodes: ${end} below ${capacity}`);
    if (end === 'found') this.#adopt(ordered, search.addresses);
    else this.#boundBytes = Math.min(this.#arenaBytes, this.#step * (Math.floor(capacity / this.#step) + 1));
    return true;
  }

  #searchAbove(limit: number, preference: Preference): void {
    const steps = Math.floor((this.#share * (this.#arenaBytes - this.#lowest)) / this.#step);
    const isLearned = this.#search(this.#lowest + this.#step * steps, limit, preference);
    this.#share = isLearned ? 0.9 * this.#share : (1 + this.#share) / 2;
  }

  /** Lowers what lies above the bound, one by one. */
  #lower(firstAttempt: number): void {
    const { placement, budget } = this.#ground;
    const addresses = Float64Array.from(placement.block, block => this.#offsets[block]);
    const lowering = {
      placement,
      neighbours: this.#neighbours,
      addresses,
      capacity: this.#lowest,
      random: this.#random,
    };
    for (let attempt = 0; attempt < lowerings && !this.#isDone(); attempt++) {
      const limit = Math.min(loweringLimit, budget.nodesLeft());
      const nodes = lowerTop({ ...lowering, limit }, firstAttempt + attempt);
      if (nodes === 0) break;
      budget.nodes += nodes;
    }
    const top = addresses.reduce((most, address, at) => Math.max(most, address + placement.bytes[at]), 0);
    if (top < this.#arenaBytes) this.#adopt(placement, addresses);
  }

  #adopt({ block }: Placement, addresses: Float64Array): void {
    const { layout, bank } = this.#ground;
    this.#offsets = this.#offsets.slice();
    for (const [at, own] of block.entries()) this.#offsets[own] = addresses[at];
    this.#arenaBytes = topOf(layout, this.#offsets, bank);
  }
}

/** Those whose turn it is in a round. */
function some(round: number): readonly Preference[] {
  return Array.from({ length: tries }, (_, index) => preferences[(tries * round + index) % preferences.length]);
}

/** The rectangles of a bank in an order of preference. */
function orderOf(
  { layout, facts, bank, placement }: BankGround,
  { keys, blurred, blur }: Preference,
  random: Random,
): Int32Array {
  const fact = keys[blurred].slice(1) as keyof BlockFacts;
  const drawn = blur === 0 ? facts : { ...facts, [fact]: facts[fact].map(value => value * (1 + blur * random.next())) };
  const rectangleOf = new Map([...placement.block].map((block, rectangle) => [block, rectangle]));
  return Int32Array.from([...sortBlocks(layout, drawn, bank, keys)].flatMap(block => rectangleOf.get(block) ?? []));
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
