import type { AirspaceProblem } from './problem.ts';
import type { SoundFlight } from './validate-flights.ts';
import { type Encounter, encounterOf } from './validate-geometry.ts';
import { boxAround, createCellGrid } from './validate-grid.ts';
import { placeAt, type Segment } from './validate-segments.ts';
import { show, type Violation } from './violation.ts';

interface Meeting {
  readonly a: Segment;
  readonly b: Segment;
  readonly encounter: Encounter;
}

/**
 * Flights that come too close to each other: of each two, the first time that they do. Segments are swept in the order in
 * which they start, over a grid whose cells hold those that are not over yet.
 */
export function checkSeparation(
  problem: AirspaceProblem,
  flights: readonly SoundFlight[],
  segments: readonly Segment[],
): Violation[] {
  const { bufferMetres, bufferSeconds } = problem.separation;
  const sorted = [...segments].sort((a, b) => a.start - b.start);
  const grid = gridOf(problem, sorted);
  const widest = largest(sorted, ({ radius }) => radius) * 2 + bufferMetres;
  const meetings = new Map<number, Meeting>();
  for (const segment of sorted) {
    const from = placeAt(segment, segment.start);
    const to = placeAt(segment, segment.end);
    // Two that are near have a cell in common at the middle between them.
    grid.visit([from[0], from[1]], [to[0], to[1]], widest / 2 + 1e-6, list => {
      let kept = 0;
      for (const other of list) {
        if (other.end + bufferSeconds < segment.start) continue;
        list[kept++] = other;
        if (other.flight !== segment.flight) meet(other, segment);
      }
      list.length = kept;
      list.push(segment);
    });
  }
  return [...meetings.values()].map(meeting => tell(problem, flights, meeting));

  function meet(a: Segment, b: Segment): void {
    const reach = a.radius + b.radius + bufferMetres;
    const height = a.halfHeight + b.halfHeight + bufferMetres;
    const encounter = encounterOf(a, b, reach, height, bufferSeconds);
    if (encounter === undefined) return;
    const key = Math.min(a.flight, b.flight) * flights.length + Math.max(a.flight, b.flight);
    const known = meetings.get(key);
    if (known !== undefined && timeOf(known.encounter) <= timeOf(encounter)) return;
    meetings.set(key, { a, b, encounter });
  }
}

const timeOf = ({ times }: Encounter): number => Math.max(...times);

/** Cells about as large as segments are long, so that a segment touches few of them, and few others in each. */
function gridOf({ network, separation }: AirspaceProblem, segments: readonly Segment[]) {
  let length = 0;
  for (const { vx, vy, start, end } of segments) length += Math.hypot(vx, vy) * (end - start);
  const reach = 2 * largest(segments, ({ radius }) => radius) + separation.bufferMetres;
  const cellMetres = Math.max(reach, length / Math.max(1, segments.length));
  return createCellGrid<Segment>(boxAround(network.x, network.y), cellMetres);
}

function largest<Item>(items: readonly Item[], measure: (item: Item) => number): number {
  let most = 0;
  for (const item of items) most = Math.max(most, measure(item));
  return most;
}

function tell(problem: AirspaceProblem, flights: readonly SoundFlight[], { a, b, encounter }: Meeting): Violation {
  const { bufferMetres } = problem.separation;
  const { times, acrossMetres, uprightMetres } = encounter;
  const names = [flights[a.flight].flight.name, flights[b.flight].flight.name];
  const place = placeAt(a, times[0])
    .map(value => show(Math.round(value * 100) / 100))
    .join(', ');
  const when =
    times[0] === times[1] ? `at ${show(times[0])} s` : `at ${show(times[0])} s and ${show(times[1])} s in turn`;
  const allowed = `${show(a.radius + b.radius + bufferMetres)} m across or ${show(a.halfHeight + b.halfHeight + bufferMetres)} m`;
  const message =
    `${names[0]} and ${names[1]} are ${show(acrossMetres)} m apart across and ${show(uprightMetres)} m in height ${when}, ` +
    `near (${place}); they must be ${allowed} in height apart`;
  return { kind: 'separation', message, flights: names, time: timeOf(encounter) };
}
