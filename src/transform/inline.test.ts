import { expect, test } from 'vitest';
import { type Func, type Operation, type Program, tensorType, walkOperations } from '../ir/index.ts';
import { inlineCalls } from './inline.ts';

const type = tensorType([4], 'f32');

function operation(name: string, operands: number[], results: number[], extra: Partial<Operation> = {}): Operation {
  return { name, operands, results, attributes: {}, regions: [], offset: -1, ...extra };
}

function call(callee: string, operands: number[], results: number[], scope?: string): Operation {
  const attributes = { callee: { kind: 'symbol', name: callee } as const };
  return operation('func.call', operands, results, { attributes, ...(scope === undefined ? {} : { scope }) });
}

function func(name: string, args: number, operations: Operation[], values: number): Func {
  const ids = Array.from({ length: args }, (_, value) => value);
  return {
    name,
    visibility: name === 'main' ? 'public' : 'private',
    arguments: ids.map(value => ({ value, attributes: {} })),
    results: [{ type, attributes: {} }],
    attributes: {},
    body: { arguments: ids, operations },
    valueTypes: Array.from({ length: values }, () => type),
  };
}

const program: Program = {
  name: 'm',
  attributes: {},
  symbols: [],
  file: 'm.mlir',
  functions: [
    func(
      'main',
      1,
      [
        call('twice', [0], [1], 'jit(f)/layer_0'),
        operation('stablehlo.case', [1], [2], {
          regions: [{ arguments: [3], operations: [call('twice', [3], [4]), operation('stablehlo.return', [4], [])] }],
        }),
        operation('func.return', [2], []),
      ],
      5,
    ),
    func('twice', 1, [call('negate', [0], [1]), call('negate', [1], [2]), operation('func.return', [2], [])], 3),
    func('negate', 1, [operation('stablehlo.negate', [0], [1]), operation('func.return', [1], [])], 2),
  ],
};

test('calls are replaced by bodies with fresh values, in regions too', () => {
  const { functions } = inlineCalls(program);
  expect(functions).toHaveLength(1);
  const lines: string[] = [];
  walkOperations(functions[0].body, ({ name, operands, results, scope }) => {
    lines.push(`${results} = ${name} ${operands}${scope === undefined ? '' : ` ${scope}`}`);
  });
  expect(lines).toEqual([
    '1 = stablehlo.negate 0 jit(f)/layer_0',
    '2 = stablehlo.negate 1 jit(f)/layer_0',
    '6 = stablehlo.case 2',
    '4 = stablehlo.negate 3',
    '5 = stablehlo.negate 4',
    ' = stablehlo.return 5',
    ' = func.return 6',
  ]);
  expect(functions[0].valueTypes).toHaveLength(7);
});

test('a function that returns its argument leaves no operation behind', () => {
  const identity = func('negate', 1, [operation('func.return', [0], [])], 1);
  const { functions } = inlineCalls({ ...program, functions: [...program.functions.slice(0, 2), identity] });
  expect(functions[0].body.operations.map(({ name, operands }) => `${name} ${operands}`)).toEqual([
    'stablehlo.case 0',
    'func.return 2',
  ]);
});

test('recursion is an internal error', () => {
  const loop = func('negate', 1, [call('twice', [0], [1]), operation('func.return', [1], [])], 2);
  expect(() => inlineCalls({ ...program, functions: [...program.functions.slice(0, 2), loop] })).toThrow('internal');
});
