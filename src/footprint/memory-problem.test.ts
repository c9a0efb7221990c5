import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Program, parseProgram } from '../ir/index.ts';
import { checkMemoryProblem, solveNow, validateMemoryPlan } from '../memory/index.ts';
import { inlineCalls } from '../transform/index.ts';
import { memoryProblem, type ProgramMemory } from './memory-problem.ts';

const read = (text: string): Program => inlineCalls(parseProgram(new TextEncoder().encode(text)));
/** A function of donated x and kept w, 1 kB each, whose results end in x. */
const withBody = (body: string, results = '%r', type = 'tensor<256xf32>'): Program =>
  read(`module {
  func.func public @main(%x: tensor<256xf32> {tf.aliasing_output = 0 : i32}, %w: tensor<256xf32>) -> ${type} {
    ${body}
    return ${results} : ${type.replace(/[()]/g, '')}
  }
}
`);
/** Operators as `inputs -> outputs`, by the names of tensors without the numbers of operations. */
const operatorsOf = ({ problem }: ProgramMemory): string[] => {
  const name = (tensor: number): string => problem.tensors[tensor].name.replace(/\.\d+$/, '');
  return problem.operators.map(({ inputs, outputs }) => `${inputs.map(name)} -> ${outputs.map(name)}`);
};
const aliasesOf = ({ problem }: ProgramMemory): string[] =>
  problem.aliases.map(({ kind, tensor, of }) => `${kind} ${problem.tensors[tensor].name} ${problem.tensors[of].name}`);

describe('the memory problem of a program', () => {
  it('takes nothing for views, constants of one number and broadcasts read in passing', () => {
    const memory = memoryProblem(
      withBody(`%c = stablehlo.constant dense<2.0> : tensor<f32>
    %b = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<f32>) -> tensor<16x16xf32>
    %i = stablehlo.iota dim = 0 : tensor<16x16xf32>
    %y = stablehlo.reshape %x : (tensor<256xf32>) -> tensor<16x16xf32>
    %a = stablehlo.add %y, %b : tensor<16x16xf32>
    %s = stablehlo.slice %w [16:32] : (tensor<256xf32>) -> tensor<16xf32>
    %t = stablehlo.broadcast_in_dim %s, dims = [1] : (tensor<16xf32>) -> tensor<16x16xf32>
    %m = stablehlo.multiply %a, %t : tensor<16x16xf32>
    %n = stablehlo.add %m, %i : tensor<16x16xf32>
    %r = stablehlo.reshape %n : (tensor<16x16xf32>) -> tensor<256xf32>`),
    );
    expect(operatorsOf(memory)).toEqual(['arg0 -> add', 'add,arg1 -> multiply', 'multiply -> add']);
    expect(aliasesOf(memory)).toEqual([
      'mayReuse add.4 arg0',
      'mayReuse multiply.7 add.4',
      'mayReuse add.8 multiply.7',
      'mustReuse add.8 arg0',
    ]);
    // x and w, and everything in x's place.
    expect(solveNow(memory.problem)).toMatchObject({ status: 'optimal', bound: 2048 });
  });

  it('takes every result where all is materialised', () => {
    const program = withBody(`%c = stablehlo.constant dense<2.0> : tensor<f32>
    %b = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %r = stablehlo.add %x, %b : tensor<256xf32>`);
    expect(operatorsOf(memoryProblem(program))).toEqual(['arg0 -> add']);
    expect(operatorsOf(memoryProblem(program, { materialise: 'all' }))).toEqual([
      'constant -> broadcast_in_dim',
      'arg0,broadcast_in_dim -> add',
    ]);
  });

  it('takes broadcasts that a product reads, transposes, converts, and slices with holes', () => {
    const memory = memoryProblem(
      withBody(`%b = stablehlo.broadcast_in_dim %w, dims = [0] : (tensor<256xf32>) -> tensor<256x4xf32>
    %y = stablehlo.reshape %x : (tensor<256xf32>) -> tensor<1x256xf32>
    %d = stablehlo.dot_general %y, %b, contracting_dims = [1] x [0] : (tensor<1x256xf32>, tensor<256x4xf32>) -> tensor<1x4xf32>
    %z = stablehlo.reshape %w : (tensor<256xf32>) -> tensor<16x16xf32>
    %t = stablehlo.transpose %z, dims = [1, 0] : (tensor<16x16xf32>) -> tensor<16x16xf32>
    %h = stablehlo.slice %t [0:16, 0:4] : (tensor<16x16xf32>) -> tensor<16x4xf32>
    %e = stablehlo.convert %h : (tensor<16x4xf32>) -> tensor<16x4xbf16>
    %r = stablehlo.negate %x : tensor<256xf32>`),
    );
    expect(operatorsOf(memory)).toEqual([
      'arg1 -> broadcast_in_dim',
      'arg0,broadcast_in_dim -> dot_general',
      'arg1 -> transpose',
      'transpose -> slice',
      'slice -> convert',
      'arg0 -> negate',
    ]);
  });

  it('does not write over an operand that is also read elsewhere in the same step', () => {
    const { problem } = memoryProblem(
      withBody(`%y = stablehlo.reshape %x : (tensor<256xf32>) -> tensor<16x16xf32>
    %t = stablehlo.broadcast_in_dim %y, dims = [1, 0] : (tensor<16x16xf32>) -> tensor<16x16xf32>
    %a = stablehlo.add %y, %t : tensor<16x16xf32>
    %r = stablehlo.reshape %a : (tensor<16x16xf32>) -> tensor<256xf32>`),
    );
    // The sum would overwrite elements of x that it still needs, so state takes a copy.
    expect(problem.aliases.map(({ kind }) => kind)).toEqual(['mustReuse']);
    expect(problem.operators.map(({ name }) => name)).toEqual(['add.2', 'copy of add.2']);
  });

  it('copies state that is read after it would be overwritten, swapped, or returned twice', () => {
    const late = memoryProblem(
      withBody(
        `%r = stablehlo.add %x, %w : tensor<256xf32>
    %d = stablehlo.subtract %r, %x : tensor<256xf32>`,
        '%r, %d',
        '(tensor<256xf32>, tensor<256xf32>)',
      ),
    );
    expect(operatorsOf(late)).toEqual(['arg0,arg1 -> add', 'add,arg0 -> subtract', 'add -> copy of add']);
    expect(late.operationOf).toEqual([0, 1, -1]);
    const swapped = memoryProblem(
      read(`module {
  func.func public @main(%a: tensor<4xf32> {tf.aliasing_output = 1 : i32}, %b: tensor<4xf32> {tf.aliasing_output = 0 : i32}) -> (tensor<4xf32>, tensor<4xf32>) {
    return %a, %b : tensor<4xf32>, tensor<4xf32>
  }
}
`),
    );
    const old = memoryProblem(
      withBody('%r = stablehlo.add %x, %w : tensor<256xf32>', '%r, %x', '(tensor<256xf32>, tensor<256xf32>)'),
    );
    expect(operatorsOf(old)).toEqual(['arg0,arg1 -> add', 'arg0 -> copy of arg0']);
    for (const memory of [late, swapped, old]) {
      checkMemoryProblem(memory.problem);
      const { solution } = solveNow(memory.problem);
      expect(solution && validateMemoryPlan(memory.problem, solution)).toEqual([]);
    }
  });

  it('plans the body of a loop on its own', () => {
    const memory = memoryProblem(
      withBody(`%zero = stablehlo.constant dense<0> : tensor<i32>
    %a = stablehlo.exponential %x : tensor<256xf32>
    %l:2 = stablehlo.while(%i = %zero, %v = %a) : tensor<i32>, tensor<256xf32>
    cond {
      %n = stablehlo.constant dense<3> : tensor<i32>
      %p = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %p : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %j = stablehlo.add %i, %one : tensor<i32>
      %s = stablehlo.reverse %v, dims = [0] : tensor<256xf32>
      %u = stablehlo.multiply %s, %w : tensor<256xf32>
      stablehlo.return %j, %u : tensor<i32>, tensor<256xf32>
    }
    %r = stablehlo.negate %l#1 : tensor<256xf32>`),
    );
    const [loop] = memory.problem.operators.filter(({ name }) => name.startsWith('while'));
    // The reversed copy; the product is written where the carried tensor was.
    expect(loop.workspaceBytes).toBe(1024);
    expect(operatorsOf(memory)[1]).toBe('exponential,arg1 -> while.2#0,while.2#1');
    expect(aliasesOf(memory)).toContain('mayReuse while.2#1 exponential.1');
  });

  const folder = new URL('../../examples/programs/', import.meta.url);
  it.each(readdirSync(folder).filter(name => /tiny.*gz$|^mlp/.test(name)))('plans %s', name => {
    if (!name.endsWith('.gz')) return;
    const memory = memoryProblem(inlineCalls(parseProgram(gunzipSync(readFileSync(new URL(name, folder))))));
    checkMemoryProblem(memory.problem);
    expect(memory.loss).toBeGreaterThanOrEqual(0);
    expect(memory.operationOf).not.toContain(-1);
    const { stats } = solveNow(memory.problem, { nodes: 1 });
    expect(stats.arenaBytes).toBeGreaterThanOrEqual(stats.peakBytes);
    expect(stats.transientBytes).toBeGreaterThan(0);
  });
});
