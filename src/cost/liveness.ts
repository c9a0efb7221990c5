import type { Block, Func, Operation, ValueId } from '../ir/index.ts';
import { elementwiseNames } from './argument-roles.ts';

/** Bytes of a value on one device. */
export type BytesOf = (value: ValueId) => number;

/** Results that the compiler folds into their users, or that are another view of their operand. */
const foldedNames: ReadonlySet<string> = new Set(
  ['broadcast_in_dim', 'constant', 'iota'].map(name => `stablehlo.${name}`),
);
const viewNames: ReadonlySet<string> = new Set([
  'stablehlo.reshape',
  'stablehlo.bitcast_convert',
  'stablehlo.optimization_barrier',
  'sdy.sharding_constraint',
]);

/**
 * The most bytes that intermediate values of a function take at once, when its operations run in program order. An
 * estimate: arguments and values returned into donated buffers are not counted (`held` says which); constants, iota and
 * broadcasts cost nothing; reshapes are views; element-wise operations write over an operand that dies; a loop works in
 * the buffers of its operands. The compiler orders, fuses and rematerializes in ways that are not followed.
 */
export function peakTemporaryBytes(func: Func, bytesOf: BytesOf, held: ReadonlySet<ValueId>): number {
  return new Liveness(bytesOf, held).peakOf(func.body);
}

/** One walk over a function: which buffer each value lies in, and when it dies. */
class Liveness {
  readonly #bytesOf: BytesOf;
  readonly #held: ReadonlySet<ValueId>;
  /** The value in whose buffer a value lies, where that is not its own. */
  readonly #buffers = new Map<ValueId, ValueId>();
  readonly #folded = new Set<ValueId>();
  /** Arguments of regions: they lie in buffers that the operation around them owns. */
  readonly #carried = new Set<ValueId>();

  constructor(bytesOf: BytesOf, held: ReadonlySet<ValueId>) {
    this.#bytesOf = bytesOf;
    this.#held = held;
  }

  /** Peak of the values that a block's own operations make; values from around it are the caller's. */
  peakOf(block: Block, nested = false): number {
    const own = new Set<ValueId>();
    if (nested) for (const argument of block.arguments) this.#carried.add(argument);
    for (const operation of block.operations) this.#placeResults(operation, own);
    const deaths = this.#deaths(block, own);
    let live = 0;
    let peak = 0;
    block.operations.forEach((operation, index) => {
      const made = operation.results
        .filter(result => own.has(result))
        .reduce((sum, value) => sum + this.#size(value), 0);
      const freed = deaths[index].reduce((sum, value) => sum + this.#size(value), 0);
      const inner = operation.regions.reduce((most, region) => Math.max(most, this.peakOf(region, true)), 0);
      // What dies in an element-wise operation is written over; others need operands and results side by side.
      const beside = elementwiseNames.has(operation.name) ? Math.max(live, live - freed + made) : live + made;
      peak = Math.max(peak, beside + inner);
      live += made - freed;
    });
    return peak;
  }

  #placeResults(operation: Operation, own: Set<ValueId>): void {
    operation.results.forEach((result, index) => {
      const source = this.#sourceOf(operation, index);
      const buffer = source === undefined ? result : (this.#buffers.get(source) ?? source);
      // What works in place may not write over what the caller keeps: such an operand is copied.
      const keeps = !viewNames.has(operation.name) && !own.has(buffer) && !this.#carried.has(buffer);
      if (buffer === result || keeps) own.add(result);
      else this.#buffers.set(result, buffer);
      if (foldedNames.has(operation.name)) this.#folded.add(result);
    });
  }

  /** The operand in whose buffer a result lies. */
  #sourceOf(operation: Operation, index: number): ValueId | undefined {
    if (viewNames.has(operation.name) || operation.name === 'stablehlo.while') return operation.operands[index];
    return operation.name === 'stablehlo.dynamic_update_slice' ? operation.operands[0] : undefined;
  }

  /** For each operation the own buffers that it or what is inside it uses last. Returned values do not die. */
  #deaths(block: Block, own: ReadonlySet<ValueId>): ValueId[][] {
    const last = new Map<ValueId, number>();
    block.operations.forEach((operation, index) => {
      for (const value of usedValues(operation)) last.set(this.#buffers.get(value) ?? value, index);
      for (const value of operation.results) {
        const buffer = this.#buffers.get(value) ?? value;
        last.set(buffer, Math.max(index, last.get(buffer) ?? 0));
      }
    });
    const deaths: ValueId[][] = block.operations.map(() => []);
    const end = block.operations.length - 1;
    for (const [value, index] of last) if (own.has(value) && index < end) deaths[index].push(value);
    return deaths;
  }

  #size(value: ValueId): number {
    return this.#held.has(value) || this.#folded.has(value) ? 0 : this.#bytesOf(value);
  }
}

/** The values that an operation and everything inside it read. */
function usedValues(operation: Operation): ValueId[] {
  return [...operation.operands, ...operation.regions.flatMap(region => region.operations.flatMap(usedValues))];
}
