import { type Attributes, attributeOf, integersAttribute, type Operation, type TensorType } from '../../ir/index.ts';

/** The type of a piece: one dimension is that many times shorter. */
export function pieceType(type: TensorType, dimension: number, count: number): TensorType {
  return { ...type, shape: type.shape.map((size, index) => (index === dimension ? size / count : size)) };
}

/**
 * The attributes of an operation on pieces: those that name sizes name the pieces'. `operand` is the type of the first
 * operand as it was and of its piece, `result` that of the piece of the first result.
 */
export function pieceAttributes(
  operation: Operation,
  operand: { readonly whole: TensorType; readonly piece: TensorType },
  result: TensorType,
): Attributes {
  const { attributes } = operation;
  switch (operation.name) {
    case 'stablehlo.slice': {
      const limits = integersAttribute(operation, 'limit_indices');
      const own = limits.map((limit, index) => {
        const isCut = operand.whole.shape[index] !== operand.piece.shape[index];
        return isCut ? operand.piece.shape[index] : limit;
      });
      return { ...attributes, limit_indices: attributeOf.integers(own) };
    }
    case 'stablehlo.dynamic_slice':
      return { ...attributes, slice_sizes: attributeOf.integers(result.shape) };
    case 'stablehlo.gather': {
      const sizes = integersAttribute(operation, 'slice_sizes');
      const own = sizes.map((size, index) => {
        const isWhole = size === operand.whole.shape[index] && size > 1;
        return isWhole ? operand.piece.shape[index] : size;
      });
      return { ...attributes, slice_sizes: attributeOf.integers(own) };
    }
    default:
      return attributes;
  }
}
