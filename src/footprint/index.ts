export { deviceMemory, transientBytes } from './device-memory.ts';
export type { ProgramMemory, ProgramMemoryOptions } from './memory-problem.ts';
export { memoryProblem, memoryProblemOf } from './memory-problem.ts';
export type { Materialise } from './memory-rules.ts';
export { placedMemory, totalBytes } from './placed-memory.ts';
export type { MemoryProfile, PeakTensor } from './placed-profile.ts';
export { placedProfile } from './placed-profile.ts';
