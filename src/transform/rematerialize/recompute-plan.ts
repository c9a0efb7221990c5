import { type Func, type Operation, readValues, typeBytes, type ValueId } from '../../ir/index.ts';
import type { ValueFacts } from '../../sharding/index.ts';
import type { BlockHalves } from './block-halves.ts';

/** What of one instance of a block is made once more, and where. */
export interface Recomputation {
  /** The first operation backward that reads any of it: it is made before this one. */
  readonly before: Operation;
  /** Operations to repeat, in program order. */
  readonly operations: readonly Operation[];
  /** What they start from: values that are kept. */
  readonly inputs: readonly ValueId[];
  /** Values that are read as they are made once more from here on. */
  readonly replaced: ReadonlySet<ValueId>;
  /** A value made on the way back on which the repetition waits, so that it is not done ahead of time. */
  readonly trigger: ValueId | undefined;
}

/** A function as the planning of repetitions looks at it. */
export interface BlockGround {
  readonly func: Func;
  readonly facts: ValueFacts;
  /** Place of each operation of the function's block, in program order. */
  readonly places: ReadonlyMap<Operation, number>;
  /** Readers of each value, of the function's block; what is inside of an operation counts for it. */
  readonly readers: ReadonlyMap<ValueId, readonly Operation[]>;
  /** Values that follow from no argument. */
  readonly fixed: ReadonlySet<ValueId>;
}

/**
 * What is to be made once more of an instance: all that its operations on the way to the loss leave for the way back,
 * but for what others read on the way to the loss, which is kept anyway. Undefined where that is nothing. `turn` is the
 * place of the first operation on the way back.
 */
export function planRecomputation(
  ground: BlockGround,
  { forward, backward }: BlockHalves,
  turn: number,
): Recomputation | undefined {
  const { facts, places, readers } = ground;
  const placeOf = (operation: Operation): number => places.get(operation) ?? -1;
  const inside = new Set(forward);
  const kept = new Set<ValueId>();
  const stored: ValueId[] = [];
  let before: Operation | undefined;
  for (const operation of forward) {
    for (const value of operation.results) {
      const reading = readers.get(value) ?? [];
      if (reading.some(reader => !inside.has(reader) && placeOf(reader) < turn)) kept.add(value);
      const later = reading.filter(reader => placeOf(reader) >= turn);
      if (later.length === 0 || ground.fixed.has(value) || kept.has(value)) continue;
      stored.push(value);
      for (const reader of later) if (before === undefined || placeOf(reader) < placeOf(before)) before = reader;
    }
  }
  if (before === undefined || !stored.some(value => !facts.cheap.has(value))) return undefined;
  const { operations, inputs } = coneOf(ground, inside, kept, stored);
  const end = Math.max(...forward.map(placeOf));
  const trigger = triggerOf(ground, backward, end, placeOf(before));
  return { before, operations, inputs, replaced: new Set(stored), trigger };
}

/** The operations that lead from what is kept to some values. What costs nothing is made again rather than kept. */
function coneOf(
  { facts, places, fixed }: BlockGround,
  inside: ReadonlySet<Operation>,
  kept: ReadonlySet<ValueId>,
  targets: readonly ValueId[],
): { readonly operations: readonly Operation[]; readonly inputs: readonly ValueId[] } {
  const cone = new Set<Operation>();
  const inputs = new Set<ValueId>();
  const seen = new Set<ValueId>();
  const pending = [...targets];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (seen.has(value) || fixed.has(value)) continue;
    seen.add(value);
    const operation = facts.definitions.get(value);
    const isMade = operation !== undefined && places.has(operation) && !kept.has(value);
    if (isMade && (inside.has(operation) || facts.cheap.has(value))) {
      if (!cone.has(operation)) pending.push(...readValues(operation));
      cone.add(operation);
    } else inputs.add(value);
  }
  const operations = [...cone].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  return { operations, inputs: [...inputs].sort((a, b) => a - b) };
}

/**
 * The largest value made between `end`, where the instance's way to the loss ends, and `place` that its way back reads
 * from there on: the gradient of what the instance made, not those of biases, which are done early.
 */
function triggerOf(
  { func, facts, places }: BlockGround,
  backward: readonly Operation[],
  end: number,
  place: number,
): ValueId | undefined {
  let [found, most]: [ValueId | undefined, number] = [undefined, 0];
  for (const operation of backward) {
    if ((places.get(operation) ?? -1) < place) continue;
    for (const value of operation.operands) {
      const definition = facts.definitions.get(value);
      const made = definition === undefined ? -1 : (places.get(definition) ?? -1);
      const bytes = typeBytes(func.valueTypes[value]);
      if (made <= end || made >= place || bytes <= most || facts.cheap.has(value)) continue;
      [found, most] = [value, bytes];
    }
  }
  return found;
}
