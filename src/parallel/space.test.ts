import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCluster } from '../cost/index.ts';
import { parseProgram } from '../ir/index.ts';
import {
  type FactorRule,
  formatSharding,
  type Grid,
  type OperationChoice,
  parseMesh,
  parsePin,
  shardingOf,
} from '../sharding/index.ts';
import { createProblem } from './problem.ts';
import { type MeshProblem, problemOnMesh } from './problem-mesh.ts';
import {
  type ChoiceRules,
  type ChoiceSpace,
  choiceRules,
  exactChoiceRules,
  operationChoices,
  partialOnMesh,
  strategies,
  valueLayouts,
} from './space.ts';
import { layoutCount, spaceSize, strategyCount } from './space-size.ts';

const off: ChoiceRules = { ...exactChoiceRules, unreachablePartials: false, twins: false };

/** `y = tanh((x w) + (x w))`, on four devices. */
function ground(mesh: string, pins: readonly string[] = []): MeshProblem {
  const text = `module @m {
    func.func public @main(%x: tensor<8x12xf32> loc("x"), %w: tensor<12x6xf32> loc("w")) -> tensor<8x6xf32> {
      %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x12xf32>, tensor<12x6xf32>) -> tensor<8x6xf32> loc("product")
      %1 = stablehlo.add %0, %0 : tensor<8x6xf32>
      %2 = stablehlo.tanh %1 : tensor<8x6xf32>
      return %2 : tensor<8x6xf32>
    } }`;
  const program = parseProgram(new TextEncoder().encode(text), { file: 'step.mlir' });
  const parsed = parseMesh(mesh);
  const devices = parsed.axes.reduce((product, axis) => product * axis.size, 1);
  const request = { cluster: parseCluster(`cpu:${devices}`), mesh: parsed, pins: pins.map(parsePin) };
  return problemOnMesh(createProblem(program, request), parsed);
}

function choicesOf(problem: MeshProblem, number: number, rules: ChoiceRules): ChoiceSpace {
  return operationChoices(problem, problem.operations[number], partialOnMesh(problem), rules);
}

function print(problem: MeshProblem, { operands, finals }: OperationChoice): string {
  const text = (list: OperationChoice['operands']) =>
    list.map(layout => formatSharding(shardingOf(problem.grid, layout))).join(' ');
  return `${text(operands)} -> ${text(finals)}`;
}

test('a product on one axis has a strategy for each factor and none, and its sum may be handed on whole', () => {
  const problem = ground('a=2');
  expect(choicesOf(problem, 0, off).choices.map(choice => print(problem, choice))).toEqual([
    '[{}, {}] [{}, {}] -> [{}, {}]',
    '[{a}, {}] [{}, {}] -> [{a}, {}]',
    '[{}, {}] [{}, {a}] -> [{}, {a}]',
    '[{}, {a}] [{a}, {}] -> [{}, {}] unreduced{a}',
  ]);
});

test('axes are assigned jointly, in each order on one factor, and never unevenly', () => {
  const problem = ground('a=2,b=2');
  const { choices, counted } = choicesOf(problem, 0, off);
  const [batch, contracted, columns] = [8, 12, 6];
  expect([batch % 4, contracted % 4, columns % 4]).toEqual([0, 0, 2]);
  expect(counted).toBe(16 - 1 + 2);
  expect(choices).toHaveLength(counted);
  const printed = choices.map(choice => print(problem, choice));
  expect(printed).toContain('[{b,a}, {}] [{}, {}] -> [{b,a}, {}]');
  expect(printed).toContain('[{a}, {b}] [{b}, {}] -> [{a}, {}] unreduced{b}');
  expect(printed.some(text => text.includes('{a,b}] ->'))).toBe(false);
});

test('a linear operation hands partial sums through', () => {
  const problem = ground('a=2');
  expect(choicesOf(problem, 1, off).choices.map(choice => print(problem, choice))).toContain(
    '[{}, {}] unreduced{a} [{}, {}] unreduced{a} -> [{}, {}] unreduced{a}',
  );
  expect(choicesOf(problem, 2, off).choices.every(({ operands }) => operands[0].partial.length === 0)).toBe(true);
});

test('a pin inside decides how a result is handed on', () => {
  const problem = ground('a=2', ['scope:*product=[{}, {a}]']);
  const { choices } = choicesOf(problem, 0, choiceRules);
  expect(choices.length).toBeGreaterThan(1);
  expect(new Set(choices.map(choice => print(problem, choice).split(' -> ')[1]))).toEqual(new Set(['[{}, {a}]']));
});

test('each rule says how many choices it leaves out, and can be switched off', () => {
  const problem = ground('a=2,b=2');
  const all = choicesOf(problem, 0, off);
  const ordered = choicesOf(problem, 0, { ...off, meshOrder: true });
  expect(ordered.choices).toHaveLength(all.choices.length - 2);
  expect(ordered.pruned.meshOrder).toBe(2);
  const busy = choicesOf(problem, 0, { ...off, busyProducts: true });
  expect(busy.choices.every(({ strategy }) => strategy.flat().length === 2)).toBe(true);
  expect(busy.pruned.busyProducts).toBe(all.choices.length - busy.choices.length);
});

const rules = fc
  .array(fc.record({ size: fc.constantFrom(2, 3, 4, 6, 8, 12), cut: fc.boolean() }), { maxLength: 4 })
  .map((factors): FactorRule => {
    const own = factors.map(({ size, cut }) => ({ size, kind: cut ? 'passthrough' : 'replicate' }) as const);
    return { factors: own, operands: [factors.map((_, index) => [index])], results: [], linear: [] };
  });
const grids = fc.array(fc.constantFrom(2, 2, 3, 4), { maxLength: 3 }).map((sizes): Grid => {
  const axes = sizes.map((size, index) => ({ name: `a${index}`, size }));
  return { mesh: { axes }, atoms: axes.map(({ name, size }) => ({ axis: name, before: 1, size })) };
});

test('the closed form counts what is listed, and nothing is listed twice', () => {
  fc.assert(
    fc.property(grids, rules, (grid, rule) => {
      const listed = [...strategies(grid, rule)].map(strategy => strategy.map(atoms => atoms.join()).join('|'));
      expect(new Set(listed).size).toBe(listed.length);
      expect(strategyCount(grid, rule)).toBe(listed.length);
    }),
    { seed: 3, numRuns: 200 },
  );
});

test('the size of the space is the product over arguments, results and operations', () => {
  const problem = ground('a=2');
  expect(valueLayouts(problem, problem.func.arguments[0].value)).toHaveLength(3);
  expect(layoutCount(problem.grid, [8, 12])).toBe(3);
  expect(spaceSize(problem)).toEqual({ assignments: 3n * 3n * 3n * 4n * 3n * 3n, openOperations: 3, widest: 4 });
});
