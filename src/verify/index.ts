export type { CollectiveComparison, CollectiveRow, PredictedCollective, Traffic } from './collective-comparison.ts';
export { compareCollectives, matchesWithin } from './collective-comparison.ts';
export type { CollectiveKind, CompiledCollective } from './compiled-collectives.ts';
export { readCompiledCollectives } from './compiled-collectives.ts';
export { defaultInputs } from './default-inputs.ts';
export type { Equivalence, RunInputs, RunnableProgram, RunOptions, RunRecord } from './equivalence.ts';
export { compareRuns, runProgram } from './equivalence.ts';
