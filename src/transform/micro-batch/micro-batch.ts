import {
  attributeOf,
  entryFunction,
  type Func,
  type Operation,
  type Program,
  readValues,
  type TensorType,
  type ValueId,
} from '../../ir/index.ts';
import { findBatch, type ValueFacts, valueFacts } from '../../sharding/index.ts';
import { type BatchToCut, type Classification, classifyValues } from './classify.ts';
import { carriesPieces, LoopWriter } from './loop-writer.ts';
import { type Pieces, PieceWriter } from './piece-writer.ts';
import type { MicroBatchRefusal } from './refusal.ts';

/** A program that does its batch piece by piece, or why it cannot. */
export type MicroBatchOutcome =
  | { readonly status: 'done'; readonly program: Program }
  | { readonly status: 'refused'; readonly reason: MicroBatchRefusal };

/**
 * The same program with its batch done in `count` pieces, one after the other, in a `stablehlo.while`: the same
 * arguments and results. What the batch does not reach is done once, before or after the loop; what is summed over the
 * batch (gradients, the loss) is added up around the loop, and all that follows from sums (the optimizer) comes after
 * it. Sums are taken up where the batch ends, so no more than what is summed is kept; sums of bf16 and f16 are added up
 * in f32 and rounded once at the end, so `count` does not cost precision. Results differ by the order of additions.
 *
 * Example b is in piece b % count, so that a cut of the batch over devices is a cut of every piece. `program` has its
 * calls inlined, `count` is at least 2, `given` is the batch where `findBatch` is not to find it. A program that needs its
 * batch as a whole is refused, with the operation that does. O(operations), times the rounds until what loops carry stays
 * the same.
 */
export function microBatch(program: Program, count: number, given?: BatchToCut): MicroBatchOutcome {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('internal: a program without an entry function');
  const batch = given ?? findBatch(func);
  if (batch === undefined) return refused({ kind: 'no-batch', message: 'no dimension of the data is a batch' });
  if (!Number.isInteger(count) || count < 2 || batch.size % count !== 0) {
    const message = `a batch of ${batch.size} cannot be done in ${count} equal pieces`;
    return refused({ kind: 'uneven', message });
  }
  const facts = valueFacts(func);
  const classes = classifyValues(func, facts, batch);
  if ('message' in classes) return refused(classes);
  const rewritten = new Rewriter(func, facts, classes, batch, { batchSize: batch.size, count }).run();
  return { status: 'done', program: { ...program, functions: [rewritten] } };
}

/** The counts into which the batch of a program can be cut: its divisors that are powers of two, 2 first. */
export function microBatchCounts(program: Program): readonly number[] {
  const func = entryFunction(program);
  const size = func === undefined ? 0 : (findBatch(func)?.size ?? 0);
  const counts: number[] = [];
  for (let count = 2; count <= size && size % count === 0; count *= 2) counts.push(count);
  return counts;
}

function refused(reason: MicroBatchRefusal): MicroBatchOutcome {
  return { status: 'refused', reason };
}

const index32: TensorType = { kind: 'tensor', shape: [], element: 'i32' };

/** What the loop carries for a value that is read after it. */
interface Carried {
  readonly value: ValueId;
  /** What it starts from: zeros, as many as there will be. */
  readonly type: TensorType;
  readonly kind: 'sum' | 'rows';
}

class Rewriter {
  readonly #func: Func;
  readonly #classes: Classification;
  readonly #batch: BatchToCut;
  readonly #pieces: Pieces;
  readonly #writer: PieceWriter;

  constructor(func: Func, facts: ValueFacts, classes: Classification, batch: BatchToCut, pieces: Pieces) {
    this.#func = func;
    this.#classes = classes;
    this.#batch = batch;
    this.#pieces = pieces;
    this.#writer = new PieceWriter(func, facts, classes, pieces);
  }

  run(): Func {
    const writer = this.#writer;
    writer.open(this.#func.body);
    const args = this.#func.arguments.map(argument => {
      const value = writer.draft.value(this.#func.valueTypes[argument.value]);
      writer.name(argument.value, value);
      return { ...argument, value };
    });
    const carried = this.#carried();
    this.#loop(carried);
    this.#rest();
    const operations = [...writer.close()];
    return {
      ...this.#func,
      arguments: args,
      body: { arguments: args.map(({ value }) => value), operations },
      valueTypes: writer.draft.types,
    };
  }

  /** The values of pieces that are read when the loop is over. */
  #carried(): readonly Carried[] {
    const { kinds } = this.#classes;
    const { operations } = this.#func.body;
    const carried = new Map<ValueId, Carried>();
    for (const operation of operations) {
      const isLast = operation === operations.at(-1);
      if (!isLast && !this.#isAfter(operation)) continue;
      for (const value of readValues(operation)) {
        const own = kinds[value];
        if (own?.kind === 'sum') carried.set(value, { value, type: this.#sumType(value), kind: 'sum' });
        if (own?.kind !== 'cut') continue;
        const { type } = this.#writer.spread(this.#writer.tensor(value), own.dimension);
        carried.set(value, { value, type, kind: 'rows' });
      }
    }
    return [...carried.values()];
  }

  #isAfter(operation: Operation): boolean {
    return operation.results.some(result => this.#classes.kinds[result]?.kind === 'after');
  }

  /** Sums of few bits are added up with more. */
  #sumType(value: ValueId): TensorType {
    const type = this.#writer.tensor(value);
    return type.element === 'bf16' || type.element === 'f16' ? { ...type, element: 'f32' } : type;
  }

  #loop(carried: readonly Carried[]): void {
    const writer = this.#writer;
    const types = [index32, ...carried.map(({ type }) => type)];
    const loop = new LoopWriter(writer, this.#classes);
    const body = { arguments: types.map(type => writer.draft.value(type)) };
    writer.open();
    writer.setIndex(body.arguments[0]);
    for (const { argument, dimension } of this.#batch.dimensions) loop.argument(this.#func, argument, dimension);
    const next = new Map<ValueId, ValueId>();
    const take = (value: ValueId): void => {
      const index = carried.findIndex(own => own.value === value);
      if (index >= 0) next.set(value, this.#taken(carried[index], body.arguments[index + 1]));
    };
    for (const { argument } of this.#batch.dimensions) take(this.#func.arguments[argument].value);
    for (const operation of this.#func.body.operations.slice(0, -1)) {
      if (!carriesPieces(this.#classes, operation)) continue;
      loop.operation(operation);
      for (const result of operation.results) take(result);
    }
    const one = writer.constant(index32, '1');
    const following = writer.emit('stablehlo.add', [body.arguments[0], one], index32);
    writer.append(terminator('stablehlo.return', [following, ...carried.map(({ value }) => next.get(value) ?? -1)]));
    const operations = writer.close();
    const starts = types.map(type => writer.constant(type, zeroText(type)));
    const results = types.map(type => writer.draft.value(type));
    const regions = [this.#condition(types), { ...body, operations }];
    writer.append({ name: 'stablehlo.while', operands: starts, results, attributes: {}, regions, offset: -1 });
    for (const [index, own] of carried.entries()) this.#bringOut(own, results[index + 1]);
  }

  #condition(types: readonly TensorType[]) {
    const writer = this.#writer;
    writer.open();
    const args = types.map(type => writer.draft.value(type));
    const end = writer.constant(index32, String(this.#pieces.count));
    const flag: TensorType = { kind: 'tensor', shape: [], element: 'i1' };
    const test = writer.emit('stablehlo.compare', [args[0], end], flag, {
      comparison_direction: attributeOf.enumeration('comparison_direction', 'LT'),
      compare_type: attributeOf.enumeration('comparison_type', 'SIGNED'),
    });
    writer.append(terminator('stablehlo.return', [test]));
    return { arguments: args, operations: writer.close() };
  }

  /** What is carried on when a piece has made its part. */
  #taken({ value, type, kind }: Carried, before: ValueId): ValueId {
    const writer = this.#writer;
    const own = writer.demand(value);
    if (kind === 'sum') {
      const isSame = writer.tensor(value).element === type.element;
      const wide = isSame ? own : writer.emit('stablehlo.convert', [own], type);
      return writer.emit('stablehlo.add', [before, wide], type);
    }
    const pieces = this.#pieceDimension(value);
    const shape = type.shape.map((size, index) => (index === pieces ? 1 : size));
    const rows = writer.emit('stablehlo.reshape', [own], { ...type, shape });
    const starts = writer.starts(shape.length, pieces);
    return writer.emit('stablehlo.dynamic_update_slice', [before, rows, ...starts], type);
  }

  #bringOut({ value, type, kind }: Carried, result: ValueId): void {
    const writer = this.#writer;
    const own = writer.tensor(value);
    if (kind === 'rows') writer.name(value, writer.emit('stablehlo.reshape', [result], own));
    else writer.name(value, own.element === type.element ? result : writer.emit('stablehlo.convert', [result], own));
  }

  #pieceDimension(value: ValueId): number {
    const own = this.#classes.kinds[value];
    if (own?.kind !== 'cut') throw new Error(`internal: value ${value} has no batch`);
    return this.#writer.spread(this.#writer.tensor(value), own.dimension).pieces;
  }

  /** Everything that follows from sums, in its order, and what else it needs. */
  #rest(): void {
    const writer = this.#writer;
    const { operations } = this.#func.body;
    for (const operation of operations.slice(0, -1)) {
      if (!this.#isAfter(operation)) continue;
      const names = new Map<ValueId, ValueId>();
      writer.append(writer.draft.copy(operation, value => writer.demand(value), names));
      for (const result of operation.results) writer.name(result, names.get(result) ?? -1);
    }
    const last = operations.at(-1);
    writer.append(
      terminator(
        'func.return',
        (last?.operands ?? []).map(value => writer.demand(value)),
      ),
    );
  }
}

function zeroText({ element }: TensorType): string {
  if (element === 'i1') return 'false';
  if (element.startsWith('complex')) return '(0.000000e+00,0.000000e+00)';
  return /^(u?i\d|index)/.test(element) ? '0' : '0.000000e+00';
}

function terminator(name: string, operands: readonly ValueId[]): Operation {
  return { name, operands, results: [], attributes: {}, regions: [], offset: -1 };
}
