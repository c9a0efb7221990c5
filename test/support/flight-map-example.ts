import type { FlightMapData, MapFlight, MapPlace, MapPoint } from '../../src/report/index.ts';

/** Metres of a degree of latitude. */
const metresPerDegree = 111_320;
const origin: MapPlace = [103.82, 1.33];

/** Pads `metres` apart, row by row. */
const padPlaces: readonly MapPlace[] = Array.from({ length: 12 }, (_, index) => [
  ((index % 4) - 1.5) * 1400,
  (Math.floor(index / 4) - 1) * 1300,
]);
const toDegrees = ([x, y]: MapPlace): MapPlace => [origin[0] + x / metresPerDegree, origin[1] + y / metresPerDegree];
const padName = (index: number): string => `P${String(index + 1).padStart(2, '0')}`;

/** Up, across by way of a corner with a stop of `hover` seconds, and down: 15 m/s across, 3 m/s up and down. */
function leg(from: MapPlace, to: MapPlace, takeOff: number, height: number, hover: number): MapPoint[] {
  const corner: MapPlace = [to[0], from[1]];
  const climb = height / 3;
  const first = Math.abs(to[0] - from[0]) / 15;
  const second = Math.abs(to[1] - from[1]) / 15;
  const places = [from, from, corner, corner, to, to];
  const heights = [0, height, height, height, height, 0];
  const lengths = [0, climb, first, hover, second, climb];
  let seconds = takeOff;
  return places.map((place, index) => {
    seconds += lengths[index];
    const [x, y] = toDegrees(place);
    return [x, y, heights[index], seconds];
  });
}

function flight(index: number): MapFlight {
  const from = (index * 5) % 12;
  const to = (index * 7 + 3 + ((index * 7 + 3) % 12 === from ? 1 : 0)) % 12;
  const delaySeconds = index % 4 === 1 ? 35 : 0;
  const takeOff = 60 + index * 24 + delaySeconds;
  const hover = index % 5 === 2 ? 20 : 0;
  const points = leg(padPlaces[from], padPlaces[to], takeOff, 30 + 10 * (index % 4), hover);
  const states = ['kept', 'kept', 'kept', 're-timed', 'kept', 're-routed'] as const;
  const state = states[index % states.length];
  const name = `F${String(index + 1).padStart(2, '0')}`;
  const ground = { kind: 'ground' as const, start: takeOff - delaySeconds, end: takeOff, place: padName(from) };
  const hovering = { kind: 'hover' as const, start: points[2][3], end: points[3][3], place: `corner ${name}` };
  return {
    name,
    class: index % 3 === 0 ? 'heavy' : 'light',
    from: padName(from),
    to: padName(to),
    legs: [points],
    separationMetres: index % 3 === 0 ? 60 : 40,
    waits: [
      ...(delaySeconds > 0 ? [{ ...ground, reason: `F${index} crosses the first lane at that time` }] : []),
      ...(hover > 0 ? [{ ...hovering, reason: 'the corner is taken by a vehicle from the other side' }] : []),
    ],
    state,
    ...(state === 'kept' ? {} : { stateCause: 'zone Parade appeared' }),
    delaySeconds,
  };
}

function square([x, y]: MapPlace, half: number): MapPlace[] {
  const corners: MapPlace[] = [
    [x - half, y - half],
    [x + half, y - half],
    [x + half, y + half],
    [x - half, y + half],
  ];
  return corners.map(toDegrees);
}

function circle([x, y]: MapPlace, radius: number): MapPlace[] {
  const angles = Array.from({ length: 48 }, (_, index) => (index / 48) * 2 * Math.PI);
  return angles.map(angle => toDegrees([x + radius * Math.cos(angle), y + radius * Math.sin(angle)]));
}

/** A made-up island with a dozen pads: a small plan in which everything that the map page shows is there once. */
export const mapExample: FlightMapData = {
  format: 'skein.flight-map/1',
  name: 'Twelve pads on an island',
  epoch: '2026-08-09T17:00:00+08:00',
  start: 0,
  end: 1200,
  frame: 'geographic',
  coast: [
    circle([0, 0], 3400).map(([east, north], index): MapPlace => {
      const stretch = 1 + 0.12 * Math.sin(index * 0.9) + 0.05 * Math.cos(index * 2.3);
      return [origin[0] + (east - origin[0]) * stretch, origin[1] + (north - origin[1]) * stretch * 0.8];
    }),
  ],
  attribution: 'a made-up coast',
  zones: [
    {
      name: 'Parade',
      rings: [circle([700, -650], 450)],
      floorMetres: 0,
      ceilingMetres: 120,
      windows: [{ start: 300, end: 600 }],
      rule: 'closed',
    },
    {
      name: 'Works',
      rings: [square([-1900, 700], 350)],
      floorMetres: 0,
      ceilingMetres: 60,
      windows: [
        { start: 100, end: 250 },
        { start: 700, end: 900 },
      ],
      rule: 'closed',
    },
    {
      name: 'Aerodrome',
      rings: [circle([2300, 1100], 900)],
      floorMetres: 0,
      ceilingMetres: 300,
      windows: [{ start: 0 }],
      rule: 'permit',
    },
  ],
  pads: padPlaces.map((place, index) => ({ name: padName(index), place: toDegrees(place) })),
  flights: Array.from({ length: 30 }, (_, index) => flight(index)),
  refusals: [
    {
      request: 'R01',
      kind: 'proved',
      cause: 'closed in by a zone and two flights',
      flights: ['F08', 'F09'],
      zones: ['Parade'],
      alternative: 'take-off at 17:10:00, 4 min later',
      from: toDegrees(padPlaces[1]),
      to: toDegrees(padPlaces[2]),
      earliest: 320,
    },
    {
      request: 'R02',
      kind: 'gave-up',
      cause: 'gave up',
      flights: [],
      zones: [],
      from: toDegrees(padPlaces[0]),
      to: toDegrees(padPlaces[11]),
      earliest: 500,
    },
  ],
  density: {
    unit: 'requests per km² and hour',
    lines: [
      { name: 'first come', points: share([1, 0.99, 0.93, 0.74, 0.58, 0.45]) },
      { name: 'batch', points: share([1, 1, 0.97, 0.84, 0.68, 0.53]) },
      { name: 'bump', points: share([1, 1, 0.99, 0.91, 0.77, 0.62]) },
    ],
  },
};

function share(shares: readonly number[]): { density: number; share: number }[] {
  return shares.map((part, index) => ({ density: 10 * (index + 1), share: part }));
}

/** The same plan in metres, on no place on Earth. */
export const planeExample: FlightMapData = {
  ...mapExample,
  frame: 'plane',
  coast: [],
  pads: mapExample.pads.map(pad => ({ ...pad, place: toMetres(pad.place) })),
  zones: mapExample.zones.map(zone => ({ ...zone, rings: zone.rings.map(ring => ring.map(toMetres)) })),
  flights: mapExample.flights.map(other => ({
    ...other,
    legs: other.legs.map(points =>
      points.map(([x, y, height, seconds]): MapPoint => [...toMetres([x, y]), height, seconds]),
    ),
  })),
  refusals: mapExample.refusals.map(refusal => ({
    ...refusal,
    from: toMetres(refusal.from),
    to: toMetres(refusal.to),
  })),
};

function toMetres([east, north]: MapPlace): MapPlace {
  return [(east - origin[0]) * metresPerDegree, (north - origin[1]) * metresPerDegree];
}
