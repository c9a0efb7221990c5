import { shapeBytes } from './hlo-shape.ts';
import type { Place, ValueFlow } from './value-flow.ts';

/** Operations that hold the same elements as their operand, in another shape or type. */
const carriers = new Set(['bitcast', 'reshape', 'copy', 'convert', 'transpose', 'get-tuple-element']);

/**
 * True where every use of a value is a dynamic-slice of one `parts`-th, directly, through carriers or in a fusion. What is
 * cut along two dimensions is sliced twice, one after the other.
 */
export function isOnlySliced(value: Place, parts: number, flow: ValueFlow): boolean {
  if (parts < 2) return false;
  const readers = flow.readers(value);
  return readers.length > 0 && readers.every(reader => reader !== undefined && isSliceUse(reader, value, parts, flow));
}

function isSliceUse(reader: Place, value: Place, parts: number, flow: ValueFlow): boolean {
  const { opcode, shape } = reader.instruction;
  if (opcode === 'dynamic-slice') {
    const whole = flow.operand(reader, 0)?.instruction;
    if (whole !== value.instruction) return false;
    const cuts = elementsOf(whole.shape) / elementsOf(shape);
    if (cuts === parts) return true;
    return cuts > 1 && Number.isInteger(cuts) && parts % cuts === 0 && isOnlySliced(reader, parts / cuts, flow);
  }
  return (carriers.has(opcode) || opcode.endsWith('-done')) && isOnlySliced(reader, parts, flow);
}

/** Elements of a shape, counted as bytes of a one-byte type so that a conversion on the way does not matter. */
const elementsOf = (shape: string): number => shapeBytes(shape.replace(/\b[a-z]\w*\[/g, 'u8['));
