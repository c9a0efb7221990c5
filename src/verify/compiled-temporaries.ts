import { shapeBytes } from './hlo-shape.ts';
import { type HloInstruction, operandNames, readHloText } from './hlo-text.ts';
import { isHalfAtHeart } from './promotion.ts';
import { followValues } from './value-flow.ts';

/** The most bytes of values that live at once in a compiled program, beside its arguments. */
export interface CompiledTemporaries {
  /** In the types that they have. The buffer assignment of a program without loops needs as much, or little more. */
  readonly bytes: number;
  /** With each f32 that CPUs have in place of a 16-bit float taken for half, as accelerators would hold it. */
  readonly nativeBytes: number;
}

/** Instructions that hold no bytes of their own. */
const views = new Set(['bitcast', 'get-tuple-element', 'tuple']);
const residents = new Set(['parameter', 'constant']);

/**
 * Follows the values of the entry computation in the order of the text, which is the schedule. What runs inside loops is
 * not counted, nor is it seen where a result is written over an operand. Throws where the text has no entry.
 */
export function readTemporaries(hloText: string | Iterable<string>): CompiledTemporaries {
  const computations = readHloText(hloText);
  const entry = [...computations.values()].find(computation => computation.entry);
  if (entry === undefined) throw new Error('internal: HLO text without an entry computation');
  const flow = followValues(computations);
  const instructions = [...entry.instructions.values()];
  const lastReader = lastReaders(instructions);
  const [bytes, nativeBytes] = [0, 1].map(() => new Float64Array(instructions.length + 1));
  for (const [time, instruction] of instructions.entries()) {
    const last = lastReader.get(instruction.name);
    if (last === undefined) continue;
    const size = shapeBytes(instruction.shape);
    const native = isHalfAtHeart({ instruction, computation: entry }, flow) ? size / 2 : size;
    bytes[time] += size;
    bytes[last + 1] -= size;
    nativeBytes[time] += native;
    nativeBytes[last + 1] -= native;
  }
  return { bytes: highest(bytes), nativeBytes: highest(nativeBytes) };
}

/** When each value that has bytes of its own is read last, through views; its own time where nobody reads it. */
function lastReaders(instructions: readonly HloInstruction[]): ReadonlyMap<string, number> {
  const lastReader = new Map<string, number>();
  const behind = new Map<string, readonly string[]>();
  for (const [time, instruction] of instructions.entries()) {
    const read = operandNames(instruction).flatMap(name => behind.get(name) ?? []);
    for (const name of read) lastReader.set(name, time);
    if (residents.has(instruction.opcode)) continue;
    const isView = views.has(instruction.opcode);
    behind.set(instruction.name, isView ? read : [instruction.name]);
    if (!isView) lastReader.set(instruction.name, time);
  }
  return lastReader;
}

function highest(changes: Float64Array): number {
  let [sum, most] = [0, 0];
  for (const change of changes) {
    sum += change;
    most = Math.max(most, sum);
  }
  return most;
}
