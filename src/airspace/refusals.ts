import { blockersOf } from './blockers.ts';
import { fewestBlockers } from './fewest-blockers.ts';
import { createPlanner, type Planner } from './planner.ts';
import {
  type AirspaceProblem,
  type Flight,
  type FlightRequest,
  landingOf,
  type Refusal,
  type RefusalCause,
  takeOffOf,
} from './problem.ts';
import { submissionOf } from './submission.ts';

/** Says why requests are refused. */
export interface RefusalExplainer {
  /**
   * Explains a request that `planner` has no route for. The flights and zones that it names are those in the way of the
   * cheapest route past fewer things, first past zones alone, then past nothing, and of these only those that are
   * needed: removing them makes the request succeed, and removing all but one does not (see `fewestBlockers`; where the
   * refusal is proved). The sky is as it was afterwards.
   */
  explain(planner: Planner, request: FlightRequest, kind: Refusal['kind'], nodes: number): Refusal;
}

export interface ExplainOptions {
  /** Tells causes only: neither who stands in the way nor an alternative. Default false. */
  readonly brief?: boolean;
}

/** Explains refusals over one problem. Skies with less in them are made when the first refusal needs them. */
export function createRefusalExplainer(
  problem: AirspaceProblem,
  { brief = false }: ExplainOptions = {},
): RefusalExplainer {
  const skies: { zones?: Planner; nothing?: Planner } = {};
  const find = (sky: Planner, request: FlightRequest, nodes: number): Flight | undefined => {
    const answer = sky.find(request, { nodes });
    return answer.kind === 'found' ? answer.flight : undefined;
  };
  return {
    explain: (planner, request, kind, nodes) => {
      skies.zones ??= createPlanner(problem, { withoutFlights: true });
      const past = find(skies.zones, request, nodes);
      if (past === undefined) skies.nothing ??= createPlanner(problem, { withoutFlights: true, withoutZones: true });
      const free = past ?? (skies.nothing === undefined ? undefined : find(skies.nothing, request, nodes));
      const inTheWay = free === undefined || brief ? { flights: [], zones: [] } : blockersOf(planner, free);
      const blockers = kind === 'proved' ? fewestBlockers(problem, planner, request, inTheWay, nodes) : inTheWay;
      const sky = skies.nothing ?? skies.zones;
      const cause = past ? 'flights' : free ? 'zones' : limitOf(sky, request, nodes);
      const alternative = brief ? undefined : nearestAlternative(planner, request, nodes);
      return {
        request: request.name,
        kind,
        cause: kind === 'gave-up' ? 'gave-up' : cause,
        ...blockers,
        ...(alternative === undefined ? {} : { alternative }),
      };
    },
  };
}

/** Which of its own limits a request fails for over an empty sky. */
function limitOf(sky: Planner, request: FlightRequest, nodes: number): RefusalCause {
  if (sky.find(withoutDeadlines(request), { nodes }).kind === 'found') return 'deadline';
  const vehicle = sky.problem.classes.find(({ name }) => name === request.class);
  return vehicle?.airSeconds !== undefined && sky.isReachable(request) ? 'air-time' : 'unreachable';
}

/**
 * What an operator would ask for instead: the same later; where no deadline helps, by a vehicle of another class, that
 * which lands first; else earlier, after it is submitted. Each is served as the sky is.
 */
function nearestAlternative(planner: Planner, request: FlightRequest, nodes: number): FlightRequest | undefined {
  const later = laterAlternative(planner, request, nodes);
  if (later !== undefined) return later;
  let best: { readonly request: FlightRequest; readonly landing: number } | undefined;
  for (const { name } of planner.problem.classes) {
    if (name === request.class) continue;
    const other = { ...request, class: name };
    const answer = planner.find(other, { nodes });
    const legs = answer.kind === 'found' ? answer.flight.legs : [];
    const [last] = legs.slice(-1);
    if (last !== undefined && landingOf(last) < (best?.landing ?? Number.POSITIVE_INFINITY)) {
      best = { request: other, landing: landingOf(last) };
    }
  }
  if (best !== undefined) return best.request;
  const earliest = submissionOf(request);
  if (planner.problem.mode === 'classic' || earliest >= request.earliest) return undefined;
  const answer = planner.find({ ...request, earliest }, { nodes });
  if (answer.kind !== 'found') return undefined;
  const [first] = answer.flight.legs;
  const takeOff = first === undefined ? earliest : Math.floor(takeOffOf(first));
  return { ...request, earliest: Math.min(request.earliest, Math.max(earliest, takeOff)), submitted: earliest };
}

/** The same request with the deadlines at which it can be served, rounded up to whole seconds. */
export function laterAlternative(planner: Planner, request: FlightRequest, nodes: number): FlightRequest | undefined {
  const answer = planner.find(withoutDeadlines(request), { nodes });
  if (answer.kind !== 'found') return undefined;
  const [out, back] = answer.flight.legs.map(leg => Math.ceil(landingOf(leg)));
  if (out === undefined) return undefined;
  const deadline = Math.max(out, request.deadline ?? out);
  if (request.roundTrip === undefined || back === undefined) return { ...request, deadline };
  return {
    ...request,
    deadline,
    roundTrip: { ...request.roundTrip, deadline: Math.max(back, request.roundTrip.deadline ?? back) },
  };
}

export function withoutDeadlines({ deadline: _, roundTrip, ...request }: FlightRequest): FlightRequest {
  if (roundTrip === undefined) return request;
  const { deadline: __, ...open } = roundTrip;
  return { ...request, roundTrip: open };
}
