import { describe, expect, it } from 'vitest';
import { formatClock, formatDuration } from './clock.ts';

describe('clock times', () => {
  it('are of the zone of the epoch', () => {
    expect(formatClock('2026-08-09T17:00:00+08:00', 250)).toBe('17:04:10');
    expect(formatClock('2026-08-09T09:00:00Z', 250)).toBe('09:04:10');
    expect(formatClock('2026-08-09T09:00:00-03:30', 0)).toBe('09:00:00');
  });

  it('name the day where it is another one', () => {
    expect(formatClock('2026-08-09T23:59:00+08:00', 61)).toBe('2026-08-10 00:00:01');
    expect(formatClock('2026-08-09T00:00:00+08:00', -1)).toBe('2026-08-08 23:59:59');
  });

  it('are seconds where the epoch is no time', () => {
    expect(formatClock('', 12.7)).toBe('12 s');
  });

  it('show the second that a time is in, not one that rounding has just missed', () => {
    expect(formatClock('2026-08-09T17:00:00Z', 9.9)).toBe('17:00:09');
    expect(formatClock('2026-08-09T17:00:00Z', 10 - 1e-9)).toBe('17:00:10');
  });

  it('have lengths in the two largest units', () => {
    const lengths = [0, 2.25, 45, 59.7, 60, 245, 3600, 4800, 7199];
    expect(lengths.map(formatDuration)).toEqual([
      '0 s',
      '2.3 s',
      '45 s',
      '1 min',
      '1 min',
      '4 min 5 s',
      '1 h',
      '1 h 20 min',
      '2 h',
    ]);
  });
});
