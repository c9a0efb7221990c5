/** Element types of StableHLO tensors, by their MLIR spelling. */
export type ElementType =
  | 'i1'
  | `${'i' | 'ui'}${2 | 4 | 8 | 16 | 32 | 64}`
  | 'bf16'
  | 'f16'
  | 'f32'
  | 'f64'
  | 'complex<f32>'
  | 'complex<f64>'
  | 'index'
  | `f8${string}`
  | `f4${string}`
  | `f6${string}`
  | `!quant.uniform${string}`;

/** `tensor<8x1024xf32>`. Shapes are static; a rank-0 tensor has an empty shape. */
export interface TensorType {
  readonly kind: 'tensor';
  readonly shape: readonly number[];
  readonly element: ElementType;
  /** Text after the element type, for example `#stablehlo.bounds<...>`; kept as it is. */
  readonly encoding?: string;
}

export interface TupleType {
  readonly kind: 'tuple';
  readonly elements: readonly Type[];
}

export interface FunctionType {
  readonly kind: 'function';
  readonly inputs: readonly Type[];
  readonly results: readonly Type[];
}

/** Any other type, kept as text: `!stablehlo.token`, `i64`, `none`, `memref<...>`. */
export interface OpaqueType {
  readonly kind: 'opaque';
  readonly text: string;
}

export type Type = TensorType | TupleType | FunctionType | OpaqueType;

/** Makes a tensor type. */
export function tensorType(shape: readonly number[], element: ElementType): TensorType {
  return { kind: 'tensor', shape, element };
}

/** Prints a type as MLIR does. */
export function formatType(type: Type): string {
  switch (type.kind) {
    case 'tensor': {
      const shape = type.shape.map(size => `${size}x`).join('');
      return `tensor<${shape}${type.element}${type.encoding === undefined ? '' : `, ${type.encoding}`}>`;
    }
    case 'tuple':
      return `tuple<${type.elements.map(formatType).join(', ')}>`;
    case 'function': {
      const results = type.results.map(formatType).join(', ');
      const single = type.results.length === 1 && type.results[0].kind !== 'function';
      return `(${type.inputs.map(formatType).join(', ')}) -> ${single ? results : `(${results})`}`;
    }
    case 'opaque':
      return type.text;
    default:
      return type satisfies never;
  }
}

/** True when both types are the same. */
export function equalTypes(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind !== 'tensor' || b.kind !== 'tensor') return formatType(a) === formatType(b);
  const alike = a.element === b.element && a.encoding === b.encoding && a.shape.length === b.shape.length;
  return alike && a.shape.every((size, dimension) => size === b.shape[dimension]);
}

/** Number of elements of a tensor of this shape; 1 for rank 0. */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) count *= size;
  return count;
}

/** Bits of one element of the common types, as it is stored. */
const commonBits: ReadonlyMap<string, number> = new Map([
  ['i1', 8],
  ['i8', 8],
  ['ui8', 8],
  ['i16', 16],
  ['ui16', 16],
  ['bf16', 16],
  ['f16', 16],
  ['i32', 32],
  ['ui32', 32],
  ['f32', 32],
  ['i64', 64],
  ['ui64', 64],
  ['f64', 64],
  ['index', 64],
]);

/** Bits of one element, as it is stored. */
export function elementBits(element: ElementType): number {
  const common = commonBits.get(element);
  if (common !== undefined) return common;
  const complex = /^complex<f(\d+)>$/.exec(element);
  if (complex !== null) return 2 * Number(complex[1]);
  const eight = /^f(4|6|8)E/.exec(element);
  if (eight !== null) return Number(eight[1]);
  const quantized = /^!quant\.uniform<[iu]*(\d+)/.exec(element);
  if (quantized !== null) return Number(quantized[1]);
  return Number(/\d+$/.exec(element)?.[0] ?? 0);
}

/** Bytes of a tensor, rounded up to a whole byte; 0 for types that are not tensors. */
export function typeBytes(type: Type): number {
  if (type.kind === 'tuple') return type.elements.reduce((sum, element) => sum + typeBytes(element), 0);
  return type.kind === 'tensor' ? Math.ceil((elementCount(type.shape) * elementBits(type.element)) / 8) : 0;
}
