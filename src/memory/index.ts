export { contradictoryReuse } from './contradictions.ts';
export { orderOfProgram } from './depth-orders.ts';
export type { LivenessGraph, MemoryGraph } from './graph.ts';
export { createLivenessGraph, createMemoryGraph, runsInOrder } from './graph.ts';
export type { Hole } from './holes.ts';
export type { Liveness, Resident } from './liveness.ts';
export { measureLiveness, residentBytes, residentsAt } from './liveness.ts';
export { fingerprintProblem, formatMemoryPlan, parseMemoryPlan } from './plan-json.ts';
export type { BoxKind, PlanBox, PlanPicture } from './plan-picture.ts';
export { createPlanPicture, planInProgramOrder } from './plan-picture.ts';
export type {
  Gap,
  Interval,
  MemoryAlias,
  MemoryBank,
  MemoryOperator,
  MemoryPlan,
  MemoryProblem,
  MemoryTensor,
  TensorKind,
} from './problem.ts';
export { defaultAlignmentBytes, hasFixedLifetimes, roundUp, withCapacity } from './problem.ts';
export { checkMemoryProblem } from './problem-check.ts';
export type { BufferTable, CsvOptions } from './problem-csv.ts';
export { formatBufferCsv, parseBufferCsv, readCsvOffsets } from './problem-csv.ts';
export { formatMemoryProblem, parseMemoryProblem } from './problem-json.ts';
export type { RivalResult } from './rivals.ts';
export type { BankStats, Infeasibility, MemoryOutcome, MemoryStats } from './solve.ts';
export { measureOrder, solve, solveNow } from './solve.ts';
export type { Donation, IdleTensor, PeakWorkspace, Suggestions } from './suggestions.ts';
export { suggestChanges } from './suggestions.ts';
export type { Violation } from './validate.ts';
export { arenaBytesOf, validateMemoryPlan } from './validate.ts';
export type { SolveOptions } from './work-budget.ts';
