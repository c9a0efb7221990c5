import type { RouteLabels } from './route-labels-kernel.ts';
import type { RouteLegTimes } from './route-query.ts';

/** Shorter waits are what rounding leaves of none. */
const roundingSeconds = 1e-10;

/** The legs that end in a finished label: take-offs as late as can be, then as early as can be everywhere. */
export function readLegs(labels: RouteLabels, hover: Uint8Array, done: number): RouteLegTimes[] {
  const legs: RouteLegTimes[] = [];
  let end = done;
  while (end >= 0) {
    const landing = labels.low(end);
    const chain: number[] = [];
    const leg = labels.leg(labels.parent(end));
    let label = labels.parent(end);
    // A leg's chain ends where the label before it marks the stop of another leg, or nothing is before it.
    while (label >= 0 && labels.leg(label) === leg) {
      chain.push(label);
      label = labels.parent(label);
    }
    chain.reverse();
    legs.unshift(readLeg(labels, hover, chain, landing));
    end = label;
  }
  return legs;
}

function readLeg(labels: RouteLabels, hover: Uint8Array, chain: readonly number[], landing: number): RouteLegTimes {
  const final = chain[chain.length - 1] as number;
  const takeOff = Math.min(labels.latest(final), landing - labels.moving(final));
  const vertices = chain.map(label => labels.vertex(label));
  const arrivals = chain.map(label => Math.max(labels.low(label), takeOff + labels.moving(label)));
  const departures = arrivals.slice();
  const last = chain.length - 1;
  departures[last] = landing;
  const hovers = hover[vertices[last] as number] === 1 && landing - (arrivals[last] as number) >= roundingSeconds;
  if (!hovers) arrivals[last] = landing;
  for (let index = chain.length - 2; index >= 0; index--) {
    const here = chain[index] as number;
    const next = chain[index + 1] as number;
    const seconds = labels.moving(next) - labels.moving(here);
    const departure = (arrivals[index + 1] as number) - seconds;
    departures[index] =
      Math.abs(departure - (arrivals[index] as number)) < roundingSeconds ? (arrivals[index] as number) : departure;
    if (hover[vertices[index] as number] === 0) arrivals[index] = departures[index] as number;
  }
  return { vertices, arrivals, departures };
}
