import { valuesInKernels } from '../cost/index.ts';
import { aliasedResult, entryFunction, type Func, type Program, typeBytes, type ValueId } from '../ir/index.ts';
import { defaultAlignmentBytes, type MemoryProblem, solveNow } from '../memory/index.ts';
import { type PlannedBlock, planBlock } from './memory-block.ts';
import { isDonatedArgument, type Materialise } from './memory-rules.ts';

export interface ProgramMemoryOptions {
  /** Default `stated`: views, constants of one number and broadcasts that are read in passing take nothing. */
  readonly materialise?: Materialise;
  /** Bytes of a value; default: those of its type. Give a device's share to plan a sharded program. */
  readonly bytesOf?: (value: ValueId) => number;
  /** What the body of a loop, branch or comparator needs; default: the arena of its own plan. */
  readonly bodyBytes?: (body: MemoryProblem) => number;
  /** Default 64. */
  readonly alignmentBytes?: number;
}

/** The memory problem of a program, and how it hangs together with it. */
export interface ProgramMemory {
  readonly problem: MemoryProblem;
  /** Tensor in which each value of the entry function lies, or -1 for those that are nowhere or inside loops. */
  readonly tensorOf: Int32Array;
  /** Index in the entry's body of each operator's operation; -1 for copies that state needs. */
  readonly operationOf: readonly number[];
  /** Pairs (input, output) of tensors that are one piece of state. */
  readonly state: readonly (readonly [number, number])[];
  /** The tensor of the loss: the only float scalar among the results that is not state. */
  readonly loss?: number;
}

/**
 * The memory problem of an inlined program's entry function: operations as operators; arguments as inputs, kept or
 * donated; results as outputs; donated arguments overwritten by the results that they are aliased to, through a copy
 * where the program reads the old value too late. Loops, branches and comparators are one operator each, whose workspace
 * is what their bodies need when planned on their own. O(N + E), but for the plans of bodies.
 */
export function memoryProblem(program: Program, options: ProgramMemoryOptions = {}): ProgramMemory {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('internal: program without an entry function');
  return memoryProblemOf(func, program.file, options);
}

/** `memoryProblem` of one function without calls. */
export function memoryProblemOf(func: Func, name: string, options: ProgramMemoryOptions = {}): ProgramMemory {
  const { problem, tensorOf, operationOf, state } = planFunction(func, name, options);
  const loss = lossOf(func, func.body.operations.at(-1)?.operands ?? []);
  return {
    problem,
    tensorOf: Int32Array.from({ length: func.valueTypes.length }, (_, value) => tensorOf(value)),
    operationOf,
    state,
    ...(loss === undefined ? {} : { loss: tensorOf(loss) }),
  };
}

/** The body of a function as a block of a memory problem. */
export function planFunction(func: Func, name: string, options: ProgramMemoryOptions = {}): PlannedBlock {
  const { materialise = 'stated', alignmentBytes = defaultAlignmentBytes } = options;
  const bytesOf = options.bytesOf ?? (value => typeBytes(func.valueTypes[value]));
  const bodyBytes = options.bodyBytes ?? (body => solveNow(body).stats.arenaBytes);
  const returned = func.body.operations.at(-1)?.operands ?? [];
  const inKernels = materialise === 'fused' ? valuesInKernels(func) : new Uint8Array(0);
  return planBlock({ func, bytesOf, bodyBytes, materialise, alignmentBytes, name, inKernels }, func.body, {
    arguments: func.arguments.map((argument, index) => ({
      value: argument.value,
      name: argument.name ?? `arg${index}`,
      kind: isDonatedArgument(argument) ? 'donated' : 'kept',
    })),
    state: func.arguments.flatMap((argument, index) => {
      const result = aliasedResult(argument);
      return result < 0 || result >= returned.length ? [] : [{ argument: index, result }];
    }),
    isRegion: false,
  });
}

/** The value of the only unaliased float scalar that a function returns. */
function lossOf(func: Func, returned: readonly ValueId[]): ValueId | undefined {
  const aliased = new Set(func.arguments.map(aliasedResult));
  const scalars = returned.filter((value, index) => {
    const type = func.valueTypes[value];
    const isFloat = type.kind === 'tensor' && type.shape.length === 0 && /^b?f\d/.test(type.element);
    return isFloat && !aliased.has(index);
  });
  return scalars.length === 1 ? scalars[0] : undefined;
}
