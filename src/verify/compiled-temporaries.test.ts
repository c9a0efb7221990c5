import { expect, test } from 'vitest';
import { readTemporaries } from './compiled-temporaries.ts';

/** A kilobyte is f32[256]; values live from the line that makes them to the last that reads them. */
const entry = (lines: string): string => `HloModule test

%cast (q: bf16[256]) -> f32[256] {
  %q = bf16[256]{0} parameter(0)
  ROOT %wide = f32[256]{0} convert(%q)
}

ENTRY %main (p: f32[256]) -> f32[256] {
  %p = f32[256]{0} parameter(0)
${lines}
}
`;

test('values count while they live, arguments and views do not', () => {
  const text = entry(`  %a = f32[256]{0} negate(%p)
  %v = f32[16,16]{1,0} bitcast(%a)
  %b = f32[256]{0} exponential(%p)
  %c = f32[256]{0} add(%b, %p)
  %d = f32[256]{0} multiply(%v, %c)
  ROOT %r = f32[256]{0} negate(%d)`);
  // a waits behind its view while b, c and d are made: a, b and c, and a, c and d are there at once.
  expect(readTemporaries(text)).toEqual({ bytes: 3072, nativeBytes: 3072 });
});

test('an f32 that is cast from a half, or is only rounded to one, counts as a half', () => {
  const text = entry(`  %h = bf16[256]{0} convert(%p)
  %w = f32[256]{0} fusion(%h), kind=kLoop, calls=%cast
  %s = f32[256]{0} dot(%w, %w)
  %t = bf16[256]{0} convert(%s)
  ROOT %r = bf16[256]{0} negate(%t)`);
  // At the dot: what it reads and what it makes.
  expect(readTemporaries(text)).toEqual({ bytes: 2048, nativeBytes: 1024 });
});
