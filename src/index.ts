/** The public API. Everything that a user of the package may rely on is listed here, in the order of its use. */

// Diagnostics: what is wrong with the input, thrown as `DiagnosticError`.
export * as airspace from './airspace/index.ts';
export type { Diagnostic, DiagnosticCode, Progress, SourcePlace } from './base/index.ts';
export { DiagnosticError, diagnosticCodes, formatDiagnostic } from './base/index.ts';
// Clusters and predictions.
export type { Cluster, DeviceProfile, MemoryOfKind, StepSeconds } from './cost/index.ts';
export { backendPrediction, formatCluster, parseCluster } from './cost/index.ts';
// Engines: where programs run.
export type {
  ArgumentSpec,
  BufferId,
  Comparison,
  CompiledProgram,
  DeviceMemory,
  Distribution,
  Engine,
  EngineDescription,
  Executable,
  ExecuteResult,
  HostTensor,
  InputsSpec,
  XlaCluster,
  XlaEngineOptions,
  XlaNetwork,
} from './engine/index.ts';
export { doctor, parseInputsSpec, startReferenceEngine, startXlaEngine } from './engine/index.ts';
// The reference interpreter.
export type { EvaluateOptions, Tensor, TensorData } from './eval/index.ts';
export { evaluate, formatTensor, fromBytes, parseTensor, tensor, toBytes, zeros } from './eval/index.ts';
// Memory: what a program puts into it, in which order and where.
export type { ProgramMemory, ProgramMemoryOptions } from './footprint/index.ts';
export { deviceMemory, memoryProblem } from './footprint/index.ts';
// Programs: read, check, print, count, build.
export type {
  Attribute,
  Attributes,
  Block,
  ElementType,
  EmitOptions,
  Func,
  FuncArgument,
  FuncResult,
  ModuleSymbol,
  Operation,
  PrintOptions,
  Program,
  ProgramCount,
  TensorType,
  Type,
  ValueId,
  Work,
} from './ir/index.ts';
export {
  aliasedResult,
  countOperation,
  countProgram,
  createFunctionBuilder,
  elementCount,
  entryFunction,
  FunctionBuilder,
  formatType,
  loadProgram,
  loadProgramText,
  ProgramBuilder,
  parseProgram,
  printProgram,
  programOf,
  tensorType,
  typeBytes,
  verifyProgram,
  walkOperations,
  writeProgram,
} from './ir/index.ts';
export type {
  BufferTable,
  MemoryAlias,
  MemoryBank,
  MemoryOperator,
  MemoryOutcome,
  MemoryPlan,
  MemoryProblem,
  MemoryStats,
  MemoryTensor,
  SolveOptions,
  Violation,
} from './memory/index.ts';
export {
  formatBufferCsv,
  formatMemoryPlan,
  formatMemoryProblem,
  parseBufferCsv,
  parseMemoryPlan,
  parseMemoryProblem,
  solve as solveMemory,
  validateMemoryPlan,
  withCapacity,
} from './memory/index.ts';
// Searches for plans.
export type {
  Fold,
  MeshTrace,
  NoPlan,
  ProgramTransform,
  ShardingOptions,
  ShardingOutcome,
  ShardingProblem,
  TransformOutcome,
  TriedVariant,
  VariantOptions,
  VariantOutcome,
} from './parallel/index.ts';
export { createProblem, foldProgram, solveSharding, solveVariants, transformProgram } from './parallel/index.ts';
// Plans.
export type {
  KnownPlan,
  Plan,
  PlannedCollective,
  PlannedDecision,
  PlannedOperation,
  PlannedSearch,
  PlannedSpace,
  PlannedValue,
  ResolvedPlan,
  SplitProgram,
  SplitRequest,
} from './plan/index.ts';
export {
  formatPlan,
  inputNames,
  outputNames,
  parsePlan,
  planByPins,
  planDecided,
  planPinned,
  planPlaced,
  stateFeedback,
  validatePlan,
} from './plan/index.ts';
// Meshes, shardings, pins, and what follows from them.
export type {
  AxisPart,
  Batch,
  Collective,
  CollectiveKind,
  Conflict,
  DimensionSharding,
  Factor,
  FactorRule,
  Mesh,
  MeshAxis,
  Pin,
  PinnedShardings,
  PinSet,
  Propagation,
  Sharding,
} from './sharding/index.ts';
export {
  argumentNames,
  checkMesh,
  collectives,
  dataParallelPins,
  emitSharded,
  factorRule,
  findBatch,
  formatFactorRule,
  formatMesh,
  formatPartitionSpec,
  formatSharding,
  isWhole,
  localShape,
  meshSize,
  parseMesh,
  parsePin,
  parsePins,
  parseSharding,
  propagate,
  resolvePins,
  wholeSharding,
} from './sharding/index.ts';
// Programs changed into others with the same results.
export type {
  MicroBatchOutcome,
  MicroBatchRefusal,
  OperationPlace,
  RematerializeOutcome,
  RematerializeRefusal,
  RepeatedBlock,
} from './transform/index.ts';
export { inlineCalls, microBatch, microBatchCounts, rematerialize } from './transform/index.ts';

// Proof that a split program does what the whole one does.
export type {
  CollectiveComparison,
  CollectiveRow,
  CompiledCollective,
  Equivalence,
  OutputVerdict,
  RunInputs,
  RunnableProgram,
  RunOptions,
  RunRecord,
  SplitVerification,
} from './verify/index.ts';
export {
  compareCollectives,
  compareRuns,
  defaultInputs,
  judgeOutputs,
  readCompiledCollectives,
  runProgram,
  tellingOutputs,
  verifySplit,
} from './verify/index.ts';
