import type {
  AirspaceProblem,
  Blockers,
  FlightRequest,
  FlightWait,
  Place,
  Refusal,
  RefusalCause,
} from '../airspace/index.ts';
import { formatClock, formatDuration } from '../report/index.ts';

/** Names that are told in one sentence; of the others their number. */
const mostNames = 4;

/** A count with its noun: `1 flight`, `2 flights`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Names in a row: `A`, `A and B`, `A, B and 7 others`. */
export function listOf(names: readonly string[]): string {
  const rest = names.length - mostNames;
  const told = rest > 1 ? [...names.slice(0, mostNames), `${rest} others`] : names;
  const last = told.at(-1) ?? '';
  return told.length < 2 ? last : `${told.slice(0, -1).join(', ')} and ${last}`;
}

export function requestsByName({ requests }: AirspaceProblem): ReadonlyMap<string, FlightRequest> {
  return new Map(requests.map(request => [request.name, request]));
}

/** The name of a pad, or in classic mode of a vertex. */
export function placeName(problem: AirspaceProblem, place: Place): string {
  return typeof place === 'string' ? place : vertexName(problem, place);
}

/** The name of the pad at a vertex, else its own, else its number. */
export function vertexName({ network, pads }: AirspaceProblem, vertex: number): string {
  return pads.find(pad => pad.vertex === vertex)?.name ?? network.names?.[vertex] ?? `vertex ${vertex}`;
}

/** A time as ISO 8601 in the zone of the epoch, to the millisecond where there are any. */
export function isoTime(epoch: string, seconds: number): string {
  const zone = /(Z|[+-]\d\d:\d\d)$/.exec(epoch)?.[1] ?? 'Z';
  const [hours, minutes] = zone === 'Z' ? [0, 0] : [Number(zone.slice(0, 3)), Number(zone[0] + zone.slice(4))];
  const here = Date.parse(epoch) + Math.round(seconds * 1000) + (hours * 60 + minutes) * 60_000;
  return `${new Date(here).toISOString().replace(/(\.000)?Z$/, '')}${zone}`;
}

/** `flights A and B and zone C`. */
function whoOf({ flights, zones }: Blockers): string {
  const parts = [
    ...(flights.length === 0 ? [] : [`flight${flights.length === 1 ? '' : 's'} ${listOf(flights)}`]),
    ...(zones.length === 0 ? [] : [`zone${zones.length === 1 ? '' : 's'} ${listOf(zones)}`]),
  ];
  return parts.join(' and ');
}

function areOf({ flights, zones }: Blockers): string {
  return flights.length + zones.length === 1 ? 'is' : 'are';
}

/** Who a flight waits for, as a sentence. */
export function waitReason(wait: FlightWait, { prices }: AirspaceProblem): string {
  const { blockers, last } = wait;
  if (blockers.flights.length + blockers.zones.length === 0) {
    return wait.kind === 'ground' && prices.ground === 0
      ? 'waiting on the ground costs nothing'
      : 'nobody is in the way any more';
  }
  const inTheWay = `${whoOf(blockers)} ${areOf(blockers)} in the way`;
  const lastOf = whoOf(last);
  return lastOf === '' || lastOf === whoOf(blockers) ? inTheWay : `${inTheWay}, last of all ${lastOf}`;
}

/** What every cause is called in tables. */
export const causeNames: Readonly<Record<RefusalCause, string>> = {
  flights: 'other flights',
  zones: 'zones',
  unreachable: 'no way there',
  'air-time': 'air time',
  deadline: 'own deadline',
  'gave-up': 'given up',
};

/** Why a request is refused, as a sentence without its name. */
export function refusalReason(problem: AirspaceProblem, refusal: Refusal): string {
  const request = problem.requests.find(({ name }) => name === refusal.request);
  const inTheWay = `${whoOf(refusal)} ${areOf(refusal)} in the way`;
  const isAnybody = refusal.flights.length + refusal.zones.length > 0;
  switch (refusal.cause) {
    case 'flights':
      return isAnybody ? inTheWay : 'other flights are in the way';
    case 'zones':
      return isAnybody ? inTheWay : 'zones are in the way';
    case 'unreachable': {
      if (request === undefined) return 'the network does not lead there';
      const back = request.roundTrip === undefined ? '' : ' and back';
      const [from, to] = [request.from, request.to].map(place => placeName(problem, place));
      return `the network does not lead from ${from} to ${to}${back}`;
    }
    case 'air-time': {
      const limit = problem.classes.find(({ name }) => name === request?.class)?.airSeconds;
      const most = limit === undefined ? '' : `, ${formatDuration(limit)}`;
      return `even alone in the sky it would be in the air for longer than its class can${most}`;
    }
    case 'deadline':
      return 'even alone in the sky it would land after its deadline';
    case 'gave-up':
      return `the search was given up at its limit of work${isAnybody ? `; ${inTheWay} of the shortest way` : ''}`;
    default:
      return refusal.cause satisfies never;
  }
}

/** How the nearest request that is served differs from the one that is refused; nothing where none is known. */
export function alternativeWords(
  problem: AirspaceProblem,
  { request: name, alternative }: Refusal,
): string | undefined {
  const request = problem.requests.find(other => other.name === name);
  if (alternative === undefined || request === undefined) return undefined;
  const { epoch } = problem;
  const changes: string[] = [];
  const compareTime = (what: string, asked: number | undefined, offered: number | undefined): void => {
    if (offered === undefined || offered === asked) return;
    const shift = asked === undefined ? 0 : offered - asked;
    const by = shift === 0 ? '' : `, ${formatDuration(Math.abs(shift))} ${shift > 0 ? 'later' : 'earlier'}`;
    changes.push(`${what} ${formatClock(epoch, offered)}${by}`);
  };
  compareTime('takes off from', request.earliest, alternative.earliest);
  compareTime('may land until', request.deadline, alternative.deadline);
  compareTime('may be back until', request.roundTrip?.deadline, alternative.roundTrip?.deadline);
  changes.push(...otherChanges(problem, request, alternative));
  return changes.length === 0 ? undefined : `served if it ${listOf(changes)}`;
}

function otherChanges(problem: AirspaceProblem, request: FlightRequest, alternative: FlightRequest): string[] {
  const { from, to, toleranceSeconds = 0 } = alternative;
  return [
    ...(alternative.class === request.class ? [] : [`flies as ${alternative.class}`]),
    ...(from === request.from ? [] : [`starts from ${placeName(problem, from)}`]),
    ...(to === request.to ? [] : [`flies to ${placeName(problem, to)}`]),
    ...(toleranceSeconds === (request.toleranceSeconds ?? 0) ? [] : [`tolerates ${formatDuration(toleranceSeconds)}`]),
  ];
}
