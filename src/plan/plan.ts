import type { MemoryOfKind } from '../cost/index.ts';
import type { ProgramTransform } from '../parallel/index.ts';

/**
 * The plan of a distributed run: one JSON document from which the annotated program, the tables, the page and the run
 * derive. Shardings and types are in their one-line notation.
 */
export interface Plan {
  readonly format: 'skein.plan/1';
  readonly program: PlannedProgram;
  /** Cluster notation: `cpu:8`, `4x8xH100`. */
  readonly cluster: string;
  readonly mesh: PlannedMesh;
  /** How the program is changed before it is split; absent where it is taken as it is. */
  readonly transform?: ProgramTransform;
  /** Stages and their schedule; null where the program runs as one. */
  readonly pipeline: null;
  readonly inputs: readonly PlannedValue[];
  readonly outputs: readonly PlannedValue[];
  /** What goes back in when the step is repeated: donated inputs, each with the output that takes its buffer. */
  readonly state: readonly (readonly [output: number, input: number])[];
  /** The different ways in which operations are decided, in the order in which they are first met. */
  readonly decisions: readonly PlannedDecision[];
  /** The decision of each operation that is placed, in program order. */
  readonly assigned: readonly PlannedOperation[];
  readonly predicted: PredictedSeconds;
  readonly memory: readonly MemoryOfKind[];
  readonly collectives: {
    readonly ideal: readonly PlannedCollective[];
    readonly backend: readonly PlannedCollective[];
  };
  /** Operator order and offsets, where they were asked for. */
  readonly layout: null;
  /** How the plan was found; null where pins or a strategy decided everything. */
  readonly search: PlannedSearch | null;
}

/** How a plan was found: what was searched, what no plan can beat, and what came second. */
export interface PlannedSearch {
  readonly seconds: number;
  /** No plan in the space takes fewer seconds. */
  readonly bound: number;
  /** How far the plan may be from the best, over the plan: from 0 to 1. */
  readonly gap: number;
  /** Absent in plans from before it was told. */
  readonly space?: PlannedSpace;
  /** The best other plan that was found, with its memory as the search estimates it; absent where there was none. */
  readonly second?: { readonly mesh: string; readonly stepSeconds: number; readonly memoryBytes: number };
}

/** What a search chose from. */
export interface PlannedSpace {
  /** Decimal logarithm of the number of assignments on the plan's mesh. */
  readonly assignmentsLog10: number;
  /** Meshes that were searched, and all that there are. */
  readonly meshes: number;
  readonly meshesInAll: number;
  /** Ways to cut classes of operations, before and after some were left out, on all meshes. */
  readonly choicesCounted: number;
  readonly choicesKept: number;
  /** Which rules left out how many meshes. */
  readonly pruned: readonly { readonly rule: string; readonly meshes: number; readonly why: string }[];
}

export interface PlannedProgram {
  readonly file: string;
  /** SHA-256 of the printed program without locations. */
  readonly fingerprint: string;
  readonly operations: number;
}

export interface PlannedMesh {
  /** Name and size, major to minor. */
  readonly axes: readonly (readonly [name: string, size: number])[];
  /** Device of each mesh position, row-major; absent means 0, 1, 2... */
  readonly deviceIds?: readonly number[];
  /** The parts of axes that are cut, in braces for each: `[{tp:(1)2,tp:(2)2}]`; absent where axes are used whole. */
  readonly parts?: string;
}

export interface PlannedValue {
  readonly name: string;
  /** `f32[8, 1024]`. */
  readonly type: string;
  /** `[{dp}, {}]`. */
  readonly sharding: string;
  /** Of the whole value. */
  readonly bytes: number;
}

/** How operations are cut, and how what they read and make lies. Layouts are shardings, `[{dp}, {}] unreduced{tp}`. */
export interface PlannedDecision {
  /** `stablehlo.dot_general`. */
  readonly operation: string;
  /** In braces for each factor of the operation's rule the axes that cut it; `[]` for loops and branches. */
  readonly strategy: string;
  /** How each operand is read. */
  readonly operands: readonly string[];
  /** How each result comes out. */
  readonly results: readonly string[];
  /** How each result is handed on. */
  readonly finals: readonly string[];
}

/**
 * An operation, by its number in the entry function after inlining and the plan's transform (an operation comes before
 * those in its regions, all are counted), with its decision, by its place in `decisions`.
 */
export type PlannedOperation = readonly [operation: number, decision: number];

/** Seconds of one step on the cluster. Step = compute + communication - overlap. */
export interface PredictedSeconds {
  readonly computeSeconds: number;
  readonly communicationSeconds: number;
  readonly overlapSeconds: number;
  readonly stepSeconds: number;
}

export interface PlannedCollective {
  readonly kind: string;
  readonly axes: readonly string[];
  readonly bytesPerDevice: number;
  readonly trips: number;
  readonly operation: string;
  readonly scope?: string;
  readonly reason: string;
}
