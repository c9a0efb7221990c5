import type { Point } from './network.ts';
import type { AirspaceProblem, TimeWindow, Zone } from './problem.ts';
import type { SoundFlight } from './validate-flights.ts';
import { type Span, spanInCircle } from './validate-geometry.ts';
import { type Box, boxAround, createCellGrid } from './validate-grid.ts';
import { placeAt, type Segment } from './validate-segments.ts';
import { depthTolerance, roundingOf, show, type Violation } from './violation.ts';

/** Flights that are inside a closed zone: of each flight and zone, the first time that it is. */
export function checkZones(
  problem: AirspaceProblem,
  flights: readonly SoundFlight[],
  segments: readonly Segment[],
): Violation[] {
  const closed = problem.zones.filter(({ rule }) => rule === 'closed');
  if (closed.length === 0) return [];
  const boxes = closed.map(boxOfZone);
  const whole = boxAround(
    boxes.flatMap(({ left, right }) => [left, right]),
    boxes.flatMap(({ bottom, top }) => [bottom, top]),
  );
  // A segment of any length touches at most a few hundred cells.
  const grid = createCellGrid<number>(whole, Math.max(whole.right - whole.left, whole.top - whole.bottom, 1) / 64);
  boxes.forEach(({ left, right, bottom, top }, zone) => {
    for (let cell = bottom, step = whole.top - whole.bottom; ; cell = Math.min(top, cell + step / 128)) {
      grid.visit([left, cell], [right, cell], 0, list => {
        if (list[list.length - 1] !== zone) list.push(zone);
      });
      if (cell >= top) break;
    }
  });
  const entries = new Map<number, Violation>();
  const exits = new Map<number, number>();
  /** Until when a flight may be inside of a zone that appeared where it was. */
  const allowedUntil = (flight: number, zone: number): number => {
    const { standing } = flights[flight];
    const { name } = closed[zone];
    if (standing?.oldZones.has(name)) return Number.POSITIVE_INFINITY;
    if (standing === undefined || !standing.zones.has(name)) return Number.NEGATIVE_INFINITY;
    const key = flight * closed.length + zone;
    const known = exits.get(key);
    if (known !== undefined) return known;
    const own = segments.filter(segment => segment.flight === flight);
    const exit = exitAfter(own, closed[zone], standing.settledAt);
    exits.set(key, exit);
    return exit;
  };
  const seen = new Int32Array(closed.length).fill(-1);
  segments.forEach((segment, index) => {
    const clipped = clipToBox(segment, whole);
    if (clipped === undefined) return;
    const [from, to] = clipped.map(time => placeAt(segment, time));
    grid.visit([from[0], from[1]], [to[0], to[1]], 1e-6, list => {
      for (const zone of list) {
        if (seen[zone] === index) continue;
        seen[zone] = index;
        const key = segment.flight * closed.length + zone;
        const found = entryOf(
          problem,
          flights[segment.flight],
          segment,
          closed[zone],
          allowedUntil(segment.flight, zone),
        );
        const known = entries.get(key);
        if (found !== undefined && (known?.time === undefined || Number(found.time) < known.time)) {
          entries.set(key, found);
        }
      }
    });
  });
  return [...entries.values()];
}

function boxOfZone({ area }: Zone): Box {
  if (area.kind === 'polygon') {
    return boxAround(
      area.corners.map(([x]) => x),
      area.corners.map(([, y]) => y),
    );
  }
  const [[x, y], radius] = [area.centre, area.radiusMetres];
  return { left: x - radius, right: x + radius, bottom: y - radius, top: y + radius };
}

/** When a segment is over a box; undefined: never. */
function clipToBox({ x, y, vx, vy, start, end }: Segment, box: Box): readonly [number, number] | undefined {
  let [low, high] = [0, end - start];
  for (const [at, pace, least, most] of [
    [x, vx, box.left, box.right],
    [y, vy, box.bottom, box.top],
  ]) {
    if (pace === 0) {
      if (at < least || at > most) return undefined;
      continue;
    }
    const [one, other] = [(least - at) / pace, (most - at) / pace];
    low = Math.max(low, Math.min(one, other));
    high = Math.min(high, Math.max(one, other));
  }
  return low <= high ? [start + low, start + high] : undefined;
}

/** The first time that a segment is inside a zone while that is closed. */
function entryOf(
  { separation }: AirspaceProblem,
  { flight }: SoundFlight,
  segment: Segment,
  zone: Zone,
  allowedUntil: number,
): Violation | undefined {
  if (allowedUntil >= segment.end) return undefined;
  for (const window of [...zone.windows].sort((a, b) => a.start - b.start)) {
    const start = Math.max(window.start, allowedUntil + separation.bufferSeconds);
    const span = spanInside(segment, zone, { start, end: window.end }, separation.bufferSeconds);
    if (span === undefined) continue;
    const [time, end] = span;
    const place = placeAt(segment, time)
      .map(value => show(Math.round(value * 100) / 100))
      .join(', ');
    const buffer = separation.bufferSeconds > 0 ? `, with ${show(separation.bufferSeconds)} s around` : '';
    const message =
      `${flight.name} is inside ${zone.name} from ${show(time)} to ${show(end)} s, from (${place}) on; ` +
      `it is closed from ${show(window.start)} to ${show(window.end)} s${buffer}`;
    return { kind: 'zone', message, flights: [flight.name], time };
  }
  return undefined;
}

/** When a flight that is inside of a zone at a time has left it, windows aside; that time where it is outside. */
function exitAfter(segments: readonly Segment[], zone: Zone, time: number): number {
  // Spans end by a tolerance before the border.
  const tolerance = 1e-6;
  let exit = time;
  for (const segment of [...segments].sort((a, b) => a.start - b.start)) {
    if (segment.end <= exit) continue;
    if (segment.start > exit + tolerance) break;
    const span = spanInside(segment, zone, { start: exit, end: Number.POSITIVE_INFINITY }, 0);
    if (span === undefined || span[0] > exit + tolerance) break;
    exit = span[1];
    if (exit < segment.end - tolerance) break;
  }
  return exit + tolerance;
}

/** The first part of a segment that is inside a zone during a window, for longer and deeper than the tolerance. */
function spanInside(segment: Segment, zone: Zone, window: TimeWindow, buffer: number): Span | undefined {
  const depth = depthTolerance + segment.slack;
  const least = depthTolerance + roundingOf(segment.end);
  let low = Math.max(segment.start, window.start - buffer);
  let high = Math.min(segment.end, window.end + buffer);
  const [floor, ceiling] = [zone.floorMetres + depth, zone.ceilingMetres - depth];
  if (segment.vz === 0) {
    if (segment.z <= floor || segment.z >= ceiling) return undefined;
  } else {
    const times = [floor, ceiling].map(height => segment.start + (height - segment.z) / segment.vz);
    low = Math.max(low, Math.min(...times));
    high = Math.min(high, Math.max(...times));
  }
  if (floor >= ceiling || !(high - low > least)) return undefined;
  const spans = zone.area.kind === 'circle' ? spansInCircle(segment, zone.area, low, high, depth) : undefined;
  const inside = spans ?? spansInPolygon(segment, cornersOf(zone), low, high, depth);
  return inside.find(([start, end]) => end - start > least);
}

const cornersOf = ({ area }: Zone): readonly Point[] => (area.kind === 'polygon' ? area.corners : []);

function spansInCircle(
  segment: Segment,
  { centre, radiusMetres }: { readonly centre: Point; readonly radiusMetres: number },
  low: number,
  high: number,
  depth: number,
): Span[] {
  const [x, y] = placeAt(segment, low);
  const [start, end] = spanInCircle(x - centre[0], y - centre[1], segment.vx, segment.vy, radiusMetres - depth);
  return start < end ? [[low + Math.max(0, start), Math.min(high, low + end)]] : [];
}

/** Between two crossings of the border a segment is inside all the time, or never. */
function spansInPolygon(segment: Segment, corners: readonly Point[], low: number, high: number, depth: number): Span[] {
  const [x, y] = placeAt(segment, low);
  const cuts = [low, high];
  forEachSide(corners, ([ax, ay], [bx, by]) => {
    const cross = segment.vx * (by - ay) - segment.vy * (bx - ax);
    const time = low + ((ax - x) * (by - ay) - (ay - y) * (bx - ax)) / cross;
    if (time > low && time < high) cuts.push(time);
  });
  cuts.sort((a, b) => a - b);
  const spans: [number, number][] = [];
  for (let index = 0; index + 1 < cuts.length; index++) {
    const [start, end] = [cuts[index], cuts[index + 1]];
    // Where the way runs along the border for a while, some of its places are less deep than others.
    const isDeep = [0.5, 0.23, 0.81, 0.02, 0.97].some(share => {
      const [px, py] = placeAt(segment, start + (end - start) * share);
      return isDeepInside(corners, px, py, depth);
    });
    if (!isDeep) continue;
    const before = spans[spans.length - 1];
    if (before !== undefined && before[1] === start) before[1] = end;
    else spans.push([start, end]);
  }
  return spans;
}

/** Inside by the even-odd rule, and farther than `depth` from every side. */
function isDeepInside(corners: readonly Point[], x: number, y: number, depth: number): boolean {
  let [isInside, nearest] = [false, Number.POSITIVE_INFINITY];
  forEachSide(corners, ([ax, ay], [bx, by]) => {
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) isInside = !isInside;
    const [sideX, sideY] = [bx - ax, by - ay];
    const square = sideX * sideX + sideY * sideY;
    const share = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * sideX + (y - ay) * sideY) / square));
    nearest = Math.min(nearest, Math.hypot(x - ax - sideX * share, y - ay - sideY * share));
  });
  return isInside && nearest > depth;
}

function forEachSide(corners: readonly Point[], visit: (start: Point, end: Point) => void): void {
  corners.forEach((corner, index) => {
    visit(corner, corners[(index + 1) % corners.length]);
  });
}
