import { airspace } from 'skein';

/*
 * An evening of deliveries over the city on National Day 2025: the area around the Padang is closed until 21:00, and
 * more of the island until 19:30. Prints the scenario in singapore.json. Pads are roughly where their names say; the
 * areas are circles in place of the real borders.
 */
const epoch = '2025-08-09T20:30:00+08:00';
const data = airspace.readSingapore();
const frame = airspace.singaporeFrame(data);
const source = {
  kind: 'airmatrix',
  rectangle: [
    [-5000, -11_000],
    [8600, -3000],
  ],
  cellMetres: 200,
  layerHeights: [30, 45, airspace.singaporeCeilingMetres],
} as const;
const network = airspace.expandAirMatrix(source);

const places: readonly (readonly [name: string, longitude: number, latitude: number])[] = [
  ['Holland Village', 103.796, 1.311],
  ['Queenstown', 103.806, 1.294],
  ['Bukit Merah', 103.82, 1.283],
  ['Outram', 103.8355, 1.2795],
  ['Padang', 103.8526, 1.29],
  ['Farrer Park', 103.854, 1.312],
  ['Novena', 103.844, 1.3204],
  ['Toa Payoh', 103.848, 1.3343],
  ['Kallang', 103.871, 1.311],
  ['Geylang', 103.887, 1.318],
  ['Marine Parade', 103.905, 1.302],
];
const projection = airspace.createProjection(frame);
const pads = places.map(([name, longitude, latitude]) => {
  const [x, y] = projection.toPlane(longitude, latitude);
  return { name, vertex: nearestLowVertex(x, y), serviceSeconds: 30 };
});

/** Of the vertices of the lowest layer the one nearest to a place. */
function nearestLowVertex(x: number, y: number): number {
  const metres = Array.from(network.z, (z, vertex) =>
    z === source.layerHeights[0]
      ? Math.hypot((network.x[vertex] ?? 0) - x, (network.y[vertex] ?? 0) - y)
      : Number.POSITIVE_INFINITY,
  );
  return metres.indexOf(Math.min(...metres));
}

const requests = airspace.generateDelivery({
  seed: 9,
  network,
  pads,
  count: 36,
  windowSeconds: 2400,
  classes: airspace.deliveryClasses.map(vehicle => ({ class: vehicle, share: 1 })),
  tripMetres: [1500, 12_000],
  slackSeconds: [300, 1200],
  roundTripShare: 0.3,
  leadSeconds: [600, 1800],
  toleranceSeconds: 120,
});

const problem: airspace.AirspaceProblem = {
  format: 'skein.airspace/1',
  name: 'Singapore on National Day, 9 August 2025, from 20:30',
  epoch,
  mode: 'delivery',
  frame,
  source,
  network,
  classes: airspace.deliveryClasses,
  separation: { bufferMetres: 0, bufferSeconds: 2 },
  prices: airspace.defaultPrices,
  pads,
  zones: [...airspace.nationalDayZones({ epoch }), ...airspace.aerodromeZones()],
  flights: [],
  requests: [
    // The parade is over at 21:00: this one is too early for it.
    { name: 'flowers', class: 'light', from: 'Queenstown', to: 'Padang', earliest: 300, deadline: 1500 },
    ...requests,
  ],
};
airspace.checkAirspaceProblem(problem);
console.log(airspace.formatAirspaceProblem(problem).trimEnd());
