import type { Block, Func, Operation, Type, ValueId } from '../ir/index.ts';
import {
  contradictoryReuse,
  type MemoryAlias,
  type MemoryOperator,
  type MemoryProblem,
  type MemoryTensor,
} from '../memory/index.ts';
import { inPlacePairs, isSplatConstant, type Materialise, readValues } from './memory-rules.ts';
import { placeValues, type ValuePlace } from './value-places.ts';

/** What all blocks of a function have in common. */
export interface BlockContext {
  readonly func: Func;
  readonly bytesOf: (value: ValueId) => number;
  readonly bodyBytes: (body: MemoryProblem) => number;
  readonly materialise: Materialise;
  readonly alignmentBytes: number;
  readonly name: string;
}

/** How a block is tied to what is around it. */
export interface BlockBoundary {
  readonly arguments: readonly {
    readonly value: ValueId;
    readonly name: string;
    readonly kind: 'kept' | 'donated';
  }[];
  /** Results that end where an argument was: indices. */
  readonly state: readonly { readonly argument: number; readonly result: number }[];
  /** True for a body: arguments, what it captures, and results lie outside and count nothing. */
  readonly isRegion: boolean;
}

export interface PlannedBlock {
  readonly problem: MemoryProblem;
  readonly tensorOf: ReadonlyMap<ValueId, number>;
  readonly operationOf: readonly number[];
  readonly state: readonly (readonly [number, number])[];
}

/** The memory problem of a block. */
export function planBlock(context: BlockContext, block: Block, boundary: BlockBoundary): PlannedBlock {
  return new BlockPlanner(context, block, boundary).run();
}

/** A value as an operator reads it. */
interface Reading {
  readonly tensor: number;
  /** True when element i of what is read is element i of the tensor. */
  readonly isDirect: boolean;
}

class BlockPlanner {
  readonly #context: BlockContext;
  readonly #block: Block;
  readonly #boundary: BlockBoundary;
  readonly #places: Map<ValueId, ValuePlace>;
  readonly #tensors: MemoryTensor[] = [];
  /** Bytes of each tensor, also of those that lie outside. */
  readonly #wholeBytes: number[] = [];
  readonly #operators: MemoryOperator[] = [];
  readonly #operationOf: number[] = [];
  readonly #aliases: MemoryAlias[] = [];
  readonly #tensorOf = new Map<ValueId, number>();
  /** The operator that makes each tensor, and the last that reads it. */
  readonly #producerOf = new Map<number, number>();
  readonly #lastReaderOf = new Map<number, number>();
  /** Tensors that may be taken over, by the one that may take them. */
  readonly #reusable = new Map<number, number[]>();

  constructor(context: BlockContext, block: Block, boundary: BlockBoundary) {
    this.#context = context;
    this.#block = block;
    this.#boundary = boundary;
    this.#places = placeValues(block, value => this.#typeOf(value), context.materialise);
  }

  run(): PlannedBlock {
    const { isRegion, arguments: inputs } = this.#boundary;
    for (const { value, name, kind } of inputs) {
      this.#tensorOf.set(value, this.#addTensor(name, this.#context.bytesOf(value), kind, isRegion));
    }
    const operations = this.#block.operations.slice(0, -1);
    for (const [index, operation] of operations.entries()) this.#addOperation(operation, index);
    const returned = this.#block.operations.at(-1)?.operands ?? [];
    const results = returned.map(value => this.#tensorAt(value));
    const pairs = this.#tieState(results);
    for (const tensor of results) this.#tensors[tensor] = { ...this.#tensors[tensor], output: true };
    if (isRegion) this.#moveOut(results);
    const tensorOf = new Map(
      [...this.#places.keys(), ...this.#tensorOf.keys()].map(v => [v, this.#rootOf(v)?.tensor ?? -1]),
    );
    return { problem: this.#problem(), tensorOf, operationOf: this.#operationOf, state: pairs };
  }

  #problem(): MemoryProblem {
    return {
      format: 'skein.memory/1',
      name: this.#context.name,
      alignmentBytes: this.#context.alignmentBytes,
      banks: [{ name: 'main' }],
      tensors: this.#tensors,
      operators: this.#operators,
      aliases: this.#aliases,
    };
  }

  #typeOf(value: ValueId): Type {
    return this.#context.func.valueTypes[value];
  }

  #addTensor(name: string, bytes: number, kind: MemoryTensor['kind'], isOutside = false): number {
    this.#wholeBytes.push(bytes);
    return this.#tensors.push({ name, sizeBytes: isOutside ? 0 : bytes, kind }) - 1;
  }

  #addOperation(operation: Operation, index: number): void {
    const own = operation.results.filter(result => this.#places.get(result)?.kind === 'own');
    if (own.length === 0 && operation.results.length > 0) return;
    const name = `${operation.scope ?? operation.name.replace(/^stablehlo\./, '')}.${index}`;
    if (
      operation.name === 'stablehlo.constant' &&
      !(isSplatConstant(operation) && this.#context.materialise === 'stated')
    ) {
      for (const value of own)
        this.#tensorOf.set(value, this.#addTensor(name, this.#context.bytesOf(value), 'constant'));
      return;
    }
    const operands = operation.operands.flatMap(value => this.#readingsOf(value));
    const isOperand = new Set(operation.operands);
    const captured = readValues(operation).flatMap(value => (isOperand.has(value) ? [] : this.#readingsOf(value)));
    const inputs = [...new Set([...operands, ...captured].map(reading => reading.tensor))];
    const outputs = operation.results.map((value, result) => {
      if (!own.includes(value)) return -1;
      const suffix = operation.results.length > 1 ? `#${result}` : '';
      const tensor = this.#addTensor(`${name}${suffix}`, this.#context.bytesOf(value), 'made');
      this.#tensorOf.set(value, tensor);
      return tensor;
    });
    const workspaceBytes = bodyWorkspace(this.#context, operation);
    this.#addOperator(
      name,
      inputs,
      outputs.filter(tensor => tensor >= 0),
      index,
      workspaceBytes,
    );
    this.#addInPlace(operation, outputs, [...operands, ...captured]);
  }

  #addOperator(name: string, inputs: number[], outputs: number[], operation: number, workspaceBytes = 0): number {
    const operator = this.#operators.length;
    this.#operators.push({ name, inputs, outputs, ...(workspaceBytes > 0 ? { workspaceBytes } : {}) });
    this.#operationOf.push(operation);
    for (const tensor of outputs) this.#producerOf.set(tensor, operator);
    for (const tensor of inputs) this.#lastReaderOf.set(tensor, operator);
    return operator;
  }

  /** Outputs may take over operands that the operation reads element by element, or at one place only. */
  #addInPlace(operation: Operation, outputs: readonly number[], readings: readonly Reading[]): void {
    const isElementwise = operation.regions.length === 0 && operation.name !== 'stablehlo.dynamic_update_slice';
    for (const [operand, result] of inPlacePairs(operation, value => this.#typeOf(value))) {
      const root = this.#rootOf(operation.operands[operand]);
      const tensor = outputs[result];
      if (root === undefined || tensor < 0 || !root.isDirect) continue;
      const same = readings.filter(reading => reading.tensor === root.tensor);
      const isShared = isElementwise ? same.some(reading => !reading.isDirect) : same.length > 1;
      if (isShared || this.#wholeBytes[root.tensor] !== this.#wholeBytes[tensor]) continue;
      this.#aliases.push({ kind: 'mayReuse', tensor, of: root.tensor });
      this.#reusable.set(tensor, [...(this.#reusable.get(tensor) ?? []), root.tensor]);
    }
  }

  /** The tensor in which a value lies, through views; undefined for what is nowhere. */
  #rootOf(value: ValueId): Reading | undefined {
    const place = this.#places.get(value);
    if (place?.kind === 'nowhere') return undefined;
    if (place?.kind !== 'inside') return { tensor: this.#tensorAt(value), isDirect: true };
    const root = this.#rootOf(place.of);
    return root && { tensor: root.tensor, isDirect: root.isDirect && place.shift === 0 };
  }

  /** The tensors that reading a value reads. */
  #readingsOf(value: ValueId): Reading[] {
    const place = this.#places.get(value);
    if (place?.kind === 'nowhere') {
      return place.sources.flatMap(source =>
        this.#readingsOf(source).map(reading => ({ ...reading, isDirect: false })),
      );
    }
    const root = this.#rootOf(value);
    return root === undefined ? [] : [root];
  }

  /** The tensor of a value that has one; values from around the block get one that counts nothing. */
  #tensorAt(value: ValueId): number {
    const place = this.#places.get(value);
    if (place?.kind === 'inside') return this.#tensorAt(place.of);
    const found = this.#tensorOf.get(value);
    if (found !== undefined) return found;
    if (place !== undefined) throw new Error(`internal: value ${value} is read before it is made`);
    const outside = this.#addTensor(`outside.${value}`, this.#context.bytesOf(value), 'kept', true);
    this.#tensorOf.set(value, outside);
    return outside;
  }

  /**
   * Ties results to the arguments whose place they take, by a copy where that would come too early or twice. `results`
   * are the tensors returned; where a copy is made it takes the tensor's place there.
   */
  #tieState(results: number[]): (readonly [number, number])[] {
    const { isRegion, arguments: inputs, state } = this.#boundary;
    const tied = new Set<number>();
    const links: { readonly from: number; readonly result: number }[] = [];
    for (const { argument, result } of state) {
      const from = this.#tensorAt(inputs[argument].value);
      const to = results[result];
      // A result that is cut otherwise than its argument lies elsewhere.
      const isAlike = isRegion || this.#tensors[from].sizeBytes === this.#tensors[to].sizeBytes;
      if (from === to || !isAlike) continue;
      if (tied.has(to) || !this.#mayOverwrite(from, to)) results[result] = this.#copyOf(to, result);
      else tied.add(to);
      links.push({ from, result });
    }
    // Copies are read by nothing but their own copies, so that the second round leaves no contradiction.
    for (
      let round = 0;
      round < 2 && links.some(({ from, result }) => this.#isReadLate(from, results[result]));
      round++
    ) {
      const aliases = links.map(
        ({ from, result }): MemoryAlias => ({ kind: 'mustReuse', tensor: results[result], of: from }),
      );
      const first = this.#aliases.length;
      for (const index of contradictoryReuse(this.#sizeless(aliases))) {
        const { result } = links[index - first];
        results[result] = this.#copyOf(results[result], result);
      }
    }
    for (const { from, result } of links) this.#aliases.push({ kind: 'mustReuse', tensor: results[result], of: from });
    return links.map(({ from, result }) => [from, results[result]] as const);
  }

  /** The problem with all sizes alike, so that only its edges count. */
  #sizeless(aliases: readonly MemoryAlias[]): MemoryProblem {
    const problem = this.#problem();
    return {
      ...problem,
      aliases: [...problem.aliases, ...aliases],
      tensors: problem.tensors.map(tensor => ({ ...tensor, sizeBytes: 0 })),
    };
  }

  /** True when the program reads `from` after it makes `to`: then the order may contradict the state. */
  #isReadLate(from: number, to: number): boolean {
    return (this.#lastReaderOf.get(from) ?? -1) > (this.#producerOf.get(to) ?? -1);
  }

  /** True when the operator that makes `to` may write it where `from` is. */
  #mayOverwrite(from: number, to: number): boolean {
    const producer = this.#producerOf.get(to);
    if (producer === undefined) return false;
    if (!this.#operators[producer].inputs.includes(from)) return true;
    return this.#reusable.get(to)?.includes(from) ?? false;
  }

  /** A copy of a tensor that is returned as result `result`. */
  #copyOf(of: number, result: number): number {
    const { name } = this.#tensors[of];
    const value = this.#block.operations.at(-1)?.operands[result];
    const copy = this.#addTensor(`copy of ${name}`, value === undefined ? 0 : this.#context.bytesOf(value), 'made');
    this.#addOperator(`copy of ${name}`, [of], [copy], -1);
    return copy;
  }

  /** Results of a body are written where they belong outside, so that they count nothing inside. */
  #moveOut(results: readonly number[]): void {
    for (const tensor of results) this.#tensors[tensor] = { ...this.#tensors[tensor], sizeBytes: 0 };
  }
}

/** Bytes that the bodies of an operation need beside its operands and results: the largest of them, each planned alone. */
function bodyWorkspace(context: BlockContext, operation: Operation): number {
  const isLoop = operation.name === 'stablehlo.while';
  if (!isLoop && !plannedBodies.has(operation.name)) return 0;
  const needs = operation.regions.map((region, index) => {
    const isBody = isLoop && index === 1;
    const { problem } = planBlock(context, region, {
      arguments: region.arguments.map((value, argument) => ({
        value,
        name: `argument ${argument}`,
        kind: isBody ? 'donated' : 'kept',
      })),
      state: isBody ? region.arguments.map((_, argument) => ({ argument, result: argument })) : [],
      isRegion: true,
    });
    return context.bodyBytes(problem);
  });
  return Math.max(0, ...needs);
}

const plannedBodies: ReadonlySet<string> = new Set(['stablehlo.case', 'stablehlo.if', 'stablehlo.sort']);
