import { describe, expect, it } from 'vitest';
import type { FunctionBuilder } from './builder.ts';
import { createFunctionBuilder, ProgramBuilder, programOf } from './builder.ts';
import { attributeOf } from './builder-attributes.ts';
import { countOperation, countProgram } from './count.ts';
import { tripCount } from './count-loops.ts';
import { parseProgram } from './parse-program.ts';
import type { Func } from './program.ts';
import { tensorType } from './types.ts';

const f32 = (...shape: readonly number[]) => tensorType(shape, 'f32');
const i32 = tensorType([], 'i32');

/** A loop that runs `body` from `start` by `step` while the counter is `direction` of `bound`. */
function loop(
  start: number,
  step: number,
  direction: string,
  bound: number,
  body: (builder: FunctionBuilder, value: number) => number,
): Func {
  const builder = createFunctionBuilder('main');
  const x = builder.argument(f32(8));
  const from = builder.constant(i32, String(start));
  const compare = { comparison_direction: attributeOf.enumeration('comparison_direction', direction) };
  const condition = builder.region([i32, f32(8)], ([i]) =>
    builder.emit('stablehlo.compare', [i, builder.constant(i32, String(bound))], compare),
  );
  const rest = builder.region([i32, f32(8)], ([i, value]) => {
    const next = builder.emitOne('stablehlo.add', [i, builder.constant(i32, String(step))]);
    return [next, body(builder, value)];
  });
  const results = builder.emit('stablehlo.while', [from, x], {}, { regions: [condition, rest] });
  return builder.finish(results);
}

const twice = (builder: FunctionBuilder, value: number): number => builder.emitOne('stablehlo.tanh', [value]);

function tripsOf(start: number, step: number, direction: string, bound: number): number | undefined {
  const func = loop(start, step, direction, bound, twice);
  const operation = func.body.operations.find(({ name }) => name === 'stablehlo.while');
  if (operation === undefined) throw new Error('no loop');
  return tripCount(func, operation);
}

describe('tripCount', () => {
  it('agrees with running the loop', () => {
    const holds: Readonly<Record<string, (a: number, b: number) => boolean>> = {
      LT: (a, b) => a < b,
      LE: (a, b) => a <= b,
      GT: (a, b) => a > b,
      GE: (a, b) => a >= b,
      NE: (a, b) => a !== b,
    };
    for (const [direction, test] of Object.entries(holds)) {
      for (const [start, step, bound] of [
        [0, 1, 12],
        [0, 3, 10],
        [5, 1, 5],
        [7, 1, 3],
        [10, -1, 0],
        [10, -3, -2],
        [-4, 2, 6],
      ]) {
        let trips = 0;
        for (let i = start; test(i, bound) && trips < 1000; i += step) trips++;
        const expected = trips === 1000 ? undefined : trips;
        expect(tripsOf(start, step, direction, bound), `${direction} ${start} ${step} ${bound}`).toBe(expected);
      }
    }
  });

  it('does not guess where the bound is an argument', () => {
    const text = `func.func @main(%arg0: tensor<i32>) -> tensor<i32> {
      %c = stablehlo.constant dense<0> : tensor<i32>
      %0 = stablehlo.while(%iterArg = %c) : tensor<i32>
       cond {
        %1 = stablehlo.compare LT, %iterArg, %arg0, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
        stablehlo.return %1 : tensor<i1>
      } do {
        %c_0 = stablehlo.constant dense<1> : tensor<i32>
        %1 = stablehlo.add %iterArg, %c_0 : tensor<i32>
        stablehlo.return %1 : tensor<i32>
      }
      return %0 : tensor<i32>
    }`;
    const program = parseProgram(new TextEncoder().encode(text));
    const [func] = program.functions;
    expect(tripCount(func, func.body.operations[1])).toBeUndefined();
    expect(countProgram(program).unknownLoops).toBe(1);
  });
});

describe('countOperation', () => {
  it('counts a batched matrix product as two per multiply-add', () => {
    const builder = createFunctionBuilder('main');
    const x = builder.argument(f32(2, 3, 4));
    const y = builder.argument(f32(2, 4, 5));
    const dot = attributeOf.record('dot', {
      lhs_batching_dimensions: [0],
      rhs_batching_dimensions: [0],
      lhs_contracting_dimensions: [2],
      rhs_contracting_dimensions: [1],
    });
    const func = builder.finish(builder.emit('stablehlo.dot_general', [x, y], { dot_dimension_numbers: dot }));
    expect(countOperation(func, func.body.operations[0])).toEqual({
      flops: 2 * 2 * 3 * 5 * 4,
      transcendentals: 0,
      bytes: 4 * (24 + 40 + 30),
    });
  });

  it('counts a convolution where the kernel meets the input only', () => {
    const builder = createFunctionBuilder('main');
    const x = builder.argument(f32(1, 4, 1));
    const w = builder.argument(f32(3, 1, 2));
    const dimensions = attributeOf.record('conv', {
      input_batch_dimension: 0,
      input_feature_dimension: 2,
      input_spatial_dimensions: [1],
      kernel_input_feature_dimension: 1,
      kernel_output_feature_dimension: 2,
      kernel_spatial_dimensions: [0],
      output_batch_dimension: 0,
      output_feature_dimension: 2,
      output_spatial_dimensions: [1],
    });
    const results = builder.emit('stablehlo.convolution', [x, w], {
      dimension_numbers: dimensions,
      padding: attributeOf.denseRows([[1, 1]]),
      feature_group_count: attributeOf.integer(1),
      batch_group_count: attributeOf.integer(1),
    });
    expect(builder.typeOf(results[0])).toEqual(f32(1, 4, 2));
    const func = builder.finish(results);
    // Four places of three taps each, of which the first and the last tap fall on padding once.
    expect(countOperation(func, func.body.operations[0]).flops).toBe(2 * 2 * (4 * 3 - 2));
  });

  it('counts a reduction once per input element', () => {
    const builder = createFunctionBuilder('main');
    const x = builder.argument(f32(8, 16));
    const zero = builder.constant(f32(), '0.000000e+00');
    const regions = [builder.reducer('stablehlo.add', 'f32')];
    const results = builder.emit('stablehlo.reduce', [x, zero], { dimensions: attributeOf.integers([1]) }, { regions });
    const func = builder.finish(results);
    expect(countOperation(func, func.body.operations[1])).toEqual({
      flops: 128,
      transcendentals: 0,
      bytes: 4 * (128 + 1 + 8),
    });
  });
});

describe('countProgram', () => {
  it('multiplies loop bodies by their trips', () => {
    const count = countProgram(programOf(loop(0, 1, 'LT', 12, twice)));
    expect(count.byName['stablehlo.tanh']).toEqual({ operations: 12, flops: 96, transcendentals: 96, bytes: 12 * 64 });
    expect(count.byName['stablehlo.compare'].operations).toBe(13);
    expect(count.unknownLoops).toBe(0);
    expect(count.operations).toBe(7);
  });

  it('opens calls at each call site, and counts their text once', () => {
    const program = new ProgramBuilder();
    const helper = createFunctionBuilder('helper');
    const square = program.add(helper.finish(helper.emit('chlo.square', [helper.argument(f32(10))]), 'private'));
    const main = createFunctionBuilder('main');
    const x = main.argument(f32(10));
    const once = main.call(square, [x]);
    program.add(main.finish(main.call(square, once)));
    const count = countProgram(program.finish());
    expect(count).toMatchObject({ operations: 3, expandedOperations: 4, flops: 20, bytes: 160 });
  });

  it('takes the dearest branch', () => {
    const builder = createFunctionBuilder('main');
    const predicate = builder.argument(tensorType([], 'i1'));
    const x = builder.argument(f32(10));
    const cheap = builder.region([], () => [x]);
    const dear = builder.region([], () => builder.emit('stablehlo.add', [x, builder.emitOne('stablehlo.negate', [x])]));
    const results = builder.emit('stablehlo.if', [predicate], {}, { regions: [cheap, dear] });
    expect(countProgram(programOf(builder.finish(results))).flops).toBe(20);
  });

  it.each([
    ['used as they are', undefined],
    ['cast to the type of a product', 'bf16'],
  ] as const)('tells weights %s from moments and inputs', (_, compute) => {
    const builder = createFunctionBuilder('step');
    const donated = (result: number) => ({ 'tf.aliasing_output': attributeOf.integer(result, 'i32') });
    const cast = (value: number, to: 'f32' | 'bf16', ...shape: number[]) =>
      compute === undefined
        ? value
        : builder.emitOne('stablehlo.convert', [value], {}, { resultTypes: [tensorType(shape, to)] });
    const master = builder.argument(f32(4, 3), 'w', donated(0));
    const moment = builder.argument(f32(4, 3), 'mu', donated(1));
    const batch = builder.argument(tensorType([5, 4], compute ?? 'f32'), 'x');
    const weight = cast(master, 'bf16', 4, 3);
    const forward = attributeOf.record('dot', { lhs_contracting_dimensions: [1], rhs_contracting_dimensions: [0] });
    const backward = attributeOf.record('dot', { lhs_contracting_dimensions: [0], rhs_contracting_dimensions: [0] });
    const y = builder.emitOne('stablehlo.dot_general', [batch, weight], { dot_dimension_numbers: forward });
    const gradient = builder.emitOne('stablehlo.dot_general', [batch, y], { dot_dimension_numbers: backward });
    const next = builder.emitOne('stablehlo.add', [moment, cast(gradient, 'f32', 4, 3)]);
    const updated = builder.emitOne('stablehlo.subtract', [master, next]);
    expect(countProgram(programOf(builder.finish([updated, next]))).parameters).toEqual({ count: 12, bytes: 48 });
  });
});
