/** What the page of a memory plan shows. Plain data; whoever planned fills it in. */
export interface PackReport {
  /** For example the file name of the problem. */
  readonly title: string;
  /** Short facts below the title: arena, peak, bound. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** What is said of the plan as a whole, a line each. */
  readonly notes: readonly string[];
  /** What the numbers from left to right are. */
  readonly unit: 'step' | 'time';
  /** The plan itself last; before it what it is held against, if there is anything. */
  readonly plans: readonly ArenaPlan[];
  /** Proven: nothing needs less. */
  readonly boundBytes: number;
  readonly capacityBytes?: number;
  /** Names of colours, in the order of the legend. */
  readonly kinds: readonly { readonly kind: ArenaKind; readonly name: string }[];
  readonly alive: AliveTable;
  readonly suggestions: readonly string[];
}

export type ArenaKind = 'state' | 'kept' | 'constant' | 'output' | 'activation' | 'temporary' | 'workspace';

/** One plan in time and address. */
export interface ArenaPlan {
  /** `Before: PyTorch`. */
  readonly title: string;
  /** Who has it: `before` and `after` have a colour each. */
  readonly role: 'before' | 'after';
  /** Of all banks together. */
  readonly arenaBytes: number;
  readonly peakBytes: number;
  /** Banks from the lowest address of the picture up. */
  readonly banks: readonly { readonly name: string; readonly low: number; readonly arenaBytes: number }[];
  /** What each time stands for, and the end of the last. */
  readonly times: readonly number[];
  readonly liveBytes: readonly number[];
  /** Indices of `times` at which the peak is reached. */
  readonly peakTimes: readonly number[];
  /** The operators that run then, a few of them; empty where lifetimes are given. */
  readonly peakOperators: readonly string[];
  readonly boxes: readonly ArenaBox[];
}

/** Bytes `[low, high)` of the picture in use during the times `[from, to)`. */
export interface ArenaBox {
  readonly kind: ArenaKind;
  readonly name: string;
  /** Address inside its bank. */
  readonly address: number;
  readonly low: number;
  readonly high: number;
  readonly from: number;
  readonly to: number;
  readonly maker?: string;
  readonly reader?: string;
  readonly isKept: boolean;
}

/** What is there at the peak, the largest first. */
export interface AliveTable {
  readonly place: string;
  readonly rows: readonly AliveRow[];
  /** What is there beside the rows. */
  readonly others: { readonly count: number; readonly bytes: number };
}

export interface AliveRow {
  readonly kind: ArenaKind;
  readonly name: string;
  readonly bytes: number;
  /** Of what is there, from 0 to 1. */
  readonly share: number;
  readonly maker: string;
  readonly reader: string;
  readonly life: string;
}
