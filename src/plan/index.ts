export type { KnownPlan, SplitProgram, SplitRequest } from './create.ts';
export { planByPins, planDecided, planPinned, planPlaced } from './create.ts';
export { formatPlan, parsePlan } from './document.ts';
export { fingerprintProgram } from './fingerprint.ts';
export { inputNames, outputNames, stateFeedback } from './inputs.ts';
export type { JsonSource } from './json-place.ts';
export type {
  Plan,
  PlannedCollective,
  PlannedDecision,
  PlannedMesh,
  PlannedOperation,
  PlannedProgram,
  PlannedSearch,
  PlannedSpace,
  PlannedValue,
  PredictedSeconds,
} from './plan.ts';
export type { ResolvedPlan } from './validate.ts';
export { validatePlan } from './validate.ts';
