import { describe, expect, it } from 'vitest';
import { createNetwork } from '../network.ts';
import { createPlanner } from '../planner.ts';
import { type AirspaceProblem, defaultPrices, type FlightRequest, type Zone } from '../problem.ts';
import { solve } from '../solve.ts';
import { blockedKinds, countBlocked } from './blocked.ts';

/*
 * Two lanes that cross, and a third one far away; 10 s from end to end, pads at all ends.
 *
 *            N
 *            |
 *       W ---+--- E          F --------- G
 *            |
 *            S
 */
const network = createNetwork(
  [
    [-50, 0, 50],
    [50, 0, 50],
    [0, -50, 50],
    [0, 50, 50],
    [5000, 0, 50],
    [5100, 0, 50],
  ],
  [
    [0, 1],
    [2, 3],
    [4, 5],
  ],
);
const pads = ['W', 'E', 'S', 'N', 'F', 'G'].map((name, vertex) => ({ name, vertex, serviceSeconds: 20 }));

function problemOf(requests: readonly FlightRequest[], zones: readonly Zone[] = []): AirspaceProblem {
  return {
    format: 'skein.airspace/1',
    name: 'crossing',
    epoch: '2026-08-09T16:00:00+08:00',
    mode: 'delivery',
    frame: { kind: 'plane' },
    source: { kind: 'graph', vertices: [], edges: [] },
    network,
    classes: [
      {
        name: 'light',
        radiusMetres: 15,
        halfHeightMetres: 5,
        speedMetresPerSecond: 10,
        climbMetresPerSecond: 4,
        descentMetresPerSecond: 3,
      },
    ],
    separation: { bufferMetres: 0, bufferSeconds: 0 },
    prices: defaultPrices,
    pads,
    zones,
    flights: [],
    requests,
  };
}

function request(name: string, from: string, to: string, deadline = 110): FlightRequest {
  return { name, class: 'light', from, to, earliest: 100, deadline };
}

/** What keeps down those that first come, first served refuses. */
function blocked(problem: AirspaceProblem): Record<string, number> {
  const { plan } = solve(problem);
  const sky = createPlanner(problem, { withoutFlights: true });
  const alone = new Map(problem.requests.map(asked => [asked.name, sky.find(asked)]));
  const counts = countBlocked(problem, plan, alone, { sample: 10, nodes: 1000 });
  return Object.fromEntries(blockedKinds.flatMap(kind => (counts[kind] > 0 ? [[kind, counts[kind]]] : [])));
}

const closed: Zone = {
  name: 'closed',
  area: { kind: 'circle', centre: [5050, 0], radiusMetres: 20 },
  floorMetres: 0,
  ceilingMetres: 100,
  windows: [{ start: 0, end: 1000 }],
  rule: 'closed',
};

describe('what keeps refused requests down', () => {
  it('is the air where lanes cross between pads that are free', () => {
    expect(blocked(problemOf([request('first', 'W', 'E'), request('second', 'S', 'N')]))).toEqual({ air: 1 });
  });

  it('is pads where the lane is free again before they are', () => {
    expect(blocked(problemOf([request('first', 'F', 'G'), request('second', 'F', 'G', 120)]))).toEqual({ pads: 1 });
  });

  it('is both where each would do', () => {
    expect(blocked(problemOf([request('first', 'F', 'G'), request('second', 'F', 'G')]))).toEqual({ both: 1 });
  });

  it('is a zone, or a limit of its own, with nobody else in the sky', () => {
    expect(blocked(problemOf([request('first', 'F', 'G')], [closed]))).toEqual({ zones: 1 });
    expect(blocked(problemOf([request('first', 'F', 'G', 109)], [closed]))).toEqual({ limits: 1 });
    expect(blocked(problemOf([request('first', 'G', 'F')]))).toEqual({ limits: 1 });
  });

  it('is counted for as many as asked for, and nothing where nobody is refused', () => {
    const requests = Array.from({ length: 30 }, (_, index) => request(`R${index}`, 'F', 'G'));
    expect(blocked(problemOf(requests))).toEqual({ both: 10 });
    expect(blocked(problemOf([request('first', 'W', 'E')]))).toEqual({});
  });
});
