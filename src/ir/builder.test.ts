import { describe, expect, it } from 'vitest';
import { createFunctionBuilder, ProgramBuilder, programOf } from './builder.ts';
import { attributeOf } from './builder-attributes.ts';
import { formatType, tensorType } from './types.ts';

const f32 = (...shape: readonly number[]) => tensorType(shape, 'f32');

describe('the builder', () => {
  it('infers the types of a matrix multiplication with bias', () => {
    const builder = createFunctionBuilder('main');
    const x = builder.argument(f32(8, 16), 'x');
    const w = builder.argument(f32(16, 32), 'w');
    const dimensions = attributeOf.record('dot', { lhs_contracting_dimensions: [1], rhs_contracting_dimensions: [0] });
    const product = builder.emitOne('stablehlo.dot_general', [x, w], { dot_dimension_numbers: dimensions });
    const root = builder.emitOne('stablehlo.tanh', [product]);
    const func = builder.finish([root]);
    expect(func.results.map(result => formatType(result.type))).toEqual(['tensor<8x32xf32>']);
    expect(func.body.operations.map(operation => operation.name)).toEqual([
      'stablehlo.dot_general',
      'stablehlo.tanh',
      'func.return',
    ]);
    expect(programOf(func).functions).toHaveLength(1);
  });

  it('builds regions for reductions and loops', () => {
    const builder = createFunctionBuilder('main');
    const x = builder.argument(f32(8, 16));
    const zero = builder.constant(f32(), '0.000000e+00');
    const sum = builder.emitOne(
      'stablehlo.reduce',
      [x, zero],
      { dimensions: attributeOf.integers([1]) },
      { regions: [builder.reducer('stablehlo.add', 'f32')] },
    );
    expect(formatType(builder.typeOf(sum))).toBe('tensor<8xf32>');
    const func = builder.finish([sum]);
    expect(func.body.operations[1].regions[0].operations.map(operation => operation.name)).toEqual([
      'stablehlo.add',
      'stablehlo.return',
    ]);
  });

  it('calls functions of the same program', () => {
    const program = new ProgramBuilder();
    const helper = createFunctionBuilder('double');
    const x = helper.argument(f32(4));
    const double = program.add(helper.finish([helper.emitOne('stablehlo.add', [x, x])], 'private'));
    const main = createFunctionBuilder('main');
    const result = main.call(double, [main.argument(f32(4))]);
    program.add(main.finish(result));
    expect(program.finish().functions.map(func => func.visibility)).toEqual(['private', 'public']);
  });

  it('refuses operations that break a rule', () => {
    const builder = createFunctionBuilder('main');
    const x = builder.argument(f32(8, 16));
    const y = builder.argument(f32(16, 8));
    expect(() => builder.emit('stablehlo.add', [x, y])).toThrow(/SK1101: stablehlo.add \(C1\)/);
    expect(() => builder.emit('stablehlo.tanh', [x], {}, { resultTypes: [f32(3)] })).toThrow(/SK1102/);
    expect(() => builder.emit('stablehlo.reshape', [x])).toThrow(/needs resultTypes/);
  });
});
