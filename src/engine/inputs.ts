/** How to make the arguments of a program: one entry per argument of `@main`, in order. Exporters write it as JSON. */
export interface InputsSpec {
  readonly format: 'skein.inputs/1';
  readonly arguments: readonly ArgumentSpec[];
}

export type ArgumentSpec = {
  readonly name: string;
  readonly shape: readonly number[];
  /** As StableHLO spells it: `f32`, `bf16`, `i32`, `i1`... */
  readonly dtype: string;
} & Distribution;

/** Ranges are half-open, [low, high). */
export type Distribution =
  | { readonly distribution: 'uniform'; readonly low: number; readonly high: number }
  | { readonly distribution: 'normal'; readonly mean: number; readonly std: number }
  | { readonly distribution: 'integers'; readonly low: number; readonly high: number }
  | { readonly distribution: 'constant'; readonly value: number };
