import { type Block, type Operation, type TensorType, tripCount, type ValueId } from '../ir/index.ts';
import { claimsOf, dimensionsOf, reductionsOf } from './factor-layout.ts';
import { axisNames, type Grid, type Layout, layoutKey, reducedLayout, wholeLayout } from './grid.ts';
import type { Conflict, Movement, OperationPlan, PartialSum, Site } from './propagation-types.ts';
import { layoutBytes, reshardCost, reshardSteps } from './reshard.ts';
import type { FactorRule } from './rules/rule.ts';
import {
  choosePairwise,
  chooseStrategy,
  halosOf,
  type StrategyChoice,
  type StrategyOperand,
  type StrategyResult,
} from './strategy.ts';
import type { ValueFacts } from './value-facts.ts';
import { agreed, satisfying, type Wants } from './wants.ts';

/** Gathering an argument can be done ahead of its use, so its bytes weigh less than those of an activation. */
const argumentDiscount = 0.25;

/** What a reader wants of a value. */
export interface Wish {
  readonly layout: Layout;
  /** The layout in which it would read the value if the value came in another layout. */
  follows(layout: Layout): Layout;
  readonly reader: Operation;
}

/** What a pass knows from the pins and from the pass before it. */
export interface PassInput {
  readonly grid: Grid;
  readonly facts: ValueFacts;
  /** Layouts of arguments, by argument. */
  readonly arguments: readonly Layout[];
  /** Layouts that results must have, by result; undefined leaves them as they come. */
  readonly results: readonly (Layout | undefined)[];
  /** Values inside the program that a pin decides. */
  readonly pinned: ReadonlyMap<ValueId, Layout>;
  /** Layouts that the readers of each value asked for in the pass before. */
  readonly wishes: ReadonlyMap<ValueId, readonly Wish[]>;
  /** Where readers need what they make of each value in the end. */
  readonly wants: Wants;
  /** Layouts in which regions handed on their values in the pass before. */
  readonly yields: ReadonlyMap<Operation, readonly Layout[]>;
}

/** What a pass finds: one walk over the function in program order, from operands to results. */
export interface PassOutput {
  readonly layouts: ReadonlyMap<ValueId, Layout>;
  readonly results: readonly Layout[];
  readonly plans: ReadonlyMap<Operation, OperationPlan>;
  readonly movements: readonly Movement[];
  readonly conflicts: readonly Conflict[];
  readonly wishes: ReadonlyMap<ValueId, readonly Wish[]>;
  readonly yields: ReadonlyMap<Operation, readonly Layout[]>;
}

export function runPass(input: PassInput): PassOutput {
  return new Pass(input).run();
}

class Pass {
  readonly #input: PassInput;
  readonly #grid: Grid;
  readonly #facts: ValueFacts;
  /** The layout in which each value is handed on. */
  readonly #layouts = new Map<ValueId, Layout>();
  /** Further layouts in which a value is there already, innermost scope last. */
  readonly #versions: Map<ValueId, Layout[]>[] = [new Map()];
  readonly #wishes = new Map<ValueId, Map<string, Wish>>();
  readonly #yields = new Map<Operation, readonly Layout[]>();
  readonly #sources = new Map<ValueId, readonly PartialSum[]>();
  readonly #plans = new Map<Operation, OperationPlan>();
  readonly #movements: Movement[] = [];
  readonly #conflicts: Conflict[] = [];
  #index = 0;

  constructor(input: PassInput) {
    this.#input = input;
    this.#grid = input.grid;
    this.#facts = input.facts;
  }

  run(): PassOutput {
    const { func } = this.#facts;
    for (const [index, argument] of func.arguments.entries()) {
      this.#layouts.set(argument.value, this.#input.arguments[index]);
    }
    const site = this.#visitBlock(func.body, 1);
    const results = site.operation.operands.map((value, index) => {
      const target = this.#input.results[index] ?? reducedLayout(this.#layoutOf(value));
      this.#demand(value, fixedWish(target, site), site);
      return target;
    });
    return {
      layouts: this.#layouts,
      results,
      plans: this.#plans,
      movements: this.#movements,
      conflicts: this.#conflicts,
      wishes: new Map([...this.#wishes].map(([value, wishes]) => [value, [...wishes.values()]])),
      yields: this.#yields,
    };
  }

  /** Visits all operations but the terminator; returns the terminator's site. */
  #visitBlock(block: Block, trips: number): Site {
    const last = block.operations.at(-1);
    if (last === undefined) throw new Error('internal: an empty block');
    for (const operation of block.operations.slice(0, -1)) {
      const site = { operation, index: this.#index++, trips };
      if (operation.results.length === 1 && this.#facts.cheap.has(operation.results[0])) this.#visitCheap(operation);
      else if (operation.name === 'stablehlo.while') this.#visitLoop(site);
      else if (operation.name === 'stablehlo.case' || operation.name === 'stablehlo.if') this.#visitBranches(site);
      else this.#visitOperation(site);
    }
    return { operation: last, index: this.#index++, trips };
  }

  /** A cheap value is made where it is wanted; here only its natural layout is noted. */
  #visitCheap(operation: Operation): void {
    const rule = this.#facts.rule(operation);
    const [value] = operation.results;
    const strategy: number[][] = rule.factors.map(() => []);
    for (const [index, operand] of operation.operands.entries()) {
      for (const { atom, factor } of claimsOf(
        this.#grid,
        rule,
        rule.operands[index],
        this.#layoutOf(operand).dimensions,
      )) {
        if (!strategy.some(atoms => atoms.includes(atom))) strategy[factor].push(atom);
      }
    }
    const dimensions = dimensionsOf(this.#grid, rule, rule.results[0], strategy);
    this.#layouts.set(
      value,
      dimensions === undefined ? wholeLayout(rule.results[0].length) : { dimensions, partial: [] },
    );
  }

  #visitOperation(site: Site): void {
    const { operation } = site;
    const rule = this.#facts.rule(operation);
    const operands = operation.operands.map(value => this.#strategyOperand(value));
    const results = operation.results.map(value => this.#strategyResult(value));
    const choice =
      choosePairwise(this.#grid, rule, operands, results) ?? chooseStrategy(this.#grid, rule, operands, results);
    this.#noteConflicts(site, choice);
    for (const [index, value] of operation.operands.entries()) {
      const layout = choice.operands[index];
      const follows = (from: Layout) => followedLayout(this.#grid, rule, index, choice, from);
      this.#demand(value, { layout, follows, reader: operation }, site);
    }
    this.#noteInner(site, choice);
    const finals = operation.results.map((value, index) => this.#finish(value, choice, index, site));
    this.#plans.set(operation, {
      site,
      strategy: choice.strategy,
      operands: choice.operands,
      results: choice.results,
      finals,
      claimants: choice.claimants,
    });
  }

  /** Sets the layout in which a result is handed on: a pin's, or that in which a sum with many readers is reduced. */
  #finish(value: ValueId, choice: StrategyChoice, index: number, site: Site): Layout {
    const natural = choice.results[index];
    this.#noteSources(value, natural, choice, site.operation);
    this.#layouts.set(value, natural);
    const final = this.#input.pinned.get(value) ?? this.#handedOn(value, natural);
    if (layoutKey(final) !== layoutKey(natural)) {
      this.#move(value, natural, final, site);
      this.#layouts.set(value, final);
    }
    return final;
  }

  /**
   * The layout in which a value is handed on. With one reader it stays as it was made. With several, a sum is reduced
   * now, and a value that all of them need gathered in the end is gathered once.
   */
  #handedOn(value: ValueId, natural: Layout): Layout {
    if ((this.#facts.readers.get(value) ?? 0) <= 1) return natural;
    const type = this.#type(value);
    const wishes = this.#input.wishes.get(value) ?? [];
    let best = reducedLayout(natural);
    const ends = [...(this.#input.wants.get(value)?.values() ?? [])].map(want => satisfying(want, best));
    let least = Number.POSITIVE_INFINITY;
    for (const target of distinct([best, ...wishes.map(wish => reducedLayout(wish.layout)), ...ends])) {
      const cost = reshardCost(this.#grid, type, natural, target) + this.#laterCost(value, target, wishes);
      if (cost < least - 1e-9) {
        least = cost;
        best = target;
      }
    }
    return best;
  }

  /** Bytes sent to serve all readers: each layout that they want once, and what each of them gathers later. */
  #laterCost(value: ValueId, from: Layout, wishes: readonly Wish[]): number {
    const type = this.#type(value);
    const wants = this.#input.wants.get(value);
    const wanted = wishes.map(wish => reducedLayout(wish.follows(from)));
    const now = distinct(wanted).reduce((sum, to) => sum + reshardCost(this.#grid, type, from, to), 0);
    return wishes.reduce((sum, { reader }, index) => {
      const want = wants?.get(reader);
      const from = wanted[index];
      return want === undefined ? sum : sum + reshardCost(this.#grid, type, from, satisfying(want, from));
    }, now);
  }

  #noteSources(value: ValueId, natural: Layout, choice: StrategyChoice, operation: Operation): void {
    if (natural.partial.length === 0) return;
    const carried = operation.operands.flatMap((operand, index) =>
      choice.operands[index].partial.length > 0 ? (this.#sources.get(operand) ?? []) : [],
    );
    const own = natural.partial.some(atom => !choice.carried.includes(atom));
    const bytesPerDevice = layoutBytes(this.#grid, this.#type(value), natural.dimensions);
    const { factors } = this.#facts.rule(operation);
    const summed = choice.strategy.filter((atoms, index) => factors[index].kind === 'reduction' && atoms.length > 0);
    this.#sources.set(value, own ? [...carried, { value, bytesPerDevice, factors: summed }] : carried);
  }

  /** Loop: carried values keep one layout, that of their first value or, where that is open, of the body's. */
  #visitLoop(site: Site): void {
    const { operation } = site;
    const trips = site.trips * (tripCount(this.#facts.func, operation) ?? 1);
    const before = this.#input.yields.get(operation);
    const carried = operation.operands.map((value, index) => {
      const first = reducedLayout(this.#layoutOf(value));
      const open = this.#facts.cheap.has(value) || first.dimensions.every(atoms => atoms.length === 0);
      return open && before !== undefined ? before[index] : first;
    });
    for (const [index, value] of operation.operands.entries())
      this.#demand(value, fixedWish(carried[index], site), site);
    for (const [number, region] of operation.regions.entries()) {
      const targets = number === 1 ? carried : undefined;
      this.#visitRegion(
        region,
        trips,
        region.arguments.map((value, index) => [value, carried[index]]),
        targets,
        operation,
      );
    }
    this.#setResults(site, carried, carried);
  }

  #visitBranches(site: Site): void {
    const { operation } = site;
    this.#demand(operation.operands[0], fixedWish(wholeLayout(0), site), site);
    const known = this.#input.yields.get(operation);
    const results = operation.results.map((value, index) => known?.[index] ?? wholeLayout(this.#rank(value)));
    for (const region of operation.regions) this.#visitRegion(region, site.trips, [], results, operation);
    this.#setResults(site, [wholeLayout(0)], results);
  }

  #setResults(site: Site, operands: readonly Layout[], results: readonly Layout[]): void {
    for (const [index, value] of site.operation.results.entries()) this.#layouts.set(value, results[index]);
    this.#plans.set(site.operation, { site, strategy: [], operands, results, finals: results, claimants: new Map() });
  }

  /** Walks a region in a scope of its own: what is moved inside is not there outside. */
  #visitRegion(
    region: Block,
    trips: number,
    values: readonly (readonly [ValueId, Layout])[],
    targets: readonly Layout[] | undefined,
    owner: Operation,
  ): void {
    for (const [value, layout] of values) this.#layouts.set(value, layout);
    this.#versions.push(new Map());
    const site = this.#visitBlock(region, trips);
    const { operands } = site.operation;
    if (targets !== undefined && !this.#yields.has(owner)) {
      this.#yields.set(
        owner,
        operands.map(value => reducedLayout(this.#layoutOf(value))),
      );
    }
    for (const [index, value] of operands.entries()) {
      this.#demand(value, fixedWish(targets?.[index] ?? wholeLayout(this.#rank(value)), site), site);
    }
    this.#versions.pop();
  }

  #strategyOperand(value: ValueId): StrategyOperand {
    const type = this.#type(value);
    return {
      type,
      layout: this.#layoutOf(value),
      cheap: this.#facts.cheap.has(value),
      cost: to => this.#demandCost(value, to),
    };
  }

  #strategyResult(value: ValueId): StrategyResult {
    const type = this.#type(value);
    const pinned = this.#input.pinned.get(value);
    const wishes = this.#input.wishes.get(value) ?? [];
    const cost = (from: Layout): number => {
      if (pinned !== undefined) return reshardCost(this.#grid, type, from, pinned);
      if (wishes.length === 0) return reshardCost(this.#grid, type, from, reducedLayout(from));
      const target = from.partial.length === 0 ? from : reducedLayout(this.#handedOn(value, from));
      const now = reshardCost(this.#grid, type, from, target);
      return now + this.#laterCost(value, target, wishes);
    };
    return {
      type,
      pinned,
      wished: pinned === undefined ? this.#wished(value) : undefined,
      cost,
    };
  }

  /** What the readers of a value want alike. */
  #wished(value: ValueId): Layout | undefined {
    const want = agreed(this.#input.wants, this.#facts, value);
    return want === undefined ? undefined : { dimensions: want.dimensions, partial: [] };
  }

  /** Bytes sent to have a value in a layout, from the best layout in which it is there. */
  #demandCost(value: ValueId, to: Layout): number {
    if (this.#facts.cheap.has(value)) {
      const operation = this.#definition(value);
      return this.#cheapOperands(operation, to).reduce(
        (sum, layout, index) => sum + this.#demandCost(operation.operands[index], layout),
        0,
      );
    }
    const type = this.#type(value);
    const costs = this.#available(value).map(from => reshardCost(this.#grid, type, from, to));
    return Math.min(...costs) * (this.#facts.argumentValues.has(value) ? argumentDiscount : 1);
  }

  /** Layouts that a cheap value's operands need so that it comes out as wanted. */
  #cheapOperands(operation: Operation, to: Layout): Layout[] {
    const rule = this.#facts.rule(operation);
    const strategy: number[][] = rule.factors.map(() => []);
    for (const { atom, factor } of claimsOf(this.#grid, rule, rule.results[0], to.dimensions))
      strategy[factor].push(atom);
    return rule.operands.map(tensor => {
      const dimensions = dimensionsOf(this.#grid, rule, tensor, strategy);
      return dimensions === undefined ? wholeLayout(tensor.length) : { dimensions, partial: [] };
    });
  }

  #available(value: ValueId): Layout[] {
    return [this.#layoutOf(value), ...this.#versions.flatMap(scope => scope.get(value) ?? [])];
  }

  /** Notes that a reader wants a value so, and moves it there unless it is there already. */
  #demand(value: ValueId, wish: Wish, site: Site): void {
    if (this.#facts.tensor(value) === undefined) return;
    const to = wish.layout;
    const wishes = this.#wishes.get(value) ?? new Map<string, Wish>();
    this.#wishes.set(value, wishes.set(`${site.index}:${layoutKey(to)}`, wish));
    if (this.#facts.cheap.has(value)) {
      const scope = this.#versions.flatMap(versions => versions.get(value) ?? []);
      if (scope.some(layout => layoutKey(layout) === layoutKey(to))) return;
      const operation = this.#definition(value);
      const layouts = this.#cheapOperands(operation, to);
      for (const [index, operand] of operation.operands.entries())
        this.#demand(operand, fixedWish(layouts[index], site), site);
      this.#addVersion(value, to);
      return;
    }
    const available = this.#available(value);
    if (available.some(layout => layoutKey(layout) === layoutKey(to))) return;
    const type = this.#type(value);
    let best = available[0];
    let least = Number.POSITIVE_INFINITY;
    for (const from of available) {
      const cost = reshardCost(this.#grid, type, from, to);
      if (cost < least) {
        least = cost;
        best = from;
      }
    }
    this.#move(value, best, to, site);
    this.#addVersion(value, to);
  }

  #addVersion(value: ValueId, layout: Layout): void {
    const scope = this.#versions.at(-1);
    scope?.set(value, [...(scope.get(value) ?? []), layout]);
  }

  #move(value: ValueId, from: Layout, to: Layout, site: Site): void {
    const steps = reshardSteps(this.#grid, this.#type(value), from, to);
    const sources = from.partial.length > 0 ? (this.#sources.get(value) ?? []) : [];
    this.#movements.push({ kind: 'reshard', value, from, to, steps, sources, site });
  }

  /** Collectives that are part of an operation: halos, and all-reduces that are no sums. */
  #noteInner(site: Site, choice: StrategyChoice): void {
    const { operation } = site;
    const rule = this.#facts.rule(operation);
    const types = operation.operands.map(value => this.#type(value));
    for (const halo of halosOf(this.#grid, rule, choice.strategy, types, choice.operands)) {
      const step = { kind: 'collective-permute', atoms: halo.atoms, bytesPerDevice: halo.bytes } as const;
      this.#movements.push({ kind: 'inner', value: operation.operands[halo.operand], step, reason: 'halo', site });
    }
    const { others } = reductionsOf(rule, choice.strategy);
    if (others.length === 0) return;
    for (const [index, value] of operation.results.entries()) {
      const bytesPerDevice = layoutBytes(this.#grid, this.#type(value), choice.results[index].dimensions);
      const step = { kind: 'all-reduce', atoms: others, bytesPerDevice } as const;
      this.#movements.push({ kind: 'inner', value, step, reason: 'reduction', site });
    }
  }

  #noteConflicts(site: Site, choice: StrategyChoice): void {
    const rule = this.#facts.rule(site.operation);
    for (const [atom, factors] of choice.disputed) {
      const chosen = choice.strategy.findIndex(atoms => atoms.includes(atom));
      const describe = (factor: number) =>
        `factor ${factor} (size ${rule.factors[factor].size}, ${rule.factors[factor].kind})`;
      const outcome = chosen < 0 ? 'none of them is cut' : `${describe(chosen)} is cut, which moves the fewest bytes`;
      const { scope } = site.operation;
      this.#conflicts.push({
        operation: site.operation.name,
        index: site.index,
        ...(scope === undefined ? {} : { scope }),
        axis: axisNames(this.#grid, [atom])[0],
        explanation: `${factors.map(describe).join(' and ')} both claim the axis; ${outcome}`,
      });
    }
  }

  #layoutOf(value: ValueId): Layout {
    return this.#layouts.get(value) ?? wholeLayout(this.#rank(value));
  }

  #type(value: ValueId): TensorType {
    return this.#facts.tensor(value) ?? { kind: 'tensor', shape: [], element: 'i1' };
  }

  #rank(value: ValueId): number {
    return this.#type(value).shape.length;
  }

  #definition(value: ValueId): Operation {
    const operation = this.#facts.definitions.get(value);
    if (operation === undefined) throw new Error(`internal: value ${value} has no definition`);
    return operation;
  }
}

/** The wish of a reader that takes a value in one layout only. */
function fixedWish(layout: Layout, site: Site): Wish {
  return { layout, follows: () => layout, reader: site.operation };
}

function distinct(layouts: readonly Layout[]): Layout[] {
  return [...new Map(layouts.map(layout => [layoutKey(layout), layout])).values()];
}

/**
 * The layout in which an operation would read an operand that comes in another one. Atoms that only this operand
 * brought along are read where they are now, if the operation can be cut there; the others stay as they were.
 */
function followedLayout(grid: Grid, rule: FactorRule, index: number, choice: StrategyChoice, from: Layout): Layout {
  const claimed = claimsOf(grid, rule, rule.operands[index], from.dimensions).map(claim => claim.atom);
  const free = (atom: number) => [...(choice.claimants.get(atom) ?? [])].every(who => who === index);
  const wanted = choice.operands[index];
  const dimensions = wanted.dimensions.map((atoms, dimension) => {
    const given = from.dimensions[dimension];
    const kept = atoms.filter(atom => !free(atom) || given.includes(atom));
    const startsAlike = kept.every((atom, position) => given[position] === atom);
    const extra = given.slice(kept.length).filter(atom => free(atom) && claimed.includes(atom));
    return startsAlike ? [...kept, ...extra] : kept;
  });
  return { dimensions, partial: wanted.partial };
}
