import { expect, test } from 'vitest';
import { type Func, type FuncArgument, tensorType } from '../ir/index.ts';
import { emitSharded } from './emission.ts';
import { parseMesh } from './mesh.ts';
import { formatSharding, type Sharding } from './notation.ts';
import { resolvePins } from './pin-resolution.ts';
import { matchesGlob, parsePin, parsePins } from './pins.ts';

const mesh = parseMesh('dp=2,tp=4');

/** A function whose arguments are all [8, 16], each donated to the result of the same index. */
function stepFunction(names: readonly (string | undefined)[]): Func {
  const type = tensorType([8, 16], 'f32');
  const args = names.map((name, value): FuncArgument => {
    const alias = { kind: 'integer', value, text: String(value), type: 'i32' } as const;
    return { value, ...(name === undefined ? {} : { name }), attributes: { 'tf.aliasing_output': alias } };
  });
  return {
    name: 'main',
    visibility: 'public',
    arguments: args,
    results: names.map((_, index) => ({
      type,
      attributes: { 'jax.result_info': { kind: 'string', value: `result[0]['w${index}']` } as const },
    })),
    attributes: {},
    body: { arguments: args.map(argument => argument.value), operations: [] },
    valueTypes: names.map(() => type),
  };
}

const texts = (shardings: readonly (Sharding | undefined)[]) =>
  shardings.map(sharding => (sharding === undefined ? '-' : formatSharding(sharding)));

test('brackets in globs are literal', () => {
  expect(matchesGlob("params['h.*'].w", "params['h.11'].w")).toBe(true);
  expect(matchesGlob("params['h.?'].w", "params['h.11'].w")).toBe(false);
  expect(matchesGlob('p[01]', 'p0')).toBe(false);
  expect(matchesGlob('p[01]', 'p[01]')).toBe(true);
});

test('a pin is split at its last equals sign before a bracket', () => {
  expect(parsePin("params['a=[b']=[{dp}, {}]").match).toBe("params['a=[b']");
  expect(() => parsePin('tokens')).toThrow('SK2007');
  expect(() => parsePin('tokens=[{dp]')).toThrow('SK2002');
});

test('the last matching pin wins, and a donated argument takes its result along', () => {
  const func = stepFunction(["params['a']", "params['b']", 'tokens']);
  const pins = ['params*=[{}, {tp}]', "params['b']=[{tp}, {}]"].map(parsePin);
  const found = resolvePins(func, mesh, pins);
  expect(texts(found.arguments)).toEqual(['[{}, {tp}]', '[{tp}, {}]', '-']);
  expect(texts(found.results)).toEqual(['[{}, {tp}]', '[{tp}, {}]', '-']);
});

test('without names an argument is called by its number or by the result that takes its buffer', () => {
  const func = stepFunction([undefined, undefined, undefined]);
  const pins = ['arg0=[{dp}, {}]', '%arg1=[{}, {dp}]', "result[0]['w2']=[{tp}, {}]"].map(parsePin);
  expect(texts(resolvePins(func, mesh, pins).arguments)).toEqual(['[{dp}, {}]', '[{}, {dp}]', '[{tp}, {}]']);
});

test('an unknown name is answered with the nearest one and how to export names', () => {
  expect(() => resolvePins(stepFunction(['tokens']), mesh, [parsePin('token=[{dp}, {}]')])).toThrow(
    /SK2003.*\n.*`tokens`/,
  );
  expect(() => resolvePins(stepFunction([undefined]), mesh, [parsePin('tokens=[{dp}, {}]')])).toThrow('skein_export');
});

test('every wrong pin is reported at once', () => {
  const pins = ['a=[{dp}, {dp}]', 'b=[{pp}, {}]', 'c=[{dp}]', 'd=[{}, {dp,tp:(1)3}]'].map(parsePin);
  expect(() => resolvePins(stepFunction(['a', 'b', 'c', 'd']), mesh, pins)).toThrow(/SK2006.*SK2005.*SK2008.*SK2005/s);
});

test('a pins file is read, and a wrong one is refused with what is wrong', () => {
  const document = { format: 'skein.pins/1', mesh: { axes: [['dp', 2]] }, pins: [{ match: 'x', sharding: '[{dp}]' }] };
  expect(parsePins(JSON.stringify(document)).pins).toHaveLength(1);
  for (const wrong of ['{', '[]', '{"format": "skein.pins/2"}', JSON.stringify({ ...document, mesh: 3 })]) {
    expect(() => parsePins(wrong)).toThrow('SK2007');
  }
});

test('emission writes the mesh, the partitions and the pins, and drops older shardings', () => {
  const func = stepFunction(['a']);
  const old = {
    ...func.arguments[0],
    attributes: { 'mhlo.sharding': { kind: 'string', value: '{replicated}' } as const },
  };
  const program = {
    name: 'jit_step',
    attributes: {},
    symbols: [],
    functions: [{ ...func, arguments: [old] }],
    file: 'a.mlir',
  };
  const emitted = emitSharded(program, mesh, resolvePins(func, mesh, [parsePin('a=[{tp:(1)2,dp}, {?}]')]));
  expect(emitted.symbols[0].text).toBe('sdy.mesh @mesh = <["dp"=2, "tp"=4]>');
  expect(emitted.attributes['mhlo.num_partitions']).toEqual({ kind: 'integer', value: 8, text: '8', type: 'i32' });
  const sharding = { kind: 'opaque', text: '#sdy.sharding<@mesh, [{"tp":(1)2, "dp"}, {?}]>' };
  expect(emitted.functions[0].arguments[0].attributes).toEqual({ 'sdy.sharding': sharding });
  expect(emitted.functions[0].results[0].attributes['sdy.sharding']).toEqual(sharding);
});
