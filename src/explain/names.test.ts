import { expect, test } from 'vitest';
import { loadProgram } from '../ir/index.ts';
import { inlineCalls } from '../transform/index.ts';
import { programSubject } from './subject.ts';

test('names of arguments and scopes are short, and the same for all repeats', async () => {
  const program = inlineCalls(await loadProgram('examples/programs/gpt2-tiny.mlir.gz'));
  const { names, fold, func } = programSubject(program);
  const shortOf = (name: string): string => names.argument(func.arguments.findIndex(found => found.name === name));
  expect(shortOf("params['h'][0]['mlp']['c_fc']['w']")).toBe('h.*.mlp.c_fc.w');
  expect(shortOf("params['h'][1]['mlp']['c_fc']['w']")).toBe('h.*.mlp.c_fc.w');
  expect(shortOf("params['h'][0]['ln_1']['bias']")).toBe('h.*.ln_1.bias');
  expect(shortOf("m['h'][1]['mlp']['c_fc']['w']")).toBe('m.h.*.mlp.c_fc.w');
  expect(shortOf('tokens')).toBe('tokens');
  expect(names.inBlock(fold.blocks[0], 1)).toBe('attn.c_attn.w');
  expect(names.scope('jit(step)/jvp(h.1)/attn/c_attn/bsd,dte->bste/dot_general')).toEqual({
    name: 'h.*.attn.c_attn',
    backward: false,
  });
  expect(names.scope('jit(step)/transpose(jvp(h.0))/mlp/c_fc/dot_general')).toEqual({
    name: 'h.*.mlp.c_fc',
    backward: true,
  });
  expect(names.scope('jit(step)/transpose(jvp(h.0))/checkpoint/h.0/mlp/mul').name).toBe('h.*.mlp');
  expect(names.scope(undefined)).toEqual({ name: '', backward: false });
});
