export { inlineCalls } from './inline.ts';
export type { MicroBatchOutcome } from './micro-batch/micro-batch.ts';
export { microBatch, microBatchCounts } from './micro-batch/micro-batch.ts';
export type { MicroBatchRefusal, OperationPlace } from './micro-batch/refusal.ts';
export type { RepeatedBlock } from './rematerialize/block-halves.ts';
export type { RematerializeOutcome, RematerializeRefusal } from './rematerialize/rematerialize.ts';
export { rematerialize } from './rematerialize/rematerialize.ts';
