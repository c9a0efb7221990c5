import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { entryFunction, type Func, parseProgram, typeBytes } from '../ir/index.ts';
import { inlineCalls } from '../transform/index.ts';
import { deviceMemory } from './device-memory.ts';
import { memoryProblemOf } from './memory-problem.ts';

const root = new URL('../../', import.meta.url);

const entryOf = (bytes: Uint8Array): Func => {
  const func = entryFunction(inlineCalls(parseProgram(bytes)));
  if (func === undefined) throw new Error('no entry');
  return func;
};

const memory = (func: Func): Record<string, number> => {
  const kinds = deviceMemory(func, value => typeBytes(func.valueTypes[value]));
  return Object.fromEntries(kinds.map(({ kind, bytesPerDevice }) => [kind, bytesPerDevice]));
};

/**
 * A function of x: tensor<256xf32> (1 kB), whose body is given. `copy` stands for an operation that no chain takes in: a
 * slice whose start is not known.
 */
const withBody = (body: string, result = '%r'): Func =>
  entryOf(
    new TextEncoder().encode(`module {
  func.func public @main(%x: tensor<256xf32>, %start: tensor<i32>) -> tensor<256xf32> {
    ${body.replace(/copy (%\w+) : (tensor<\S+>)/g, 'stablehlo.dynamic_slice $1, %start, sizes = [256] : ($2, tensor<i32>) -> $2')}
    return ${result} : tensor<256xf32>
  }
}
`),
  );

describe('memory of one device', () => {
  it('counts intermediate values while they live', () => {
    const func = withBody(`%a = copy %x : tensor<256xf32>
    %b = copy %a : tensor<256xf32>
    %r = stablehlo.add %a, %b : tensor<256xf32>`);
    // a and b live together; the sum is written over one of them, whose place is the output's.
    expect(memory(func)).toEqual({ inputs: 1028, outputs: 1024, temporaries: 1024 });
  });

  it('writes over operands that die in element-wise operations', () => {
    const func = withBody(`%a = copy %x : tensor<256xf32>
    %b = stablehlo.sine %a : tensor<256xf32>
    %r = stablehlo.multiply %a, %b : tensor<256xf32>`);
    expect(memory(func)).toEqual({ inputs: 1028, outputs: 1024 });
  });

  it('takes nothing for what never leaves its kernel, and keeps what the kernel reads until its end', () => {
    const chain = (reader: string): number | undefined =>
      memory(
        withBody(`%a = copy %x : tensor<256xf32>
    %h = stablehlo.convert %a : (tensor<256xf32>) -> tensor<256xbf16>
    %b = stablehlo.cosine %h : tensor<256xbf16>
    %c = ${reader} : tensor<256xf32>
    %w = stablehlo.convert %b : (tensor<256xbf16>) -> tensor<256xf32>
    %r = stablehlo.add %w, %c : tensor<256xf32>`),
      ).temporaries;
    // The sum is written over c. The chain reads a where it ends, so that a is there beside c.
    expect(chain('copy %x')).toBe(1024);
    expect(chain('stablehlo.sine %x')).toBeUndefined();
  });

  it('makes masks anew for each reader', () => {
    const func = withBody(`%i = stablehlo.iota dim = 0 : tensor<256xi32>
    %n = stablehlo.constant dense<9> : tensor<256xi32>
    %m = stablehlo.compare GT, %i, %n, SIGNED : (tensor<256xi32>, tensor<256xi32>) -> tensor<256xi1>
    %b = stablehlo.select %m, %x, %x : tensor<256xi1>, tensor<256xf32>
    %c = copy %b : tensor<256xf32>
    %r = stablehlo.select %m, %c, %x : tensor<256xi1>, tensor<256xf32>`);
    // b beside c, which becomes the output.
    expect(memory(func).temporaries).toBe(1024);
  });

  it('keeps a mask instead of the larger numbers that it is made of', () => {
    const func = withBody(`%a = copy %x : tensor<256xf32>
    %m = stablehlo.compare GT, %a, %x, FLOAT : (tensor<256xf32>, tensor<256xf32>) -> tensor<256xi1>
    %b = stablehlo.select %m, %x, %x : tensor<256xi1>, tensor<256xf32>
    %c = copy %b : tensor<256xf32>
    %d = copy %c : tensor<256xf32>
    %r = stablehlo.select %m, %d, %x : tensor<256xi1>, tensor<256xf32>`);
    // The mask and c beside d, which becomes the output.
    expect(memory(func).temporaries).toBe(256 + 1024);
  });

  it('makes casts to wider types anew for each reader, and keeps what else has several', () => {
    const twice = (value: string): number =>
      memory(
        withBody(`%h = stablehlo.convert %x : (tensor<256xf32>) -> tensor<256xbf16>
    %k = copy %h : tensor<256xbf16>
    %a = ${value} -> tensor<256xf32>
    %b = stablehlo.add %a, %x : tensor<256xf32>
    %c = copy %b : tensor<256xf32>
    %d = stablehlo.multiply %a, %c : tensor<256xf32>
    %r = copy %d : tensor<256xf32>`),
      ).temporaries;
    // Beside b, whose copy becomes the output: the half, or what is made of x.
    expect(twice('stablehlo.convert %k : (tensor<256xbf16>)')).toBe(1024 + 512);
    expect(twice('stablehlo.cosine %x : (tensor<256xf32>)')).toBe(1024 + 1024);
  });

  it('makes a cast once where its operand takes more on a device', () => {
    const func = withBody(`%h = stablehlo.convert %x : (tensor<256xf32>) -> tensor<256xbf16>
    %k = copy %h : tensor<256xbf16>
    %a = stablehlo.convert %k : (tensor<256xbf16>) -> tensor<256xf32>
    %b = copy %x : tensor<256xf32>
    %c = stablehlo.add %a, %b : tensor<256xf32>
    %d = copy %c : tensor<256xf32>
    %r = stablehlo.add %a, %d : tensor<256xf32>`);
    const operators = (castBytes: number): number => {
      const isCast = (value: number): boolean => value === func.body.operations[2].results[0];
      const bytesOf = (value: number): number => (isCast(value) ? castBytes : typeBytes(func.valueTypes[value]));
      return memoryProblemOf(func, 'cast', { bytesOf, materialise: 'fused' }).problem.operators.length;
    };
    expect([operators(1024), operators(512), operators(128)]).toEqual([6, 6, 7]);
  });

  it('takes operands and results side by side elsewhere', () => {
    const func = withBody(`%a = stablehlo.exponential %x : tensor<256xf32>
    %b = copy %a : tensor<256xf32>
    %r = stablehlo.negate %b : tensor<256xf32>`);
    expect(memory(func).temporaries).toBe(1024);
  });

  it('takes nothing for constants, broadcasts and views', () => {
    const func = withBody(`%zero = stablehlo.constant dense<0.0> : tensor<f32>
    %a = stablehlo.broadcast_in_dim %zero, dims = [] : (tensor<f32>) -> tensor<16x16xf32>
    %b = stablehlo.reshape %x : (tensor<256xf32>) -> tensor<16x16xf32>
    %c = stablehlo.add %a, %b : tensor<16x16xf32>
    %r = stablehlo.reshape %c : (tensor<16x16xf32>) -> tensor<256xf32>`);
    expect(memory(func).temporaries).toBeUndefined();
  });

  it('adds what a loop needs inside to what lives around it', () => {
    const func = withBody(`%zero = stablehlo.constant dense<0> : tensor<i32>
    %a = stablehlo.exponential %x : tensor<256xf32>
    %w:2 = stablehlo.while(%i = %zero, %v = %a) : tensor<i32>, tensor<256xf32>
    cond {
      %n = stablehlo.constant dense<3> : tensor<i32>
      %p = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %p : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %j = stablehlo.add %i, %one : tensor<i32>
      %s = stablehlo.reverse %v, dims = [0] : tensor<256xf32>
      stablehlo.return %j, %s : tensor<i32>, tensor<256xf32>
    }
    %r = stablehlo.negate %w#1 : tensor<256xf32>`);
    // The reversed tensor beside the carried one, which ends as the output, and the counter in a line of its own.
    expect(memory(func).temporaries).toBe(1024 + 64);
  });

  it('has what a loop hands on as it was once', () => {
    const looped = (last: string): number | undefined =>
      memory(
        withBody(`%zero = stablehlo.constant dense<0> : tensor<i32>
    %w:2 = stablehlo.while(%i = %zero, %v = %x) : tensor<i32>, tensor<256xf32>
    cond {
      %n = stablehlo.constant dense<3> : tensor<i32>
      %p = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %p : tensor<i1>
    } do {
      %one = stablehlo.constant dense<1> : tensor<i32>
      %j = stablehlo.add %i, %one : tensor<i32>
      %s = stablehlo.negate %v : tensor<256xf32>
      stablehlo.return %j, ${last} : tensor<i32>, tensor<256xf32>
    }
    %r = stablehlo.reverse %w#1, dims = [0] : tensor<256xf32>`),
      ).temporaries;
    expect([looped('%s'), looped('%v')]).toEqual([1024, 64]);
  });

  it('makes what is constant inside of the loop that hands it on', () => {
    const looped = (number: string): number | undefined =>
      memory(
        withBody(`%zero = stablehlo.constant dense<0> : tensor<i32>
    %one = stablehlo.constant dense<1.0> : tensor<f32>
    %first = stablehlo.slice %x [0:1] : (tensor<256xf32>) -> tensor<1xf32>
    %some = stablehlo.reshape %first : (tensor<1xf32>) -> tensor<f32>
    %many = stablehlo.broadcast_in_dim ${number}, dims = [] : (tensor<f32>) -> tensor<256xf32>
    %w:3 = stablehlo.while(%i = %zero, %v = %x, %m = %many) : tensor<i32>, tensor<256xf32>, tensor<256xf32>
    cond {
      %n = stablehlo.constant dense<3> : tensor<i32>
      %p = stablehlo.compare LT, %i, %n, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
      stablehlo.return %p : tensor<i1>
    } do {
      %next = stablehlo.constant dense<1> : tensor<i32>
      %j = stablehlo.add %i, %next : tensor<i32>
      %s = stablehlo.add %v, %m : tensor<256xf32>
      stablehlo.return %j, %s, %m : tensor<i32>, tensor<256xf32>, tensor<256xf32>
    }
    %r = stablehlo.negate %w#1 : tensor<256xf32>`),
      ).temporaries;
    // The counter in a line of its own.
    expect([looped('%one'), looped('%some')]).toEqual([64, 1024 + 64]);
  });

  it('finds parameters, moments and running statistics of an exported ResNet', () => {
    const func = entryOf(gunzipSync(readFileSync(new URL('examples/programs/resnet-tiny.mlir.gz', root))));
    const kinds = memory(func);
    // Adam: two moments of each parameter, and a counter.
    expect(kinds['optimizer state']).toBe(2 * kinds.parameters + 4);
    expect(kinds['other state']).toBeGreaterThan(0);
  });

  it('estimates temporaries within a factor of 2.3 of the compiler, half of them within 1.3', () => {
    const facts = JSON.parse(readFileSync(new URL('test/conformance/compiled-memory.json', root), 'utf8'));
    const programs = Object.entries(facts.programs as Record<string, { temporaryBytes: number }>);
    const ratios = programs.map(([file, { temporaryBytes }]) => {
      const func = entryOf(gunzipSync(readFileSync(new URL(`examples/programs/${file}`, root))));
      return memory(func).temporaries / temporaryBytes;
    });
    expect(ratios.length).toBeGreaterThan(5);
    const factors = ratios.map(ratio => Math.max(ratio, 1 / ratio)).sort((a, b) => a - b);
    expect(factors.at(-1)).toBeLessThan(2.3);
    expect(factors[Math.floor(factors.length / 2)]).toBeLessThan(1.3);
  });
});
