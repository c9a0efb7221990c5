import { attributeText, type HloComputation, type HloInstruction, operandNames } from './hlo-text.ts';

/** An instruction of a computation, and the fusion inside which it lies, if any. */
export interface Place {
  readonly instruction: HloInstruction;
  readonly computation: HloComputation;
  readonly fusion?: Place;
}

/** Where values come from and where they are read, with fusions looked into as if they were opened. */
export interface ValueFlow {
  /**
   * The places that read a value, none of them a fusion; undefined among them where it leaves its computation by
   * another way.
   */
  readers(value: Place): (Place | undefined)[];
  /** The instruction that makes a value, never a fusion; undefined where it comes from outside. */
  made(value: Place): Place | undefined;
  /** What operand `index` of an instruction is, never a fusion; undefined where it comes from outside. */
  operand(place: Place, index: number): Place | undefined;
}

/** Follows the values of a compiled program. Who reads what is counted once a computation, when first asked for. */
export function followValues(computations: ReadonlyMap<string, HloComputation>): ValueFlow {
  const users = new Map<HloComputation, ReadonlyMap<string, readonly HloInstruction[]>>();
  const usersOf = ({ instruction, computation }: Place): readonly HloInstruction[] => {
    const known = users.get(computation) ?? countUsers(computation);
    users.set(computation, known);
    return known.get(instruction.name) ?? [];
  };
  const calleeOf = (fusion: HloInstruction): HloComputation | undefined => {
    const name = /^%?([\w.-]+)/.exec(attributeText(fusion, 'calls') ?? '')?.[1];
    return name === undefined ? undefined : computations.get(name);
  };

  const readers = (value: Place): (Place | undefined)[] => {
    const { instruction, fusion } = value;
    const inside = usersOf(value).flatMap((user): (Place | undefined)[] => {
      const place: Place = { ...value, instruction: user };
      if (user.opcode === 'fusion') return enter(place, instruction.name);
      const packed = user.opcode === 'tuple' && user.root && fusion !== undefined;
      if (!packed) return [place];
      return operandNames(user).flatMap((name, index) => (name === instruction.name ? leave(fusion, index) : []));
    });
    if (!instruction.root) return inside;
    return fusion === undefined ? [...inside, undefined] : [...inside, ...readers(fusion)];
  };

  /** The readers of an operand inside of a fusion. */
  const enter = (fusion: Place, operand: string): (Place | undefined)[] => {
    const computation = calleeOf(fusion.instruction);
    if (computation === undefined) return [undefined];
    return operandNames(fusion.instruction).flatMap((name, index) => {
      const parameter = name === operand ? parameterOf(computation, index) : undefined;
      return parameter === undefined ? [] : readers({ instruction: parameter, computation, fusion });
    });
  };

  /** The readers of element `index` of a fusion that gives a tuple. */
  const leave = (fusion: Place, index: number): (Place | undefined)[] => {
    if (fusion.instruction.root) return [undefined];
    return usersOf(fusion).flatMap((user): (Place | undefined)[] => {
      if (user.opcode !== 'get-tuple-element') return [undefined];
      return tupleIndex(user) === index ? readers({ ...fusion, instruction: user }) : [];
    });
  };

  const operand = (place: Place, index: number): Place | undefined => {
    const { instruction, computation, fusion } = place;
    const found = computation.instructions.get(operandNames(instruction)[index] ?? '');
    return found === undefined ? undefined : open({ instruction: found, computation, ...(fusion && { fusion }) });
  };

  /** The root of a fusion, what a parameter of one stands for, or the value itself. */
  const open = (place: Place): Place | undefined => {
    const { instruction, fusion } = place;
    if (instruction.opcode === 'fusion') {
      const computation = calleeOf(instruction);
      const root = computation && [...computation.instructions.values()].find(inner => inner.root);
      return root && computation && open({ instruction: root, computation, fusion: place });
    }
    if (instruction.opcode === 'parameter') return fusion && operand(fusion, Number(instruction.operands));
    if (instruction.opcode === 'get-tuple-element') {
      const made = operand(place, 0);
      if (made?.instruction.opcode === 'tuple') return operand(made, tupleIndex(instruction));
    }
    return place;
  };

  return { readers, operand, made: open };
}

/** The index of a get-tuple-element. */
export function tupleIndex({ attributes }: HloInstruction): number {
  return Number(/\bindex=(\d+)/.exec(attributes)?.[1] ?? -1);
}

function parameterOf({ instructions }: HloComputation, index: number): HloInstruction | undefined {
  return [...instructions.values()].find(
    ({ opcode, operands }) => opcode === 'parameter' && Number(operands) === index,
  );
}

/** The instructions that read each name, once each. */
function countUsers({ instructions }: HloComputation): ReadonlyMap<string, readonly HloInstruction[]> {
  const users = new Map<string, HloInstruction[]>();
  for (const instruction of instructions.values()) {
    for (const name of new Set(operandNames(instruction))) {
      const known = users.get(name);
      if (known === undefined) users.set(name, [instruction]);
      else known.push(instruction);
    }
  }
  return users;
}
