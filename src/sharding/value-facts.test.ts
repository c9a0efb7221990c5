import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { entryFunction, loadProgram, walkOperations } from '../ir/index.ts';
import { inlineCalls } from '../transform/index.ts';
import { factorRule } from './rules/table.ts';
import { valueFacts } from './value-facts.ts';

const programs = fileURLToPath(new URL('../../examples/programs/', import.meta.url));

test.each(['gpt2-tiny', 'unet-tiny', 'moe-tiny'])(
  '%s: a shared rule is the one that an operation has alone',
  async name => {
    const func = entryFunction(inlineCalls(await loadProgram(`${programs}${name}.mlir.gz`)));
    if (func === undefined) throw new Error('no entry');
    const facts = valueFacts(func);
    const zeros = new Set<number>();
    walkOperations(func.body, ({ name: operation, attributes: { value }, results }) => {
      if (operation !== 'stablehlo.constant' || value?.kind !== 'dense' || value.form !== 'splat') return;
      const text = new TextDecoder().decode(value.source.subarray(value.start, value.end));
      if (Number(text) === 0) zeros.add(results[0]);
    });
    const rules = new Set<object>();
    let operations = 0;
    for (const operation of func.body.operations) {
      const rule = facts.rule(operation);
      expect(rule).toEqual(factorRule(func, operation, zeros));
      rules.add(rule);
      operations++;
    }
    expect(rules.size).toBeLessThan(0.8 * operations);
  },
);
