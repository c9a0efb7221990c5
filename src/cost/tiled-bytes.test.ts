import { expect, test } from 'vitest';
import { tiledBytes } from './tiled-bytes.ts';

const bytes = (...shape: number[]): number => tiledBytes(shape, 4, [8, 128]);

test('whole tiles take their bytes, whichever dimension is their columns', () => {
  expect(bytes(16, 256)).toBe(4 * 16 * 256);
  expect(bytes(2560, 40)).toBe(4 * 2560 * 40);
  expect(bytes(32, 640, 40)).toBe(4 * 32 * 640 * 40);
});

test('what no layout fills is filled up, as the TPU compiler does', () => {
  expect(bytes(32, 160, 160)).toBe(5242880);
  expect(bytes(32, 160, 3, 40)).toBe(3932160);
  expect(bytes(800, 160)).toBe(573440);
  expect(bytes(32, 40)).toBe(16384);
});

test('few rows take few, a vector whole columns, and a number its own bytes', () => {
  expect([bytes(4, 1024), bytes(3, 1024), bytes(40), bytes(), bytes(0, 7)]).toEqual([16384, 16384, 512, 4, 0]);
});
