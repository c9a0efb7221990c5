import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tensorType } from '../ir/index.ts';
import { formatMesh, meshSize, parseMesh } from './mesh.ts';
import { equalShardings, formatPartitionSpec, formatSharding, parseSharding, type Sharding } from './notation.ts';
import { localBytes, localShape, shardingDiagnostics } from './shape.ts';

const axisPart = fc.record(
  {
    axis: fc.constantFrom('dp', 'tp', 'x_1'),
    sub: fc.record({ before: fc.constantFrom(1, 2, 4), size: fc.constantFrom(2, 4) }),
  },
  { requiredKeys: ['axis'] },
);
const anySharding: fc.Arbitrary<Sharding> = fc.record({
  dimensions: fc.array(fc.record({ axes: fc.array(axisPart, { maxLength: 3 }), open: fc.boolean() }), { maxLength: 4 }),
  unreduced: fc.array(axisPart, { maxLength: 2 }),
});

test('a sharding that is printed and read is the same', () => {
  fc.assert(
    fc.property(anySharding, sharding => {
      expect(parseSharding(formatSharding(sharding))).toEqual(sharding);
    }),
    { seed: 11 },
  );
});

test('shardings print with and without their type, and as JAX prints them', () => {
  const sharding = parseSharding('[ {dp} , {tp,?}, {}, {a, b:(2)4} ] unreduced{x}');
  expect(formatSharding(sharding)).toBe('[{dp}, {tp,?}, {}, {a,b:(2)4}] unreduced{x}');
  expect(formatSharding(sharding, tensorType([8, 1024, 3, 64], 'f32'))).toBe(
    'f32[8{dp}, 1024{tp,?}, 3, 64{a,b:(2)4}] unreduced{x}',
  );
  expect(formatPartitionSpec(parseSharding('[{dp}, {}, {a,b}]'))).toBe("PartitionSpec('dp', None, ('a', 'b'))");
  expect(formatSharding(parseSharding('[]'))).toBe('[]');
});

test.each([
  '',
  '{dp}',
  '[dp]',
  '[{dp} {tp}]',
  '[{dp}',
  '[{dp:(2)}]',
  '[{dp:(0)2}]',
  '[{?,dp}]',
  '[{dp},]',
  '[{}] unreduced{?}',
])('the sharding %j is refused', text => {
  expect(() => parseSharding(text)).toThrow('SK2002');
});

test('open dimensions do not make shardings differ', () => {
  expect(equalShardings(parseSharding('[{dp,?}, {}]'), parseSharding('[{dp}, {?}]'))).toBe(true);
  expect(equalShardings(parseSharding('[{dp}, {}]'), parseSharding('[{}, {dp}]'))).toBe(false);
});

test('a mesh that is printed and read is the same', () => {
  const mesh = parseMesh('dp=2, tp=4');
  expect(formatMesh(mesh)).toBe('dp=2,tp=4');
  expect(parseMesh(formatMesh(mesh))).toEqual(mesh);
  expect(meshSize(mesh)).toBe(8);
});

test.each(['', 'dp', 'dp=0', 'dp=2,dp=4', 'dp=2=3', '2=dp', 'dp=-1'])('the mesh %j is refused', text => {
  expect(() => parseMesh(text)).toThrow('SK2001');
});

test('the pieces of a tensor add up to the tensor', () => {
  const mesh = parseMesh('dp=2,tp=4');
  const type = tensorType([16, 8], 'bf16');
  const sharding = parseSharding('[{tp:(2)2,dp}, {}]');
  expect(localShape(type.shape, sharding, mesh)).toEqual([4, 8]);
  expect(localBytes(type, sharding, mesh) * 4).toBe(16 * 8 * 2);
});

test('wrong placements are explained', () => {
  const mesh = parseMesh('dp=2,tp=4');
  const explain = (text: string) =>
    shardingDiagnostics('w', tensorType([50257, 8], 'f32'), parseSharding(text), mesh).map(
      found => `${found.code} ${found.message}; ${found.next}`,
    );
  expect(explain('[{tp}, {}]')).toEqual([
    'SK2004 w: `[{tp}, {}]` cuts dimension 0 of size 50257 into 4 pieces, which is uneven; pad dimension 0 to 50260 where the program is exported, or leave it whole',
  ]);
  expect(explain('[{}, {tp:(1)2,tp}]')[0]).toContain('SK2006');
  expect(explain('[{}, {tp:(1)2,tp:(2)2}]')).toEqual([]);
  expect(explain('[{tp}]')[0]).toContain('SK2008');
  expect(() => explain('[{}, {pp}]')).toThrow('SK2005');
  expect(() => explain('[{}, {tp:(4)2}]')).toThrow('SK2005');
});
