import { describe, expect, it } from 'vitest';
import { constantsReadAlike, residualStep, withMain } from '../../test/support/fold-programs.ts';
import { attributeOf, type Operation, type Program } from '../ir/index.ts';
import { foldProgram } from './fold.ts';
import type { Fold, FoldBlock } from './fold-types.ts';
import { validateFold } from './fold-validate.ts';

const program = residualStep(4);
const good = foldProgram(program);
const main = good.blocks.findIndex(({ instances, arguments: args }) => instances.length === 4 && args[0].length === 4);

/** The good fold with its main block changed. */
function withBlock(change: (block: FoldBlock) => Partial<FoldBlock>): Fold {
  return {
    ...good,
    blocks: good.blocks.map((block, index) => (index === main ? { ...block, ...change(block) } : block)),
  };
}

/** Rows with the entries at [row, column] of `a` and `b` exchanged. */
function exchanged(
  rows: readonly (readonly number[])[],
  a: readonly [number, number],
  b: readonly [number, number],
): readonly (readonly number[])[] {
  const copy = rows.map(row => [...row]);
  [copy[a[0]][a[1]], copy[b[0]][b[1]]] = [copy[b[0]][b[1]], copy[a[0]][a[1]]];
  return copy;
}

/** The program with one operation of the function changed. */
function withOperation(index: number, change: (operation: Operation) => Partial<Operation>): Program {
  return withMain(program, func => ({
    ...func,
    body: {
      ...func.body,
      operations: func.body.operations.map((each, at) => (at === index ? { ...each, ...change(each) } : each)),
    },
  }));
}

describe('the validator of folds', () => {
  it('accepts the fold that was found', () => {
    expect(main).toBeGreaterThanOrEqual(0);
    expect(validateFold(program, good)).toEqual([]);
  });

  it('notices any two roles exchanged in one instance', () => {
    const { instances } = good.blocks[main];
    for (const instance of instances.keys()) {
      for (let a = 0; a < instances[0].length; a++) {
        for (let b = 0; b < a; b++) {
          const bad = withBlock(block => ({ instances: exchanged(block.instances, [instance, a], [instance, b]) }));
          expect(validateFold(program, bad), `roles ${a} and ${b} of instance ${instance}`).not.toEqual([]);
        }
      }
    }
  });

  it('notices any operation or argument given to another instance', () => {
    const { instances, arguments: args } = good.blocks[main];
    for (let other = 1; other < instances.length; other++) {
      for (const role of instances[0].keys()) {
        const bad = withBlock(block => ({ instances: exchanged(block.instances, [0, role], [other, role]) }));
        expect(validateFold(program, bad), `operation role ${role} of instance ${other}`).not.toEqual([]);
      }
      for (const role of args[0].keys()) {
        const bad = withBlock(block => ({ arguments: exchanged(block.arguments, [0, role], [other, role]) }));
        expect(validateFold(program, bad), `argument role ${role} of instance ${other}`).not.toEqual([]);
      }
    }
  });

  it.each([
    ['an operation too few', { instances: good.blocks[main].instances.map((roles, index) => roles.slice(index)) }],
    ['an unknown operation', { instances: good.blocks[main].instances.map(roles => [...roles, 1e6]) }],
    ['one instance', { instances: good.blocks[main].instances.slice(0, 1) }],
    ['no operations', { instances: good.blocks[main].instances.map(() => []) }],
    ['an instance twice', { instances: good.blocks[main].instances.map(() => good.blocks[main].instances[0]) }],
  ])('notices a block with %s', (_, change) => {
    expect(
      validateFold(
        program,
        withBlock(() => change),
      ),
    ).not.toEqual([]);
  });

  it('notices classes that do not follow the blocks', () => {
    for (const index of good.classOf.keys()) {
      const classOf = good.classOf.slice();
      classOf[index] = (classOf[index] + 1) % good.representatives.length;
      expect(validateFold(program, { ...good, classOf }), `operation ${index}`).not.toEqual([]);
    }
    for (const index of good.argumentClassOf.keys()) {
      const argumentClassOf = good.argumentClassOf.slice();
      argumentClassOf[index] = (argumentClassOf[index] + 1) % good.argumentRepresentatives.length;
      expect(validateFold(program, { ...good, argumentClassOf }), `argument ${index}`).not.toEqual([]);
    }
  });

  it('notices another attribute in one instance', () => {
    const constants = good.blocks[main].instances[2].filter(
      index => program.functions[0].body.operations[index].name === 'stablehlo.constant',
    );
    expect(constants).not.toEqual([]);
    const changed = withOperation(constants[0], ({ attributes }) => {
      const { value } = attributes;
      if (value.kind !== 'dense') throw new Error('a constant without a value');
      return { attributes: { value: attributeOf.dense(value.type, '8.000000e-01') } };
    });
    expect(validateFold(changed, good).join()).toContain('has another attribute than');
  });

  it('notices an operand from elsewhere', () => {
    const [index] = good.blocks[main].instances[2].filter(
      each => program.functions[0].body.operations[each].name === 'stablehlo.subtract',
    );
    const changed = withOperation(index, ({ operands }) => ({ operands: [operands[0], operands[0]] }));
    expect(validateFold(changed, good).join()).toContain('as operand 1, in instance 0');
  });

  it('notices buffers that go to another role', () => {
    const [first, second] = good.blocks[main].arguments[1];
    const changed = withMain(program, func => ({
      ...func,
      arguments: func.arguments.map((argument, index) => {
        const other = index === first ? second : index === second ? first : index;
        return { ...argument, attributes: func.arguments[other].attributes };
      }),
    }));
    expect(validateFold(changed, good).join()).toContain('gives its buffer to');
  });

  it('lets constants outside of blocks share a class only when they are read alike', () => {
    const { alike, different } = constantsReadAlike();
    const fold = foldProgram(alike);
    expect(validateFold(alike, fold)).toEqual([]);
    expect(fold.representatives.length).toBeLessThan(fold.classOf.length);
    expect(validateFold(different, fold).join()).toContain('shares class');
  });
});
