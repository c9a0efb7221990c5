import { type Block, type Func, type Operation, typeBytes, type ValueId } from '../ir/index.ts';
import { elementwiseNames } from '../sharding/index.ts';

/** Loops and branches: their work is that of the operations inside. */
export const controlNames: ReadonlySet<string> = new Set(['stablehlo.while', 'stablehlo.case', 'stablehlo.if']);

/**
 * Bytes that each operation moves through memory when chains of elementwise operations run as one kernel each: a value
 * that only its own kernel reads stays in registers, what a kernel reads several times comes from memory once, and a
 * reshape moves nothing.
 *
 * XLA fuses so on every platform (its `InstructionFusion`, kind kLoop). We depart in three ways: a value that several
 * kernels read is written, where XLA may compute it again in each; a kernel lies in one block; and a change of layout
 * inside a chain does not end it. The bytes of a kernel are charged to the operations that read and write them, so that
 * each operation has a price of its own.
 */
export function fusedBytes(func: Func): ReadonlyMap<Operation, number> {
  const facts = readFacts(func);
  const kernels = kernelsOf(facts);
  const bytesOf = (value: ValueId): number => typeBytes(func.valueTypes[value]);
  const bytes = new Map<Operation, number>();
  /** By value the kernels that read it from memory. */
  const read: number[][] = [];
  for (const [number, operation] of facts.operations.entries()) {
    const kernel = kernels[number];
    let moved = 0;
    for (const operand of aliasNames.has(operation.name) ? [] : operation.operands) {
      const value = facts.sourceOf(operand);
      const maker = facts.makers[value];
      const free = maker !== undefined && (freeNames.has(facts.operations[maker].name) || kernels[maker] === kernel);
      read[value] ??= [];
      if (free || read[value].includes(kernel)) continue;
      read[value].push(kernel);
      moved += bytesOf(value);
    }
    for (const value of isFree(operation) ? [] : operation.results) {
      const readers = facts.readers[value];
      if (readers?.some(reader => kernels[reader] !== kernel)) moved += bytesOf(value);
    }
    bytes.set(operation, moved);
  }
  return bytes;
}

/**
 * By value, 1 for those that only the kernel which makes them reads: they never reach memory. The kernels are those of
 * `fusedBytes`.
 */
export function valuesInKernels(func: Func): Uint8Array {
  const facts = readFacts(func);
  const kernels = kernelsOf(facts);
  const inside = new Uint8Array(func.valueTypes.length);
  for (const [number, operation] of facts.operations.entries()) {
    if (!chainNames.has(operation.name)) continue;
    for (const value of operation.results) {
      const readers = facts.readers[value];
      if (readers?.every(reader => kernels[reader] === kernels[number])) inside[value] = 1;
    }
  }
  return inside;
}

interface Facts {
  /** Every operation in program order, parents first: what is said of them below is said of their numbers. */
  readonly operations: readonly Operation[];
  readonly blocks: readonly Block[];
  /** By value who makes it, and who reads it, also through reshapes. */
  readonly makers: readonly (number | undefined)[];
  readonly readers: readonly (readonly number[] | undefined)[];
  /** The value that lies in memory for another: the one before all reshapes. */
  sourceOf(value: ValueId): ValueId;
}

function readFacts(func: Func): Facts {
  const operations: Operation[] = [];
  const blocks: Block[] = [];
  const makers: number[] = [];
  const readers: number[][] = [];
  const sourceOf = (value: ValueId): ValueId => {
    const maker = operations[makers[value] ?? -1];
    return maker !== undefined && aliasNames.has(maker.name) ? sourceOf(maker.operands[0]) : value;
  };
  const visit = (block: Block): void => {
    for (const operation of block.operations) {
      const number = operations.push(operation) - 1;
      blocks.push(block);
      for (const value of operation.results) makers[value] = number;
      for (const operand of aliasNames.has(operation.name) ? [] : operation.operands) {
        const value = sourceOf(operand);
        readers[value] ??= [];
        readers[value].push(number);
      }
      // Other regions say how elements are folded, and move nothing themselves.
      if (controlNames.has(operation.name)) for (const region of operation.regions) visit(region);
    }
  };
  visit(func.body);
  return { operations, blocks, makers, readers, sourceOf };
}

/** The number of the kernel that runs each operation: a maker joins its readers where they are all in one kernel. */
function kernelsOf({ operations, blocks, readers }: Facts): Int32Array {
  const kernels = new Int32Array(operations.length).fill(-1);
  let count = 0;
  // Backwards, so that readers have their kernel before their makers; those in loops around them count as another.
  for (let number = operations.length - 1; number >= 0; number--) {
    const { name, results } = operations[number];
    let kernel = -1;
    if (chainNames.has(name)) {
      kernel = kernels[readers[results[0]]?.[0] ?? number];
      for (const value of results) {
        for (const user of readers[value] ?? []) {
          const joins = kernels[user] === kernel && takesChains(operations[user]) && blocks[user] === blocks[number];
          if (!joins) kernel = -1;
        }
      }
    }
    kernels[number] = kernel >= 0 ? kernel : count++;
  }
  return kernels;
}

const isFree = ({ name }: Operation): boolean => freeNames.has(name) || aliasNames.has(name);

/** These hand on the memory of their operand. */
const aliasNames: ReadonlySet<string> = new Set(['stablehlo.reshape', 'stablehlo.optimization_barrier']);

/** These are made again wherever they are read. */
const freeNames: ReadonlySet<string> = new Set(['stablehlo.constant', 'stablehlo.iota', 'stablehlo.broadcast_in_dim']);

const movements = ['broadcast_in_dim', 'transpose', 'slice', 'reverse', 'pad', 'concatenate'];
const chainNames: ReadonlySet<string> = new Set([
  ...elementwiseNames.filter(name => !aliasNames.has(name)),
  ...movements.map(name => `stablehlo.${name}`),
]);

/** Chains may end in a reduction, which folds what they make as it comes. */
const takesChains = ({ name }: Operation): boolean => chainNames.has(name) || name === 'stablehlo.reduce';
