import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

test('the nearest name is the one with the fewest edits, whatever the case', () => {
  expect(nearestName('addd', ['subtract', 'add', 'and'])).toBe('add');
  expect(nearestName('h10', ['A100', 'H100', 'V100'])).toBe('H100');
  expect(nearestName('ab', ['ax', 'ay'])).toBe('ax');
});

test('a name that is too far away is none', () => {
  expect(nearestName('tanh', ['convolution'], 2)).toBeUndefined();
  expect(nearestName('tanhh', ['tanh'], 1)).toBe('tanh');
  expect(nearestName('tanh', [])).toBeUndefined();
});
