import { describe, expect, it } from 'vitest';
import { DiagnosticError } from '../base/index.ts';
import { createNetwork, type Point } from './network.ts';
import type { AirspaceProblem, Flight, FlightRequest, Zone } from './problem.ts';
import { checkAirspaceProblem } from './problem-check.ts';

const vertices = [
  [0, 0, 50],
  [100, 0, 50],
  [200, 0, 50],
] as const;
const edges = [
  [0, 1],
  [1, 2],
] as const;
const drone = {
  name: 'drone',
  radiusMetres: 1,
  halfHeightMetres: 1,
  speedMetresPerSecond: 10,
  climbMetresPerSecond: 2,
  descentMetresPerSecond: 2,
};
const request: FlightRequest = { name: 'parcel', class: 'drone', from: 'depot', to: 'clinic', earliest: 60 };
const flight: Flight = {
  name: 'before',
  class: 'drone',
  from: 'depot',
  to: 'clinic',
  legs: [{ vertices: [0, 1, 2], arrivals: [0, 10, 20], departures: [0, 10, 20] }],
  cost: 20,
};
const polygon = (...corners: readonly Point[]): Zone => ({
  name: 'park',
  area: { kind: 'polygon', corners },
  floorMetres: 0,
  ceilingMetres: 60,
  windows: [{ start: 0, end: Number.POSITIVE_INFINITY }],
  rule: 'closed',
});
const square = polygon([0, 0], [9, 0], [9, 9], [0, 9]);
const town: AirspaceProblem = {
  format: 'skein.airspace/1',
  name: 'town',
  epoch: '2026-08-09T17:00:00+08:00',
  mode: 'delivery',
  frame: { kind: 'plane' },
  source: { kind: 'graph', vertices, edges },
  network: createNetwork(vertices, edges),
  classes: [drone],
  separation: { bufferMetres: 0, bufferSeconds: 0 },
  prices: { ground: 1, hover: 1 },
  pads: [
    { name: 'depot', vertex: 0, serviceSeconds: 30 },
    { name: 'clinic', vertex: 2, serviceSeconds: 30 },
  ],
  zones: [square],
  flights: [flight],
  requests: [request],
};

/** What is wrong with the town once it is changed, one line each. */
function faultsOf(change: Partial<AirspaceProblem>, file?: string): string[] {
  try {
    checkAirspaceProblem({ ...town, ...change }, file);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, message, next }) => `${code} ${message}; ${next}`);
  }
  return [];
}
const asked = (more: Partial<FlightRequest>): Partial<AirspaceProblem> => ({ requests: [{ ...request, ...more }] });
const zoned = (more: Partial<Zone>): Partial<AirspaceProblem> => ({ zones: [{ ...square, ...more }] });

describe('the check of problems', () => {
  it('passes what is right, in any order of corners, and classic problems too', () => {
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf({ zones: [polygon([0, 9], [9, 9], [9, 0], [0, 0])] })).toEqual([]);
    expect(faultsOf({ zones: [polygon([0, 0], [5, 0], [9, 0], [9, 9], [4, 2])] })).toEqual([]);
    expect(faultsOf({ mode: 'classic', flights: [], ...asked({ from: 0, to: 2 }) })).toEqual([]);
  });

  it('tells several things in one run, up to twenty, with the file', () => {
    const faults = faultsOf(
      { epoch: 'today', classes: [{ ...drone, radiusMetres: 0 }], ...asked({ to: 'clinik' }) },
      'a.json',
    );
    expect(faults).toMatchInlineSnapshot(`
      [
        "SK6012 a.json: epoch is today, which is no ISO 8601 time; write it like 2026-08-09T17:00:00+08:00",
        "SK6007 a.json: classes[0].radiusMetres is 0; give a finite number above 0",
        "SK6006 a.json: requests[0].to is "clinik", which none of the pads is called; write "clinic"",
      ]
    `);
    const many = Array.from({ length: 50 }, (_, index) => ({ ...request, name: `${index}`, earliest: -1 }));
    expect(faultsOf({ requests: many })).toHaveLength(20);
  });

  const wrong: readonly [string, Partial<AirspaceProblem>, readonly string[]][] = [
    ['an epoch without a zone', { epoch: '2026-08-09T17:00:00' }, ['SK6012 epoch']],
    ['a month that there is not', { epoch: '2026-13-09T17:00:00Z' }, ['SK6012 epoch']],
    [
      'a polygon that crosses itself',
      { zones: [polygon([0, 0], [9, 9], [9, 0], [0, 8])] },
      ['SK6002 zones[0].area.corners'],
    ],
    [
      'a polygon that touches itself',
      { zones: [polygon([0, 0], [9, 0], [9, 9], [5, 0], [0, 9])] },
      ['SK6002 zones[0].area.corners'],
    ],
    [
      'a polygon that turns back on itself',
      { zones: [polygon([0, 0], [9, 0], [4, 0], [4, 9])] },
      ['SK6002 zones[0].area.corners'],
    ],
    ['a polygon of two corners', { zones: [polygon([0, 0], [9, 9])] }, ['SK6002 zones[0].area.corners']],
    ['a polygon without an area', { zones: [polygon([0, 0], [9, 9], [5, 5])] }, ['SK6002 zones[0].area.corners']],
    ['a polygon closed twice', { zones: [polygon([0, 0], [9, 0], [9, 9], [0, 0])] }, ['SK6002 zones[0].area.corners']],
    [
      'a corner that is given twice',
      { zones: [polygon([0, 0], [9, 0], [9, 0], [0, 9])] },
      ['SK6002 zones[0].area.corners[1]'],
    ],
    [
      'a corner that is no place',
      { zones: [polygon([0, 0], [9, Number.NaN], [9, 9])] },
      ['SK6004 zones[0].area.corners[1]'],
    ],
    [
      'a circle of no size',
      zoned({ area: { kind: 'circle', centre: [0, 0], radiusMetres: -2 } }),
      ['SK6002 zones[0].area.radiusMetres'],
    ],
    ['a floor above the ceiling', zoned({ floorMetres: 61 }), ['SK6002 zones[0].floorMetres']],
    ['a ceiling without end', zoned({ ceilingMetres: Number.POSITIVE_INFINITY }), ['SK6002 zones[0]']],
    ['a window that ends early', zoned({ windows: [{ start: 9, end: 3 }] }), ['SK6003 zones[0].windows[0]']],
    [
      'latitude before longitude',
      { frame: { kind: 'tangent', longitude: 1.3, latitude: 103.8 } },
      ['SK6004 frame.latitude'],
    ],
    [
      'a longitude around the Earth',
      { frame: { kind: 'tangent', longitude: 463, latitude: 1 } },
      ['SK6004 frame.longitude'],
    ],
    [
      'places far from the origin',
      {
        frame: { kind: 'tangent', longitude: 103.8, latitude: 1.3 },
        network: createNetwork(
          [
            [0, 0, 50],
            [11_000_000, 0, 50],
            [11_000_000, 9, 50],
          ],
          edges,
        ),
        zones: [polygon([0, 0], [300_000, 0], [0, 9])],
      },
      ['SK6004 network.vertices[1]', 'SK6004 zones[0].area.corners[1]'],
    ],
    [
      'a pad off the network',
      { pads: [...town.pads, { name: 'x', vertex: 3, serviceSeconds: 0 }] },
      ['SK6005 pads[2].vertex'],
    ],
    [
      'half a vertex',
      { pads: [...town.pads, { name: 'x', vertex: 0.5, serviceSeconds: 0 }] },
      ['SK6005 pads[2].vertex'],
    ],
    ['an unknown class', asked({ class: 'dron' }), ['SK6006 requests[0].class']],
    ['an unknown pad', asked({ from: 'moon' }), ['SK6006 requests[0].from']],
    ['a number for a pad', asked({ from: 0 }), ['SK6006 requests[0].from']],
    ['a pad in classic mode', { mode: 'classic', flights: [], ...asked({ from: 0 }) }, ['SK6005 requests[0].to']],
    ['a speed of 0', { classes: [{ ...drone, speedMetresPerSecond: 0 }] }, ['SK6007 classes[0].speedMetresPerSecond']],
    [
      'a climb that is no number',
      { classes: [{ ...drone, climbMetresPerSecond: Number.NaN }] },
      ['SK6007 classes[0].climbMetresPerSecond'],
    ],
    ['no time in the air', { classes: [{ ...drone, airSeconds: -5 }] }, ['SK6007 classes[0].airSeconds']],
    ['no class', { classes: [], flights: [], requests: [] }, ['SK6001 classes']],
    ['a negative buffer', { separation: { bufferMetres: -1, bufferSeconds: 0 } }, ['SK6007 separation.bufferMetres']],
    ['a negative stop', asked({ roundTrip: { stopSeconds: -1 } }), ['SK6007 requests[0].roundTrip.stopSeconds']],
    ['a negative tolerance', asked({ toleranceSeconds: -1 }), ['SK6007 requests[0].toleranceSeconds']],
    ['a request in the past', asked({ earliest: -1 }), ['SK6008 requests[0].earliest']],
    ['a deadline before the earliest take-off', asked({ deadline: 59 }), ['SK6008 requests[0].deadline']],
    ['a request after its deadline', asked({ deadline: 70, submitted: 71 }), ['SK6008 requests[0].deadline']],
    [
      'a way back that ends too early',
      asked({ roundTrip: { deadline: 9 } }),
      ['SK6008 requests[0].roundTrip.deadline'],
    ],
    ['two pads of one name', { pads: [...town.pads, town.pads[0]] }, ['SK6009 pads[2].name']],
    ['two zones of one name', { zones: [square, square] }, ['SK6009 zones[1].name']],
    ['a request of the name of a flight', asked({ name: 'before' }), ['SK6009 requests[0].name']],
    ['a ground price above the hover price', { prices: { ground: 2, hover: 1 } }, ['SK6013 prices.ground']],
    ['negative prices', { prices: { ground: -2, hover: -1 } }, ['SK6013 prices.ground', 'SK6013 prices.hover']],
    ['a flight without a leg', { flights: [{ ...flight, legs: [] }] }, ['SK6001 flights[0].legs']],
    [
      'a flight along no edge',
      { flights: [{ ...flight, legs: [{ vertices: [0, 2], arrivals: [0, 9], departures: [0, 9] }] }] },
      ['SK6005 flights[0].legs[0]'],
    ],
    [
      'a flight back in time',
      { flights: [{ ...flight, legs: [{ vertices: [0, 1], arrivals: [0, 9], departures: [10, 19] }] }] },
      ['SK6008 flights[0].legs[0]'],
    ],
    [
      'a flight that leaves the network',
      { flights: [{ ...flight, legs: [{ vertices: [0, 7], arrivals: [0, 9], departures: [0, 9] }] }] },
      ['SK6005 flights[0].legs[0].vertices[1]'],
    ],
    [
      'a flight whose lists do not fit',
      { flights: [{ ...flight, legs: [{ vertices: [0, 1], arrivals: [0], departures: [0, 9] }] }] },
      ['SK6001 flights[0].legs[0]'],
    ],
  ];
  it.each(wrong)('refuses %s', (_, change, places) => {
    const faults = faultsOf(change);
    expect(faults.map(fault => fault.split(' ').slice(0, 2).join(' '))).toEqual(places);
    for (const fault of faults) expect(fault).toMatch(/; \S/);
  });

  it('says that degrees are swapped where they look so', () => {
    expect(faultsOf({ frame: { kind: 'tangent', longitude: 1.3, latitude: 103.8 } })).toEqual([
      'SK6004 frame.latitude is 103.8, beyond the poles; swap it with frame.longitude',
    ]);
  });
});
