import { attributeOf, type ElementType } from '../../../src/ir/index.ts';
import { builtCase, typeOf } from './build-case.ts';
import type { RuleCase } from './case.ts';

/** Elementwise operations, contractions and reductions at which rules change. */
export function arithmeticCases(): RuleCase[] {
  return [...elementwiseCases(), ...sourceCases(), ...dotCases(), ...reduceCases(), ...argumentReductions()];
}

function elementwiseCases(): RuleCase[] {
  const names = ['add', 'subtract', 'multiply', 'divide'].map(name => `stablehlo.${name}`);
  const types = ['f32[4, 6]', 'i32[4, 6]', 'complex<f32>[4, 6]'];
  return [
    ...names.flatMap(name => types.map(type => builtCase(name, [type, type]))),
    ...['add', 'multiply'].map(name => builtCase(`stablehlo.${name}`, ['i1[8]', 'i1[8]'])),
    builtCase('stablehlo.negate', ['ui32[4, 6]']),
    builtCase('stablehlo.select', ['i1[]', 'f32[4, 6]', 'f32[4, 6]']),
    builtCase('stablehlo.select', ['i1[4, 6]', 'f32[4, 6]', 'f32[4, 6]']),
    builtCase('stablehlo.clamp', ['f32[]', 'f32[4, 6]', 'f32[]']),
    builtCase('stablehlo.clamp', ['f32[4, 6]', 'f32[4, 6]', 'f32[4, 6]']),
    builtCase('stablehlo.bitcast_convert', ['i32[4, 6]'], {}, { results: ['i8[4, 6, 4]'] }),
    builtCase('stablehlo.bitcast_convert', ['i8[4, 6, 4]'], {}, { results: ['i32[4, 6]'] }),
    builtCase(
      'stablehlo.map',
      ['i32[4, 6]', 'i32[4, 6]'],
      { dimensions: attributeOf.integers([0, 1]) },
      { results: ['i32[4, 6]'], regions: builder => [builder.reducer('stablehlo.subtract', 'i32')] },
    ),
    builtCase('stablehlo.optimization_barrier', ['f32[4]', 'i32[4, 6]', 'f32[]']),
  ];
}

function sourceCases(): RuleCase[] {
  const list = '[[1, 2, 3, 4], [5, 6, 7, 8]]';
  const constants = ['7', list].map(text => attributeOf.dense({ kind: 'tensor', shape: [2, 4], element: 'i32' }, text));
  const iotas = ['bf16', 'i32', 'complex<f32>'].flatMap(element =>
    [0, 1].map(dimension =>
      builtCase(
        'stablehlo.iota',
        [],
        { iota_dimension: attributeOf.integer(dimension) },
        { results: [`${element}[8, 12]`] },
      ),
    ),
  );
  return [...constants.map(value => builtCase('stablehlo.constant', [], { value })), ...iotas];
}

function dotCases(): RuleCase[] {
  const dot = (lhs: string, rhs: string, result: string, fields: Readonly<Record<string, readonly number[]>>) => {
    const attributes = { dot_dimension_numbers: attributeOf.record('dot', fields) };
    return builtCase('stablehlo.dot_general', [lhs, rhs], attributes, { results: [result] });
  };
  const matrix = { lhs_contracting_dimensions: [1], rhs_contracting_dimensions: [0] };
  return [
    ...['f32', 'bf16', 'i32', 'complex<f32>'].map(e => dot(`${e}[4, 6]`, `${e}[6, 8]`, `${e}[4, 8]`, matrix)),
    dot('f32[2, 4, 2, 6]', 'f32[2, 2, 6, 4]', 'f32[2, 2, 4, 4]', {
      lhs_batching_dimensions: [0, 2],
      rhs_batching_dimensions: [0, 1],
      lhs_contracting_dimensions: [3],
      rhs_contracting_dimensions: [2],
    }),
    dot('i32[2, 3, 4]', 'i32[6, 2]', 'i32[2, 3, 4, 6, 2]', {}),
    dot('f32[4, 6, 2]', 'f32[2, 4, 6]', 'f32[6, 6]', {
      lhs_contracting_dimensions: [2, 0],
      rhs_contracting_dimensions: [0, 1],
    }),
    dot('f32[8]', 'f32[8]', 'f32[]', { lhs_contracting_dimensions: [0], rhs_contracting_dimensions: [0] }),
  ];
}

function reduceCases(): RuleCase[] {
  const reduce = (body: string, element: ElementType, dimensions: readonly number[], zeros: readonly number[] = []) =>
    builtCase(
      'stablehlo.reduce',
      [`${element}[4, 6, 8]`, `${element}[]`],
      { dimensions: attributeOf.integers(dimensions) },
      { zeros, regions: builder => [builder.reducer(`stablehlo.${body}`, element)] },
    );
  const numbers = ['add', 'maximum', 'minimum', 'multiply'].flatMap(body =>
    (['f32', 'i32', 'bf16'] as const).flatMap(element =>
      [[1], [0, 2], [0, 1, 2]].map(dimensions => reduce(body, element, dimensions)),
    ),
  );
  const logic = ['and', 'or', 'add', 'multiply', 'maximum', 'minimum'].map(body => reduce(body, 'i1', [0, 2]));
  const bits = ['and', 'or'].flatMap(body => (['i32', 'ui8'] as const).map(element => reduce(body, element, [1, 2])));
  const zeroStart = [reduce('add', 'f32', [1], [1]), reduce('add', 'i64', [0, 1], [1]), reduce('add', 'i1', [1], [1])];
  return [...numbers, ...logic, ...bits, ...zeroStart, reduce('subtract', 'f32', [1]), reduce('add', 'f32', [])];
}

/** Largest value and its position: a body of several operations. */
function argumentReductions(): RuleCase[] {
  const scalars = ['f32[]', 'i32[]', 'f32[]', 'i32[]'];
  const greater = { comparison_direction: attributeOf.enumeration('comparison_direction', 'GT') };
  return [[0], [1]].map(dimensions =>
    builtCase(
      'stablehlo.reduce',
      ['f32[4, 6]', 'i32[4, 6]', 'f32[]', 'i32[]'],
      { dimensions: attributeOf.integers(dimensions) },
      {
        regions: builder => [
          builder.region(scalars.map(typeOf), ([value, place, otherValue, otherPlace]) => {
            const takes = builder.emitOne('stablehlo.compare', [value, otherValue], greater);
            return [
              builder.emitOne('stablehlo.select', [takes, value, otherValue]),
              builder.emitOne('stablehlo.select', [takes, place, otherPlace]),
            ];
          }),
        ],
      },
    ),
  );
}
