import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../base/index.ts';
import { DiagnosticError, formatDiagnostic } from '../base/index.ts';
import { createFunctionBuilder, ProgramBuilder, programOf } from './builder.ts';
import { attributeOf } from './builder-attributes.ts';
import { parseProgram } from './parse-program.ts';
import type { Block, Func, Program } from './program.ts';
import { tensorType } from './types.ts';
import { verifyProgram } from './verify.ts';

const f32 = (...shape: readonly number[]) => tensorType(shape, 'f32');

/** What reading and verifying a text finds, one line each. */
function complaints(text: string): readonly string[] {
  const source = new TextEncoder().encode(text);
  try {
    return verifyProgram(parseProgram(source, { file: 'p.mlir' }), source).map(firstLine);
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map(firstLine);
    throw error;
  }
}

function firstLine(diagnostic: Diagnostic): string {
  return formatDiagnostic(diagnostic).split('\n')[0];
}

function twoFunctions(change: (helper: Func) => Func): Program {
  const program = new ProgramBuilder();
  const helper = createFunctionBuilder('helper');
  const x = helper.argument(f32(4));
  const finished = helper.finish([helper.emitOne('stablehlo.negate', [x])], 'private');
  const main = createFunctionBuilder('main');
  const results = main.call(finished, [main.argument(f32(4))]);
  program.add(main.finish(results));
  program.add(change(finished));
  return program.finish();
}

const messages = (program: Program): readonly string[] =>
  verifyProgram(program).map(item => `${item.code}: ${item.message}`);

describe('verifyProgram', () => {
  it('is content with a clean program', () => {
    expect(verifyProgram(twoFunctions(helper => helper))).toEqual([]);
  });

  it('reports broken constraints with their label and place', () => {
    const text = [
      'func.func @main(%arg0: tensor<4x8xf32>) -> tensor<4x4xf32> {',
      '  %0 = stablehlo.transpose %arg0, dims = [1, 1] : (tensor<4x8xf32>) -> tensor<8x8xf32>',
      '  %1 = stablehlo.slice %arg0 [0:4, 0:9] : (tensor<4x8xf32>) -> tensor<4x9xf32>',
      '  %2 = stablehlo.slice %arg0 [0:4, 0:4] : (tensor<4x8xf32>) -> tensor<4x5xf32>',
      '  return %2 : tensor<4x5xf32>',
      '}',
    ].join('\n');
    expect(complaints(text)).toMatchInlineSnapshot(`
      [
        "p.mlir:2:3: error SK1101: stablehlo.transpose (C2): permutation [1, 1] is not an order of 2 dimensions",
        "p.mlir:3:3: error SK1101: stablehlo.slice (C3): [0:9] does not lie in dimension 1 of size 8",
        "p.mlir:4:3: error SK1102: stablehlo.slice: the declared type is tensor<4x5xf32>",
        "p.mlir:5:3: error SK1101: func.return (type): returns (tensor<4x5xf32>) from @main",
      ]
    `);
  });

  it('reports calls of unknown functions, of other types and with other results', () => {
    const renamed = twoFunctions(helper => ({ ...helper, name: 'other' }));
    expect(messages(renamed)).toEqual(['SK1008: func.call names @helper, which does not exist']);
    const narrow = createFunctionBuilder('helper');
    const wider = narrow.finish([narrow.argument(f32(5))]);
    expect(messages(twoFunctions(() => wider))).toEqual([
      'SK1101: func.call (type): the operands of the call of @helper are (tensor<4xf32>)',
      'SK1101: func.call (type): the results of the call of @helper are (tensor<4xf32>)',
    ]);
  });

  it('reports symbols that are defined twice', () => {
    const twice = twoFunctions(helper => ({ ...helper, name: 'main' }));
    expect(messages(twice)[0]).toBe('SK1009: @main is defined twice');
  });

  it('reports uses before definitions and values out of scope', () => {
    const builder = createFunctionBuilder('main');
    const x = builder.argument(f32(4));
    const y = builder.emitOne('stablehlo.negate', [x]);
    builder.emitOne('stablehlo.tanh', [y]);
    const func = builder.finish([y]);
    const [negate, tanh, end] = func.body.operations;
    const swapped = { ...func, body: { ...func.body, operations: [tanh, negate, end] } };
    expect(messages(programOf(swapped))).toEqual(['SK1008: operand 0 of stablehlo.tanh is not defined before its use']);
  });

  it('does not let values of a region out of it', () => {
    const builder = createFunctionBuilder('main');
    const x = builder.argument(f32(4));
    const zero = builder.constant(f32(), '0.000000e+00');
    let inside = -1;
    const region = builder.region([f32(), f32()], ([a, b]) => {
      inside = builder.emitOne('stablehlo.add', [a, b]);
      return [inside];
    });
    builder.emit('stablehlo.reduce', [x, zero], { dimensions: attributeOf.integers([0]) }, { regions: [region] });
    const leak = builder.emitOne('stablehlo.negate', [inside]);
    expect(messages(programOf(builder.finish([leak])))).toEqual([
      'SK1008: operand 0 of stablehlo.negate is not defined before its use',
    ]);
  });

  it('reports blocks without their terminator, and terminators in the wrong place', () => {
    const builder = createFunctionBuilder('main');
    const x = builder.argument(f32(4));
    builder.emitOne('stablehlo.negate', [x]);
    const func = builder.finish([x]);
    const [negate, end] = func.body.operations;
    const open = { ...func, body: { ...func.body, operations: [negate] } };
    expect(messages(programOf(open))).toEqual(['SK1101: a block of @main does not end with func.return']);
    const early = { ...func, body: { ...func.body, operations: [end, negate, end] } };
    expect(messages(programOf(early))).toEqual(['SK1101: func.return (place): ends a block in the middle']);
    const foreign = { ...func, body: { ...func.body, operations: [negate, { ...end, name: 'stablehlo.return' }] } };
    expect(messages(programOf(foreign))).toEqual([]);
    const shared: Block = { arguments: [], operations: [end] };
    const branch = { ...negate, name: 'stablehlo.case', regions: [shared] };
    const inner = { ...func, body: { ...func.body, operations: [branch, end] } };
    expect(messages(programOf(inner))).toContain('SK1101: func.return (place): stablehlo.return ends this block');
  });

  it('takes private functions without a body as declarations', () => {
    const builder = createFunctionBuilder('outside');
    const func = builder.finish([builder.argument(f32(4))], 'private');
    expect(messages(programOf({ ...func, body: { ...func.body, operations: [] } }))).not.toContain(
      'SK1101: a block of @outside does not end with func.return',
    );
  });

  it('reports donations to results that do not exist or have another type', () => {
    const builder = createFunctionBuilder('main');
    const x = builder.argument(f32(4), 'x', { 'tf.aliasing_output': attributeOf.integer(1, 'i32') });
    const y = builder.argument(f32(5), 'y', { 'tf.aliasing_output': attributeOf.integer(0, 'i32') });
    builder.emitOne('stablehlo.negate', [y]);
    expect(messages(programOf(builder.finish([x])))).toEqual([
      'SK1101: tf.aliasing_output of x is 1, @main has 1 results',
      'SK1101: y of tensor<5xf32> is donated to result 0 of tensor<4xf32>',
    ]);
  });

  it('warns once per name of operations that it trusts', () => {
    const text = [
      'func.func @main(%arg0: tensor<4x4xf32>) -> tensor<4x4xf32> {',
      '  %0 = "stablehlo.cholesky"(%arg0) <{lower = true}> : (tensor<4x4xf32>) -> tensor<4x4xf32>',
      '  %1 = "stablehlo.cholesky"(%0) <{lower = true}> : (tensor<4x4xf32>) -> tensor<4x4xf32>',
      '  return %1 : tensor<4x4xf32>',
      '}',
    ].join('\n');
    expect(complaints(text)).toEqual([
      'p.mlir:2:3: warning SK1103: stablehlo.cholesky is carried along unchecked: its declared types are trusted and it will not be split',
    ]);
  });

  it('refuses constants that do not fill their shape', () => {
    const text = (literal: string, type: string): string =>
      `func.func @main() -> ${type} {\n  %0 = stablehlo.constant dense<${literal}> : ${type}\n  return %0 : ${type}\n}`;
    for (const [literal, type] of [
      ['[[1, 2], [3, 4]]', 'tensor<2x2xi32>'],
      ['[(1.0, 2.0), (3.0, 4.0)]', 'tensor<2xcomplex<f32>>'],
      ['"0x0000803F00000040"', 'tensor<2xf32>'],
      ['0x7F800000', 'tensor<f32>'],
      ['', 'tensor<0x3xf32>'],
      ['true', 'tensor<4xi1>'],
    ]) {
      expect(complaints(text(literal, type)), literal).toEqual([]);
    }
    for (const [literal, type] of [
      ['[[1, 2], [3]]', 'tensor<2x2xi32>'],
      ['[1, 2, 3]', 'tensor<2xi32>'],
      ['1', 'tensor<f32>'],
      ['300', 'tensor<i8>'],
    ]) {
      expect(complaints(text(literal, type)).length, literal).toBe(1);
    }
  });
});
