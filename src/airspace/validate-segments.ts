import { type AirspaceProblem, landingOf } from './problem.ts';
import type { SoundFlight } from './validate-flights.ts';
import { roundingOf } from './violation.ts';

/** A vehicle that moves evenly from one place to another, or stays at one, from `start` to `end`. */
export interface Segment {
  /** Index among the flights. */
  readonly flight: number;
  readonly start: number;
  readonly end: number;
  /** Place at `start`, in metres. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Metres a second. */
  readonly vx: number;
  readonly vy: number;
  readonly vz: number;
  readonly radius: number;
  readonly halfHeight: number;
  /** What rounding may put the place off by, in metres. */
  readonly slack: number;
}

/**
 * The motions of flights; what lasts for no time is left out. In classic mode vehicles stay at their goals until all are
 * at theirs, and a while longer.
 */
export function createSegments(problem: AirspaceProblem, flights: readonly SoundFlight[]): Segment[] {
  const { network, separation, mode } = problem;
  let horizon = 0;
  for (const { flight } of flights) for (const leg of flight.legs) horizon = Math.max(horizon, landingOf(leg));
  horizon += separation.bufferSeconds + 1;
  const segments: Segment[] = [];
  flights.forEach(({ flight, vehicle }, index) => {
    const add = (from: number, to: number, start: number, end: number): void => {
      const duration = end - start;
      if (!(duration > 0)) return;
      const [x, y, z] = [network.x[from], network.y[from], network.z[from]];
      const [vx, vy, vz] = [network.x[to] - x, network.y[to] - y, network.z[to] - z].map(way => way / duration);
      const speed = Math.abs(vx) + Math.abs(vy) + Math.abs(vz);
      const size = Math.abs(x) + Math.abs(y) + Math.abs(z) + speed * (duration + Math.abs(start));
      const { radiusMetres: radius, halfHeightMetres: halfHeight } = vehicle;
      segments.push({ flight: index, start, end, x, y, z, vx, vy, vz, radius, halfHeight, slack: roundingOf(size) });
    };
    for (const { vertices, arrivals, departures } of flight.legs) {
      const last = vertices.length - 1;
      for (let stop = 0; stop <= last; stop++) {
        const isParked = mode === 'classic' && stop === last;
        add(vertices[stop], vertices[stop], arrivals[stop], isParked ? horizon : departures[stop]);
        if (stop < last) add(vertices[stop], vertices[stop + 1], departures[stop], arrivals[stop + 1]);
      }
    }
  });
  return segments;
}

/** Where a segment's vehicle is at a time. */
export function placeAt(segment: Segment, time: number): readonly [x: number, y: number, z: number] {
  const elapsed = time - segment.start;
  return [segment.x + segment.vx * elapsed, segment.y + segment.vy * elapsed, segment.z + segment.vz * elapsed];
}
