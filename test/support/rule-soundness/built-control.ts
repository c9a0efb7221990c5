import type { Tensor } from '../../../src/eval/index.ts';
import { tensor } from '../../../src/eval/index.ts';
import {
  attributeOf,
  createFunctionBuilder,
  type FunctionBuilder,
  programOf,
  type ValueId,
} from '../../../src/ir/index.ts';
import { typeOf } from './build-case.ts';
import { type RuleCase, ruleCase } from './case.ts';
import { range } from './factor-cut.ts';

/** Loops and branches with elementwise regions. */
export function controlCases(): RuleCase[] {
  const branch = (name: string, selector: string, count: number) =>
    controlCase([selector], (builder, [which], [matrix, vector]) => {
      const regions = range(0, count).map(index =>
        builder.region([], () => [
          builder.emitOne(index === 0 ? 'stablehlo.add' : 'stablehlo.multiply', [matrix, matrix]),
          builder.emitOne('stablehlo.negate', [vector]),
        ]),
      );
      return builder.emit(name, [which], {}, { regions });
    });
  return [branch('stablehlo.if', 'i1[]', 2), branch('stablehlo.case', 'i32[]', 3), loop()];
}

/** Doubles a matrix and adds to a vector, at least twice: it counts in steps from below 100 to 200. */
function loop(): RuleCase {
  const less = { comparison_direction: attributeOf.enumeration('comparison_direction', 'LT') };
  return controlCase(['i32[4, 6]', 'i32[8]', 'i32[]'], (builder, operands, [, vector]) => {
    const types = operands.map(value => builder.tensorOf(value));
    const number = (text: string) => builder.constant(typeOf('i32[]'), text);
    const condition = builder.region(types, ([, , count]) =>
      builder.emit('stablehlo.compare', [count, number('200')], less),
    );
    const body = builder.region(types, ([matrix, sum, count]) => [
      builder.emitOne('stablehlo.add', [matrix, matrix]),
      builder.emitOne('stablehlo.add', [sum, vector]),
      builder.emitOne('stablehlo.add', [count, number('64')]),
    ]);
    return builder.emit('stablehlo.while', operands, {}, { regions: [condition, body] });
  });
}

/** A case whose regions may use a matrix and a vector around the operation. */
function controlCase(
  operands: readonly string[],
  build: (
    builder: FunctionBuilder,
    operands: readonly ValueId[],
    around: readonly [matrix: ValueId, vector: ValueId],
  ) => readonly ValueId[],
): RuleCase {
  const builder = createFunctionBuilder('main');
  const values = operands.map(text => builder.argument(typeOf(text)));
  const matrix = builder.argument(typeOf('i32[4, 6]'));
  const vector = builder.argument(typeOf('i32[8]'));
  const results = build(builder, values, [matrix, vector]);
  const func = builder.finish(results);
  const found = ruleCase(programOf(func), func, func.body.operations[0]);
  if (found === undefined) throw new Error('internal: control flow on values that are no tensors');
  const around: readonly (readonly [ValueId, Tensor])[] = [
    [matrix, tensor('i32', [4, 6], range(0, 24))],
    [vector, tensor('i32', [8], range(10, 18))],
  ];
  return { ...found, context: { ...found.context, values: new Map(around) } };
}
