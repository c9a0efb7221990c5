import { aliasedResult, type Block, type Operation, tripCount, type ValueId } from '../ir/index.ts';
import { claimsOf, dimensionsOf, reductionsOf } from './factor-layout.ts';
import { axisNames, type Grid, type Layout, layoutKey, reducedLayout, wholeLayout } from './grid.ts';
import { LayoutTable } from './layout-table.ts';
import type { Conflict, Movement, OperationPlan, Site } from './propagation-types.ts';
import { layoutBytes, reshardCost } from './reshard.ts';
import {
  choosePairwise,
  chooseStrategy,
  halosOf,
  type StrategyChoice,
  type StrategyOperand,
  type StrategyResult,
} from './strategy.ts';
import type { ValueFacts } from './value-facts.ts';
import type { Wants } from './wants.ts';
import { fixedWish, operandWish, Readers, type Wish } from './wishes.ts';

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
  readonly #table: LayoutTable;
  readonly #readers: Readers;
  readonly #yields = new Map<Operation, readonly Layout[]>();
  readonly #plans = new Map<Operation, OperationPlan>();
  readonly #conflicts: Conflict[] = [];
  #index = 0;

  constructor(input: PassInput) {
    this.#input = input;
    this.#grid = input.grid;
    this.#facts = input.facts;
    this.#table = new LayoutTable(input.grid, input.facts, batchAtoms(input));
    this.#readers = new Readers(input.grid, input.facts, input.wishes, input.wants);
  }

  run(): PassOutput {
    const { func } = this.#facts;
    for (const [index, argument] of func.arguments.entries()) {
      this.#table.place(argument.value, this.#input.arguments[index]);
    }
    const site = this.#visitBlock(func.body, 1);
    const results = site.operation.operands.map((value, index) => {
      const target = this.#input.results[index] ?? reducedLayout(this.#table.layoutOf(value));
      this.#table.demand(value, fixedWish(target, site), site);
      return target;
    });
    return {
      layouts: this.#table.layouts,
      results,
      plans: this.#plans,
      movements: this.#table.movements,
      conflicts: this.#conflicts,
      wishes: this.#table.wishes(),
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
        this.#table.layoutOf(operand).dimensions,
      )) {
        if (!strategy.some(atoms => atoms.includes(atom))) strategy[factor].push(atom);
      }
    }
    const dimensions = dimensionsOf(this.#grid, rule, rule.results[0], strategy);
    this.#table.place(
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
      this.#table.demand(value, operandWish(this.#grid, rule, operation, index, choice), site);
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
    this.#table.place(value, natural);
    const final = this.#input.pinned.get(value) ?? this.#readers.handedOn(value, this.#table.type(value), natural);
    if (layoutKey(final) !== layoutKey(natural)) {
      this.#table.move(value, natural, final, site);
      this.#table.place(value, final);
    }
    return final;
  }

  #noteSources(value: ValueId, natural: Layout, choice: StrategyChoice, operation: Operation): void {
    if (natural.partial.length === 0) return;
    const carried = operation.operands.flatMap((operand, index) =>
      choice.operands[index].partial.length > 0 ? this.#table.sourcesOf(operand) : [],
    );
    const own = natural.partial.some(atom => !choice.carried.includes(atom));
    const bytesPerDevice = layoutBytes(this.#grid, this.#table.type(value), natural.dimensions);
    const { factors } = this.#facts.rule(operation);
    const summed = choice.strategy.filter((atoms, index) => factors[index].kind === 'reduction' && atoms.length > 0);
    this.#table.setSources(value, own ? [...carried, { value, bytesPerDevice, factors: summed }] : carried);
  }

  /** Loop: carried values keep one layout, that of their first value or, where that is open, of the body's. */
  #visitLoop(site: Site): void {
    const { operation } = site;
    const trips = site.trips * (tripCount(this.#facts.func, operation) ?? 1);
    const before = this.#input.yields.get(operation);
    const carried = operation.operands.map((value, index) => {
      const first = reducedLayout(this.#table.layoutOf(value));
      const open = this.#facts.cheap.has(value) || first.dimensions.every(atoms => atoms.length === 0);
      return open && before !== undefined ? before[index] : first;
    });
    for (const [index, value] of operation.operands.entries())
      this.#table.demand(value, fixedWish(carried[index], site), site);
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
    this.#table.demand(operation.operands[0], fixedWish(wholeLayout(0), site), site);
    const known = this.#input.yields.get(operation);
    const results = operation.results.map((value, index) => known?.[index] ?? wholeLayout(this.#table.rank(value)));
    for (const region of operation.regions) this.#visitRegion(region, site.trips, [], results, operation);
    this.#setResults(site, [wholeLayout(0)], results);
  }

  #setResults(site: Site, operands: readonly Layout[], results: readonly Layout[]): void {
    for (const [index, value] of site.operation.results.entries()) this.#table.place(value, results[index]);
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
    for (const [value, layout] of values) this.#table.place(value, layout);
    this.#table.inScope(() => {
      const site = this.#visitBlock(region, trips);
      const { operands } = site.operation;
      if (targets !== undefined && !this.#yields.has(owner)) {
        this.#yields.set(
          owner,
          operands.map(value => reducedLayout(this.#table.layoutOf(value))),
        );
      }
      for (const [index, value] of operands.entries()) {
        this.#table.demand(value, fixedWish(targets?.[index] ?? wholeLayout(this.#table.rank(value)), site), site);
      }
    });
  }

  #strategyOperand(value: ValueId): StrategyOperand {
    const type = this.#table.type(value);
    return {
      type,
      layout: this.#table.layoutOf(value),
      cheap: this.#facts.cheap.has(value),
      cost: to => this.#table.demandCost(value, to),
    };
  }

  #strategyResult(value: ValueId): StrategyResult {
    const type = this.#table.type(value);
    const pinned = this.#input.pinned.get(value);
    const cost = (from: Layout): number =>
      pinned === undefined ? this.#readers.resultCost(value, type, from) : reshardCost(this.#grid, type, from, pinned);
    return { type, pinned, wished: () => (pinned === undefined ? this.#readers.wanted(value) : undefined), cost };
  }

  /** Collectives that are part of an operation: halos, and all-reduces that are no sums. */
  #noteInner(site: Site, choice: StrategyChoice): void {
    const { operation } = site;
    const rule = this.#facts.rule(operation);
    const types = operation.operands.map(value => this.#table.type(value));
    for (const halo of halosOf(this.#grid, rule, choice.strategy, types, choice.operands)) {
      const step = { kind: 'collective-permute', atoms: halo.atoms, bytesPerDevice: halo.bytes } as const;
      this.#table.note({ kind: 'inner', value: operation.operands[halo.operand], step, reason: 'halo', site });
    }
    const { others } = reductionsOf(rule, choice.strategy);
    if (others.length === 0) return;
    for (const [index, value] of operation.results.entries()) {
      const bytesPerDevice = layoutBytes(this.#grid, this.#table.type(value), choice.results[index].dimensions);
      const step = { kind: 'all-reduce', atoms: others, bytesPerDevice } as const;
      this.#table.note({ kind: 'inner', value, step, reason: 'reduction', site });
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
}

/**
 * Atoms that cut the first dimension of a data input: an argument that is not donated, or in a program without donation
 * one of integers.
 */
function batchAtoms({ facts, arguments: layouts }: PassInput): ReadonlySet<number> {
  const { func } = facts;
  const donated = func.arguments.map(
    argument => aliasedResult(argument) >= 0 || argument.attributes['jax.buffer_donor'] !== undefined,
  );
  const training = donated.includes(true);
  const atoms = func.arguments.flatMap((argument, index) => {
    const data = training ? !donated[index] : /^u?i\d/.test(facts.tensor(argument.value)?.element ?? '');
    return data ? (layouts[index].dimensions[0] ?? []) : [];
  });
  return new Set(atoms);
}
