export type * from './engine.ts';
export type { ArgumentSpec, Distribution, InputsSpec } from './inputs.ts';
