import type { Block, Operation, ValueId } from '../ir/index.ts';
import type { Assignment, OperationChoice } from './assignment.ts';
import { ValueVersions } from './assignment-versions.ts';
import { claimsOf, dimensionsOf, reductionsOf } from './factor-layout.ts';
import { equalLayouts, type Layout, layoutKey, shardingOf, wholeLayout } from './grid.ts';
import type { Sharding } from './notation.ts';
import { operationRole, type ProgramOnMesh } from './program-on-mesh.ts';
import type { Movement, OperationPlan, PartialSum, Propagation, Site } from './propagation-types.ts';
import { layoutBytes, reshardSteps } from './reshard.ts';
import { movesInside } from './rules/rule.ts';
import { halosOf } from './strategy.ts';

/**
 * Carries an assignment out: the same document that propagation makes from pins, with every strategy and every layout as
 * the assignment says, so that collectives, work, memory and the emitted program follow from it. A value is brought into
 * each layout once for all who read it so; what is moved inside a loop is not there outside.
 * The assignment must be valid.
 */
export function placeAssignment(ground: ProgramOnMesh, assignment: Assignment): Propagation {
  return new Placement(ground, assignment).run();
}

/** Where an assignment says everything, nobody claims anything. */
const nobody: ReadonlyMap<number, ReadonlySet<number>> = new Map();

class Placement {
  readonly #ground: ProgramOnMesh;
  readonly #assignment: Assignment;
  readonly #versions: ValueVersions;
  readonly #sources = new Map<ValueId, readonly PartialSum[]>();
  readonly #movements: Movement[] = [];
  readonly #plans = new Map<Operation, OperationPlan>();
  #index = 0;

  constructor(ground: ProgramOnMesh, assignment: Assignment) {
    this.#ground = ground;
    this.#assignment = assignment;
    this.#versions = new ValueVersions(ground.grid, ground.facts);
  }

  run(): Propagation {
    const { program, func, grid, facts } = this.#ground;
    const { results } = this.#assignment;
    for (const [index, argument] of func.arguments.entries()) {
      this.#versions.place(argument.value, this.#assignment.arguments[index]);
    }
    const end = this.#visitBlock(func.body);
    for (const [index, value] of end.operation.operands.entries()) {
      this.#demand(value, results[index], end);
    }
    return {
      program,
      func,
      grid,
      shardings: this.#shardings(),
      arguments: this.#assignment.arguments.map(layout => shardingOf(grid, layout)),
      results: results.map(layout => shardingOf(grid, layout)),
      resultLayouts: results,
      plans: this.#plans,
      cheap: facts.cheap,
      movements: this.#movements,
      conflicts: [],
      passes: 0,
    };
  }

  /** The sharding in which each value is handed on; values that lie alike share one. */
  #shardings(): (Sharding | undefined)[] {
    const { func, grid } = this.#ground;
    const known = new Map<string, Sharding>();
    return func.valueTypes.map((type, value) => {
      if (type.kind !== 'tensor') return undefined;
      const layout = this.#versions.homeOf(value);
      const key = `${type.shape.length}:${layoutKey(layout)}`;
      const sharding = known.get(key) ?? shardingOf(grid, layout);
      known.set(key, sharding);
      return sharding;
    });
  }

  /** Visits all operations but the terminator; returns the terminator's site. */
  #visitBlock(block: Block): Site {
    const last = block.operations.at(-1);
    if (last === undefined) throw new Error('internal: an empty block');
    for (const operation of block.operations) if (operation !== last) this.#visit(operation);
    return this.#site(last, this.#number(last));
  }

  #site(operation: Operation, number: number): Site {
    return { operation, index: this.#index++, trips: this.#ground.trips[number] };
  }

  #number(operation: Operation): number {
    const number = this.#ground.numbers.get(operation);
    if (number === undefined) throw new Error(`internal: ${operation.name} has no number`);
    return number;
  }

  #demand(value: ValueId, layout: Layout, site: Site): void {
    const changes = this.#versions.demand(value, layout);
    if (changes === undefined) throw new Error(`internal: value ${value} is read as a partial sum that nothing makes`);
    for (const change of changes) this.#move(change.value, change.from, change.to, site);
  }

  #move(value: ValueId, from: Layout, to: Layout, site: Site): void {
    const steps = reshardSteps(this.#ground.grid, this.#versions.typeOf(value), from, to);
    const sources = from.partial.length > 0 ? (this.#sources.get(value) ?? []) : [];
    this.#movements.push({ kind: 'reshard', value, from, to, steps, sources, site });
  }

  #visit(operation: Operation): void {
    const number = this.#number(operation);
    const site = this.#site(operation, number);
    const role = operationRole(this.#ground, operation);
    if (role === 'cheap') {
      this.#versions.place(operation.results[0], this.#cheapLayout(operation));
      return;
    }
    const choice = this.#assignment.choices[number];
    if (choice === undefined) throw new Error(`internal: no choice for ${operation.name}`);
    for (const [index, value] of operation.operands.entries()) {
      this.#demand(value, choice.operands[index], site);
    }
    if (role === 'loop' || role === 'branch') this.#visitRegions(site, choice);
    else this.#finish(site, choice);
    const { strategy, operands, results, finals } = choice;
    this.#plans.set(operation, { site, strategy, operands, results, finals, claimants: nobody });
  }

  /** A cheap value is made where it is wanted; here only its natural layout is noted. */
  #cheapLayout(operation: Operation): Layout {
    const { grid, facts } = this.#ground;
    if (operation.operands.length === 0) return wholeLayout(this.#versions.typeOf(operation.results[0]).shape.length);
    const homes = operation.operands.map(operand => this.#versions.homeOf(operand));
    if (homes.every(({ dimensions }) => dimensions.every(atoms => atoms.length === 0)))
      return wholeLayout(this.#versions.typeOf(operation.results[0]).shape.length);
    const rule = facts.rule(operation);
    const strategy: number[][] = rule.factors.map(() => []);
    for (const [index, { dimensions }] of homes.entries()) {
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
      for (const [index, value] of region.arguments.entries()) this.#versions.place(value, choice.results[index]);
      const mark = this.#versions.mark();
      const end = this.#visitBlock(region);
      for (const [index, value] of end.operation.operands.entries()) {
        this.#demand(value, loop && number === 0 ? wholeLayout(0) : choice.results[index], end);
      }
      this.#versions.takeBack(mark);
    }
    for (const [index, value] of operation.results.entries()) this.#versions.place(value, choice.results[index]);
  }

  #finish(site: Site, choice: OperationChoice): void {
    this.#noteInner(site, choice);
    for (const [index, value] of site.operation.results.entries()) {
      const natural = choice.results[index];
      this.#noteSources(value, natural, choice, site.operation);
      const final = choice.finals[index];
      this.#versions.place(value, final);
      if (!equalLayouts(final, natural)) this.#move(value, natural, final, site);
    }
  }

  #noteSources(value: ValueId, natural: Layout, choice: OperationChoice, operation: Operation): void {
    if (natural.partial.length === 0) return;
    const carriers = operation.operands.filter((_, index) => choice.operands[index].partial.length > 0);
    const carried = carriers.flatMap(operand => this.#sources.get(operand) ?? []);
    const { factors } = this.#ground.facts.rule(operation);
    const summed = choice.strategy.filter((atoms, index) => factors[index].kind === 'reduction' && atoms.length > 0);
    const bytesPerDevice = layoutBytes(this.#ground.grid, this.#versions.typeOf(value), natural.dimensions);
    const own = summed.length > 0 ? [{ value, bytesPerDevice, factors: summed }] : [];
    this.#sources.set(value, [...carried, ...own]);
  }

  /** Collectives that are part of an operation: edges of neighbours, and reductions that are no sums. */
  #noteInner(site: Site, choice: OperationChoice): void {
    if (choice.strategy.every(atoms => atoms.length === 0)) return;
    const { operation } = site;
    const { grid, facts } = this.#ground;
    const rule = facts.rule(operation);
    if (!rule.factors.some(movesInside)) return;
    const types = operation.operands.map(value => this.#versions.typeOf(value));
    for (const halo of halosOf(grid, rule, choice.strategy, types, choice.operands)) {
      const step = { kind: 'collective-permute', atoms: halo.atoms, bytesPerDevice: halo.bytes } as const;
      this.#movements.push({ kind: 'inner', value: operation.operands[halo.operand], step, reason: 'halo', site });
    }
    const { others } = reductionsOf(rule, choice.strategy);
    if (others.length === 0) return;
    for (const [index, value] of operation.results.entries()) {
      const bytesPerDevice = layoutBytes(grid, this.#versions.typeOf(value), choice.results[index].dimensions);
      const step = { kind: 'all-reduce', atoms: others, bytesPerDevice } as const;
      this.#movements.push({ kind: 'inner', value, step, reason: 'reduction', site });
    }
  }
}
