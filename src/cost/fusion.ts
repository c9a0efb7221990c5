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
  const read = new Set<string>();
  for (const operation of facts.blocks.keys()) {
    const kernel = kernels.get(operation);
    let moved = 0;
    for (const operand of aliasNames.has(operation.name) ? [] : operation.operands) {
      const value = facts.sourceOf(operand);
      const maker = facts.makers.get(value);
      const free = maker !== undefined && (freeNames.has(maker.name) || kernels.get(maker) === kernel);
      const key = `${kernel}:${value}`;
      if (free || read.has(key)) continue;
      read.add(key);
      moved += bytesOf(value);
    }
    for (const value of isFree(operation) ? [] : operation.results) {
      const readers = facts.readers.get(value) ?? [];
      if (readers.some(reader => kernels.get(reader) !== kernel)) moved += bytesOf(value);
    }
    bytes.set(operation, moved);
  }
  return bytes;
}

interface Facts {
  /** Every operation in program order, parents first, with its block. */
  readonly blocks: ReadonlyMap<Operation, Block>;
  readonly makers: ReadonlyMap<ValueId, Operation>;
  /** Who reads a value, also through reshapes. */
  readonly readers: ReadonlyMap<ValueId, readonly Operation[]>;
  /** The value that lies in memory for another: the one before all reshapes. */
  sourceOf(value: ValueId): ValueId;
}

function readFacts(func: Func): Facts {
  const blocks = new Map<Operation, Block>();
  const makers = new Map<ValueId, Operation>();
  const readers = new Map<ValueId, Operation[]>();
  const sourceOf = (value: ValueId): ValueId => {
    const maker = makers.get(value);
    return maker !== undefined && aliasNames.has(maker.name) ? sourceOf(maker.operands[0]) : value;
  };
  const visit = (block: Block): void => {
    for (const operation of block.operations) {
      blocks.set(operation, block);
      for (const value of operation.results) makers.set(value, operation);
      for (const operand of aliasNames.has(operation.name) ? [] : operation.operands) {
        const value = sourceOf(operand);
        const known = readers.get(value);
        if (known === undefined) readers.set(value, [operation]);
        else known.push(operation);
      }
      // Other regions say how elements are folded, and move nothing themselves.
      if (controlNames.has(operation.name)) for (const region of operation.regions) visit(region);
    }
  };
  visit(func.body);
  return { blocks, makers, readers, sourceOf };
}

/** The number of the kernel that runs each operation: a maker joins its readers where they are all in one kernel. */
function kernelsOf({ blocks, readers }: Facts): ReadonlyMap<Operation, number> {
  const kernels = new Map<Operation, number>();
  // Backwards, so that readers have their kernel before their makers; those in loops around them count as another.
  for (const operation of [...blocks.keys()].reverse()) {
    const users = operation.results.flatMap(value => readers.get(value) ?? []);
    const [first] = users;
    const kernel = first === undefined ? undefined : kernels.get(first);
    const joins =
      chainNames.has(operation.name) &&
      kernel !== undefined &&
      users.every(
        user => kernels.get(user) === kernel && takesChains(user) && blocks.get(user) === blocks.get(operation),
      );
    kernels.set(operation, joins ? kernel : kernels.size);
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
