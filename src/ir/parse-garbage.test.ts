import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRandom, DiagnosticError, type Random } from '../base/index.ts';
import { parseProgram } from './parse-program.ts';

const folder = new URL('../../test/conformance/programs/', import.meta.url);
const small = [
  'operations',
  'sharded',
  'shardy.generic',
  'constants',
  'donated.locations',
  'products.generic',
  'control',
];

/** Changes up to four places: a byte, a removed or doubled range, or a cut end. */
function mutate(text: Uint8Array, random: Random): Uint8Array {
  let bytes = Uint8Array.from(text);
  for (let count = random.integer(1, 5); count > 0; count--) {
    const at = random.integer(0, Math.max(1, bytes.length));
    const length = random.integer(1, 40);
    const kind = random.integer(0, 5);
    if (kind === 0) bytes[at] = random.integer(0, 256);
    else if (kind === 1) bytes[at] = random.pick([...'(){}[]<>"%@#!,:=-?*/\\x0 \n']).charCodeAt(0);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    else if (kind === 3) bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    else if (random.integer(0, 8) === 0) bytes = bytes.subarray(0, at);
  }
  return bytes;
}

describe('damaged texts', () => {
  const texts = readdirSync(folder)
    .filter(name => small.some(start => name === `${start}.mlir.gz`))
    .map(name => gunzipSync(readFileSync(new URL(name, folder))));

  it('give a program or diagnostics, never anything else', () => {
    const random = createRandom(20);
    let broken = 0;
    for (let trial = 0; trial < 600; trial++) {
      const text = random.pick(texts);
      const start = random.integer(0, Math.max(1, text.length - 3000));
      const piece =
        random.integer(0, 3) === 0 ? text : Buffer.concat([text.subarray(0, 200), text.subarray(start, start + 3000)]);
      try {
        parseProgram(mutate(piece, random));
      } catch (error) {
        if (!(error instanceof DiagnosticError)) throw new Error(`trial ${trial} of seed 20`, { cause: error });
        broken++;
      }
    }
    expect(broken).toBeGreaterThan(300);
  }, 60_000);

  it('of deep nesting give a diagnostic', () => {
    for (const open of ['[', '{a = ', '#stablehlo.gather<a = ', '"x"() ({', '(', 'tuple<', 'loc(fused[']) {
      const text = `module {\n  func.func @f() {\n    "a.b"() {x = ${open.repeat(30_000)}`;
      expect(() => parseProgram(new TextEncoder().encode(text))).toThrow(DiagnosticError);
      const regions = `module {\n  func.func @f() {\n    ${'"a.b"() ({\n'.repeat(30_000)}`;
      expect(() => parseProgram(new TextEncoder().encode(regions))).toThrow(DiagnosticError);
    }
  }, 60_000);
});
