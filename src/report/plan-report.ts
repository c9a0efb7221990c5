import type { ArgumentPlacement, MeshAxisSize } from './run-report.ts';

/** What the page of a plan shows. Plain data; whoever planned fills it in. */
export interface PlanReport {
  /** For example the program's file name. */
  readonly title: string;
  /** Short facts below the title: cluster, mesh, seconds, bound. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly mesh: readonly MeshAxisSize[];
  /** For each axis in words what it is there for. */
  readonly axes: readonly { readonly name: string; readonly text: string }[];
  /** Repeated parts of the program, and what is outside of them. */
  readonly blocks: readonly PlanBlock[];
  /** Bytes and seconds on one device in one step, by axis and kind. */
  readonly traffic: readonly AxisTraffic[];
  /** The groups that take longest, most seconds first. */
  readonly longest: readonly TrafficLine[];
  readonly memory: MemoryOverTime;
  /** The plan first, then the one that came second, if any. */
  readonly steps: readonly StepBar[];
  /** Seconds that no plan beats; absent where nothing was searched. */
  readonly boundSeconds?: number;
  /** What is said of the search and of the second plan, a line each. */
  readonly notes: readonly string[];
}

export interface PlanBlock {
  /** `h.* x 24`. */
  readonly title: string;
  /** How its products are cut, a line each. */
  readonly products: readonly string[];
  readonly placements: readonly ArgumentPlacement[];
}

export interface AxisTraffic {
  readonly axis: string;
  readonly parts: readonly { readonly kind: string; readonly bytes: number; readonly seconds: number }[];
}

export interface TrafficLine {
  readonly kind: string;
  readonly axis: string;
  readonly what: string;
  readonly times: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Of the step, from 0 to 1. */
  readonly share: number;
}

/** Memory of one device over a step, in program order. */
export interface MemoryOverTime {
  /** What is there all the time, by kind. */
  readonly constant: readonly { readonly kind: string; readonly bytes: number }[];
  /** What is there beyond that, by step. */
  readonly changing: { readonly kind: string; readonly bytes: readonly number[] };
  readonly peakStep: number;
  /** Where in the program the peak is. */
  readonly peakPlace: string;
  /** What takes most at the peak beside what is there all the time. */
  readonly largest: readonly { readonly name: string; readonly count: number; readonly bytes: number }[];
  /** Names of steps. */
  readonly marks: readonly { readonly step: number; readonly name: string }[];
  readonly limitBytes: number;
}

export interface StepBar {
  readonly label: string;
  readonly parts: readonly { readonly kind: string; readonly seconds: number }[];
}
