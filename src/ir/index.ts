export type { ConvolutionDimensions, DotDimensions, GatherDimensions, ScatterDimensions } from './access.ts';
export {
  booleanAttribute,
  convolutionDimensions,
  dotDimensions,
  enumerationAttribute,
  gatherDimensions,
  integerAttribute,
  integersAttribute,
  scatterDimensions,
  symbolAttribute,
} from './access.ts';
export type { Attribute, Attributes, DenseAttribute } from './attributes.ts';
export type { EmitOptions } from './builder.ts';
export { createFunctionBuilder, FunctionBuilder, ProgramBuilder, programOf } from './builder.ts';
export { attributeOf } from './builder-attributes.ts';
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
export { operationDefinition, operationNames } from './ops/table.ts';
export type { Block, Func, FuncArgument, FuncResult, ModuleSymbol, Operation, Program, ValueId } from './program.ts';
export { aliasedResult, entryFunction, functionNamed, walkOperations } from './program.ts';
export type { ElementType, FunctionType, OpaqueType, TensorType, TupleType, Type } from './types.ts';
export { elementBits, elementCount, equalTypes, formatType, tensorType, typeBytes } from './types.ts';
