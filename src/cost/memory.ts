import { aliasedResult, type Func, type ValueId } from '../ir/index.ts';
import { argumentRoles, isDonated } from './argument-roles.ts';

/** Bytes of a value on one device. */
export type BytesOf = (value: ValueId) => number;

/** Memory of one kind on one device. */
export interface MemoryOfKind {
  readonly kind: MemoryKind;
  readonly bytesPerDevice: number;
}

export type MemoryKind = 'parameters' | 'optimizer state' | 'other state' | 'inputs' | 'outputs' | 'temporaries';

/**
 * Memory of one step on one device, by kind, for a function without calls. `bytesOf` gives the bytes of each value on a
 * device, from its sharding.
 */
export function memoryPerDevice(func: Func, bytesOf: BytesOf, transientBytes: number): MemoryOfKind[] {
  return [...argumentMemory(func, bytesOf), ...transientMemory(func, bytesOf, transientBytes)];
}

/** Memory of the arguments, by what they are for. */
export function argumentMemory(func: Func, bytesOf: BytesOf): MemoryOfKind[] {
  const roles = argumentRoles(func);
  const kinds = { parameter: 'parameters', input: 'inputs', 'other state': 'other state' } as const;
  const sums = new Map<MemoryKind, number>();
  const add = (kind: MemoryKind, bytes: number): void => void sums.set(kind, (sums.get(kind) ?? 0) + bytes);
  func.arguments.forEach(({ value }, index) => {
    const role = roles[index];
    add(role === 'optimizer state' ? role : kinds[role], bytesOf(value));
  });
  return inOrder(sums, ['parameters', 'optimizer state', 'other state', 'inputs']);
}

/**
 * Memory that a step needs beside its arguments. Outputs in donated buffers count with the arguments that they replace.
 * `transientBytes` is what liveness finds beyond the arguments at most; `temporaries` is that less the outputs:
 * activations and gradients together.
 */
export function transientMemory(func: Func, bytesOf: BytesOf, transientBytes: number): MemoryOfKind[] {
  const returned = func.body.operations.at(-1)?.operands ?? [];
  const donated = donatedResults(func, bytesOf, returned);
  const held = new Set(func.arguments.map(argument => argument.value));
  let outputs = 0;
  returned.forEach((value, index) => {
    if (!donated.has(index) && !held.has(value)) outputs += bytesOf(value);
    held.add(value);
  });
  const sums = new Map<MemoryKind, number>([
    ['outputs', outputs],
    ['temporaries', Math.max(0, transientBytes - outputs)],
  ]);
  return inOrder(sums, ['outputs', 'temporaries']);
}

function inOrder(sums: ReadonlyMap<MemoryKind, number>, order: readonly MemoryKind[]): MemoryOfKind[] {
  return order.flatMap(kind => {
    const bytesPerDevice = sums.get(kind) ?? 0;
    return bytesPerDevice === 0 ? [] : [{ kind, bytesPerDevice }];
  });
}

/** Results that lie in donated buffers: those that say so, and one of the same size for each free donor. */
function donatedResults(func: Func, bytesOf: BytesOf, returned: readonly ValueId[]): Set<number> {
  const aliased = func.arguments.map(aliasedResult);
  const donated = new Set(aliased.filter(result => result >= 0));
  func.arguments.forEach((argument, index) => {
    if (!isDonated(argument) || aliased[index] >= 0) return;
    const size = bytesOf(argument.value);
    const taker = returned.findIndex((value, result) => !donated.has(result) && bytesOf(value) === size);
    if (taker >= 0) donated.add(taker);
  });
  return donated;
}
