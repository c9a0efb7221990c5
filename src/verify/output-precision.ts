import { type Block, type Func, type ValueId, walkOperations } from '../ir/index.ts';

/** Float types with the precision of bf16 or less: at most 11 bits of significand. */
const coarseElement = /^(bf16|f16|f[468]E)/;

/** True for element types that are judged by the limits of bf16. */
export function isCoarse(element: string): boolean {
  return coarseElement.test(element);
}

/**
 * The precision that each result of a function has at best: its own element type, or the first coarse type that it was
 * computed from. An f32 moment of a bf16 gradient is a bf16 number in an f32 tensor, and is judged as one.
 */
export function outputPrecisions(func: Func): readonly string[] {
  const coarse = new Map<ValueId, string>();
  for (const [value, type] of func.valueTypes.entries()) {
    if (type.kind === 'tensor' && isCoarse(type.element)) coarse.set(value, type.element);
  }
  const arguments_ = new Set(func.arguments.map(argument => argument.value));
  for (let before = -1; before !== coarse.size; ) {
    before = coarse.size;
    walkOperations(func.body, ({ operands, results, regions }) => {
      const yields = regions.flatMap(region => region.operations.at(-1)?.operands ?? []);
      const found = firstCoarse([...operands, ...yields], coarse);
      if (found === undefined) return;
      const made = [...results, ...regions.flatMap(blockArguments)];
      for (const value of made) if (!coarse.has(value) && !arguments_.has(value)) coarse.set(value, found);
    });
  }
  const returned = func.body.operations.at(-1)?.operands ?? [];
  return func.results.map(({ type }, index) => {
    const own = type.kind === 'tensor' ? type.element : 'f32';
    return /^(b?f|c)/.test(own) ? (coarse.get(returned[index]) ?? own) : own;
  });
}

const blockArguments = (block: Block): readonly ValueId[] => block.arguments;

function firstCoarse(values: readonly ValueId[], coarse: ReadonlyMap<ValueId, string>): string | undefined {
  for (const value of values) {
    const found = coarse.get(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
