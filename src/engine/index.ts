export type { DoctorFinding } from './doctor.ts';
export { doctor } from './doctor.ts';
export type * from './engine.ts';
export type { ArgumentSpec, Distribution, InputsSpec } from './inputs.ts';
export { parseInputsSpec } from './inputs.ts';
export { findPython, packageRoot } from './python.ts';
export { startReferenceEngine } from './reference/reference-engine.ts';
export type { XlaCluster, XlaDeadlines, XlaEngineOptions, XlaNetwork } from './xla/options.ts';
export { startXlaEngine } from './xla/start.ts';
