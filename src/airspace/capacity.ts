import { boundByCuts } from './capacity-cuts.ts';
import { boundByApproaches, boundByPads, type ResourceLoad } from './capacity-places.ts';
import { timesAlone } from './capacity-times.ts';
import { createPlanner } from './planner.ts';
import type { AirspaceProblem } from './problem.ts';

export interface CapacityOptions {
  /** Labels that may be expanded for one request; who is given up counts as served. Default: one million. */
  readonly nodesPerRequest?: number;
}

/** How many requests of a problem any plan serves at most. */
export interface CapacityBound {
  readonly requests: number;
  /** The least of the three numbers that follow: no plan serves more, in whatever order and whoever is moved. */
  readonly served: number;
  /** Requests that have a way past the zones within their limits, each alone in the sky. */
  readonly alone: number;
  /** Of these, what pads have time for. */
  readonly pads: number;
  /** Of these, what gets through the air: through planes across the area, and to and from pads one after another. */
  readonly lanes: number;
  /** Which of the three refuses most by itself; `none` where none refuses any. */
  readonly binding: 'alone' | 'pads' | 'lanes' | 'none';
  /** The busiest first, five at most. Without deadlines there is time for everything, and nothing is busy. */
  readonly busiestPads: readonly ResourceLoad[];
  readonly busiestLanes: readonly ResourceLoad[];
  /** Requests with no deadline, which pads and lanes never refuse. */
  readonly openEnded: number;
}

/**
 * Bounds how many requests of a problem any plan serves, by relaxations of it: everything but one kind of limit is
 * left out.
 *
 * - Alone: a request that has no route past the zones has none past more (`capacity-times.ts`).
 * - Pads hold one flight at a time, for known seconds between known times: jobs of one machine, of which so many are
 *   late at least (`lateness-kernel.ts`); a request that two pads refuse counts once (`capacity-sharing.ts`).
 * - Lanes: what passes one place comes one after another; what goes from one side of a plane to the other passes one
 *   of few places (`capacity-cuts.ts`, and `boundByApproaches` for what lands on one pad).
 *
 * Accepted flights of the problem are left out, too. Of what pads and what lanes refuse only the larger counts, since
 * it may be the same requests: the bound is not tight where several limits meet. In classic mode only the first limit
 * is there. One search for every request, two for round trips; deterministic.
 */
export function boundServed(problem: AirspaceProblem, options: CapacityOptions = {}): CapacityBound {
  const { nodesPerRequest: nodes = 1_000_000 } = options;
  const requests = problem.requests.length;
  const none = { requests, busiestPads: [], busiestLanes: [], openEnded: requests };
  if (problem.mode === 'classic') {
    const sky = createPlanner(problem, { withoutFlights: true });
    const alone = problem.requests.filter(request => sky.find(request, { nodes }).kind !== 'proved').length;
    return { ...none, served: alone, alone, pads: alone, lanes: alone, binding: alone < requests ? 'alone' : 'none' };
  }
  const times = timesAlone(problem, nodes);
  const alone = times.length;
  const pads = boundByPads(problem, times);
  const approaches = boundByApproaches(problem, times);
  const cuts = boundByCuts(problem, times);
  const refusedByLanes = Math.max(approaches.refused, ...cuts.map(({ refused }) => refused));
  const refusals = [
    ['alone', requests - alone],
    ['pads', pads.refused],
    ['lanes', refusedByLanes],
  ] as const;
  const [binding, most] = refusals.reduce((a, b) => (b[1] > a[1] ? b : a));
  return {
    requests,
    served: alone - Math.max(pads.refused, refusedByLanes),
    alone,
    pads: alone - pads.refused,
    lanes: alone - refusedByLanes,
    binding: most === 0 ? 'none' : binding,
    busiestPads: busiest(pads.loads),
    busiestLanes: busiest([...approaches.loads, ...cuts]),
    openEnded: problem.requests.filter(isOpenEnded).length,
  };
}

function isOpenEnded({ deadline, roundTrip }: AirspaceProblem['requests'][number]): boolean {
  return deadline === undefined && roundTrip?.deadline === undefined;
}

function busiest(loads: readonly ResourceLoad[]): ResourceLoad[] {
  const used = loads.filter(({ asked }) => asked > 0);
  return used.sort((a, b) => b.refused - a.refused || b.utilisation - a.utilisation).slice(0, 5);
}
