export type { ConvolutionDimensions, DotDimensions, GatherDimensions, ScatterDimensions } from './access.ts';
export {
  booleanAttribute,
  convolutionDimensions,
  dotDimensions,
  enumerationAttribute,
  gatherDimensions,
  integerAttribute,
  integersAttribute,
  isZeroConstant,
  scatterDimensions,
  symbolAttribute,
} from './access.ts';
export type { Attribute, Attributes, DenseAttribute } from './attributes.ts';
export type { EmitOptions } from './builder.ts';
export { createFunctionBuilder, FunctionBuilder, ProgramBuilder, programOf } from './builder.ts';
export { attributeOf } from './builder-attributes.ts';
export type { ProgramCount, Work, WorkByName } from './count.ts';
export { countOperation, countProgram, operationCounter } from './count.ts';
export { tripCount } from './count-loops.ts';
export type { DenseElements } from './dense-elements.ts';
export { allocateElements, denseElements } from './dense-elements.ts';
export { loadProgram, loadProgramText } from './load-program.ts';
export { OperationSignatures } from './operation-signatures.ts';
export { convolutionWindow } from './ops/convolution.ts';
export type {
  Arity,
  AttributeDefinition,
  AttributeForm,
  ElementClass,
  OperationContext,
  OperationDefinition,
} from './ops/definition.ts';
export { dotSizes, elementClass } from './ops/definition.ts';
export { denseIntegers, denseRows, paddingPairs, readDenseIntegers } from './ops/dense-integers.ts';
export { poolingWindow } from './ops/reduce-window.ts';
export { operationDefinition, operationNames } from './ops/table.ts';
export type { WindowDimension } from './ops/window.ts';
export { parseProgram } from './parse-program.ts';
export type { PrintOptions } from './print-program.ts';
export { printProgram, writeProgram } from './print-program.ts';
export type { Block, Func, FuncArgument, FuncResult, ModuleSymbol, Operation, Program, ValueId } from './program.ts';
export { aliasedResult, entryFunction, functionNamed, walkOperations } from './program.ts';
export { capturedValues, readValues } from './read-values.ts';
export type { ElementType, FunctionType, OpaqueType, TensorType, TupleType, Type } from './types.ts';
export { elementBits, elementCount, equalTypes, formatType, tensorType, typeBytes } from './types.ts';
export { verifyProgram } from './verify.ts';
export { placeOf } from './verify-place.ts';
