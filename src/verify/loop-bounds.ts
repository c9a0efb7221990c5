import { attributeText, type HloComputation, type HloInstruction, operandNames } from './hlo-text.ts';

/** Operations that hand a scalar on unchanged. */
const carriers = new Set(['bitcast', 'reshape', 'copy', 'convert']);

/** Where a name is looked up: a computation, and what its parameters stand for. */
interface Frame {
  readonly computation: HloComputation;
  /** The operand that a parameter of a fused computation stands for; undefined elsewhere. */
  readonly operand?: (parameter: number) => Place | undefined;
}

interface Place {
  readonly frame: Frame;
  readonly instruction: HloInstruction;
}

/**
 * Trips of a loop whose condition is `carried < limit` (or <=), where the body adds a constant to that carried scalar:
 * scans, and the loops that the TPU compiler makes of a collective and a matrix product, which it may unroll. A start
 * or a step that cannot be seen is taken as 0 or 1. Undefined where the condition is another.
 */
export function loopTrips(
  loop: HloInstruction,
  caller: HloComputation,
  condition: HloComputation,
  body: HloComputation,
  computations: ReadonlyMap<string, HloComputation>,
): number | undefined {
  const reader = new ScalarReader(computations);
  const test = reader.test({ computation: condition });
  if (test === undefined) return undefined;
  const start = reader.element(reader.place({ computation: caller }, operandNames(loop)[0]), test.carried);
  const from = start === undefined ? undefined : reader.constant(start);
  const next = reader.element(reader.root({ computation: body }), test.carried);
  const step = next === undefined ? undefined : reader.offset(next, test.carried);
  const distance = test.limit - (from ?? 0);
  return Math.max(0, Math.ceil(distance / (step === undefined || step <= 0 ? 1 : step)));
}

/** Follows scalars through carriers, tuples and fusions. */
class ScalarReader {
  readonly #computations: ReadonlyMap<string, HloComputation>;

  constructor(computations: ReadonlyMap<string, HloComputation>) {
    this.#computations = computations;
  }

  place(frame: Frame, name: string | undefined): Place | undefined {
    const instruction = name === undefined ? undefined : frame.computation.instructions.get(name);
    return instruction === undefined ? undefined : this.#resolve({ frame, instruction });
  }

  root(frame: Frame): Place | undefined {
    const instruction = [...frame.computation.instructions.values()].find(({ root }) => root);
    return instruction === undefined ? undefined : this.#resolve({ frame, instruction });
  }

  /** The comparison that a condition ends in: which carried element, and the first value that ends the loop. */
  test(frame: Frame): { readonly carried: number; readonly limit: number } | undefined {
    const root = this.root(frame);
    if (root?.instruction.opcode !== 'compare') return undefined;
    const direction = /direction=(\w+)/.exec(root.instruction.attributes)?.[1];
    const [left, right] = this.#operands(root);
    if (left === undefined || right === undefined) return undefined;
    const mirrored = direction === 'GT' || direction === 'GE';
    if (!mirrored && direction !== 'LT' && direction !== 'LE') return undefined;
    const carried = carriedIndex(mirrored ? right : left);
    const limit = this.constant(mirrored ? left : right);
    if (carried === undefined || limit === undefined) return undefined;
    return { carried, limit: direction === 'LE' || direction === 'GE' ? limit + 1 : limit };
  }

  /** Element `index` of a tuple that is put together in sight. */
  element(tuple: Place | undefined, index: number): Place | undefined {
    if (tuple?.instruction.opcode !== 'tuple') return undefined;
    return this.#operands(tuple)[index];
  }

  constant({ instruction }: Place): number | undefined {
    if (instruction.opcode !== 'constant' || !/^[su]\d+\[\]/.test(instruction.shape)) return undefined;
    return Number(instruction.operands);
  }

  /** What is added to carried element `carried` to make a value; undefined where it is made otherwise. */
  offset(place: Place, carried: number): number | undefined {
    if (carriedIndex(place) === carried) return 0;
    if (place.instruction.opcode !== 'add') return undefined;
    const [left, right] = this.#operands(place);
    if (left === undefined || right === undefined) return undefined;
    const [leftConstant, rightConstant] = [this.constant(left), this.constant(right)];
    if (rightConstant !== undefined) return plus(this.offset(left, carried), rightConstant);
    return leftConstant === undefined ? undefined : plus(this.offset(right, carried), leftConstant);
  }

  #operands(place: Place): (Place | undefined)[] {
    return operandNames(place.instruction).map(name => this.place(place.frame, name));
  }

  /** The instruction that makes the value: past carriers, into fusions and out of them through their parameters. */
  #resolve(place: Place): Place | undefined {
    const { frame, instruction } = place;
    if (carriers.has(instruction.opcode)) return this.#operands(place)[0];
    if (instruction.opcode === 'parameter' && frame.operand !== undefined) {
      return frame.operand(Number(instruction.operands));
    }
    if (instruction.opcode === 'fusion') return this.#fused(place);
    if (instruction.opcode !== 'get-tuple-element') return place;
    const [tuple] = this.#operands(place);
    const index = Number(/index=(\d+)/.exec(instruction.attributes)?.[1]);
    return tuple?.instruction.opcode === 'tuple' ? this.element(tuple, index) : place;
  }

  #fused(place: Place): Place | undefined {
    const callee = /^%?([\w.-]+)/.exec(attributeText(place.instruction, 'calls') ?? '')?.[1];
    const computation = callee === undefined ? undefined : this.#computations.get(callee);
    if (computation === undefined) return undefined;
    return this.root({ computation, operand: parameter => this.#operands(place)[parameter] });
  }
}

/** The element of the loop's tuple that an instruction takes, when the tuple is the computation's parameter. */
function carriedIndex({ frame, instruction }: Place): number | undefined {
  if (instruction.opcode !== 'get-tuple-element' || frame.operand !== undefined) return undefined;
  const tuple = frame.computation.instructions.get(operandNames(instruction)[0]);
  if (tuple?.opcode !== 'parameter') return undefined;
  return Number(/index=(\d+)/.exec(instruction.attributes)?.[1]);
}

const plus = (sum: number | undefined, more: number): number | undefined =>
  sum === undefined ? undefined : sum + more;
