import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Attributes, Func, Operation, Program, TensorType } from '../ir/index.ts';
import { attributeOf, createFunctionBuilder, elementCount, programOf, tensorType } from '../ir/index.ts';
import { evaluate, evaluateOperation } from './evaluate.ts';
import { formatTensor, parseTensor } from './format.ts';
import { stridedPositions, stridesOf } from './positions.ts';
import type { Tensor } from './tensor.ts';
import { tensor } from './tensor.ts';

const seed = 20;
const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
const integers = attributeOf.integers;

/** A tensor that numbers its elements. */
function numbered(shape: readonly number[]): Tensor {
  return tensor(
    'f32',
    shape,
    Array.from({ length: elementCount(shape) }, (_, i) => i + 1),
  );
}

/** Evaluates operations one after another, each on the result of the one before. */
function chain(x: Tensor, ...steps: readonly (readonly [string, Attributes])[]): string {
  const builder = createFunctionBuilder('main');
  let value = builder.argument(x.type);
  for (const [name, attributes] of steps) value = builder.emitOne(name, [value], attributes);
  return formatTensor(evaluate(programOf(builder.finish([value])), [x])[0]);
}

describe('laws', () => {
  test('reversing twice changes nothing', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, n) => {
        const step = ['stablehlo.reverse', { dimensions: integers([n % shape.length]) }] as const;
        expect(chain(numbered(shape), step, step)).toBe(formatTensor(numbered(shape)));
      }),
      { seed },
    );
  });

  test('a permutation followed by its inverse changes nothing', () => {
    const orders = shapes.chain(shape =>
      fc.tuple(
        fc.constant(shape),
        fc.shuffledSubarray([...shape.keys()], { minLength: shape.length, maxLength: shape.length }),
      ),
    );
    fc.assert(
      fc.property(orders, ([shape, order]) => {
        const inverse = order.map((_, i) => order.indexOf(i));
        const there = ['stablehlo.transpose', { permutation: integers(order) }] as const;
        const back = ['stablehlo.transpose', { permutation: integers(inverse) }] as const;
        expect(chain(numbered(shape), there, back)).toBe(formatTensor(numbered(shape)));
      }),
      { seed },
    );
  });

  test('pieces of a tensor, concatenated, are the tensor', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.nat(), (shape, n, m) => {
        const dimension = n % shape.length;
        const cut = m % (shape[dimension] + 1);
        const builder = createFunctionBuilder('main');
        const x = builder.argument(tensorType(shape, 'f32'));
        const zero = shape.map(() => 0);
        const piece = (start: number, limit: number) =>
          builder.emitOne('stablehlo.slice', [x], {
            start_indices: integers(zero.with(dimension, start)),
            limit_indices: integers(shape.with(dimension, limit)),
            strides: integers(shape.map(() => 1)),
          });
        const pieces = [piece(0, cut), piece(cut, shape[dimension])];
        const whole = builder.emitOne('stablehlo.concatenate', pieces, { dimension: attributeOf.integer(dimension) });
        const [result] = evaluate(programOf(builder.finish([whole])), [numbered(shape)]);
        expect(formatTensor(result)).toBe(formatTensor(numbered(shape)));
      }),
      { seed },
    );
  });

  test('strided positions are the sums of index times stride', () => {
    fc.assert(
      fc.property(shapes, shape => {
        const positions = stridedPositions(shape, stridesOf(shape));
        expect([...positions]).toEqual(Array.from({ length: elementCount(shape) }, (_, i) => i));
      }),
      { seed },
    );
  });
});

/** A function of one operation on operands of the given types, to evaluate it on pieces of them. */
function single(
  name: string,
  types: readonly TensorType[],
  attributes: Attributes,
  resultTypes?: readonly TensorType[],
): { readonly operation: Operation; readonly context: { readonly program: Program; readonly func: Func } } {
  const builder = createFunctionBuilder('main');
  const operands = types.map(type => builder.argument(type));
  const results = builder.emit(name, operands, attributes, resultTypes === undefined ? {} : { resultTypes });
  const func = builder.finish(results);
  return { operation: func.body.operations[0], context: { program: programOf(func), func } };
}

describe('an operation on pieces of its operands', () => {
  const f32 = (...shape: number[]): TensorType => tensorType(shape, 'f32');

  test('dot_general: halves of the contracted dimension add up to the whole', () => {
    const attributes = {
      dot_dimension_numbers: attributeOf.record('dot', {
        lhs_contracting_dimensions: [1],
        rhs_contracting_dimensions: [0],
      }),
    };
    const { operation, context } = single('stablehlo.dot_general', [f32(2, 4), f32(4, 3)], attributes, [f32(2, 3)]);
    const run = (lhs: string, rhs: string) =>
      evaluateOperation(operation, [parseTensor(lhs), parseTensor(rhs)], [f32(2, 3)], context)[0];
    const whole = run('f32[2, 4] 1 2 3 4 5 6 7 8', 'f32[4, 3] 1 2 3 4 5 6 7 8 9 10 11 12');
    const upper = run('f32[2, 2] 1 2 5 6', 'f32[2, 3] 1 2 3 4 5 6');
    const lower = run('f32[2, 2] 3 4 7 8', 'f32[2, 3] 7 8 9 10 11 12');
    expect([...whole.data]).toEqual([...upper.data].map((value, i) => Number(value) + Number(lower.data[i])));
  });

  test('slice, reshape and iota take their sizes from the result', () => {
    const cut = { start_indices: integers([1, 0]), limit_indices: integers([3, 4]), strides: integers([1, 1]) };
    const slice = single('stablehlo.slice', [f32(3, 4)], cut);
    const [piece] = evaluateOperation(slice.operation, [numbered([3, 2])], [f32(2, 2)], slice.context);
    expect(formatTensor(piece)).toBe('f32[2, 2] 3 4 5 6');
    const reshape = single('stablehlo.reshape', [f32(4, 6)], {}, [f32(4, 2, 3)]);
    const [split] = evaluateOperation(reshape.operation, [numbered([1, 6])], [f32(1, 2, 3)], reshape.context);
    expect(formatTensor(split)).toBe('f32[1, 2, 3] 1 2 3 4 5 6');
    const iota = single('stablehlo.iota', [], { iota_dimension: attributeOf.integer(1) }, [f32(4, 2)]);
    const [counted] = evaluateOperation(iota.operation, [], [f32(1, 2)], iota.context);
    expect(formatTensor(counted)).toBe('f32[1, 2] 0 1');
  });

  test('gather on half of the columns gathers half of the result', () => {
    const attributes = {
      dimension_numbers: attributeOf.record('gather', {
        offset_dims: [1],
        collapsed_slice_dims: [0],
        start_index_map: [0],
        index_vector_dim: 1,
      }),
      slice_sizes: integers([1, 4]),
    };
    const types = [f32(3, 4), tensorType([2, 1], 'i32')];
    const { operation, context } = single('stablehlo.gather', types, attributes, [f32(2, 4)]);
    const operands = [parseTensor('f32[3, 2] 1 2 5 6 9 10'), parseTensor('i32[2, 1] 2 9')];
    const [half] = evaluateOperation(operation, operands, [f32(2, 2)], context);
    expect(formatTensor(half)).toBe('f32[2, 2] 9 10 9 10');
  });

  test('a result of another shape than asked for is an error', () => {
    const { operation, context } = single('stablehlo.add', [f32(2), f32(2)], {});
    const x = parseTensor('f32[2] 1 2');
    expect(() => evaluateOperation(operation, [x, x], [f32(3)], context)).toThrow(
      'gave tensor<2xf32>, not tensor<3xf32>',
    );
  });
});

describe('communication', () => {
  const permute = (pairs: readonly (readonly number[])[]) => {
    const attributes = {
      source_target_pairs: attributeOf.dense(
        tensorType([pairs.length, 2], 'i64'),
        pairs.length === 0 ? '' : JSON.stringify(pairs),
      ),
    };
    const { operation, context } = single('stablehlo.collective_permute', [tensorType([2], 'f32')], attributes);
    return () => formatTensor(evaluateOperation(operation, [numbered([2])], [tensorType([2], 'f32')], context)[0]);
  };

  test('with oneself is the identity, and zeros come where nobody sends', () => {
    expect(permute([[0, 0]])()).toBe('f32[2] 1 2');
    expect(permute([])()).toBe('f32[2] 0 0');
  });

  test('with others is refused', () => {
    expect(permute([[0, 1]])).toThrow(/SK3009.*talks to 2/);
  });
});

test('rng draws uniform and normal numbers, the same in every run', () => {
  const draw = (kind: string, a: string, b: string): readonly number[] => {
    const types = [tensorType([], 'f32'), tensorType([], 'f32'), tensorType([1], 'i64')];
    const attributes = { rng_distribution: attributeOf.enumeration('rng_distribution', kind) };
    const { operation, context } = single('stablehlo.rng', types, attributes, [tensorType([2000], 'f32')]);
    const operands = [parseTensor(`f32[] ${a}`), parseTensor(`f32[] ${b}`), parseTensor('i64[1] 2000')];
    return Array.from(evaluateOperation(operation, operands, [tensorType([2000], 'f32')], context)[0].data, Number);
  };
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const uniform = draw('UNIFORM', '2', '6');
  expect(Math.min(...uniform)).toBeGreaterThanOrEqual(2);
  expect(Math.max(...uniform)).toBeLessThan(6);
  expect(mean(uniform)).toBeCloseTo(4, 0);
  const normal = draw('NORMAL', '1', '3');
  expect(mean(normal)).toBeCloseTo(1, 0);
  expect(Math.sqrt(mean(normal.map(value => (value - 1) ** 2)))).toBeCloseTo(3, 0);
  expect(draw('NORMAL', '1', '3')).toEqual(normal);
});
