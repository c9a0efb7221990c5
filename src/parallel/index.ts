export { assignmentPins, unfoldChoices } from './assignment.ts';
export type { BruteForceResult } from './brute-force.ts';
export { bruteForce, bruteForceLimits } from './brute-force.ts';
export type { ShardingSolution } from './choose-plan.ts';
export type { FoldOptions } from './fold.ts';
export { foldProgram } from './fold.ts';
export { formatBlock, formatFold } from './fold-format.ts';
export { splitBlock } from './fold-split.ts';
export type { Fold, FoldBlock } from './fold-types.ts';
export { validateFold } from './fold-validate.ts';
export type { HelpfulChange } from './larger-clusters.ts';
export type { MeshCandidate, MeshList, MeshRules } from './meshes.ts';
export { listMeshes, meshRules } from './meshes.ts';
export type { ProblemDescription, ProblemRequest, ShardingProblem } from './problem.ts';
export {
  createProblem,
  describeProblem,
  deviceMemoryBytes,
  dimensionSizes,
  problemDiagnostics,
} from './problem.ts';
export type { MeshProblem, PinnedLayouts } from './problem-mesh.ts';
export { dataArguments, problemOnMesh } from './problem-mesh.ts';
export type { AssignmentCost } from './recost.ts';
export { computingSeconds, recostAssignment } from './recost.ts';
export { Prices } from './recost-prices.ts';
export type { IntegerTrace } from './search/integer-search.ts';
export type { MeshEffort, MeshPlan } from './search/mesh-search.ts';
export type { MeshTrace, NoPlan, ShardingOptions, ShardingOutcome, ShardingStats } from './solve.ts';
export { solveSharding } from './solve.ts';
export type { ChoiceRules, ChoiceSpace } from './space.ts';
export { choiceRules, exactChoiceRules, operationChoices, partialOnMesh, valueLayouts } from './space.ts';
export type { SpaceSize } from './space-size.ts';
export { decidingOperations, spaceSize } from './space-size.ts';
export type { TidyAssignment } from './tidy-mesh.ts';
export { tidyMesh } from './tidy-mesh.ts';
export type { ProgramTransform, TransformOutcome } from './transforms.ts';
export { formatTransform, noTransform, transformProgram } from './transforms.ts';
export type { Violation } from './validate.ts';
export { validateAssignment } from './validate.ts';
export type { TriedVariant, VariantOptions, VariantOutcome } from './variants.ts';
export { solveVariants } from './variants.ts';
