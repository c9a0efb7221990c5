import type { Func, Operation, Program, ValueId } from '../ir/index.ts';
import type { Strategy } from './factor-layout.ts';
import type { Grid, Layout } from './grid.ts';
import type { Sharding } from './notation.ts';
import type { Step } from './reshard.ts';

/** An operation whose result is a partial sum. */
export interface PartialSum {
  readonly value: ValueId;
  /** Bytes of that result on one device. */
  readonly bytesPerDevice: number;
  /** The atoms of each factor that is summed. */
  readonly factors: readonly (readonly number[])[];
}

/** Where in the program something happens. */
export interface Site {
  readonly operation: Operation;
  /** Number of the operation in the order in which operations are met, regions after their operation. */
  readonly index: number;
  /** How often it runs: the product of the trip counts of the loops around it. */
  readonly trips: number;
}

/** A value that is brought into another layout, once for all who want it so. */
export interface Move {
  readonly kind: 'reshard';
  readonly value: ValueId;
  readonly from: Layout;
  readonly to: Layout;
  readonly steps: readonly Step[];
  readonly sources: readonly PartialSum[];
  readonly site: Site;
}

/** A collective inside an operation: edges of neighbours, or a reduction that is no sum. */
export interface InnerCollective {
  readonly kind: 'inner';
  readonly value: ValueId;
  readonly step: Step;
  readonly reason: 'halo' | 'reduction';
  readonly site: Site;
}

export type Movement = Move | InnerCollective;

/** How one operation is cut. `finals` are the layouts in which its results are handed on. */
export interface OperationPlan {
  readonly site: Site;
  readonly strategy: Strategy;
  readonly operands: readonly Layout[];
  readonly results: readonly Layout[];
  readonly finals: readonly Layout[];
  /** Who says where each atom goes: numbers of operands, -1 for a pin. */
  readonly claimants: ReadonlyMap<number, ReadonlySet<number>>;
}

/** An axis that several factors of an operation wanted. */
export interface Conflict {
  readonly operation: string;
  readonly index: number;
  readonly scope?: string;
  readonly axis: string;
  /** One sentence: who wanted what, and what was chosen. */
  readonly explanation: string;
}

/** What propagation finds out about the inlined entry function. */
export interface Propagation {
  readonly program: Program;
  readonly func: Func;
  readonly grid: Grid;
  /** The sharding in which each value is handed on, by `ValueId`; undefined for values that are no tensors. */
  readonly shardings: readonly (Sharding | undefined)[];
  readonly arguments: readonly Sharding[];
  readonly results: readonly Sharding[];
  readonly resultLayouts: readonly Layout[];
  readonly plans: ReadonlyMap<Operation, OperationPlan>;
  /** Values that are made again in each layout wanted: constants, broadcasts and what is computed from them alone. */
  readonly cheap: ReadonlySet<ValueId>;
  readonly movements: readonly Movement[];
  readonly conflicts: readonly Conflict[];
  /** Number of passes until nothing changed. */
  readonly passes: number;
}
