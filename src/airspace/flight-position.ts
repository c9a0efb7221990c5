import type { AirspaceProblem, Flight } from './problem.ts';

/** Where a vehicle is at a time, in metres; undefined while it is off the network. */
export function flightAt(
  { network, mode }: AirspaceProblem,
  flight: Flight,
  time: number,
): readonly [x: number, y: number, z: number] | undefined {
  for (const { vertices, arrivals, departures } of flight.legs) {
    const place = (index: number): readonly [number, number, number] => {
      const vertex = vertices[index] as number;
      return [network.x[vertex] as number, network.y[vertex] as number, network.z[vertex] as number];
    };
    const last = vertices.length - 1;
    if (time < (arrivals[0] as number)) continue;
    if (time > (departures[last] as number)) {
      if (mode === 'classic') return place(last);
      continue;
    }
    // The last vertex that it has arrived at.
    let index = last;
    while ((arrivals[index] as number) > time) index--;
    const departure = departures[index] as number;
    if (time <= departure || index === last) return place(index);
    const share = (time - departure) / ((arrivals[index + 1] as number) - departure);
    const [from, to] = [place(index), place(index + 1)];
    return [
      from[0] + (to[0] - from[0]) * share,
      from[1] + (to[1] - from[1]) * share,
      from[2] + (to[2] - from[2]) * share,
    ];
  }
  return undefined;
}
