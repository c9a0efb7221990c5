/**
 * A repeated subgraph of a program, or the body of a loop.
 *
 * `instances[i][k]` is the operation that plays role k in instance i. In every instance the role has the same name,
 * attributes and types; an operand is made inside of the instance, by one and the same role, in all instances or in
 * none. What crosses an instance's border has the same type everywhere, but may come from anywhere: layer 0 reads the
 * embedding where layer 1 reads layer 0.
 */
export interface FoldBlock {
  /** `repeat`: instances of one structure. `loop`: the body of a `while`, one instance that runs `trips` times. */
  readonly kind: 'repeat' | 'loop';
  /** From scopes or argument names where there are any (`h.*`), else `block`. */
  readonly name: string;
  readonly instances: readonly (readonly number[])[];
  /** Positions of the function's arguments that belong to each instance, by role: weights and their moments. */
  readonly arguments: readonly (readonly number[])[];
  /** How often a loop's body runs: 1 for repeats, undefined where it is not plain to see. */
  readonly trips: number | undefined;
}

/**
 * The repeated structure of an inlined program. Operations are numbered as `walkOperations` visits the entry function:
 * in program order, outer before inner, with the operations of all regions. Operations of one role share a class, every
 * other operation has a class of its own; the same for arguments. Classes are numbered by their first member.
 */
export interface Fold {
  readonly blocks: readonly FoldBlock[];
  /** Class of each operation. */
  readonly classOf: Int32Array;
  /** The first operation of each class. */
  readonly representatives: Int32Array;
  /** Class of each argument of the function. */
  readonly argumentClassOf: Int32Array;
  /** The first argument of each class. */
  readonly argumentRepresentatives: Int32Array;
  /** Operations per class, at least 1. */
  readonly ratio: number;
}
