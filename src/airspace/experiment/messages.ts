import type { CellRecord, ExperimentTask } from './cells.ts';
import type { ExperimentParameters } from './parameters.ts';

/** To a process of the experiment. Parameters come first, and once. */
export type ToWorker =
  | { readonly kind: 'parameters'; readonly parameters: ExperimentParameters }
  | { readonly kind: 'task'; readonly task: ExperimentTask };

/** From it. `idle`: it has no task. */
export type FromWorker = { readonly kind: 'idle' } | { readonly kind: 'record'; readonly record: CellRecord };
