import {
  type AirspaceProblem,
  createNetwork,
  type Flight,
  type FlightLeg,
  type FlightPlan,
  type FlightRequest,
  type FlightValidationOptions,
  type ViolationKind,
  validateFlightPlan,
} from '../../src/airspace/index.ts';

/**
 * ```
 *              C (5)
 *               │
 *   A (0) ─ 1 ─ 2 ─ 3 ─ B (4)        every edge is 100 m long, 10 s; nothing may hover at 3
 *               │
 *              D (6)
 * ```
 */
export const vertices = [
  [0, 0, 50],
  [100, 0, 50],
  [200, 0, 50],
  [300, 0, 50],
  [400, 0, 50],
  [200, 100, 50],
  [200, -100, 50],
] as const;
export const edges = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 4],
  [5, 2],
  [2, 6],
].flatMap(([a, b]): [number, number][] => [
  [a, b],
  [b, a],
]);
export const pad = (name: string, vertex: number) => ({ name, vertex, serviceSeconds: 5 });
export const request = (name: string, from: string, to: string, earliest: number): FlightRequest => ({
  name,
  class: 'drone',
  from,
  to,
  earliest,
});
export const city = (more: Partial<AirspaceProblem> = {}): AirspaceProblem => ({
  format: 'skein.airspace/1',
  name: 'cross',
  epoch: '2026-08-09T09:00:00+08:00',
  mode: 'delivery',
  frame: { kind: 'plane' },
  source: { kind: 'graph', vertices, edges, noHover: [3] },
  network: createNetwork(vertices, edges, { noHover: [3] }),
  classes: [
    {
      name: 'drone',
      radiusMetres: 5,
      halfHeightMetres: 2,
      speedMetresPerSecond: 10,
      climbMetresPerSecond: 4,
      descentMetresPerSecond: 3,
      airSeconds: 60,
    },
  ],
  separation: { bufferMetres: 0, bufferSeconds: 0 },
  prices: { ground: 1, hover: 2 },
  pads: [pad('A', 0), pad('B', 4), pad('C', 5), pad('D', 6)],
  zones: [],
  flights: [],
  requests: [{ ...request('east', 'A', 'B', 100), deadline: 150 }, request('south', 'C', 'D', 115)],
  ...more,
});

/** A leg that takes 10 s from vertex to vertex, and hovers where `hovers` says for how long. */
export function legOf(
  route: readonly number[],
  takeOff: number,
  hovers: Readonly<Record<number, number>> = {},
): FlightLeg {
  const arrivals: number[] = [];
  const departures: number[] = [];
  let time = takeOff;
  for (const vertex of route) {
    arrivals.push(time);
    departures.push(time + (hovers[vertex] ?? 0));
    time += 10 + (hovers[vertex] ?? 0);
  }
  return { vertices: route, arrivals, departures };
}

export const flightOf = (name: string, from: string, to: string, legs: readonly FlightLeg[], cost: number): Flight => ({
  name,
  class: 'drone',
  from,
  to,
  legs,
  cost,
});
export const east = (leg: FlightLeg = legOf([0, 1, 2, 3, 4], 100), cost = 40): Flight =>
  flightOf('east', 'A', 'B', [leg], cost);
export const south = (takeOff = 115, cost = 20): Flight =>
  flightOf('south', 'C', 'D', [legOf([5, 2, 6], takeOff)], cost);
export const planOf = (flights: readonly Flight[], more: Partial<FlightPlan> = {}): FlightPlan => ({
  format: 'skein.flights/1',
  problem: 'cross',
  epoch: '2026-08-09T09:00:00+08:00',
  flights,
  refusals: [],
  ...more,
});

export const kindsOf = (
  problem: AirspaceProblem,
  plan: FlightPlan,
  options: FlightValidationOptions = {},
): ViolationKind[] => validateFlightPlan(problem, plan, options).map(({ kind }) => kind);
/** A problem with the request of `east` alone. */
export const alone = (more: Partial<AirspaceProblem> = {}, wishes: Partial<FlightRequest> = {}): AirspaceProblem =>
  city({ requests: [{ ...request('east', 'A', 'B', 100), ...wishes }], ...more });
export const moved = (leg: FlightLeg, change: Partial<FlightLeg>): FlightLeg => ({ ...leg, ...change });
export const direct = legOf([0, 1, 2, 3, 4], 100);
