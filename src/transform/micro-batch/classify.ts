import {
  type Block,
  capturedValues,
  type Func,
  isZeroConstant,
  type Operation,
  readValues,
  type ValueId,
} from '../../ir/index.ts';
import type { ArgumentDimension, ValueFacts } from '../../sharding/index.ts';
import { type MicroBatchRefusal, refuse } from './refusal.ts';
import { isLinearInSums, type TransferSubject, transferCut } from './transfer.ts';
import { after, equalKinds, joinKinds, sum, type ValueKind, whole, zero } from './value-kinds.ts';

/** What each value of a function is to a loop over pieces of its batch. */
export interface Classification {
  /** By value; undefined for values in regions that are copied as they are. */
  readonly kinds: readonly (ValueKind | undefined)[];
  /** For operations on pieces: operands that are the same for all, of which a part is needed, with its dimension. */
  readonly parts: ReadonlyMap<Operation, ReadonlyMap<number, number>>;
  /** Values that are the same for all pieces, but made by an operation that also makes others. */
  readonly inner: ReadonlySet<ValueId>;
  /** Results of loops that are what went in. */
  readonly aliases: ReadonlyMap<ValueId, ValueId>;
}

/** The batch that is cut: where it is in the arguments, and its size. */
export interface BatchToCut {
  readonly dimensions: readonly ArgumentDimension[];
  readonly size: number;
}

/**
 * Follows the batch from the data forward through an inlined function. Returns what each value is, or why the function
 * cannot be done piece by piece. Loops are gone through until what they carry stays the same.
 */
export function classifyValues(func: Func, facts: ValueFacts, batch: BatchToCut): Classification | MicroBatchRefusal {
  const classifier = new Classifier(func, facts, batch);
  return classifier.run() ?? classifier;
}

const barrier = 'stablehlo.optimization_barrier';

class Classifier implements Classification {
  readonly kinds: (ValueKind | undefined)[] = [];
  readonly parts = new Map<Operation, ReadonlyMap<number, number>>();
  readonly inner = new Set<ValueId>();
  readonly aliases = new Map<ValueId, ValueId>();
  readonly #func: Func;
  readonly #facts: ValueFacts;
  readonly #batch: BatchToCut;

  constructor(func: Func, facts: ValueFacts, batch: BatchToCut) {
    this.#func = func;
    this.#facts = facts;
    this.#batch = batch;
  }

  run(): MicroBatchRefusal | undefined {
    for (const { value } of this.#func.arguments) this.kinds[value] = whole;
    for (const { argument, dimension } of this.#batch.dimensions)
      this.kinds[this.#func.arguments[argument].value] = { kind: 'cut', dimension };
    return this.#block(this.#func.body, false);
  }

  #block(block: Block, inLoop: boolean): MicroBatchRefusal | undefined {
    for (const operation of block.operations.slice(0, -1)) {
      const refusal = this.#operation(operation, inLoop);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  #operation(operation: Operation, inLoop: boolean): MicroBatchRefusal | undefined {
    const operands = operation.operands.map(value => this.#kindOf(value));
    const read = [...operands, ...capturedValues(operation).map(value => this.#kindOf(value))];
    const has = (kind: ValueKind['kind']): boolean => read.some(own => own.kind === kind);
    if (!has('cut') && !has('sum') && !has('after')) {
      const isInner = readValues(operation).some(value => this.inner.has(value));
      if (isInner) for (const result of operation.results) this.inner.add(result);
      return this.#set(
        operation,
        operation.results.map(() => zeroOr(operation, operands)),
      );
    }
    if (operation.name === barrier && !has('after') && (inLoop || has('cut')))
      return this.#barrier(operation, operands);
    if (operation.name === 'stablehlo.while' && (inLoop || has('cut'))) return this.#loop(operation, operands);
    if (!has('cut') && !inLoop) return this.#after(operation);
    if (has('after') || (has('cut') && has('sum')))
      return refuse('whole-batch', operation, 'reads a sum over the whole batch beside the batch itself');
    const subject: TransferSubject = {
      operation,
      rule: this.#facts.rule(operation),
      operands,
      batchSize: this.#batch.size,
    };
    if (!has('cut')) {
      if (!isLinearInSums(subject))
        return refuse('whole-batch', operation, 'makes something else than a sum of sums over the batch, in a loop');
      return this.#set(
        operation,
        operation.results.map(() => sum),
      );
    }
    if (read.length > operands.length && read.slice(operands.length).some(own => own.kind !== 'whole'))
      return refuse('unsupported', operation, 'has a region that reads the batch');
    const form = transferCut(subject);
    if ('message' in form) return form;
    this.parts.set(operation, form.parts);
    return this.#set(operation, form.results);
  }

  #after(operation: Operation): MicroBatchRefusal | undefined {
    if (readValues(operation).some(value => this.inner.has(value)))
      return refuse('unsupported', operation, 'reads what a loop over the batch leaves, which is no sum over it');
    return this.#set(
      operation,
      operation.results.map(() => after),
    );
  }

  #barrier(operation: Operation, operands: readonly ValueKind[]): undefined {
    this.#set(operation, operands);
    for (const [index, result] of operation.results.entries())
      if (operands[index].kind === 'whole') this.inner.add(result);
  }

  #loop(operation: Operation, operands: readonly ValueKind[]): MicroBatchRefusal | undefined {
    const [condition, body] = operation.regions;
    let carried = operands;
    for (;;) {
      for (const region of [condition, body])
        for (const [index, value] of region.arguments.entries()) this.kinds[value] = carried[index];
      const refusal = this.#block(condition, true) ?? this.#block(body, true);
      if (refusal !== undefined) return refusal;
      const yielded = body.operations.at(-1)?.operands ?? [];
      const next: ValueKind[] = [];
      for (const [index, own] of carried.entries()) {
        const joined = joinKinds(own, this.#kindOf(yielded[index]));
        if (joined === undefined || joined.kind === 'after')
          return refuse(
            'whole-batch',
            operation,
            `carries value ${index} once with the batch and once as a sum over it`,
          );
        next.push(joined);
      }
      const isDone = next.every((own, index) => equalKinds(own, carried[index]));
      carried = next;
      if (isDone) break;
    }
    const test = condition.operations.at(-1)?.operands[0] ?? -1;
    if (this.#kindOf(test).kind !== 'whole') return refuse('whole-batch', operation, 'runs as often as the batch says');
    for (const [index, result] of operation.results.entries()) {
      if (body.operations.at(-1)?.operands[index] === body.arguments[index])
        this.aliases.set(result, operation.operands[index]);
      else if (carried[index].kind === 'whole') this.inner.add(result);
    }
    return this.#set(operation, carried);
  }

  #set(operation: Operation, kinds: readonly ValueKind[]): undefined {
    for (const [index, result] of operation.results.entries()) this.kinds[result] = kinds[index];
  }

  #kindOf(value: ValueId): ValueKind {
    const own = this.kinds[value];
    if (own === undefined) throw new Error(`internal: value ${value} is read before it is classified`);
    return own;
  }
}

/** Operations that make nothing but zeros from zeros. */
const keepsZeros: ReadonlySet<string> = new Set(
  ['broadcast_in_dim', 'reshape', 'transpose', 'convert', 'slice', 'dynamic_slice', 'negate', 'concatenate'].map(
    name => `stablehlo.${name}`,
  ),
);

function zeroOr(operation: Operation, operands: readonly ValueKind[]): ValueKind {
  const fromZeros = operands.every(own => own.kind === 'whole' && own.zero) && keepsZeros.has(operation.name);
  return isZeroConstant(operation) || (fromZeros && operands.length === 1) ? zero : whole;
}
