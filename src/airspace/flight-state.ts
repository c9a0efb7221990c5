import type { Flight, FlightLeg, FlightState } from './problem.ts';

/** What became of a flight: how it is flown now beside how it was. */
export function stateOf(before: Flight, after: Flight | undefined): FlightState {
  if (after === undefined) return 'cancelled';
  if (after.diverted !== before.diverted || after.legs.length !== before.legs.length) return 'diverted';
  const same = (pick: (leg: FlightLeg) => readonly number[]): boolean =>
    before.legs.every((leg, index) => {
      const [one, other] = [pick(leg), pick(after.legs[index] as FlightLeg)];
      return one.length === other.length && one.every((value, stop) => value === other[stop]);
    });
  if (!same(({ vertices }) => vertices)) return 're-routed';
  return same(({ arrivals }) => arrivals) && same(({ departures }) => departures) ? 'kept' : 're-timed';
}
