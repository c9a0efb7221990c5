import type { Program } from '../ir/index.ts';
import { microBatch, rematerialize } from '../transform/index.ts';
import { foldProgram } from './fold.ts';
import type { Fold } from './fold-types.ts';

/** How a program is changed into one with the same results that needs less memory, before it is split. */
export interface ProgramTransform {
  /** Pieces in which the batch is done, one after the other: 1 or more. */
  readonly microBatches: number;
  /** True where repeated blocks keep what goes in, and make the rest once more when it is needed backward. */
  readonly rematerialized: boolean;
}

/** The program as it is. */
export const noTransform: ProgramTransform = { microBatches: 1, rematerialized: false };

export type TransformOutcome =
  | { readonly status: 'done'; readonly program: Program }
  | { readonly status: 'refused'; readonly message: string };

/**
 * Changes an inlined program, or says why it cannot be changed. Deterministic: plans number the operations it makes.
 * `fold` are the repeats of the program, found anew where they are needed and left out.
 */
export function transformProgram(program: Program, transform: ProgramTransform, fold?: Fold): TransformOutcome {
  const { microBatches, rematerialized } = transform;
  let current = program;
  if (rematerialized) {
    const { blocks } = fold ?? foldProgram(program);
    const made = rematerialize(
      program,
      blocks.filter(({ kind }) => kind === 'repeat'),
    );
    if (made.status === 'refused') return { status: 'refused', message: made.reason.message };
    current = made.program;
  }
  if (microBatches === 1) return { status: 'done', program: current };
  const made = microBatch(current, microBatches);
  return made.status === 'done' ? made : { status: 'refused', message: made.reason.message };
}

/** `in 4 micro-batches`, `in 4 micro-batches with blocks rematerialized`; `as it is`. */
export function formatTransform({ microBatches, rematerialized }: ProgramTransform): string {
  const pieces = microBatches > 1 ? `in ${microBatches} micro-batches` : '';
  const again = rematerialized ? 'with blocks rematerialized' : '';
  return [pieces, again].filter(word => word !== '').join(' ') || 'as it is';
}
