import { describe, expect, it } from 'vitest';
import {
  alone,
  city,
  east,
  edges,
  flightOf,
  kindsOf,
  legOf,
  planOf,
  request,
  south,
  vertices,
} from '../../test/airspace/crossing.ts';
import { createNetwork } from './network.ts';
import type { AirspaceProblem, Flight, FlightLeg, FlightRequest } from './problem.ts';

describe('of pads, the validator', () => {
  const two = (more: Partial<AirspaceProblem> = {}): AirspaceProblem =>
    city({ requests: [request('east', 'A', 'B', 100), request('other', 'D', 'B', 100)], ...more });
  /** Lands on B at `takeOff + 30`. */
  const other = (takeOff: number): Flight =>
    flightOf('other', 'D', 'B', [legOf([6, 2, 3, 4], takeOff)], takeOff - 100 + 30);

  it('lets one land in the moment in which the other leaves, and not before', () => {
    expect(kindsOf(two(), planOf([east(), other(115)]))).toEqual([]);
    expect(kindsOf(two(), planOf([east(), other(114.999)]))).toEqual(['pad']);
  });

  it('asks for the buffer between them', () => {
    const buffered = two({ separation: { bufferMetres: 0, bufferSeconds: 2 } });
    expect(kindsOf(buffered, planOf([east(), other(117)]))).toEqual([]);
    expect(kindsOf(buffered, planOf([east(), other(116.999)]))).toEqual(['pad']);
  });
});

describe('of zones, the validator', () => {
  /** East is between x = 150 and x = 250 from 115 to 125 s. */
  const square = [
    [150, -50],
    [250, -50],
    [250, 50],
    [150, 50],
  ] as const;
  const closed = (start: number, end: number, more: object = {}): AirspaceProblem =>
    alone({
      zones: [
        {
          name: 'park',
          area: { kind: 'polygon', corners: square },
          floorMetres: 0,
          ceilingMetres: 100,
          windows: [{ start, end }],
          rule: 'closed',
          ...more,
        },
      ],
    });

  it('lets a flight enter as the zone opens and leave as it closes', () => {
    expect(kindsOf(closed(0, 115), planOf([east()]))).toEqual([]);
    expect(kindsOf(closed(125, Number.POSITIVE_INFINITY), planOf([east()]))).toEqual([]);
  });

  it('refuses a millisecond inside, early or late', () => {
    expect(kindsOf(closed(0, 115.001), planOf([east()]))).toEqual(['zone']);
    expect(kindsOf(closed(124.999, 200), planOf([east()]))).toEqual(['zone']);
    const circle = { area: { kind: 'circle', centre: [200, 0], radiusMetres: 50 } };
    expect(kindsOf(closed(0, 115, circle), planOf([east()]))).toEqual([]);
    expect(kindsOf(closed(0, 115.001, circle), planOf([east()]))).toEqual(['zone']);
  });

  it('widens windows by the buffer', () => {
    const problem = { ...closed(0, 113), separation: { bufferMetres: 0, bufferSeconds: 2 } };
    expect(kindsOf(problem, planOf([east()]))).toEqual([]);
    const longer = { ...closed(0, 113.001), separation: { bufferMetres: 0, bufferSeconds: 2 } };
    expect(kindsOf(longer, planOf([east()]))).toEqual(['zone']);
  });

  it('lets flights pass above, below, along the border, and through what needs a permit only', () => {
    const along = square.map(([x, y]) => [x, y + 50]);
    for (const more of [
      { floorMetres: 50 },
      { ceilingMetres: 50 },
      { rule: 'permit' },
      { area: { kind: 'polygon', corners: along } },
    ]) {
      expect(kindsOf(closed(0, 200, more), planOf([east()])), JSON.stringify(more)).toEqual([]);
    }
  });

  it('finds a flight that hovers inside as the zone closes', () => {
    const leg = legOf([0, 1, 2, 3, 4], 100, { 2: 20 });
    expect(kindsOf(closed(130, 135), planOf([east(leg, 80)]))).toEqual(['zone']);
  });
});

describe('of two flights, the validator', () => {
  /** Two that cross at right angles `d` seconds after each other come as near as 10 d / √2 metres. */
  const apart = (metres: number): Flight => {
    const takeOff = 110 + (metres * Math.SQRT2) / 10;
    return south(takeOff, 20 + takeOff - 110);
  };
  const crossing = (more: Partial<AirspaceProblem> = {}): AirspaceProblem =>
    city({ requests: [request('east', 'A', 'B', 100), request('south', 'C', 'D', 110)], ...more });

  it('lets them touch, and refuses a millimetre less', () => {
    expect(kindsOf(crossing(), planOf([east(), apart(10)]))).toEqual([]);
    expect(kindsOf(crossing(), planOf([east(), apart(9.999)]))).toEqual(['separation']);
  });

  it('adds the buffer of distance', () => {
    const wide = crossing({ separation: { bufferMetres: 3, bufferSeconds: 0 } });
    expect(kindsOf(wide, planOf([east(), apart(13)]))).toEqual([]);
    expect(kindsOf(wide, planOf([east(), apart(12.999)]))).toEqual(['separation']);
  });

  it('adds the buffer of time: nobody is where another was less than so long ago', () => {
    // The second may be taken two seconds back in time; then as above.
    const slow = crossing({ separation: { bufferMetres: 0, bufferSeconds: 2 } });
    const after = (seconds: number): Flight => south(110 + seconds, 20 + seconds);
    const touch = Math.SQRT2 + 2;
    expect(kindsOf(slow, planOf([east(), after(touch)]))).toEqual([]);
    expect(kindsOf(slow, planOf([east(), after(touch - 1e-4)]))).toEqual(['separation']);
  });

  it('lets vehicles pass above each other as soon as their heights are apart', () => {
    const lifted = (height: number): AirspaceProblem => {
      const places = vertices.map(([x, y, z], index): [number, number, number] => [x, y, index > 4 ? height : z]);
      const upper = [...places, [200, 0, height]] as const;
      const ways: (readonly [number, number])[] = [...edges.slice(0, 8), [5, 7], [7, 6]];
      return crossing({ network: createNetwork(upper, ways) });
    };
    const over = flightOf('south', 'C', 'D', [legOf([5, 7, 6], 110)], 20);
    expect(kindsOf(lifted(54), planOf([east(), over]))).toEqual([]);
    expect(kindsOf(lifted(53.999), planOf([east(), over]))).toEqual(['separation']);
  });

  it('refuses two that swap places on an edge', () => {
    const west = flightOf('west', 'B', 'A', [legOf([4, 3, 2, 1, 0], 100)], 40);
    const both = city({ requests: [request('east', 'A', 'B', 100), request('west', 'B', 'A', 100)] });
    expect(kindsOf(both, planOf([east(), west]))).toEqual(['separation']);
  });
});

describe('in classic mode, the validator', () => {
  const agent = (name: string, from: number, to: number): FlightRequest => ({
    name,
    class: 'drone',
    from,
    to,
    earliest: 0,
  });
  const classic = (requests: readonly FlightRequest[]): AirspaceProblem =>
    city({ mode: 'classic', pads: [], requests, prices: { ground: 1, hover: 1 } });
  const flightTo = (name: string, leg: FlightLeg, cost: number): Flight => ({
    name,
    class: 'drone',
    from: leg.vertices[0],
    to: leg.vertices[leg.vertices.length - 1],
    legs: [leg],
    cost,
  });

  it('has vehicles at their starts from time 0', () => {
    const problem = classic([agent('a', 0, 2)]);
    expect(kindsOf(problem, planOf([flightTo('a', legOf([0, 1, 2], 0, { 0: 3 }), 23)]))).toEqual([]);
    expect(kindsOf(problem, planOf([flightTo('a', legOf([0, 1, 2], 3), 20)]))).toEqual(['take-off']);
  });

  it('has vehicles at their goals for ever', () => {
    const problem = classic([agent('a', 0, 2), agent('b', 5, 6)]);
    const a = flightTo('a', legOf([0, 1, 2], 0), 20);
    expect(kindsOf(problem, planOf([a, flightTo('b', legOf([5, 2, 6], 0, { 5: 40 }), 60)]))).toEqual(['separation']);
    const first = flightTo('b', legOf([5, 2, 6], 0), 20);
    expect(kindsOf(problem, planOf([a, first]))).toEqual([]);
  });

  it('has nobody pass one who waits at its start', () => {
    const problem = classic([agent('a', 0, 4), agent('b', 2, 6)]);
    const a = flightTo('a', legOf([0, 1, 2, 3, 4], 0), 40);
    expect(kindsOf(problem, planOf([a, flightTo('b', legOf([2, 6], 0, { 2: 30 }), 40)]))).toEqual(['separation']);
    expect(kindsOf(problem, planOf([a, flightTo('b', legOf([2, 6], 0), 10)]))).toEqual([]);
  });
});
