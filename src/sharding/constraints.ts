import type { Block, Operation, Type, ValueId } from '../ir/index.ts';
import { cheapOperands } from './cheap-operands.ts';
import { equalLayouts, type Layout, layoutOf, reducedLayout, shardingOf, wholeLayout } from './grid.ts';
import type { Sharding } from './notation.ts';
import type { OperationPlan, Propagation } from './propagation-types.ts';
import { layoutBeforeGathers } from './reshard.ts';
import { sdyShardingText } from './sdy-text.ts';

/**
 * Rewrites the body of a placed function so that a partitioner has nothing left to decide: each result is constrained
 * to the layout in which its operation makes it, each change of layout is a constraint of its own, made once and
 * shared by all who want it, and cheap values are made again in each layout. Types of new values are appended.
 */
export function constrainedBody(propagation: Propagation, meshName: string): { body: Block; valueTypes: Type[] } {
  const writer = new ConstraintWriter(propagation, meshName);
  return writer.run();
}

/** What a value is called in a layout that it has been given. */
interface Version {
  readonly layout: Layout;
  readonly name: ValueId;
}

class ConstraintWriter {
  readonly #propagation: Propagation;
  readonly #meshName: string;
  readonly #types: Type[];
  /** By value: its versions in the block that is written and those around it, outermost first. */
  readonly #versions: Version[][] = [];
  /** Values whose newest version ends with the block that made it, oldest first. */
  readonly #log: ValueId[] = [];
  readonly #definitions = new Map<ValueId, Operation>();
  /** The value that stands for a value in the layout in which it is handed on. */
  readonly #current = new Map<ValueId, ValueId>();
  readonly #layoutTexts = new Map<Layout, string>();
  readonly #shardingTexts = new Map<Sharding, string>();

  constructor(propagation: Propagation, meshName: string) {
    this.#propagation = propagation;
    this.#meshName = meshName;
    this.#types = [...propagation.func.valueTypes];
  }

  run(): { body: Block; valueTypes: Type[] } {
    const { func } = this.#propagation;
    const body = this.#block(func.body, () => this.#propagation.resultLayouts);
    return { body, valueTypes: this.#types };
  }

  #block(block: Block, targets: (last: Operation) => readonly (Layout | undefined)[]): Block {
    const operations: Operation[] = [];
    const mark = this.#log.length;
    const last = block.operations.at(-1);
    if (last === undefined) throw new Error('internal: an empty block');
    for (const operation of block.operations) if (operation !== last) this.#operation(operation, operations);
    const wanted = targets(last);
    const operands = last.operands.map((value, index) => this.#use(value, wanted[index], operations));
    operations.push({ ...last, operands });
    while (this.#log.length > mark) this.#versions[this.#log.pop() ?? 0].pop();
    return { arguments: block.arguments, operations };
  }

  #operation(operation: Operation, out: Operation[]): void {
    for (const result of operation.results) this.#definitions.set(result, operation);
    if (operation.results.length === 1 && this.#propagation.cheap.has(operation.results[0])) return;
    const plan = this.#propagation.plans.get(operation);
    if (plan === undefined) throw new Error(`internal: ${operation.name} has no plan`);
    const operands = operation.operands.map((value, index) => this.#use(value, plan.operands[index], out));
    const regions = operation.regions.map((region, number) => this.#region(operation, plan, region, number));
    out.push({ ...operation, operands, regions });
    for (const [index, result] of operation.results.entries()) this.#constrainResult(result, plan, index, out);
  }

  /** Regions of loops and branches are rewritten; those of reductions and their like stay as they are. */
  #region(operation: Operation, plan: OperationPlan, region: Block, number: number): Block {
    const loop = operation.name === 'stablehlo.while';
    if (!loop && operation.name !== 'stablehlo.case' && operation.name !== 'stablehlo.if') return region;
    const condition = loop && number === 0;
    return this.#block(region, last =>
      last.operands.map((_, index) => (condition ? wholeLayout(0) : plan.results[index])),
    );
  }

  #constrainResult(result: ValueId, plan: OperationPlan, index: number, out: Operation[]): void {
    const type = this.#types[result];
    if (type.kind !== 'tensor' || type.shape.length === 0) return;
    const natural = reducedLayout(plan.results[index]);
    let current = this.#constrain(result, natural, out);
    const final = reducedLayout(plan.finals[index]);
    if (!equalLayouts(final, natural)) current = this.#constrain(current, final, out);
    this.#current.set(result, current);
  }

  /** The name of a value in a layout; a constraint is written where it is not there yet. */
  #use(value: ValueId, layout: Layout | undefined, out: Operation[]): ValueId {
    const type = this.#types[value];
    if (type.kind !== 'tensor') return value;
    const cheap = this.#propagation.cheap.has(value);
    const wanted = reducedLayout(layout ?? wholeLayout(type.shape.length));
    if (type.shape.length === 0 && !cheap) return value;
    const known = this.#versions[value]?.find(({ layout: made }) => equalLayouts(made, wanted));
    if (known !== undefined) return known.name;
    const name = cheap ? this.#make(value, wanted, out) : this.#moved(value, wanted, out);
    this.#versions[value] ??= [];
    this.#versions[value].push({ layout: wanted, name });
    this.#log.push(value);
    return name;
  }

  #moved(value: ValueId, wanted: Layout, out: Operation[]): ValueId {
    const sharding = this.#propagation.shardings[value];
    const current = this.#current.get(value) ?? value;
    if (sharding === undefined) return this.#constrain(current, wanted, out);
    if (this.#shardingText(sharding) === this.#text(wanted)) return current;
    const type = this.#types[value];
    const { grid } = this.#propagation;
    const stop = type.kind === 'tensor' ? layoutBeforeGathers(grid, type, layoutOf(grid, sharding), wanted) : undefined;
    return this.#constrain(stop === undefined ? current : this.#constrain(current, stop, out), wanted, out);
  }

  /** Makes a cheap value again, from operands in the layouts that it needs. */
  #make(value: ValueId, wanted: Layout, out: Operation[]): ValueId {
    const operation = this.#definitions.get(value);
    if (operation === undefined) throw new Error(`internal: value ${value} has no definition`);
    const layouts = cheapOperands(this.#propagation, operation, wanted);
    const operands = operation.operands.map((operand, index) => this.#use(operand, layouts[index], out));
    const made = this.#fresh(value);
    out.push({ ...operation, operands, results: [made] });
    const type = this.#types[value];
    const plain = operation.operands.length === 0 || (type.kind === 'tensor' && type.shape.length === 0);
    return plain ? made : this.#constrain(made, wanted, out);
  }

  #constrain(value: ValueId, layout: Layout, out: Operation[]): ValueId {
    const result = this.#fresh(value);
    out.push({
      name: 'sdy.sharding_constraint',
      operands: [value],
      results: [result],
      attributes: { sharding: { kind: 'opaque', text: this.#text(layout) } },
      regions: [],
      offset: -1,
    });
    return result;
  }

  #fresh(like: ValueId): ValueId {
    return this.#types.push(this.#types[like]) - 1;
  }

  #text(layout: Layout): string {
    const known = this.#layoutTexts.get(layout);
    if (known !== undefined) return known;
    const text = sdyShardingText(shardingOf(this.#propagation.grid, layout), this.#meshName);
    this.#layoutTexts.set(layout, text);
    return text;
  }

  #shardingText(sharding: Sharding): string {
    const known = this.#shardingTexts.get(sharding);
    if (known !== undefined) return known;
    const text = sdyShardingText(sharding, this.#meshName);
    this.#shardingTexts.set(sharding, text);
    return text;
  }
}
