import { shapeElements } from './hlo-shape.ts';
import { operandNames } from './hlo-text.ts';
import type { Place, ValueFlow } from './value-flow.ts';

/** Operations whose result holds elements of some operands unchanged: the range of these operands, as of `slice`. */
const movers: ReadonlyMap<string, readonly [number, number?]> = new Map<string, readonly [number, number?]>([
  ['bitcast', [0, 1]],
  ['reshape', [0, 1]],
  ['copy', [0, 1]],
  ['transpose', [0, 1]],
  ['broadcast', [0, 1]],
  ['slice', [0, 1]],
  ['dynamic-slice', [0, 1]],
  ['get-tuple-element', [0, 1]],
  ['pad', [0, 2]],
  ['dynamic-update-slice', [0, 2]],
  ['select', [1]],
  ['concatenate', [0]],
]);

/**
 * True for an f32 that a collective moves for a 16-bit float. XLA's CPU back end does so: it converts what a collective
 * reads, `operand`, right before, and what it gives, `result`, right after. The latter must be seen on the way to every
 * use. The former may be gone where the operand is computed in f32 too; then the name of a sum tells it. Sums that were
 * combined have the name of one of them.
 */
export function isPromotedHalf(collective: Place, operand: Place | undefined, result: Place, flow: ValueFlow): boolean {
  const isWide = shapeElements(result.instruction.shape).join() === 'f32';
  if (!isWide || operand === undefined || !goesToHalf(result, flow)) return false;
  return /\bto_apply=%?[\w.-]+_promoted\b/.test(collective.instruction.attributes) || comesFromHalf(operand, flow);
}

/** True for an f32 that need be no more than a 16-bit float: cast from one, or rounded to one by all who read it. */
export function isHalfAtHeart(value: Place, flow: ValueFlow): boolean {
  if (!value.instruction.shape.startsWith('f32[')) return false;
  const made = value.instruction.opcode === 'fusion' ? flow.made(value) : value;
  return (made !== undefined && comesFromHalf(made, flow)) || goesToHalf(value, flow);
}

/** True where each element was a half before; constants may stand among them. */
function comesFromHalf(value: Place, flow: ValueFlow): boolean {
  const { instruction } = value;
  if (instruction.opcode === 'constant') return true;
  const isHalfAt = (index: number): boolean => {
    const source = flow.operand(value, index);
    if (source === undefined) return false;
    return instruction.opcode === 'convert' ? isHalf(source) : comesFromHalf(source, flow);
  };
  if (instruction.opcode === 'convert') return isHalfAt(0);
  const range = movers.get(instruction.opcode);
  const indices = operandNames(instruction).map((_, index) => index);
  return range !== undefined && indices.slice(...range).every(isHalfAt);
}

function goesToHalf(value: Place, flow: ValueFlow): boolean {
  const readers = flow.readers(value);
  return (
    readers.length > 0 &&
    readers.every(reader => {
      if (reader === undefined) return false;
      const { opcode } = reader.instruction;
      return opcode === 'convert' ? isHalf(reader) : movers.has(opcode) && goesToHalf(reader, flow);
    })
  );
}

const isHalf = ({ instruction }: Place): boolean => /^(bf16|f16)\[/.test(instruction.shape);
