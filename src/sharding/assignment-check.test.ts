import { expect, test } from 'vitest';
import { entryFunction, parseProgram } from '../ir/index.ts';
import { type Assignment, type OperationChoice, propagatedAssignment } from './assignment.ts';
import { checkAssignment } from './assignment-check.ts';
import { placeAssignment } from './assignment-placement.ts';
import { collectives } from './collectives.ts';
import type { Layout } from './grid.ts';
import { parseMesh } from './mesh.ts';
import { resolvePins } from './pin-resolution.ts';
import { parsePin } from './pins.ts';
import { programFacts, programOnMesh } from './program-on-mesh.ts';
import { propagate } from './propagation.ts';

const text = `module @control {
  func.func public @main(%arg0: tensor<8x8xf32> {tf.aliasing_output = 0 : i32}, %arg1: tensor<8x8xf32>, %arg2: tensor<i1>) -> (tensor<8x8xf32>, tensor<8x8xf32>) {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0:2 = stablehlo.optimization_barrier %arg0, %arg1 : tensor<8x8xf32>, tensor<8x8xf32>
    %1:2 = stablehlo.while(%i = %c, %x = %0#0) : tensor<i32>, tensor<8x8xf32>
    cond {
      %n = stablehlo.constant dense<3> : tensor<i32>
      %2 = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %2 : tensor<i1>
    } do {
      %o = stablehlo.constant dense<1> : tensor<i32>
      %3 = stablehlo.add %i, %o : tensor<i32>
      %4 = stablehlo.dot_general %x, %0#1, contracting_dims = [1] x [0] : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
      stablehlo.return %3, %4 : tensor<i32>, tensor<8x8xf32>
    }
    %5 = "stablehlo.if"(%arg2) ({
      %6 = stablehlo.tanh %1#1 : tensor<8x8xf32>
      stablehlo.return %6 : tensor<8x8xf32>
    }, {
      stablehlo.return %1#1 : tensor<8x8xf32>
    }) : (tensor<i1>) -> tensor<8x8xf32>
    return %1#1, %5 : tensor<8x8xf32>, tensor<8x8xf32>
  }
}
`;
const program = parseProgram(new TextEncoder().encode(text), { file: 'control.mlir' });
const func = entryFunction(program);
if (func === undefined) throw new Error('no entry');
const mesh = parseMesh('dp=2,tp=2');
const placed = propagate(program, mesh, resolvePins(func, mesh, ['arg0=[{dp}, {}]', 'arg1=[{}, {tp}]'].map(parsePin)));
const ground = programOnMesh(programFacts(program), placed.grid);
const good = propagatedAssignment(ground, placed);

const change = (name: string, edit: (choice: OperationChoice) => OperationChoice | undefined): Assignment => {
  const number = ground.operations.findIndex(operation => operation.name === `stablehlo.${name}`);
  const choices = good.choices.map((choice, at) => (at === number && choice !== undefined ? edit(choice) : choice));
  return { ...good, choices };
};
const faults = (assignment: Assignment): string[] =>
  checkAssignment(ground, assignment).map(({ kind, message }) => `${kind}: ${message}`);
const whole: Layout = { dimensions: [[], []], partial: [] };
const byRows: Layout = { dimensions: [[0], []], partial: [] };

test('what propagation decides for barriers, loops and branches can be carried out, and is as it was', () => {
  expect(placed.movements.length).toBeGreaterThan(0);
  expect(faults(good)).toEqual([]);
  const again = placeAssignment(ground, good);
  expect(again.shardings).toEqual(placed.shardings);
  expect(again.movements).toEqual(placed.movements);
  expect(collectives(again)).toEqual(collectives(placed));
});

test('a barrier hands on what it reads, cut as its strategy says', () => {
  const operands = [whole, whole];
  expect(faults(change('optimization_barrier', choice => ({ ...choice, operands })))[0]).toMatch(
    /^rule: result 0 of operation 1 \(stablehlo.optimization_barrier\) is not what operand 0 is/,
  );
  const unlike = { strategy: [[], [], [], []], operands: [byRows, byRows], results: [byRows, byRows] };
  expect(faults(change('optimization_barrier', choice => ({ ...choice, ...unlike })))[0]).toMatch(
    /^rule: result 0 .* does not follow from its strategy/,
  );
  expect(faults(change('optimization_barrier', choice => ({ ...choice, strategy: [] })))[0]).toMatch(
    /^rule: .* has 4 factors, its strategy 0/,
  );
});

test('a loop keeps the layout of what it carries, and hands on what comes out', () => {
  const turn = (layouts: readonly Layout[]): Layout[] => [layouts[0], whole];
  expect(faults(change('while', choice => ({ ...choice, operands: turn(choice.operands) })))).toEqual([
    'loop: operation 2 (stablehlo.while) carries a value that changes its layout',
  ]);
  expect(faults(change('while', choice => ({ ...choice, finals: turn(choice.finals) })))).toEqual([
    'rule: operation 2 (stablehlo.while) hands on results otherwise than they come out',
  ]);
  expect(faults(change('while', choice => ({ ...choice, strategy: [[0]] })))).toEqual([
    'rule: operation 2 (stablehlo.while) has no factors, its strategy 1',
  ]);
});

test('what is inside of regions is checked as well, and what is missing or needless is named', () => {
  expect(faults(change('tanh', choice => ({ ...choice, operands: [whole] })))[0]).toMatch(
    /^rule: operand 0 of operation \d+ \(stablehlo.tanh\) does not follow from its strategy/,
  );
  expect(faults(change('tanh', () => undefined))[0]).toMatch(/^missing: .*tanh\) is not decided/);
  const [barrier] = good.choices.slice(1);
  expect(faults({ ...good, choices: [barrier, ...good.choices.slice(1)] })).toEqual([
    'needless: nothing is to decide for operation 0 (stablehlo.constant)',
  ]);
});

test('state stays as it is', () => {
  const results = [whole, ...good.results.slice(1)];
  expect(faults({ ...good, results })).toEqual([
    'affinity: result 0 takes the buffer of argument 0 and lies otherwise',
  ]);
});
