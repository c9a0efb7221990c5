import { describe, expect, it } from 'vitest';
import { residualStep } from '../../test/support/fold-programs.ts';
import { foldProgram } from './fold.ts';
import { formatBlock } from './fold-format.ts';
import { splitBlock } from './fold-split.ts';
import { validateFold } from './fold-validate.ts';

const program = residualStep(6);
const fold = foldProgram(program);

describe('splitting of blocks', () => {
  it('makes runs of instances blocks of their own', () => {
    const [block] = fold.blocks;
    const split = splitBlock(program, fold, 0, [2, 3]);
    expect(validateFold(program, split)).toEqual([]);
    expect(split.blocks.slice(0, 2).map(formatBlock)).toEqual([
      '2 x block (15 operations, 4 arguments)',
      '3 x block (15 operations, 4 arguments)',
    ]);
    expect(split.blocks.slice(0, 2).flatMap(({ instances }) => instances)).toEqual([
      ...block.instances.slice(0, 2),
      ...block.instances.slice(3),
    ]);
    expect(split.representatives).toHaveLength(fold.representatives.length + 2 * 15);
  });

  it('refuses starts that do not ascend within the block', () => {
    expect(() => splitBlock(program, fold, 0, [3, 2])).toThrow('cannot be split at 3,2');
    expect(() => splitBlock(program, fold, 0, [0])).toThrow('cannot be split at 0');
    expect(() => splitBlock(program, fold, 99, [1])).toThrow('no block 99');
  });
});
