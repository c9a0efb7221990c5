import { describe, expect, it } from 'vitest';
import { mapExample } from '../../test/support/flight-map-example.ts';
import type { MapFlight, MapZone } from './flight-map.ts';
import { activityAt, airborneCounts, flightTimes, isZoneActive, positionAt } from './flight-playback.ts';

const flight: MapFlight = {
  name: 'F1',
  class: 'light',
  from: 'A',
  to: 'B',
  legs: [
    [
      [0, 0, 0, 10],
      [0, 0, 30, 20],
      [100, 0, 30, 30],
      [100, 0, 30, 40],
      [100, 50, 0, 50],
    ],
    [
      [100, 50, 0, 80],
      [0, 0, 0, 100],
    ],
  ],
  separationMetres: 5,
  waits: [
    { kind: 'ground', start: 4, end: 10, place: 'A', reason: 'F2 lands' },
    { kind: 'hover', start: 30, end: 40, place: 'corner', reason: 'F3 passes' },
  ],
  state: 'kept',
  delaySeconds: 6,
};

describe('playback of a flight', () => {
  it('moves straight between points and stays where a place is repeated', () => {
    expect([10, 15, 25, 30, 35, 45, 90].map(seconds => positionAt(flight, seconds))).toEqual([
      [0, 0, 0],
      [0, 0, 15],
      [50, 0, 30],
      [100, 0, 30],
      [100, 0, 30],
      [100, 25, 15],
      [50, 25, 0],
    ]);
  });

  it('is nowhere before take-off, between its legs, and from landing on', () => {
    expect([9.9, 50, 79, 100].map(seconds => positionAt(flight, seconds))).toEqual(Array(4).fill(undefined));
    expect(flightTimes(flight)).toEqual({ start: 10, end: 100 });
  });

  it('says what the vehicle does', () => {
    expect([0, 5, 15, 35, 60, 100].map(seconds => activityAt(flight, seconds))).toEqual([
      'not yet departed',
      'waits on the ground at A: F2 lands',
      'in the air at 15 m',
      'hovers at corner: F3 passes',
      'on the ground between its legs',
      'landed',
    ]);
    const cancelled: MapFlight = { ...flight, legs: [], waits: [], state: 'cancelled' };
    expect(activityAt(cancelled, 0)).toBe('cancelled');
    expect(flightTimes(cancelled)).toBeUndefined();
  });

  it('has zones active from the start of a window to just before its end', () => {
    const zone: MapZone = { ...mapExample.zones[0], windows: [{ start: 5, end: 8 }, { start: 20 }] };
    expect([4, 5, 7.9, 8, 19, 20, 1e9].map(seconds => isZoneActive(zone, seconds))).toEqual([
      false,
      true,
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  it('counts as many in the air as are somewhere', () => {
    const parts = 240;
    const counts = airborneCounts(mapExample, parts);
    const { start, end, flights } = mapExample;
    for (const [part, count] of counts.entries()) {
      const seconds = start + (part * (end - start)) / parts;
      expect(count).toBe(flights.filter(other => positionAt(other, seconds) !== undefined).length);
    }
  });
});
