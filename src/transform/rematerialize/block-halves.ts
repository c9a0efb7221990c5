import type { Operation } from '../../ir/index.ts';

/** A repeated block: `instances[i][k]` is the number of the operation that plays role k in instance i. */
export interface RepeatedBlock {
  readonly instances: readonly (readonly number[])[];
}

/** One instance of a block: what it does on the way to the loss, and what it does on the way back. */
export interface BlockHalves {
  readonly forward: readonly Operation[];
  readonly backward: readonly Operation[];
}

/** The instances of a block in the order in which they run forward, and where the way back begins. */
export interface HalvedBlock {
  /** No operation forward has this number or a higher one. */
  readonly turn: number;
  readonly instances: readonly BlockHalves[];
}

/**
 * Tells the two ways of a block apart by the order of its instances alone: reverse mode goes through them last to first.
 * Roles whose numbers fall from instance to instance are backward; roles whose numbers rise are forward, where all come
 * before the first one backward, and else neither (the optimizer). Operations inside of others go with these, and
 * blocks inside of loops have none: `topLevel` are the operations of the function's own block by number.
 * Undefined for a block that does not go back.
 */
export function halveBlock(block: RepeatedBlock, topLevel: ReadonlyMap<number, Operation>): HalvedBlock | undefined {
  if (block.instances.length < 2) return undefined;
  const instances = [...block.instances].sort((a, b) => Math.min(...a) - Math.min(...b));
  const roles = instances[0].map((_, role) => instances.map(instance => instance[role]));
  const own = roles.filter(numbers => numbers.every(number => topLevel.has(number)));
  const falling = own.filter(numbers => numbers.every((number, index) => index === 0 || number < numbers[index - 1]));
  const turn = Math.min(...falling.flat());
  if (falling.length === 0) return undefined;
  const rising = own.filter(numbers => numbers.every(number => number < turn));
  const select = (chosen: readonly (readonly number[])[], instance: number): Operation[] => {
    const numbers = chosen.map(role => role[instance]).sort((a, b) => a - b);
    return numbers.flatMap(number => topLevel.get(number) ?? []);
  };
  const halves = instances.map((_, index) => ({ forward: select(rising, index), backward: select(falling, index) }));
  return { turn, instances: halves };
}
