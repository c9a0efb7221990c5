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
export type { Block, Func, FuncArgument, FuncResult, ModuleSymbol, Operation, Program, ValueId } from './program.ts';
export { aliasedResult, entryFunction, functionNamed, walkOperations } from './program.ts';
export type { ElementType, FunctionType, OpaqueType, TensorType, TupleType, Type } from './types.ts';
export { elementBits, elementCount, equalTypes, formatType, tensorType, typeBytes } from './types.ts';
