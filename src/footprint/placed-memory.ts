import { argumentMemory, type MemoryOfKind, type MemoryTile, tiledBytes, transientMemory } from '../cost/index.ts';
import { type Block, elementBits, type Func, type Operation, type Type, typeBytes, type ValueId } from '../ir/index.ts';
import {
  cheapOperands,
  equalLayouts,
  type Layout,
  layoutBytes,
  layoutOf,
  type Move,
  type Propagation,
  piecesOfAtoms,
  type Sharding,
  wholeLayout,
} from '../sharding/index.ts';
import { transientBytes } from './device-memory.ts';

/**
 * Memory of a placed program on one device, by kind. Unlike in the program alone, each layout into which a value is
 * brought is a buffer of its own, from where it is made to where it is read last: gathered parameters count. `tile`: the
 * tiles that arguments fill up.
 */
export function placedMemory(propagation: Propagation, tile?: MemoryTile): MemoryOfKind[] {
  const { func, bytesOf } = new MovedProgram(propagation);
  return [...placedArguments(propagation, tile), ...transientMemory(func, bytesOf, transientBytes(func, bytesOf))];
}

/** Memory of the arguments alone, in the tiles of the device where it has such. */
export function placedArguments({ func, grid, arguments: shardings }: Propagation, tile?: MemoryTile): MemoryOfKind[] {
  const bytes = func.arguments.map(({ value }, index) => {
    const type = func.valueTypes[value];
    if (type.kind !== 'tensor') return typeBytes(type);
    const { dimensions } = layoutOf(grid, shardings[index]);
    if (tile === undefined) return layoutBytes(grid, type, dimensions);
    const shape = type.shape.map((size, dimension) => Math.ceil(size / piecesOfAtoms(grid, dimensions[dimension])));
    return tiledBytes(shape, elementBits(type.element) / 8, tile);
  });
  const byValue = new Map(func.arguments.map(({ value }, index) => [value, bytes[index]]));
  return argumentMemory(func, value => byValue.get(value) ?? 0);
}

/** Bytes of all kinds together. */
export function totalBytes(memory: readonly MemoryOfKind[]): number {
  return memory.reduce((sum, { bytesPerDevice }) => sum + bytesPerDevice, 0);
}

/** A value in a layout other than its first. */
interface Version {
  readonly layout: Layout;
  readonly name: ValueId;
}

/**
 * The program with each change of layout as an operation and cheap values made as they are wanted, and the bytes of every
 * value.
 */
export class MovedProgram {
  readonly func: Func;
  readonly #propagation: Propagation;
  readonly #types: Type[];
  readonly #bytes: number[];
  readonly #moves = new Map<Operation, Move[]>();
  /** By cheap value: the operation that makes it. */
  readonly #makers = new Map<ValueId, Operation>();
  /** By value: its versions that are there, those of inner blocks last. */
  readonly #versions: Version[][] = [];
  /** Values whose newest version ends with the block that made it, oldest first. */
  readonly #log: ValueId[] = [];
  /** By number of a new name: the value that it is another version of. */
  readonly #origins: ValueId[] = [];

  constructor(propagation: Propagation) {
    const { func, movements } = propagation;
    this.#propagation = propagation;
    this.#types = [...func.valueTypes];
    this.#bytes = this.#handedOnBytes();
    for (const [operation, plan] of propagation.plans) {
      for (const [index, value] of operation.results.entries())
        this.#bytes[value] = this.#localBytes(func.valueTypes[value], plan.results[index]);
    }
    for (const movement of movements) {
      if (movement.kind !== 'reshard') continue;
      const known = this.#moves.get(movement.site.operation);
      if (known === undefined) this.#moves.set(movement.site.operation, [movement]);
      else known.push(movement);
    }
    this.func = { ...func, body: this.#block(func.body, propagation.resultLayouts), valueTypes: this.#types };
  }

  readonly bytesOf = (value: ValueId): number => this.#bytes[value];

  /** The value of the program that a value is, or is a version of. */
  readonly originOf = (value: ValueId): ValueId =>
    this.#origins[value - this.#propagation.func.valueTypes.length] ?? value;

  /** Bytes of each value in the layout in which it is handed on. */
  #handedOnBytes(): number[] {
    const { func, grid, shardings } = this.#propagation;
    const layouts = new Map<Sharding, Layout>();
    return func.valueTypes.map((type, value) => {
      const sharding = shardings[value];
      if (sharding === undefined) return this.#localBytes(type, undefined);
      const layout = layouts.get(sharding) ?? layoutOf(grid, sharding);
      layouts.set(sharding, layout);
      return this.#localBytes(type, layout);
    });
  }

  #localBytes(type: Type, layout: Layout | undefined): number {
    if (type.kind !== 'tensor') return typeBytes(type);
    return layout === undefined ? 0 : layoutBytes(this.#propagation.grid, type, layout.dimensions);
  }

  #block(block: Block, targets: readonly Layout[]): Block {
    const mark = this.#log.length;
    const operations: Operation[] = [];
    const last = block.operations.at(-1);
    if (last === undefined) throw new Error('internal: an empty block');
    for (const operation of block.operations) if (operation !== last) this.#operation(operation, operations);
    this.#move(last, operations, false);
    operations.push({ ...last, operands: this.#named(last.operands, targets, operations) });
    while (this.#log.length > mark) this.#versions[this.#log.pop() ?? 0].pop();
    return { arguments: block.arguments, operations };
  }

  #operation(operation: Operation, out: Operation[]): void {
    const plan = this.#propagation.plans.get(operation);
    if (operation.results.length === 1 && this.#propagation.cheap.has(operation.results[0])) {
      this.#makers.set(operation.results[0], operation);
      return;
    }
    if (plan === undefined) {
      out.push(operation);
      return;
    }
    const moves = this.#moves.has(operation);
    if (moves) this.#move(operation, out, false);
    const operands = this.#named(operation.operands, plan.operands, out);
    const control = controlNames.has(operation.name);
    if (control) {
      const isLoop = operation.name === 'stablehlo.while';
      const regions = operation.regions.map((region, index) =>
        this.#block(region, isLoop && index === 0 ? [] : plan.results),
      );
      out.push({ ...operation, operands, regions });
    } else {
      out.push(operands === operation.operands ? operation : { ...operation, operands });
    }
    if (moves) this.#move(operation, out, true);
  }

  /** Writes the moves at an operation: of what it reads before it, of what it makes after it. */
  #move(site: Operation, out: Operation[], after: boolean): void {
    for (const { value, from, to } of this.#moves.get(site) ?? []) {
      if (site.results.includes(value) !== after) continue;
      const operands = this.#named([value], [from], out);
      const results = [this.#newVersion(value, to)];
      out.push({ name: 'skein.move', operands, results, attributes: {}, regions: [], offset: -1 });
    }
  }

  /** Makes a cheap value as it is wanted, from operands that are cut for it. */
  #make(maker: Operation, layout: Layout, out: Operation[]): ValueId {
    const [value] = maker.results;
    const operands = this.#named(maker.operands, cheapOperands(this.#propagation, maker, layout), out);
    const made = this.#newVersion(value, layout);
    out.push({ ...maker, operands, results: [made] });
    return made;
  }

  #newVersion(value: ValueId, layout: Layout): ValueId {
    const type = this.#types[value];
    const name = this.#types.push(type) - 1;
    this.#bytes.push(this.#localBytes(type, layout));
    this.#origins.push(value);
    this.#versions[value] ??= [];
    this.#versions[value].push({ layout, name });
    this.#log.push(value);
    return name;
  }

  /** The values under the names that they have in these layouts; the list itself where all have their first. */
  #named(values: readonly ValueId[], layouts: readonly (Layout | undefined)[], out: Operation[]): readonly ValueId[] {
    if (values.every(value => this.#versions[value] === undefined && !this.#makers.has(value))) return values;
    return values.map((value, index) => {
      const maker = this.#makers.get(value);
      const layout = layouts[index] ?? (maker && wholeLayout(rankOf(this.#types[value])));
      if (layout === undefined) return value;
      const known = this.#versions[value]?.findLast(version => equalLayouts(version.layout, layout));
      return known?.name ?? (maker === undefined ? value : this.#make(maker, layout, out));
    });
  }
}

const controlNames: ReadonlySet<string> = new Set(['stablehlo.while', 'stablehlo.case', 'stablehlo.if']);

function rankOf(type: Type): number {
  return type.kind === 'tensor' ? type.shape.length : 0;
}
