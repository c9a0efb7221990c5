import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  branches,
  chain,
  denseChain,
  loopOfLayers,
  operationsOf,
  randomRecipe,
  renumbered,
  reordered,
  residualStep,
  standaloneUpdates,
  withoutNames,
} from '../../test/support/fold-programs.ts';
import { createRandom } from '../base/index.ts';
import { entryFunction, loadProgram, type Program } from '../ir/index.ts';
import { inlineCalls } from '../transform/index.ts';
import { type FoldOptions, foldProgram } from './fold.ts';
import { formatBlock, formatFold } from './fold-format.ts';
import type { Fold } from './fold-types.ts';
import { validateFold } from './fold-validate.ts';

const examples = join(import.meta.dirname, '../../examples/programs');

async function example(name: string): Promise<Program> {
  return inlineCalls(await loadProgram(join(examples, `${name}.mlir.gz`)));
}

/** The fold of a program, after the validator has agreed. */
function fold(program: Program, options: FoldOptions = {}): Fold {
  const found = foldProgram(program, options);
  expect(validateFold(program, found)).toEqual([]);
  return found;
}

const lines = (found: Fold): readonly string[] => formatFold(found).split('\n');

describe('folding of committed programs', () => {
  it.each([
    ['gpt2-tiny', ['2 x h.* (762 operations, 36 arguments)', '1837 operations in 1073 classes, ratio 1.7']],
    ['gpt2-small', ['12 x h.* (762 operations, 36 arguments)', '9477 operations in 1073 classes, ratio 8.8']],
    ['llama-tiny', ['2 x layers.* (624 operations, 27 arguments)', '1480 operations in 854 classes, ratio 1.7']],
    ['vit-tiny', ['2 x layers.* (703 operations, 36 arguments)', '1836 operations in 1133 classes, ratio 1.6']],
    ['moe-tiny', ['2 x layers.* (498 operations, 15 arguments)', '1300 operations in 802 classes, ratio 1.6']],
    ['mlp', ['312 operations in 312 classes, ratio 1.0']],
    [
      'gpt2-tiny-scan',
      ['2 trips of h (177 operations)', '2 trips of h (469 operations)', '1380 operations in 1380 classes, ratio 1.0'],
    ],
    [
      'resnet50-small',
      [
        '3 x stages.0.* (599 operations, 30 arguments)',
        '2 x stages.0.* (36 operations, 3 arguments)',
        '4 x stages.1.* (388 operations, 19 arguments)',
        '3 x stages.1.* (247 operations, 14 arguments)',
        '6 x stages.2.* (388 operations, 19 arguments)',
        '5 x stages.2.* (247 operations, 14 arguments)',
        '3 x stages.3.* (387 operations, 19 arguments)',
        '2 x stages.3.* (248 operations, 14 arguments)',
        '11309 operations in 4467 classes, ratio 2.5',
      ],
    ],
  ])('finds the blocks of %s', async (name, expected) => {
    expect(lines(fold(await example(name)))).toEqual(expected);
  });

  it('gives each layer its own weights and moments, in one order', async () => {
    const program = await example('gpt2-tiny');
    const args = entryFunction(program)?.arguments ?? [];
    const [first, second] = fold(program).blocks[0].arguments.map(roles => roles.map(role => args[role].name));
    const layer0 = args.map(({ name }) => name).filter(name => name?.includes("['h'][0]"));
    expect(first).toEqual(layer0);
    expect(second).toEqual(layer0.map(name => name?.replace("['h'][0]", "['h'][1]")));
  });

  it('finds the same without names', async () => {
    const program = await example('llama-tiny');
    const [named, bare] = [fold(program), fold(withoutNames(program))];
    expect(bare.classOf).toEqual(named.classOf);
    expect(bare.blocks.map(formatBlock)).toEqual(['2 x block (624 operations, 27 arguments)']);
  });

  it('finds as many classes in any order of independent operations and under any numbers of values', async () => {
    const program = await example('gpt2-tiny');
    const expected = fold(program).representatives.length;
    for (const seed of [1, 2, 3]) {
      const other = renumbered(reordered(program, createRandom(seed)), createRandom(seed));
      expect(fold(other).representatives).toHaveLength(expected);
    }
  });
});

describe('folding of built programs', () => {
  it('has as many classes for many layers as for few', () => {
    const classes = [3, 4, 12, 24].map(layers => fold(residualStep(layers)).representatives.length);
    expect(new Set(classes).size).toBe(1);
  });

  it('folds forward, backward and update of a layer, and what the first layer lacks apart', () => {
    const { blocks } = fold(residualStep(5));
    expect(blocks.map(formatBlock)).toEqual([
      '5 x block (15 operations, 4 arguments)',
      '5 x block (2 operations)',
      '4 x block (1 operations)',
      '4 x block (1 operations)',
    ]);
  });

  it('folds random layers that follow each other, in any order of operations', () => {
    const property = fc.property(
      fc.integer(),
      fc.integer({ min: 4, max: 24 }),
      fc.integer({ min: 2, max: 7 }),
      (seed, length, count) => {
        const random = createRandom(seed);
        const recipe = randomRecipe(random, length);
        const program = reordered(chain(recipe, count), random);
        expect(fold(program).blocks.map(formatBlock)).toEqual([
          `${count} x block (${operationsOf(recipe)} operations, 2 arguments)`,
        ]);
      },
    );
    fc.assert(property, { numRuns: 60, seed: 3 });
  });

  it('folds random branches beside each other, in any order of operations', () => {
    const property = fc.property(
      fc.integer(),
      fc.integer({ min: 4, max: 24 }),
      fc.integer({ min: 2, max: 7 }),
      (seed, length, count) => {
        const random = createRandom(seed);
        const recipe = randomRecipe(random, length);
        const program = reordered(branches(recipe, count), random);
        expect(fold(program).blocks.map(formatBlock)).toEqual([
          `${count} x block (${operationsOf(recipe)} operations, 2 arguments)`,
        ]);
      },
    );
    fc.assert(property, { numRuns: 60, seed: 4 });
  });

  it('joins layers of one weight, so that neighbours may be placed differently', () => {
    const program = denseChain(['tanh', 'tanh', 'tanh', 'tanh', 'tanh']);
    expect(fold(program).blocks.map(formatBlock)).toEqual(['2 x block (10 operations, 2 arguments)']);
    expect(fold(program, { leastWeights: 1 }).blocks.map(formatBlock)).toEqual([
      '5 x block (5 operations, 1 arguments)',
    ]);
  });

  it('folds layers around one that is different', () => {
    const program = denseChain(['tanh', 'tanh', 'cosine', 'tanh', 'tanh']);
    expect(fold(program, { leastWeights: 1 }).blocks.map(formatBlock)).toEqual([
      '5 x block (4 operations, 1 arguments)',
      '2 x block (1 operations)',
      '2 x block (1 operations)',
    ]);
  });

  it('folds layers inside of a loop, which is a block itself', () => {
    const { blocks } = fold(loopOfLayers(3, 7));
    expect(blocks.map(formatBlock)).toEqual([
      '7 trips of loop (15 operations)',
      '3 x block (4 operations, 2 arguments)',
    ]);
  });

  it('folds parts that stand alone beside each other, however many', () => {
    const counts = [2, 5, 9].map(count => {
      const { blocks, representatives } = fold(standaloneUpdates(count));
      expect(blocks.map(formatBlock)).toEqual([`${count} x block (4 operations, 2 arguments)`]);
      return representatives.length;
    });
    expect(new Set(counts).size).toBe(1);
  });

  it('folds nothing where nothing repeats', () => {
    const { ratio, blocks, classOf } = fold(denseChain(['tanh']));
    expect({ ratio, blocks, classes: classOf.length }).toEqual({ ratio: 1, blocks: [], classes: classOf.length });
  });
});
