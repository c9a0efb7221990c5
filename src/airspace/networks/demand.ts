import { createRandom, diagnosticError, type Random } from '../../base/index.ts';
import { type AirNetwork, flightSeconds, vertexCount } from '../network.ts';
import type { FlightRequest, Pad, Zone } from '../problem.ts';
import type { VehicleClass } from '../vehicle.ts';

/** Numbers from the first to the second, each as likely. */
export type Range = readonly [least: number, most: number];

export interface ClassShare {
  readonly class: VehicleClass;
  /** Relative to the other classes. */
  readonly share: number;
}

export interface DeliveryOptions {
  readonly seed: number;
  readonly network: AirNetwork;
  readonly pads: readonly Pad[];
  readonly count: number;
  /** Earliest take-offs are spread evenly over `[0, windowSeconds)`. */
  readonly windowSeconds: number;
  readonly classes: readonly ClassShare[];
  /** Straight distance between the pads of a trip; default 2 to 8 km. Every pair of pads in the range is as likely. */
  readonly tripMetres?: Range;
  /** Names of the pads from which flights start; absent: all. */
  readonly depots?: readonly string[];
  /** A deadline is so much later than `detour` times the straight flight takes; absent: no deadlines. */
  readonly slackSeconds?: Range;
  /** Default 1.25: the way over 8 neighbours is at most 1.082 times the straight one. */
  readonly detour?: number;
  /** From 0 to 1, default 0. */
  readonly roundTripShare?: number;
  /** On the pad in the middle of a round trip; absent: the pad's service time. */
  readonly stopSeconds?: number;
  /** How long before `earliest` a request is submitted; absent: at `earliest`. */
  readonly leadSeconds?: Range;
  readonly toleranceSeconds?: number;
}

/**
 * Delivery requests between pads, in the order in which they are submitted, times to the millisecond. The same for the
 * same seed; fewer requests of a seed are among more of it, under the same names.
 *
 * @throws DiagnosticError SK6110 where no pads are that far apart, or a share is none.
 */
export function generateDelivery(options: DeliveryOptions): FlightRequest[] {
  const random = createRandom(options.seed);
  const requests: FlightRequest[] = [];
  for (let index = 0; index < options.count; index++) requests.push(drawRequest(options, random, `D${index + 1}`));
  const submission = ({ submitted, earliest }: FlightRequest): number => submitted ?? earliest;
  return requests.sort((a, b) => submission(a) - submission(b));
}

function drawRequest(options: DeliveryOptions, random: Random, name: string): FlightRequest {
  const { network, windowSeconds, classes, slackSeconds, roundTripShare = 0, leadSeconds, toleranceSeconds } = options;
  const [from, to] = drawTrip(options, random);
  const vehicle = drawClass(classes, random);
  const earliest = toMillisecond(random.next() * windowSeconds);
  const isRound = random.next() < roundTripShare;
  const slack = [drawIn(slackSeconds ?? [0, 0], random), drawIn(slackSeconds ?? [0, 0], random)] as const;
  const lead = drawIn(leadSeconds ?? [0, 0], random);
  const { detour = 1.25 } = options;
  const deadline = earliest + detour * flightSeconds(network, vehicle, from.vertex, to.vertex) + slack[0];
  const stop = options.stopSeconds ?? to.serviceSeconds;
  const back = deadline + stop + detour * flightSeconds(network, vehicle, to.vertex, from.vertex) + slack[1];
  const roundTrip = {
    ...(options.stopSeconds === undefined ? {} : { stopSeconds: options.stopSeconds }),
    ...(slackSeconds === undefined ? {} : { deadline: toMillisecond(back) }),
  };
  return {
    name,
    class: vehicle.name,
    from: from.name,
    to: to.name,
    earliest,
    ...(slackSeconds === undefined ? {} : { deadline: toMillisecond(deadline) }),
    ...(isRound ? { roundTrip } : {}),
    ...(leadSeconds === undefined ? {} : { submitted: toMillisecond(earliest - lead) }),
    ...(toleranceSeconds === undefined ? {} : { toleranceSeconds }),
  };
}

/** Two pads, drawn until they are as far apart as asked. */
function drawTrip(options: DeliveryOptions, random: Random): readonly [from: Pad, to: Pad] {
  const { network, pads, depots, tripMetres = [2000, 8000] } = options;
  const starts = depots === undefined ? pads : pads.filter(pad => depots.includes(pad.name));
  for (let tries = 0; tries < 100_000 && starts.length > 0; tries++) {
    const [from, to] = [random.pick(starts), random.pick(pads)];
    const metres = Math.hypot(
      (network.x[from.vertex] as number) - (network.x[to.vertex] as number),
      (network.y[from.vertex] as number) - (network.y[to.vertex] as number),
    );
    if (from !== to && metres >= tripMetres[0] && metres <= tripMetres[1]) return [from, to];
  }
  throw diagnosticError('SK6110', {
    message: `hardly any two of ${pads.length} pads are ${tripMetres[0]} to ${tripMetres[1]} m apart`,
    next: 'widen tripMetres, or ask for more pads',
  });
}

function drawClass(classes: readonly ClassShare[], random: Random): VehicleClass {
  let rest = random.next() * classes.reduce((total, { share }) => total + share, 0);
  for (const { class: vehicle, share } of classes) {
    rest -= share;
    if (rest < 0) return vehicle;
  }
  throw diagnosticError('SK6110', {
    message: `no class can be drawn of shares [${classes.map(({ share }) => share).join(', ')}]`,
    next: 'give classes with shares above 0',
  });
}

/** A zone, and when it becomes known. */
export interface AppearingZone {
  readonly appears: number;
  readonly zone: Zone;
}

export interface ZoneOptions {
  readonly seed: number;
  readonly network: AirNetwork;
  readonly count: number;
  /** Zones start within `[0, windowSeconds)`. */
  readonly windowSeconds: number;
  readonly radiusMetres?: Range;
  readonly durationSeconds?: Range;
  /** How long before its start a zone becomes known. */
  readonly noticeSeconds?: Range;
  readonly floorMetres?: number;
  readonly ceilingMetres?: number;
}

/** Closed circles around seeded vertices of the network, for a while each, in the order in which they appear. */
export function generateZones(options: ZoneOptions): AppearingZone[] {
  const { seed, network, count, windowSeconds, floorMetres = -1000, ceilingMetres = 762 } = options;
  const { radiusMetres = [500, 1000], durationSeconds = [1800, 3600], noticeSeconds = [0, 600] } = options;
  const random = createRandom(seed);
  const zones: AppearingZone[] = [];
  for (let index = 0; index < count; index++) {
    const vertex = random.integer(0, vertexCount(network));
    const radius = Math.round(drawIn(radiusMetres, random));
    const start = toMillisecond(random.next() * windowSeconds);
    const end = toMillisecond(start + drawIn(durationSeconds, random));
    const zone: Zone = {
      name: `Z${index + 1}`,
      area: { kind: 'circle', centre: [network.x[vertex] ?? 0, network.y[vertex] ?? 0], radiusMetres: radius },
      floorMetres,
      ceilingMetres,
      windows: [{ start, end }],
      rule: 'closed',
    };
    zones.push({ appears: toMillisecond(start - drawIn(noticeSeconds, random)), zone });
  }
  return zones.sort((a, b) => a.appears - b.appears);
}

function drawIn([least, most]: Range, random: Random): number {
  return least + (most - least) * random.next();
}

function toMillisecond(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
