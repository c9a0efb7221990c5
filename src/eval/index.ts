export type { TensorDistance } from './distance.ts';
export { relativeError, tensorDistance, ulpDistance } from './distance.ts';
export type { EvaluateOptions, EvaluationContext } from './evaluate.ts';
export { evaluate, evaluateOperation } from './evaluate.ts';
export { fromBytes, nextAfter, toBytes } from './float-bits.ts';
export { formatTensor, parseTensor } from './format.ts';
export { evaluatedOperations } from './table.ts';
export type { Tensor, TensorData } from './tensor.ts';
export { tensor, zeros } from './tensor.ts';
