import { describe, expect, test } from 'vitest';
import type { Attributes, Func, Type } from '../ir/index.ts';
import { attributeOf, createFunctionBuilder, ProgramBuilder, programOf, tensorType } from '../ir/index.ts';
import { evaluate, evaluateOperation } from './evaluate.ts';
import { formatTensor, parseTensor } from './format.ts';

/** Evaluates one operation on tensors in their notation. */
function run(name: string, operands: readonly string[], attributes: Attributes = {}, resultTypes?: readonly Type[]) {
  const inputs = operands.map(parseTensor);
  const builder = createFunctionBuilder('main');
  const values = inputs.map(input => builder.argument(input.type));
  const results = builder.emit(name, values, attributes, resultTypes === undefined ? {} : { resultTypes });
  return evaluate(programOf(builder.finish(results)), inputs).map(formatTensor);
}

const integers = attributeOf.integers;

describe('evaluate', () => {
  test('adds in the precision of the element type', () => {
    expect(run('stablehlo.add', ['f32[2] 1 0.1', 'f32[2] 2 0.2'])).toEqual(['f32[2] 3 0.30000001192092896']);
    expect(run('stablehlo.add', ['bf16[] 256', 'bf16[] 1'])).toEqual(['bf16[] 256']);
    expect(run('stablehlo.add', ['f16[] 65504', 'f16[] 16'])).toEqual(['f16[] Infinity']);
    expect(run('stablehlo.add', ['i8[] 127', 'i8[] 1'])).toEqual(['i8[] -128']);
    expect(run('stablehlo.add', ['i1[2] 1 1', 'i1[2] 1 0'])).toEqual(['i1[2] 1 1']);
    expect(run('stablehlo.add', ['i64[] 9223372036854775807', 'i64[] 1'])).toEqual(['i64[] -9223372036854775808']);
  });

  test('multiplies integers without losing low bits', () => {
    expect(run('stablehlo.multiply', ['i32[] 123456789', 'i32[] 987654321'])).toEqual(['i32[] -67153019']);
    expect(run('stablehlo.multiply', ['ui32[] 4294967295', 'ui32[] 4294967295'])).toEqual(['ui32[] 1']);
  });

  test('divides integers towards zero, and by zero as XLA does', () => {
    expect(run('stablehlo.divide', ['i32[4] -7 7 5 -2147483648', 'i32[4] 2 -2 0 -1'])).toEqual([
      'i32[4] -3 -3 -1 -2147483648',
    ]);
    expect(run('stablehlo.remainder', ['i32[4] -7 7 5 -2147483648', 'i32[4] 2 -2 0 -1'])).toEqual(['i32[4] -1 1 5 0']);
  });

  test('transposes, broadcasts, slices, pads and concatenates', () => {
    const x = 'f32[2, 3] 1 2 3 4 5 6';
    expect(run('stablehlo.transpose', [x], { permutation: integers([1, 0]) })).toEqual(['f32[3, 2] 1 4 2 5 3 6']);
    expect(
      run('stablehlo.broadcast_in_dim', ['f32[2] 1 2'], { broadcast_dimensions: integers([1]) }, [
        tensorType([2, 2], 'f32'),
      ]),
    ).toEqual(['f32[2, 2] 1 2 1 2']);
    const cut = { start_indices: integers([0, 1]), limit_indices: integers([2, 3]), strides: integers([1, 1]) };
    expect(run('stablehlo.slice', [x], cut)).toEqual(['f32[2, 2] 2 3 5 6']);
    const padding = {
      edge_padding_low: integers([-1, 1]),
      edge_padding_high: integers([1, 0]),
      interior_padding: integers([0, 1]),
    };
    expect(run('stablehlo.pad', [x, 'f32[] 9'], padding)).toEqual(['f32[2, 6] 9 4 9 5 9 6 9 9 9 9 9 9']);
    expect(run('stablehlo.concatenate', ['f32[1] 1', 'f32[2] 2 3'], { dimension: attributeOf.integer(0) })).toEqual([
      'f32[3] 1 2 3',
    ]);
    expect(run('stablehlo.reverse', [x], { dimensions: integers([1]) })).toEqual(['f32[2, 3] 3 2 1 6 5 4']);
  });

  test('contracts any dimensions of a dot', () => {
    const dot = {
      dot_dimension_numbers: attributeOf.record('dot', {
        lhs_contracting_dimensions: [1],
        rhs_contracting_dimensions: [0],
      }),
    };
    const types = [tensorType([2, 2], 'f32')];
    expect(run('stablehlo.dot_general', ['f32[2, 2] 1 2 3 4', 'f32[2, 2] 1 0 1 1'], dot, types)).toEqual([
      'f32[2, 2] 3 2 7 4',
    ]);
  });

  test('reduces with a region', () => {
    const builder = createFunctionBuilder('main');
    const x = builder.argument(tensorType([2, 3], 'f32'));
    const zero = builder.constant(tensorType([], 'f32'), '0.000000e+00');
    const region = builder.reducer('stablehlo.add', 'f32');
    const sum = builder.emitOne('stablehlo.reduce', [x, zero], { dimensions: integers([0]) }, { regions: [region] });
    const program = programOf(builder.finish([sum]));
    expect(evaluate(program, [parseTensor('f32[2, 3] 1 2 3 4 5 6')]).map(formatTensor)).toEqual(['f32[3] 5 7 9']);
  });

  test('calls functions and runs loops', () => {
    const program = countingProgram();
    expect(evaluate(program, [parseTensor('i32[] 5')]).map(formatTensor)).toEqual(['i32[] 32']);
    expect(evaluate(program, [parseTensor('i32[] 5')], { function: 'twice' }).map(formatTensor)).toEqual(['i32[] 10']);
  });

  test('refuses inputs that do not fit, naming both types', () => {
    expect(() => evaluate(countingProgram(), [parseTensor('i32[2] 5')])).toThrow(
      /SK1201: input %arg0 is tensor<2xi32>/,
    );
    expect(() => evaluate(countingProgram(), [])).toThrow(/SK1201: @main is given 0 inputs/);
  });

  test('refuses custom calls that it does not know', () => {
    const call = { call_target_name: attributeOf.string('mystery') };
    expect(() => run('stablehlo.custom_call', ['f32[] 1'], call, [tensorType([], 'f32')])).toThrow(/SK3009.*@mystery/);
    const sharding = { call_target_name: attributeOf.string('Sharding') };
    expect(run('stablehlo.custom_call', ['f32[] 1'], sharding, [tensorType([], 'f32')])).toEqual(['f32[] 1']);
  });
});

describe('evaluateOperation', () => {
  test('takes declared shapes from the result types', () => {
    const builder = createFunctionBuilder('main');
    const x = builder.argument(tensorType([4], 'f32'));
    const attributes = { broadcast_dimensions: integers([1]) };
    const wide = builder.emit('stablehlo.broadcast_in_dim', [x], attributes, {
      resultTypes: [tensorType([2, 4], 'f32')],
    });
    const func = builder.finish(wide);
    const context = { program: programOf(func), func };
    const piece = tensorType([1, 2], 'f32');
    const [result] = evaluateOperation(func.body.operations[0], [parseTensor('f32[2] 7 8')], [piece], context);
    expect(formatTensor(result)).toBe('f32[1, 2] 7 8');
  });
});

/** 2^n by doubling 1 in a loop: main(n) = while (i < n) { x = twice(x); i += 1 }. */
function countingProgram() {
  const scalar = tensorType([], 'i32');
  const programs = new ProgramBuilder();
  const inner = createFunctionBuilder('twice');
  const x = inner.argument(scalar);
  const twice: Func = programs.add(inner.finish([inner.emitOne('stablehlo.add', [x, x])], 'private'));
  const main = createFunctionBuilder('main');
  const n = main.argument(scalar);
  const zero = main.constant(scalar, '0');
  const one = main.constant(scalar, '1');
  const less = { comparison_direction: attributeOf.enumeration('comparison_direction', 'LT') };
  const types = [scalar, scalar];
  const condition = main.region(types, ([i]) => main.emit('stablehlo.compare', [i, n], less));
  const body = main.region(types, ([i, value]) => [
    main.emitOne('stablehlo.add', [i, one]),
    main.call(twice, [value])[0],
  ]);
  const results = main.emit('stablehlo.while', [zero, one], {}, { regions: [condition, body] });
  programs.add(main.finish([results[1]]));
  return programs.finish();
}
