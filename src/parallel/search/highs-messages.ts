import type { IntegerProgram } from './integer-program.ts';

/** What a thread with HiGHS is asked. */
export interface HighsTask {
  readonly program: IntegerProgram;
  /** A solution to begin with. */
  readonly start?: Float64Array;
  /** Solutions that cost more are of no interest. */
  readonly cutoff?: number;
  readonly timeLimitSeconds: number;
  /** A share of the cost that counts as nothing. */
  readonly gap: number;
}

/** What it says meanwhile and in the end. `none`: nothing costs less than the cutoff. */
export type HighsMessage =
  | { readonly kind: 'solution'; readonly solution: Float64Array }
  | { readonly kind: 'bound'; readonly bound: number }
  | { readonly kind: 'end'; readonly end: 'optimal' | 'none' | 'limit'; readonly nodes: number };
