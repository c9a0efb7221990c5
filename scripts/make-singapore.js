// Makes src/airspace/singapore/singapore.json of the coast of 2014 and the runways, which lie in ../shared/geo or where
// SKEIN_DATA says: islands of at least 0.05 km2, lakes left out, simplified until the file takes 50 kB at most.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(process.env.SKEIN_DATA ?? join(root, '..', 'shared'), 'geo');
const read = name => JSON.parse(readFileSync(join(folder, name), 'utf8'));

const leastSquareMetres = 5e4;
const mostBytes = 47_500;
const metresPerDegree = 111_195;
const squeeze = Math.cos((1.35 * Math.PI) / 180);
const inMetres = ([longitude, latitude]) => [longitude * metresPerDegree * squeeze, latitude * metresPerDegree];

const islands = read('country-2014.geojson')
  .features.flatMap(({ geometry }) => geometry.coordinates.map(([outer]) => outer.slice(0, -1)))
  .filter(ring => squareMetres(ring) >= leastSquareMetres)
  .sort((a, b) => squareMetres(b) - squareMetres(a));

let toleranceMetres = 4;
let coast;
do {
  toleranceMetres++;
  coast = islands.map(ring => simplify(ring, toleranceMetres));
} while (JSON.stringify(coast.map(ring => ring.flat())).length > mostBytes);

const document = {
  format: 'skein.singapore/1',
  attribution: [
    'Coast: contains information from Master Plan 2014 Planning Area Boundary, Urban Redevelopment Authority (URA), ' +
      'from data.gov.sg, made available under the terms of the Singapore Open Data Licence version 1.0 ' +
      '(https://data.gov.sg/open-data-licence); simplified, small islands and lakes left out.',
    'Aerodromes: OurAirports (https://ourairports.com/data/), public domain.',
    'Not for navigation.',
  ],
  origin: { longitude: 103 + 50 / 60, latitude: 1 + 22 / 60 },
  toleranceMetres,
  coast: coast.map(ring => ring.flat()),
  aerodromes: aerodromesOf(read('runways.geojson')),
};
const lines = Object.entries(document).map(([key, value]) => {
  const list = key === 'coast' || key === 'aerodromes' || key === 'attribution';
  const text = list ? `[\n${value.map(item => `  ${JSON.stringify(item)}`).join(',\n')}\n ]` : JSON.stringify(value);
  return ` ${JSON.stringify(key)}: ${text}`;
});
const target = join(root, 'src/airspace/singapore/singapore.json');
writeFileSync(target, `{\n${lines.join(',\n')}\n}\n`);
const corners = coast.reduce((sum, ring) => sum + ring.length, 0);
console.log(`${target}: ${coast.length} islands, ${corners} corners, within ${toleranceMetres} m of the source`);

function aerodromesOf({ features }) {
  const byCode = new Map();
  for (const { properties, geometry } of features) {
    const { icao, name, use, runway, closed } = properties;
    if (!byCode.has(icao)) byCode.set(icao, { icao, name, use, runways: [] });
    byCode.get(icao).runways.push({ name: runway, closed, ends: geometry.coordinates.map(round) });
  }
  return [...byCode.values()];
}

function round(place) {
  return place.map(degrees => Math.round(degrees * 1e5) / 1e5);
}

function squareMetres(ring) {
  let twice = 0;
  for (const [index, place] of ring.entries()) {
    const [ax, ay] = inMetres(ring.at(index - 1));
    const [bx, by] = inMetres(place);
    twice += ax * by - bx * ay;
  }
  return Math.abs(twice) / 2;
}

/**
 * The ring by Douglas and Peucker (1973), cut at its first corner and the one farthest from it; where that makes edges
 * cross, both get corners back until none do.
 */
function simplify(ring, tolerance) {
  const places = ring.map(inMetres);
  const distances = places.map(place => Math.hypot(place[0] - places[0][0], place[1] - places[0][1]));
  const far = distances.indexOf(Math.max(...distances));
  const kept = new Set([0, far]);
  const spans = [
    [0, far],
    [far, ring.length],
  ];
  while (spans.length > 0) {
    const [from, to] = spans.pop();
    const [distance, at] = farthest(places, from, to);
    if (distance <= tolerance) continue;
    kept.add(at);
    spans.push([from, at], [at, to]);
  }
  const dropped = new Set();
  for (;;) {
    const corners = [...kept].sort((a, b) => a - b);
    const simple = corners.map(corner => round(ring[corner]));
    const before = kept.size;
    for (const edge of crossingEdges(simple)) {
      const [, at] = farthest(places, corners[edge], corners[edge + 1] ?? ring.length);
      if (at >= 0 && !dropped.has(at)) kept.add(at);
    }
    if (kept.size > before) continue;
    // What still crosses does so in the source, by a hair: one corner goes.
    const [edge] = crossingEdges(simple);
    if (edge === undefined) return simple;
    const corner = corners[(edge + 1) % corners.length];
    kept.delete(corner);
    dropped.add(corner);
  }
}

/** How far the farthest corner between two is from the line between them, and which it is. */
function farthest(places, from, to) {
  let [worst, worstAt] = [-1, -1];
  for (let at = from + 1; at < to; at++) {
    const distance = distanceToSegment(places[at], places[from], places[to % places.length]);
    if (distance > worst) [worst, worstAt] = [distance, at];
  }
  return [worst, worstAt];
}

function distanceToSegment([x, y], [ax, ay], [bx, by]) {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const share = length === 0 ? 0 : ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length;
  const clipped = Math.max(0, Math.min(1, share));
  return Math.hypot(x - ax - clipped * (bx - ax), y - ay - clipped * (by - ay));
}

/** The edges of a ring that meet another one, other than at a common end. */
function crossingEdges(ring) {
  const side = (a, b, c) => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
  const found = new Set();
  for (let first = 0; first < ring.length; first++) {
    for (let second = first + 2; second < ring.length; second++) {
      const [a, b, c, d] = [ring[first], ring[first + 1], ring[second], ring[(second + 1) % ring.length]];
      if (d === a || Math.max(a[0], b[0]) < Math.min(c[0], d[0]) || Math.max(c[0], d[0]) < Math.min(a[0], b[0]))
        continue;
      if (side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0) found.add(first).add(second);
    }
  }
  return found;
}
