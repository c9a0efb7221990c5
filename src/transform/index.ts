export { inlineCalls } from './inline.ts';
export type { MicroBatchOutcome } from './micro-batch/micro-batch.ts';
export { microBatch, microBatchCounts } from './micro-batch/micro-batch.ts';
export type { MicroBatchRefusal, OperationPlace } from './micro-batch/refusal.ts';
