import { elementwiseNames } from '../cost/index.ts';
import { aliasedResult, elementCount, type Func, type Operation, type ValueId, walkOperations } from '../ir/index.ts';

/** Where values of an inlined function come from and go to, as far as they stay the same elements. */
export class ValueFlow {
  readonly #func: Func;
  readonly #producers = new Map<ValueId, Operation>();
  readonly #users = new Map<ValueId, Operation[]>();
  /** What a value of a loop's body was before the loop. */
  readonly #outside = new Map<ValueId, ValueId>();
  /** Results of the loop that end what its body hands on. */
  readonly #loops = new Map<Operation, Operation>();
  readonly #argumentOf: ReadonlyMap<ValueId, number>;
  readonly #updaterOf: ReadonlyMap<number, number>;
  readonly #updated = new Map<ValueId, readonly number[]>();

  constructor(func: Func) {
    this.#func = func;
    this.#argumentOf = new Map(func.arguments.map(({ value }, index) => [value, index]));
    this.#updaterOf = new Map(func.arguments.map((argument, index) => [aliasedResult(argument), index]));
    walkOperations(func.body, operation => this.#note(operation));
  }

  /** Operations that read a value, in program order. */
  users(value: ValueId): readonly Operation[] {
    return this.#users.get(value) ?? [];
  }

  /** The argument whose elements a value has, in whatever order, type or part; -1 where it is computed. */
  origin(value: ValueId): number {
    let current = value;
    for (let hop = 0; hop < mostHops; hop++) {
      const argument = this.#argumentOf.get(current);
      if (argument !== undefined) return argument;
      const producer = this.#producers.get(current);
      const before =
        producer === undefined
          ? this.#outside.get(current)
          : passing.has(producer.name)
            ? producer.operands[producer.results.length > 1 ? producer.results.indexOf(current) : 0]
            : undefined;
      if (before === undefined) return -1;
      current = before;
    }
    return -1;
  }

  /** Arguments whose next values a value becomes part of, element by element: those that a gradient updates. */
  updated(value: ValueId): readonly number[] {
    const known = this.#updated.get(value);
    if (known !== undefined) return known;
    const found = new Set<number>();
    this.#spread(value, next => this.#onward(next, found));
    const list = [...found].sort((a, b) => a - b);
    this.#updated.set(value, list);
    return list;
  }

  /** Arguments that a value is computed from element by element. */
  ingredients(value: ValueId): readonly number[] {
    const found = new Set<number>();
    this.#spread(value, next => {
      const argument = this.#argumentOf.get(next);
      if (argument !== undefined) found.add(argument);
      const producer = this.#producers.get(next);
      return producer !== undefined && (elementwiseNames.has(producer.name) || reshaping.has(producer.name))
        ? producer.operands
        : [];
    });
    return [...found].sort((a, b) => a - b);
  }

  /** Visits values of the same number of elements, from one to the next. */
  #spread(from: ValueId, next: (value: ValueId) => readonly ValueId[]): void {
    const size = this.#sizeOf(from);
    const seen = new Set<ValueId>([from]);
    const pending = [from];
    for (let value = pending.pop(); value !== undefined && seen.size < mostSpread; value = pending.pop()) {
      for (const other of next(value)) {
        if (seen.has(other) || this.#sizeOf(other) !== size) continue;
        seen.add(other);
        pending.push(other);
      }
    }
  }

  #onward(value: ValueId, found: Set<number>): ValueId[] {
    return this.users(value).flatMap(user => {
      if (user.name === 'func.return') {
        for (const [index, operand] of user.operands.entries()) {
          const argument = this.#updaterOf.get(index);
          if (operand === value && argument !== undefined) found.add(argument);
        }
        return [];
      }
      const beside = (results: readonly ValueId[]): ValueId[] =>
        results.filter((_, index) => user.operands[index] === value);
      // Loops put the gradients of their repeats into one stack.
      if (user.name === 'stablehlo.dynamic_update_slice' && user.operands[1] === value) {
        for (const argument of this.updated(user.results[0])) found.add(argument);
        return [];
      }
      const loop = this.#loops.get(user);
      if (loop !== undefined) return beside(loop.results);
      if (!elementwiseNames.has(user.name) && !reshaping.has(user.name)) return [];
      return user.results.length > 1 ? beside(user.results) : user.results;
    });
  }

  #sizeOf(value: ValueId): number {
    const type = this.#func.valueTypes[value];
    return type.kind === 'tensor' ? elementCount(type.shape) : -1;
  }

  #note(operation: Operation): void {
    for (const result of operation.results) this.#producers.set(result, operation);
    for (const operand of new Set(operation.operands)) {
      const users = this.#users.get(operand);
      if (users === undefined) this.#users.set(operand, [operation]);
      else users.push(operation);
    }
    if (operation.name !== 'stablehlo.while') return;
    const [, body] = operation.regions;
    for (const [index, value] of body.arguments.entries()) this.#outside.set(value, operation.operands[index]);
    const last = body.operations.at(-1);
    if (last !== undefined) this.#loops.set(last, operation);
  }
}

const mostHops = 64;
const mostSpread = 512;

/** Operations that keep all elements, where the number of elements stays the same. */
const reshaping: ReadonlySet<string> = new Set([
  'stablehlo.reshape',
  'stablehlo.transpose',
  'stablehlo.convert',
  'stablehlo.broadcast_in_dim',
]);

const passing: ReadonlySet<string> = new Set([
  ...reshaping,
  'stablehlo.bitcast_convert',
  'stablehlo.optimization_barrier',
  'stablehlo.slice',
  'stablehlo.dynamic_slice',
]);
