import {
  type Block,
  entryFunction,
  type Func,
  type Operation,
  type Program,
  readValues,
  type ValueId,
} from '../../ir/index.ts';
import { valueFacts } from '../../sharding/index.ts';
import { FunctionDraft } from '../function-draft.ts';
import { halveBlock, type RepeatedBlock } from './block-halves.ts';
import { type BlockGround, planRecomputation, type Recomputation } from './recompute-plan.ts';

/** Why nothing of a program can be made once more to save memory. */
export interface RematerializeRefusal {
  /** `no-repeats`: no block repeats and goes back, outside of loops. `nothing-stored`: such blocks store nothing. */
  readonly kind: 'no-repeats' | 'nothing-stored';
  /** One sentence without a full stop. */
  readonly message: string;
}

/** A program whose repeated blocks store less, or why there is none. */
export type RematerializeOutcome =
  | {
      readonly status: 'done';
      readonly program: Program;
      /** Instances of blocks that make something once more, and the operations that are repeated, in all. */
      readonly blocks: number;
      readonly operations: number;
    }
  | { readonly status: 'refused'; readonly reason: RematerializeRefusal };

/**
 * The same program with repeated blocks that keep what goes in, and make what they need of it once more on the way back,
 * as `jax.checkpoint` around each layer does (Chen et al., 2016, Training deep nets with sublinear memory cost). What is
 * repeated reads what is kept behind one `stablehlo.optimization_barrier` for each block, so that compilers do not take
 * the first values instead; the barrier also holds a value from the way back, so that it is not done ahead of time. The
 * repeated operations are the same, so results are equal to the last bit.
 *
 * `blocks` are the repeats that `foldProgram` finds; `program` has its calls inlined. O(operations).
 */
export function rematerialize(program: Program, blocks: readonly RepeatedBlock[]): RematerializeOutcome {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('internal: a program without an entry function');
  const topLevel = numbersOf(func);
  const ground = groundOf(func);
  const halved = blocks.flatMap(block => halveBlock(block, topLevel) ?? []);
  if (halved.length === 0) {
    const message = 'no block repeats forward and backward outside of loops';
    return { status: 'refused', reason: { kind: 'no-repeats', message } };
  }
  const found: Recomputation[] = [];
  for (const { turn, instances } of halved) {
    const operation = topLevel.get(turn);
    const place = operation === undefined ? -1 : (ground.places.get(operation) ?? -1);
    found.push(...instances.flatMap(halves => planRecomputation(ground, halves, place) ?? []));
  }
  if (found.length === 0) {
    const message = 'repeated blocks store nothing for the way back that they could make once more';
    return { status: 'refused', reason: { kind: 'nothing-stored', message } };
  }
  const operations = found.reduce((sum, one) => sum + one.operations.length, 0);
  const changed = { ...program, functions: [new Repeater(func, found).run()] };
  return { status: 'done', program: changed, blocks: found.length, operations };
}

/** The operations of a function's own block by number, as `walkOperations` counts them. */
function numbersOf(func: Func): ReadonlyMap<number, Operation> {
  const numbers = new Map<number, Operation>();
  let next = 0;
  const visit = (block: Block, isTop: boolean): void => {
    for (const operation of block.operations) {
      if (isTop) numbers.set(next, operation);
      next++;
      for (const region of operation.regions) visit(region, false);
    }
  };
  visit(func.body, true);
  return numbers;
}

function groundOf(func: Func): BlockGround {
  const places = new Map<Operation, number>();
  const readers = new Map<ValueId, Operation[]>();
  const fixed = new Set<ValueId>();
  for (const [place, operation] of func.body.operations.entries()) {
    places.set(operation, place);
    const read = readValues(operation);
    for (const value of read) {
      const known = readers.get(value);
      if (known === undefined) readers.set(value, [operation]);
      else known.push(operation);
    }
    if (read.every(value => fixed.has(value))) for (const result of operation.results) fixed.add(result);
  }
  return { func, facts: valueFacts(func), places, readers, fixed };
}

/** Writes a function with repetitions. */
class Repeater {
  readonly #func: Func;
  readonly #draft: FunctionDraft;
  readonly #due = new Map<Operation, Recomputation[]>();
  /** What values are called from here on. */
  readonly #names = new Map<ValueId, ValueId>();

  constructor(func: Func, found: readonly Recomputation[]) {
    this.#func = func;
    this.#draft = new FunctionDraft(func);
    for (const one of found) {
      const known = this.#due.get(one.before);
      if (known === undefined) this.#due.set(one.before, [one]);
      else known.push(one);
    }
  }

  run(): Func {
    const args = this.#func.arguments.map(argument => ({ ...argument, value: this.#define(argument.value) }));
    const operations: Operation[] = [];
    for (const operation of this.#func.body.operations) {
      for (const one of this.#due.get(operation) ?? []) this.#repeat(one, operations);
      operations.push(this.#draft.copy(operation, value => this.#lookup(value), this.#names));
    }
    const body = { arguments: args.map(({ value }) => value), operations };
    return { ...this.#func, arguments: args, body, valueTypes: this.#draft.types };
  }

  #repeat({ operations, inputs, replaced, trigger, before }: Recomputation, out: Operation[]): void {
    const held = trigger === undefined || inputs.includes(trigger) ? inputs : [...inputs, trigger];
    const results = held.map(value => this.#draft.value(this.#func.valueTypes[value]));
    out.push({
      ...{ name: 'stablehlo.optimization_barrier', operands: held.map(value => this.#lookup(value)), results },
      ...{ attributes: {}, regions: [], offset: -1 },
      ...(before.scope === undefined ? {} : { scope: before.scope }),
    });
    const names = new Map(held.map((value, index) => [value, results[index]] as const));
    for (const operation of operations) out.push(this.#draft.copy(operation, value => this.#lookup(value), names));
    for (const value of replaced) {
      const again = names.get(value);
      if (again !== undefined) this.#names.set(value, again);
    }
    const waited = trigger === undefined ? undefined : names.get(trigger);
    if (trigger !== undefined && waited !== undefined) this.#names.set(trigger, waited);
  }

  #define(value: ValueId): ValueId {
    const fresh = this.#draft.value(this.#func.valueTypes[value]);
    this.#names.set(value, fresh);
    return fresh;
  }

  #lookup(value: ValueId): ValueId {
    const found = this.#names.get(value);
    if (found === undefined) throw new Error(`internal: value ${value} is used before it is defined`);
    return found;
  }
}
