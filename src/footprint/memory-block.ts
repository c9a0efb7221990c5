import { type Block, type Func, type Operation, readValues, type Type, type ValueId } from '../ir/index.ts';
import type { MemoryProblem } from '../memory/index.ts';
import { MemoryDraft, type StateLink } from './memory-draft.ts';
import { inPlacePairs, isElementwise, isSplatConstant, type Materialise } from './memory-rules.ts';
import { placeValues, type ValuePlace } from './value-places.ts';

/** What all blocks of a function have in common. */
export interface BlockContext {
  readonly func: Func;
  readonly bytesOf: (value: ValueId) => number;
  readonly bodyBytes: (body: MemoryProblem) => number;
  readonly materialise: Materialise;
  readonly alignmentBytes: number;
  readonly name: string;
  /** By value, 1 for those that never leave the kernel which makes them; empty where chains are not fused. */
  readonly inKernels: Uint8Array;
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
  /** The tensor in which a value lies; -1 for one that is nowhere, or in no block that was planned here. */
  readonly tensorOf: (value: ValueId) => number;
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
  readonly #draft: MemoryDraft;
  readonly #tensorOf = new Map<ValueId, number>();

  constructor(context: BlockContext, block: Block, boundary: BlockBoundary) {
    this.#context = context;
    this.#block = block;
    this.#boundary = boundary;
    this.#draft = new MemoryDraft(context.name, context.alignmentBytes);
    const { materialise, bytesOf, inKernels } = context;
    this.#places = placeValues(block, value => this.#typeOf(value), materialise, bytesOf, inKernels);
  }

  run(): PlannedBlock {
    const { isRegion, arguments: inputs } = this.#boundary;
    for (const { value, name, kind } of inputs) {
      this.#tensorOf.set(value, this.#draft.addTensor(name, this.#context.bytesOf(value), kind, isRegion));
    }
    const { operations } = this.#block;
    for (let index = 0; index < operations.length - 1; index++) this.#addOperation(operations[index], index);
    const returned = operations.at(-1)?.operands ?? [];
    const results = returned.map(value => this.#tensorAt(value));
    const state = this.#draft.tieState(this.#links(results), results);
    for (const tensor of results) this.#draft.setOutput(tensor, isRegion);
    const tensorOf = (value: ValueId): number => {
      const known = this.#places.has(value) || this.#tensorOf.has(value);
      return known ? (this.#rootOf(value)?.tensor ?? -1) : -1;
    };
    return { problem: this.#draft.problem, tensorOf, operationOf: this.#draft.operationOf, state };
  }

  #typeOf(value: ValueId): Type {
    return this.#context.func.valueTypes[value];
  }

  #addOperation(operation: Operation, index: number): void {
    const isOwn = operation.results.map(result => this.#places.get(result)?.kind === 'own');
    if (isOwn.length > 0 && !isOwn.includes(true)) return;
    const name = `${operation.scope ?? shortName(operation)}.${index}`;
    if (
      operation.name === 'stablehlo.constant' &&
      !(isSplatConstant(operation) && this.#context.materialise === 'stated')
    ) {
      for (const value of operation.results)
        this.#tensorOf.set(value, this.#draft.addTensor(name, this.#context.bytesOf(value), 'constant'));
      return;
    }
    const readings = this.#readingsOf(operation);
    const inputs: number[] = [];
    for (const { tensor } of readings) if (!inputs.includes(tensor)) inputs.push(tensor);
    const outputs = operation.results.map((value, result) => {
      if (!isOwn[result]) return -1;
      const suffix = operation.results.length > 1 ? `#${result}` : '';
      const tensor = this.#draft.addTensor(`${name}${suffix}`, this.#context.bytesOf(value), 'made');
      this.#tensorOf.set(value, tensor);
      return tensor;
    });
    const workspaceBytes = bodyWorkspace(this.#context, operation);
    const made = outputs.includes(-1) ? outputs.filter(tensor => tensor >= 0) : outputs;
    this.#draft.addOperator(name, inputs, made, index, workspaceBytes);
    this.#addInPlace(operation, outputs, readings);
  }

  /** Outputs may take over operands that the operation reads element by element, or at one place only. */
  #addInPlace(operation: Operation, outputs: readonly number[], readings: readonly Reading[]): void {
    const typeOf = (value: ValueId): Type => this.#typeOf(value);
    if (isElementwise(operation, typeOf)) {
      for (const tensor of outputs[0] >= 0 ? new Set(readings.map(reading => reading.tensor)) : []) {
        if (readings.every(reading => reading.tensor !== tensor || reading.isDirect))
          this.#draft.allowReuse(outputs[0], tensor);
      }
      return;
    }
    for (const [operand, result] of inPlacePairs(operation, typeOf)) {
      const root = this.#rootOf(operation.operands[operand]);
      const tensor = outputs[result];
      if (root === undefined || tensor < 0 || !root.isDirect) continue;
      if (readings.filter(reading => reading.tensor === root.tensor).length === 1)
        this.#draft.allowReuse(tensor, root.tensor);
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

  /** What an operation reads: its operands, then what its regions capture beside them. */
  #readingsOf(operation: Operation): Reading[] {
    const { operands, regions } = operation;
    const readings: Reading[] = [];
    for (const value of operands) this.#read(value, true, readings);
    if (regions.length === 0) return readings;
    for (const value of readValues(operation)) if (!operands.includes(value)) this.#read(value, true, readings);
    return readings;
  }

  /** Adds the tensors that reading a value reads. */
  #read(value: ValueId, isDirect: boolean, readings: Reading[]): void {
    const place = this.#places.get(value);
    if (place?.kind === 'nowhere') {
      for (const source of place.sources) this.#read(source, isDirect && place.aligned === true, readings);
      return;
    }
    const root = this.#rootOf(value);
    if (root !== undefined) readings.push(isDirect ? root : { tensor: root.tensor, isDirect });
  }

  /** The tensor of a value that has one; values from around the block get one that counts nothing. */
  #tensorAt(value: ValueId): number {
    const place = this.#places.get(value);
    if (place?.kind === 'inside') return this.#tensorAt(place.of);
    const found = this.#tensorOf.get(value);
    if (found !== undefined) return found;
    if (place !== undefined) throw new Error(`internal: value ${value} is read before it is made`);
    const outside = this.#draft.addTensor(`outside.${value}`, this.#context.bytesOf(value), 'kept', true);
    this.#tensorOf.set(value, outside);
    return outside;
  }

  /** Results that end where an argument was. One that is cut otherwise than its argument lies elsewhere. */
  #links(results: readonly number[]): StateLink[] {
    const { arguments: inputs, state } = this.#boundary;
    return state.flatMap(({ argument, result }) => {
      const from = this.#tensorAt(inputs[argument].value);
      const isTied = from !== results[result] && this.#draft.isAlike(from, results[result]);
      return isTied ? [{ from, result }] : [];
    });
  }
}

function shortName({ name }: Operation): string {
  return name.startsWith('stablehlo.') ? name.slice('stablehlo.'.length) : name;
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
