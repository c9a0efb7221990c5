import type { TensorType } from '../../ir/index.ts';
import type { Layout, OperationChoice } from '../../sharding/index.ts';

/**
 * A sharding problem on one mesh as an optimization problem over few variables: one for each class of operations,
 * arguments and carried values that a fold makes equal.
 *
 *      argument w ──home──▶ value w ◀──read── dot           states of a variable: how it is cut
 *                              ▲               │            home: the layout in which it hands a value on
 *                              └──read── update ◀─ ...      read: the layout in which it wants one
 *
 * The cost is the sum of the states' own seconds and, for each value, the seconds to bring it from its home into every
 * other layout in which it is read, each layout once.
 */
export interface SearchModel {
  readonly variables: readonly SearchVariable[];
  readonly values: readonly SearchValue[];
}

/** What is to be decided once for all members of a class. */
export interface SearchVariable {
  readonly kind: 'operation' | 'slot' | 'argument' | 'result' | 'whole';
  /** Number of the first member: of an operation, an argument or a result of the function. */
  readonly subject: number;
  /** Of carried values and branches' results: which of the operation's results; else 0. */
  readonly slot: number;
  /** Choices of an operation; for the others `layouts`. Both by state. */
  readonly choices: readonly OperationChoice[];
  readonly layouts: readonly Layout[];
  /** Own seconds by state, of all members together. */
  readonly seconds: Float64Array;
}

/** Values that are made by members of one class and read by members of the same classes in the same ways. */
export interface SearchValue {
  /** The variable that decides the home. */
  readonly producer: number;
  /** By the producer's state the number of the home layout. */
  readonly homes: Int32Array;
  /** Equal for values with the same producer and homes. */
  readonly home: number;
  readonly type: TensorType;
  /** How many such values there are. */
  readonly count: number;
  readonly reads: readonly SearchRead[];
}

export interface SearchRead {
  readonly reader: number;
  /** By the reader's state the number of the layout in which the value is read. */
  readonly layouts: Int32Array;
  /** How often the reader runs in a step. */
  readonly trips: number;
  /** Reads in one region share what is moved; those of different regions do not. */
  readonly region: number;
  /** Whether moves for it can be hidden behind computing. */
  readonly hideable: boolean;
  /** Reads with one number are equal in all of this, whatever they read. */
  readonly map: number;
}

export const statesOf = (variable: SearchVariable): number => variable.seconds.length;
