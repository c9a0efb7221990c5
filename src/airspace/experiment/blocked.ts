import { padHolds } from '../occupancy.ts';
import { type Answer, createPlanner, type Planner } from '../planner.ts';
import type { AirspaceProblem, FlightPlan, FlightRequest } from '../problem.ts';

/**
 * What keeps refused requests on the ground, by what would have to go from the finished plan:
 *
 * - `pads`: the holds of pads alone; past the others in the air there is a way. `air`: the other way round.
 * - `both`: either would do to keep it down. `together`: neither does alone.
 * - `zones`: zones, in a sky without flights. `limits`: its own limits, in a sky without anything.
 * - `order`: nothing any more. It was refused because of a flight that was moved later.
 * - `unknown`: the node limit was reached.
 */
export const blockedKinds = ['pads', 'air', 'both', 'together', 'zones', 'limits', 'order', 'unknown'] as const;

export type BlockedKind = (typeof blockedKinds)[number];

/** Of the refused requests that were looked at, how many each keeps down. */
export type BlockedCounts = Readonly<Record<BlockedKind, number>>;

/**
 * Looks at up to `sample` refused requests of a plan, evenly spread over all of them, and counts what keeps each down.
 * `alone` has the answer to each request in a sky that has nothing but zones.
 *
 * ```
 *                       a way past the holds of pads?
 *                          yes             no
 *  a way past    yes    order, together    pads
 *  the flights    no    air                both
 * ```
 */
export function countBlocked(
  problem: AirspaceProblem,
  plan: FlightPlan,
  alone: ReadonlyMap<string, Answer>,
  { sample, nodes }: { readonly sample: number; readonly nodes: number },
): BlockedCounts {
  const counts = { pads: 0, air: 0, both: 0, together: 0, zones: 0, limits: 0, order: 0, unknown: 0 };
  const refused = new Set(plan.refusals.map(({ request }) => request));
  const requests = spread(
    problem.requests.filter(({ name }) => refused.has(name)),
    sample,
  );
  if (requests.length === 0) return counts;
  const empty = { ...problem, flights: [], requests: [] };
  const skies = {
    nothing: createPlanner(empty, { withoutZones: true }),
    pads: createPlanner(empty),
    // Pads that are held for no time are free for all.
    air: createPlanner({
      ...empty,
      pads: problem.pads.map(pad => ({ ...pad, serviceSeconds: 0 })),
      flights: plan.flights,
    }),
    all: createPlanner({ ...empty, flights: plan.flights }),
  };
  holdPads(skies.pads, plan);
  for (const request of requests) counts[blockedKind(skies, request, alone.get(request.name)?.kind, nodes)]++;
  return counts;
}

type Skies = Readonly<Record<'nothing' | 'pads' | 'air' | 'all', Planner>>;

function blockedKind(
  skies: Skies,
  request: FlightRequest,
  alone: Answer['kind'] | undefined,
  nodes: number,
): BlockedKind {
  const isOpen = (sky: Planner): boolean | undefined => {
    const { kind } = sky.find(request, { nodes });
    return kind === 'gave-up' ? undefined : kind === 'found';
  };
  if (alone === 'proved') return isOpen(skies.nothing) === false ? 'limits' : 'zones';
  const past = { pads: isOpen(skies.pads), air: isOpen(skies.air) };
  if (alone === 'gave-up' || past.pads === undefined || past.air === undefined) return 'unknown';
  if (!past.pads) return past.air ? 'pads' : 'both';
  if (!past.air) return 'air';
  const open = isOpen(skies.all);
  return open === undefined ? 'unknown' : open ? 'order' : 'together';
}

/** Puts the holds of a plan's flights on the pads of a planner, and nothing into its air. */
function holdPads(planner: Planner, plan: FlightPlan): void {
  const { problem, occupancy } = planner;
  const { bufferSeconds } = problem.separation;
  const indices = new Map(problem.pads.map(({ name }, index) => [name, index]));
  plan.flights.forEach((flight, owner) => {
    for (const { pad, start, end } of padHolds(problem, flight)) {
      occupancy.pads.insert(indices.get(pad) as number, start - bufferSeconds, end + bufferSeconds, owner);
    }
  });
}

function spread<T>(values: readonly T[], most: number): T[] {
  if (values.length <= most) return [...values];
  return Array.from({ length: most }, (_, index) => values[Math.floor((index * values.length) / most)] as T);
}
