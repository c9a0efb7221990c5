import type { Block, Operation, ValueId } from '../ir/index.ts';
import {
  claimsOf,
  dimensionsOf,
  fixedWish,
  halosOf,
  type Layout,
  LayoutTable,
  layoutBytes,
  layoutKey,
  type OperationPlan,
  type Propagation,
  reductionsOf,
  type Site,
  shardingOf,
  wholeLayout,
} from '../sharding/index.ts';
import type { Assignment, OperationChoice } from './assignment.ts';
import { type MeshProblem, operationRole } from './problem-mesh.ts';

/**
 * Carries an assignment out: the same document that propagation makes from pins, with every strategy and every layout as
 * the assignment says, so that collectives, work, memory and the emitted program follow from it. A value is brought into
 * each layout once for all who read it so, in program order; what is moved inside a loop is not there outside.
 * The assignment must be valid.
 */
export function placeAssignment(ground: MeshProblem, assignment: Assignment): Propagation {
  return new Placement(ground, assignment).run();
}

class Placement {
  readonly #ground: MeshProblem;
  readonly #assignment: Assignment;
  readonly #table: LayoutTable;
  readonly #plans = new Map<Operation, OperationPlan>();
  #index = 0;

  constructor(ground: MeshProblem, assignment: Assignment) {
    this.#ground = ground;
    this.#assignment = assignment;
    this.#table = new LayoutTable(ground.grid, ground.facts, new Set());
  }

  run(): Propagation {
    const { func, grid, facts, problem } = this.#ground;
    const { results } = this.#assignment;
    for (const [index, argument] of func.arguments.entries()) {
      this.#table.place(argument.value, this.#assignment.arguments[index]);
    }
    const end = this.#visitBlock(func.body);
    for (const [index, value] of end.operation.operands.entries()) {
      this.#table.demand(value, fixedWish(results[index], end), end);
    }
    return {
      program: problem.program,
      func,
      grid,
      shardings: func.valueTypes.map((type, value) => {
        const layout = this.#table.layouts.get(value);
        return type.kind === 'tensor' ? shardingOf(grid, layout ?? wholeLayout(type.shape.length)) : undefined;
      }),
      arguments: this.#assignment.arguments.map(layout => shardingOf(grid, layout)),
      results: results.map(layout => shardingOf(grid, layout)),
      resultLayouts: results,
      plans: this.#plans,
      cheap: facts.cheap,
      movements: this.#table.movements,
      conflicts: [],
      warnings: [],
      passes: 0,
    };
  }

  /** Visits all operations but the terminator; returns the terminator's site. */
  #visitBlock(block: Block): Site {
    const last = block.operations.at(-1);
    if (last === undefined) throw new Error('internal: an empty block');
    for (const operation of block.operations.slice(0, -1)) this.#visit(this.#site(operation));
    return this.#site(last);
  }

  #site(operation: Operation): Site {
    return { operation, index: this.#index++, trips: this.#ground.trips[this.#number(operation)] };
  }

  #number(operation: Operation): number {
    const number = this.#ground.numbers.get(operation);
    if (number === undefined) throw new Error(`internal: ${operation.name} has no number`);
    return number;
  }

  #visit(site: Site): void {
    const { operation } = site;
    const role = operationRole(this.#ground, operation);
    if (role === 'cheap') {
      this.#table.place(operation.results[0], this.#cheapLayout(operation));
      return;
    }
    const choice = this.#assignment.choices[this.#number(operation)];
    if (choice === undefined) throw new Error(`internal: no choice for ${operation.name}`);
    for (const [index, value] of operation.operands.entries()) {
      this.#table.demand(value, fixedWish(choice.operands[index], site), site);
    }
    if (role === 'loop' || role === 'branch') this.#visitRegions(site, choice);
    else this.#finish(site, choice);
    this.#plans.set(operation, { site, ...choice, claimants: new Map() });
  }

  /** A cheap value is made where it is wanted; here only its natural layout is noted. */
  #cheapLayout(operation: Operation): Layout {
    const { grid, facts } = this.#ground;
    const rule = facts.rule(operation);
    const strategy: number[][] = rule.factors.map(() => []);
    for (const [index, operand] of operation.operands.entries()) {
      const { dimensions } = this.#table.layoutOf(operand);
      for (const { atom, factor } of claimsOf(grid, rule, rule.operands[index], dimensions)) {
        if (!strategy.some(atoms => atoms.includes(atom))) strategy[factor].push(atom);
      }
    }
    const dimensions = dimensionsOf(grid, rule, rule.results[0], strategy);
    return dimensions === undefined ? wholeLayout(rule.results[0].length) : { dimensions, partial: [] };
  }

  #visitRegions({ operation }: Site, choice: OperationChoice): void {
    const loop = operation.name === 'stablehlo.while';
    for (const [number, region] of operation.regions.entries()) {
      for (const [index, value] of region.arguments.entries()) this.#table.place(value, choice.results[index]);
      this.#table.inScope(() => {
        const end = this.#visitBlock(region);
        for (const [index, value] of end.operation.operands.entries()) {
          const wanted = loop && number === 0 ? wholeLayout(0) : choice.results[index];
          this.#table.demand(value, fixedWish(wanted, end), end);
        }
      });
    }
    for (const [index, value] of operation.results.entries()) this.#table.place(value, choice.results[index]);
  }

  #finish(site: Site, choice: OperationChoice): void {
    this.#noteInner(site, choice);
    for (const [index, value] of site.operation.results.entries()) {
      const natural = choice.results[index];
      this.#noteSources(value, natural, choice, site.operation);
      this.#table.place(value, natural);
      const final = choice.finals[index];
      if (layoutKey(final) === layoutKey(natural)) continue;
      this.#table.move(value, natural, final, site);
      this.#table.place(value, final);
    }
  }

  #noteSources(value: ValueId, natural: Layout, choice: OperationChoice, operation: Operation): void {
    if (natural.partial.length === 0) return;
    const carriers = operation.operands.filter((_, index) => choice.operands[index].partial.length > 0);
    const carried = carriers.flatMap(operand => this.#table.sourcesOf(operand));
    const { factors } = this.#ground.facts.rule(operation);
    const summed = choice.strategy.filter((atoms, index) => factors[index].kind === 'reduction' && atoms.length > 0);
    const bytesPerDevice = layoutBytes(this.#ground.grid, this.#table.type(value), natural.dimensions);
    const own = summed.length > 0 ? [{ value, bytesPerDevice, factors: summed }] : [];
    this.#table.setSources(value, [...carried, ...own]);
  }

  /** Collectives that are part of an operation: edges of neighbours, and reductions that are no sums. */
  #noteInner(site: Site, choice: OperationChoice): void {
    const { operation } = site;
    const { grid, facts } = this.#ground;
    const rule = facts.rule(operation);
    const types = operation.operands.map(value => this.#table.type(value));
    for (const halo of halosOf(grid, rule, choice.strategy, types, choice.operands)) {
      const step = { kind: 'collective-permute', atoms: halo.atoms, bytesPerDevice: halo.bytes } as const;
      this.#table.note({ kind: 'inner', value: operation.operands[halo.operand], step, reason: 'halo', site });
    }
    const { others } = reductionsOf(rule, choice.strategy);
    if (others.length === 0) return;
    for (const [index, value] of operation.results.entries()) {
      const bytesPerDevice = layoutBytes(grid, this.#table.type(value), choice.results[index].dimensions);
      const step = { kind: 'all-reduce', atoms: others, bytesPerDevice } as const;
      this.#table.note({ kind: 'inner', value, step, reason: 'reduction', site });
    }
  }
}
