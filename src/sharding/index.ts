export type { Assignment, OperationChoice } from './assignment.ts';
export { propagatedAssignment } from './assignment.ts';
export type { AssignmentFault, FaultSubject } from './assignment-check.ts';
export { checkAssignment } from './assignment-check.ts';
export { placeAssignment } from './assignment-placement.ts';
export type { LayoutChange } from './assignment-versions.ts';
export { ValueVersions } from './assignment-versions.ts';
export type { ArgumentDimension, Batch } from './batch.ts';
export { findBatch } from './batch.ts';
export { cheapOperands } from './cheap-operands.ts';
export type { Collective, CollectiveSize, PartialSource } from './collectives.ts';
export { collectiveSizes, collectives } from './collectives.ts';
export { dataParallelPins } from './data-parallel.ts';
export type { DimensionClass, Span, TouchedFactor, ValueLinks } from './dimension-flow.ts';
export { DimensionFollower, touchedFactors } from './dimension-flow.ts';
export { emitSharded } from './emission.ts';
export type { Claim, Strategy } from './factor-layout.ts';
export { claimsOf, dimensionsOf, fits, reductionsOf } from './factor-layout.ts';
export type { Atom, Grid, Layout } from './grid.ts';
export {
  axisNames,
  equalLayouts,
  layoutKey,
  layoutOf,
  piecesOfAtoms,
  reducedLayout,
  refineMesh,
  shardingOf,
  wholeLayout,
} from './grid.ts';
export { operandLayouts } from './layout-table.ts';
export type { Mesh, MeshAxis } from './mesh.ts';
export { checkMesh, checkMeshDevices, formatMesh, meshSize, parseMesh } from './mesh.ts';
export type { AxisPart, DimensionSharding, Sharding } from './notation.ts';
export {
  equalShardings,
  formatAxisPart,
  formatPartitionSpec,
  formatSharding,
  isWhole,
  parseSharding,
  wholeSharding,
} from './notation.ts';
export type { PinnedShardings } from './pin-resolution.ts';
export { argumentNames, resolvePins, resultName } from './pin-resolution.ts';
export type { Pin, PinSet } from './pins.ts';
export { matchesGlob, parsePin, parsePins } from './pins.ts';
export type { OperationRole, ProgramFacts, ProgramOnMesh } from './program-on-mesh.ts';
export { operationRole, programFacts, programOnMesh } from './program-on-mesh.ts';
export { propagate } from './propagation.ts';
export type {
  Conflict,
  InnerCollective,
  Move,
  Movement,
  OperationPlan,
  PartialSum,
  Propagation,
  Site,
} from './propagation-types.ts';
export { replicatedWarnings } from './replicated-warnings.ts';
export type { CollectiveKind, Step } from './reshard.ts';
export { layoutBytes, reshardCost, reshardSteps } from './reshard.ts';
export { elementwiseNames } from './rules/elementwise.ts';
export type { Factor, FactorRule } from './rules/rule.ts';
export { formatFactorRule, movesInside } from './rules/rule.ts';
export { factorRule, hasFactorRule, ruledOperations } from './rules/table.ts';
export { axisPartSize, localBytes, localShape, piecesOf, shardingDiagnostics } from './shape.ts';
export { halosOf } from './strategy.ts';
export type { ValueFacts } from './value-facts.ts';
export { valueFacts } from './value-facts.ts';
