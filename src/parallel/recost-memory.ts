import type { MemoryOfKind } from '../cost/index.ts';
import { deviceMemory } from '../footprint/index.ts';
import { type Block, type Func, type Operation, type Type, typeBytes, type ValueId } from '../ir/index.ts';
import { type Layout, layoutBytes, layoutKey, layoutOf, type Move, type Propagation } from '../sharding/index.ts';

/**
 * Memory of a placed program on one device, by kind. Unlike in the program alone, each layout into which a value is
 * brought is a buffer of its own, from where it is made to where it is read last: gathered parameters count.
 */
export function placedMemory(propagation: Propagation): MemoryOfKind[] {
  const { func } = propagation;
  const moved = new MovedProgram(propagation);
  const state = deviceMemory(func, moved.bytesOf).filter(({ kind }) => !transient.has(kind));
  const rest = deviceMemory(moved.func, moved.bytesOf).filter(({ kind }) => transient.has(kind));
  return [...state, ...rest];
}

/** Bytes of all kinds together. */
export function totalBytes(memory: readonly MemoryOfKind[]): number {
  return memory.reduce((sum, { bytesPerDevice }) => sum + bytesPerDevice, 0);
}

const transient: ReadonlySet<string> = new Set(['outputs', 'temporaries']);

/** The program with each change of layout as an operation, and the bytes of every value. */
class MovedProgram {
  readonly func: Func;
  readonly #propagation: Propagation;
  readonly #types: Type[];
  readonly #bytes: number[];
  readonly #moves = new Map<Operation, Move[]>();
  /** Names of values in layouts other than their first, by value and layout; inner blocks last. */
  readonly #names: Map<string, ValueId>[] = [];

  constructor(propagation: Propagation) {
    const { func, movements, plans, grid } = propagation;
    this.#propagation = propagation;
    this.#types = [...func.valueTypes];
    this.#bytes = func.valueTypes.map((type, value) => this.#localBytes(type, this.#handedOn(value)));
    for (const [operation, plan] of plans) {
      for (const [index, value] of operation.results.entries())
        this.#bytes[value] = this.#localBytes(func.valueTypes[value], plan.results[index]);
    }
    for (const movement of movements) {
      if (movement.kind !== 'reshard') continue;
      const { operation } = movement.site;
      this.#moves.set(operation, [...(this.#moves.get(operation) ?? []), movement]);
    }
    const targets = propagation.resultLayouts;
    const body = this.#block(func.body, () => targets);
    this.func = { ...func, body, valueTypes: this.#types };
    if (this.#bytes.length !== this.#types.length) throw new Error(`internal: bytes of ${grid.mesh.axes.length} axes`);
  }

  readonly bytesOf = (value: ValueId): number => this.#bytes[value];

  #handedOn(value: ValueId): Layout | undefined {
    const sharding = this.#propagation.shardings[value];
    return sharding === undefined ? undefined : layoutOf(this.#propagation.grid, sharding);
  }

  #localBytes(type: Type, layout: Layout | undefined): number {
    if (type.kind !== 'tensor') return typeBytes(type);
    return layout === undefined ? 0 : layoutBytes(this.#propagation.grid, type, layout.dimensions);
  }

  #block(block: Block, targets: (last: Operation) => readonly Layout[]): Block {
    this.#names.push(new Map());
    const operations: Operation[] = [];
    for (const operation of block.operations.slice(0, -1)) this.#operation(operation, operations);
    const last = block.operations.at(-1);
    if (last === undefined) throw new Error('internal: an empty block');
    this.#move(last, operations, false);
    operations.push({ ...last, operands: this.#named(last.operands, targets(last)) });
    this.#names.pop();
    return { arguments: block.arguments, operations };
  }

  #operation(operation: Operation, out: Operation[]): void {
    const plan = this.#propagation.plans.get(operation);
    if (plan === undefined) {
      out.push(operation);
      return;
    }
    this.#move(operation, out, false);
    const operands = this.#named(operation.operands, plan.operands);
    const control = ['stablehlo.while', 'stablehlo.case', 'stablehlo.if'].includes(operation.name);
    const regions = control
      ? operation.regions.map(region => this.#block(region, () => plan.results))
      : operation.regions;
    out.push({ ...operation, operands, regions });
    this.#move(operation, out, true);
  }

  /** Writes the moves at an operation: of what it reads before it, of what it makes after it. */
  #move(site: Operation, out: Operation[], after: boolean): void {
    for (const { value, from, to } of this.#moves.get(site) ?? []) {
      if (site.results.includes(value) !== after) continue;
      const type = this.#types[value];
      const made = this.#types.push(type) - 1;
      this.#bytes.push(this.#localBytes(type, to));
      const operands = this.#named([value], [from]);
      out.push({ name: 'skein.move', operands, results: [made], attributes: {}, regions: [], offset: -1 });
      this.#names.at(-1)?.set(`${value}:${layoutKey(to)}`, made);
    }
  }

  #named(values: readonly ValueId[], layouts: readonly (Layout | undefined)[]): ValueId[] {
    return values.map((value, index) => {
      const layout = layouts[index];
      if (layout === undefined) return value;
      const key = `${value}:${layoutKey(layout)}`;
      return this.#names.findLast(names => names.has(key))?.get(key) ?? value;
    });
  }
}
