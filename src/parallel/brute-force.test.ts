import { expect, test } from 'vitest';
import { layerPair, trainingStep } from '../../test/support/tiny-programs.ts';
import { parseCluster } from '../cost/index.ts';
import type { Program } from '../ir/index.ts';
import { formatSharding, type Layout, parseMesh, parsePin, shardingOf } from '../sharding/index.ts';
import { type BruteForceResult, bruteForce } from './brute-force.ts';
import { createProblem, type ProblemRequest } from './problem.ts';
import { recostAssignment } from './recost.ts';
import { type ChoiceRules, choiceRules } from './space.ts';
import { validateAssignment } from './validate.ts';

const cluster = parseCluster('4xH100');

function solve(program: Program, request: Partial<ProblemRequest> = {}, rules?: ChoiceRules): BruteForceResult {
  return bruteForce(createProblem(program, { cluster, ...request }), rules);
}

/** What was found, with the letters of the axes left out: `{*}` is cut by 2, `{**}` by 4. */
function describe({ best }: BruteForceResult): { arguments: string; operations: readonly string[] } {
  if (best === undefined) throw new Error('nothing fits');
  const { ground, assignment } = best;
  const text = (layout: Layout): string => {
    const axes = (list: string): string => list.replace(/[a-z],?/g, '*');
    return formatSharding(shardingOf(ground.grid, layout)).replace(/\{[^}]*\}/g, axes);
  };
  const lines = assignment.choices.flatMap((choice, number) => {
    const name = ground.operations[number].name.replace('stablehlo.', '');
    return choice === undefined
      ? []
      : [`${name} ${choice.operands.map(text).join(' ')} -> ${choice.results.map(text).join(' ')}`];
  });
  return { arguments: assignment.arguments.map(text).join(' '), operations: lines };
}

const everyRuleOff: ChoiceRules = {
  unreachablePartials: false,
  twins: false,
  meshOrder: false,
  busyProducts: false,
  wholeEntries: false,
};

test('weights that must be split, with few rows: columns of the first product, rows of the second', () => {
  const whole = ['x=[{}, {}]', 'y=[{}, {}]'].map(parsePin);
  const result = solve(layerPair(1024, 2048, 8192), { memoryLimitBytes: 75e6, pins: whole }, choiceRules);
  expect(describe(result)).toEqual({
    arguments: '[{}, {}] [{}, {**}] [{**}, {}]',
    operations: [
      'dot_general [{}, {}] [{}, {**}] -> [{}, {**}]',
      'tanh [{}, {**}] -> [{}, {**}]',
      'dot_general [{}, {**}] [{**}, {}] -> [{}, {}] unreduced{**}',
    ],
  });
});

test('many rows that do not fit on one device: the batch is split, and each updates its part of a sum', () => {
  const result = solve(trainingStep(65536, 256), { memoryLimitBytes: 40e6 }, choiceRules);
  expect(describe(result)).toEqual({
    arguments: '[{**}, {}] [{}, {}] [{*}, {*}]',
    operations: [
      'dot_general [{**}, {}] [{}, {}] -> [{**}, {}]',
      'dot_general [{**}, {}] [{**}, {}] -> [{}, {}] unreduced{**}',
      'add [{*}, {*}] [{*}, {*}] -> [{*}, {*}]',
      'subtract [{*}, {*}] [{*}, {*}] -> [{*}, {*}]',
    ],
  });
});

test('little memory: parameters and momentum are split, and lie after the step as before', () => {
  const mesh = parseMesh('a=4');
  const result = solve(trainingStep(4096, 4096), { memoryLimitBytes: 155e6, mesh });
  const { best } = result;
  if (best === undefined) throw new Error('nothing fits');
  for (const layout of best.assignment.arguments.slice(1)) expect(layout.dimensions.flat()).toEqual([0]);
  expect(best.assignment.results).toEqual(best.assignment.arguments.slice(1));
  expect(solve(trainingStep(4096, 4096), { memoryLimitBytes: 1e6, mesh }).best).toBeUndefined();
});

test('the seconds found are those that the assignment costs, and it is valid', () => {
  for (const limit of [8e7, 8e6]) {
    const { best, leaves, nodes } = solve(trainingStep(2048, 512), { memoryLimitBytes: limit }, choiceRules);
    if (best === undefined) throw new Error('nothing fits');
    expect(recostAssignment(best.ground, best.assignment).stepSeconds).toBeCloseTo(best.seconds, 15);
    expect(validateAssignment(best.ground, best.assignment)).toEqual([]);
    expect(leaves).toBeLessThan(nodes);
  }
});

test('exact rules lose no optimum, and less memory never makes a step faster', () => {
  let before = 0;
  for (const memoryLimitBytes of [1e9, 2e6, 1.2e6, 0.8e6]) {
    const pins = [parsePin('y=[{}, {}]')];
    const exact = solve(layerPair(64, 128, 512), { memoryLimitBytes, pins });
    const free = solve(layerPair(64, 128, 512), { memoryLimitBytes, pins }, everyRuleOff);
    expect(free.best?.seconds).toBe(exact.best?.seconds);
    const seconds = exact.best?.seconds ?? Number.POSITIVE_INFINITY;
    expect(seconds).toBeGreaterThanOrEqual(before);
    before = seconds;
  }
});

test('problems that are too large are refused', () => {
  const eight = parseCluster('8xH100');
  expect(() => bruteForce(createProblem(layerPair(8, 8, 8), { cluster: eight }))).toThrow('internal');
});
