import { shapeBytes } from './hlo-shape.ts';
import { attributeText, type HloComputation, type HloInstruction, operandNames } from './hlo-text.ts';

/** Operations that hold the same elements as their operand, in another shape or type. */
const carriers = new Set(['bitcast', 'reshape', 'copy', 'convert', 'transpose', 'get-tuple-element']);

/**
 * Bytes of an instruction's result of which every use is a dynamic-slice of one `parts`-th, directly, through carriers
 * or at the start of a fusion. The elements of a tuple are looked at one by one.
 */
export function slicedBytes(
  instruction: HloInstruction,
  computation: HloComputation,
  computations: ReadonlyMap<string, HloComputation>,
  parts: number,
): number {
  const pieces = instruction.shape.startsWith('(') ? usersOf(instruction.name, computation) : [instruction];
  return pieces
    .filter(piece => isOnlySliced(piece, computation, computations, parts))
    .reduce((bytes, piece) => bytes + shapeBytes(piece.shape), 0);
}

function isOnlySliced(
  instruction: HloInstruction,
  computation: HloComputation,
  computations: ReadonlyMap<string, HloComputation>,
  parts: number,
): boolean {
  if (instruction.root || parts < 2) return false;
  const users = usersOf(instruction.name, computation);
  return users.length > 0 && users.every(user => isSliceUse(user, instruction, computation, computations, parts));
}

function isSliceUse(
  user: HloInstruction,
  value: HloInstruction,
  computation: HloComputation,
  computations: ReadonlyMap<string, HloComputation>,
  parts: number,
): boolean {
  if (user.opcode === 'dynamic-slice') {
    return operandNames(user)[0] === value.name && elementsOf(user.shape) * parts === elementsOf(value.shape);
  }
  if (carriers.has(user.opcode) || user.opcode.endsWith('-done')) {
    return isOnlySliced(user, computation, computations, parts);
  }
  if (user.opcode !== 'fusion') return false;
  const callee = /^%?([\w.-]+)/.exec(attributeText(user, 'calls') ?? '')?.[1];
  const fused = callee === undefined ? undefined : computations.get(callee);
  if (fused === undefined) return false;
  return operandNames(user).every((name, index) => {
    if (name !== value.name) return true;
    const parameter = [...fused.instructions.values()].find(
      inner => inner.opcode === 'parameter' && Number(inner.operands) === index,
    );
    return parameter !== undefined && isOnlySliced(parameter, fused, computations, parts);
  });
}

/** Instructions of a computation that read `name`. */
function usersOf(name: string, computation: HloComputation): HloInstruction[] {
  return [...computation.instructions.values()].filter(
    instruction => instruction.operands.includes(name) && operandNames(instruction).includes(name),
  );
}

/** Elements of a shape, counted as bytes of a one-byte type so that a conversion on the way does not matter. */
const elementsOf = (shape: string): number => shapeBytes(shape.replace(/\b[a-z]\w*\[/g, 'u8['));
