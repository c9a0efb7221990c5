import { describe, expect, it } from 'vitest';
import { createRandom, DiagnosticError, type Random } from '../base/index.ts';
import { createNetwork, type NetworkSource } from './network.ts';
import { formatFlightPlan, parseFlightPlan } from './plan-json.ts';
import type { AirspaceProblem, Flight, FlightMove, FlightPlan, FlightRequest, Refusal, Zone } from './problem.ts';
import { formatAirspaceProblem, parseAirspaceProblem } from './problem-json.ts';

/** What is wrong with a text, one line each: code, message and next step. */
function faultsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, message, next }) => `${code} ${message}; ${next}`);
  }
  return [];
}

const moveOf = ({ name }: Flight): FlightMove => ({
  flight: name,
  state: 're-timed',
  request: 'late',
  promised: { takeOff: 1.5, landings: [20, 40] },
});

/** A problem of a ring of vertices, with everything optional there or not. */
function randomProblem(random: Random): AirspaceProblem {
  const maybe = <Part extends object>(part: Part): Partial<Part> => (random.next() < 0.5 ? part : {});
  const count = random.integer(4, 9);
  const vertices = Array.from({ length: count }, () => [random.next() * 500, random.integer(-90, 90), 40] as const);
  const edges = vertices.map((_, index) => [index, (index + 1) % count] as const);
  const extras = { ...maybe({ noHover: [1, 2] }), ...maybe({ names: vertices.map((_, index) => `v${index}`) }) };
  const isClassic = random.next() < 0.3;
  const [from, to] = isClassic ? [0, 2] : ['pad 0', 'pad 2'];
  const request = (name: string): FlightRequest => ({
    name,
    class: 'drone',
    from,
    to,
    earliest: random.next() * 100,
    ...maybe({ deadline: 200.5 }),
    ...(isClassic ? {} : maybe({ roundTrip: { ...maybe({ stopSeconds: 30 }), ...maybe({ recharge: false }) } })),
    ...maybe({ submitted: 3 }),
    ...maybe({ toleranceSeconds: 60 }),
  });
  const leg = { vertices: [0, 1, 2], arrivals: [0, 0.1 + 0.2, 20], departures: [0, 10, 20] };
  const flight: Flight = { name: 'before', class: 'drone', from, to, legs: [leg], cost: 20 };
  const zone = (name: string, area: Zone['area']): Zone => ({
    name,
    area,
    floorMetres: 0,
    ceilingMetres: 60 + random.integer(0, 9),
    windows: [
      { start: 1, end: random.next() < 0.5 ? Number.POSITIVE_INFINITY : 99 },
      { start: 200, end: 300 },
    ],
    rule: random.pick(['closed', 'permit']),
  });
  return {
    format: 'skein.airspace/1',
    name: `ring "${count}"`,
    epoch: '2026-08-09T17:00:00+08:00',
    mode: isClassic ? 'classic' : 'delivery',
    frame: random.pick([{ kind: 'plane' }, { kind: 'tangent', longitude: 103.8, latitude: 1.35 }]),
    source: { kind: 'graph', vertices, edges, ...extras },
    network: createNetwork(vertices, edges, extras),
    classes: [
      {
        name: 'drone',
        radiusMetres: 1.5,
        halfHeightMetres: 1,
        speedMetresPerSecond: 15,
        climbMetresPerSecond: 4,
        descentMetresPerSecond: 3,
        ...maybe({ airSeconds: 1500 }),
      },
    ],
    separation: { bufferMetres: random.next(), bufferSeconds: random.integer(0, 3) },
    prices: { ground: 0.5, hover: 1 + random.next() },
    pads: isClassic ? [] : [0, 2].map(vertex => ({ name: `pad ${vertex}`, vertex, serviceSeconds: 60 })),
    zones: [
      zone('disc', { kind: 'circle', centre: [1, 2], radiusMetres: 30 }),
      zone('triangle', {
        kind: 'polygon',
        corners: [
          [0, 0],
          [10, 0],
          [0, 10],
        ],
      }),
    ],
    flights: random.next() < 0.5 ? [flight] : [],
    requests: [request('one'), request('two')],
  };
}

/** The smallest problem file, with some keys otherwise. */
function fileOf(more: object = {}): string {
  return JSON.stringify({
    format: 'skein.airspace/1',
    epoch: '2026-08-09T17:00:00+08:00',
    network: {
      kind: 'graph',
      vertices: [
        [0, 0, 50],
        [100, 0, 60],
      ],
      edges: [[0, 1]],
    },
    separation: { bufferMetres: 1, bufferSeconds: 0 },
    classes: [
      {
        name: 'drone',
        radiusMetres: 1,
        halfHeightMetres: 1,
        speedMetresPerSecond: 10,
        climbMetresPerSecond: 2,
        descentMetresPerSecond: 2,
      },
    ],
    ...more,
  });
}

const park = {
  name: 'park',
  area: { kind: 'circle', centre: [0, 0], radiusMetres: 9 },
  floorMetres: 10,
  ceilingMetres: 20,
  windows: [{ start: 0 }],
  rule: 'closed',
};

describe('a problem as JSON', () => {
  it('is read back as it was written', () => {
    for (let seed = 0; seed < 200; seed++) {
      const problem = randomProblem(createRandom(seed));
      const text = formatAirspaceProblem(problem);
      expect(parseAirspaceProblem(text), `seed ${seed}`).toEqual(problem);
      expect(formatAirspaceProblem(parseAirspaceProblem(text)), `seed ${seed}`).toBe(text);
    }
  });

  it('has one thing a line', () => {
    expect(formatAirspaceProblem(parseAirspaceProblem(fileOf({ zones: [park] }), 'a.json'))).toMatchInlineSnapshot(`
      "{
        "format": "skein.airspace/1",
        "name": "a.json",
        "epoch": "2026-08-09T17:00:00+08:00",
        "mode": "delivery",
        "frame": {"kind":"plane"},
        "network": {
          "kind": "graph",
          "vertices": [[0,0,50],[100,0,60]],
          "edges": [[0,1]]
        },
        "separation": {"bufferMetres":1,"bufferSeconds":0},
        "prices": {"ground":1,"hover":1},
        "classes": [
          {"name":"drone","radiusMetres":1,"halfHeightMetres":1,"speedMetresPerSecond":10,"climbMetresPerSecond":2,"descentMetresPerSecond":2}
        ],
        "pads": [],
        "zones": [
          {"name":"park","area":{"kind":"circle","centre":[0,0],"radiusMetres":9},"floorMetres":10,"ceilingMetres":20,"windows":[{"start":0}],"rule":"closed"}
        ],
        "flights": [],
        "requests": []
      }
      "
    `);
  });

  it('makes other networks by the function it is given, and keeps their source', () => {
    const source: NetworkSource = {
      kind: 'airmatrix',
      rings: [
        [
          [0, 0],
          [9, 0],
          [0, 9],
        ],
      ],
      rectangle: [
        [0, 0],
        [200, 100],
      ],
      cellMetres: 100,
      layerHeights: [40, 60],
    };
    for (const network of [source, { kind: 'file', path: 'roads.geojson' }] as const) {
      const given: NetworkSource[] = [];
      const expand = (wanted: NetworkSource) => {
        given.push(wanted);
        return createNetwork([[0, 0, 40]], []);
      };
      const problem = parseAirspaceProblem(fileOf({ network }), 'a.json', expand);
      expect(problem.source).toEqual(network);
      expect(given).toEqual([network]);
      expect(parseAirspaceProblem(formatAirspaceProblem(problem), 'a.json', expand)).toEqual(problem);
    }
    expect(faultsOf(() => parseAirspaceProblem(fileOf({ network: source })))).toHaveLength(1);
  });

  it('tells all that is malformed in one run, with paths and the nearest key', () => {
    const text = fileOf({
      frame: { kind: 'sphere' },
      separation: { bufferMeters: 1, bufferSeconds: '0' },
      zones: [{ ...park, area: { kind: 'polygon', corners: [[0, 0, 0]] } }],
      pads: [7],
      request: [],
    });
    expect(faultsOf(() => parseAirspaceProblem(text, 'a.json'))).toMatchInlineSnapshot(`
      [
        "SK6001 a.json: request is no key that is known; write \`requests\`",
        "SK6001 a.json: frame.kind is "sphere"; see SK6001 in docs/errors.md",
        "SK6001 a.json: separation.bufferMeters is no key that is known; write \`bufferMetres\`",
        "SK6001 a.json: separation.bufferMetres is missing; see SK6001 in docs/errors.md",
        "SK6001 a.json: separation.bufferSeconds is "0"; see SK6001 in docs/errors.md",
        "SK6001 a.json: pads[0] is 7; see SK6001 in docs/errors.md",
        "SK6001 a.json: zones[0].area.corners[0] is [0,0,0]; see SK6001 in docs/errors.md",
      ]
    `);
    expect(faultsOf(() => parseAirspaceProblem('{"format":', 'a.json'))[0]).toContain('SK6001 a.json is no JSON');
    expect(faultsOf(() => parseAirspaceProblem('[]', 'a.json'))).toEqual([
      'SK6001 a.json: the document is []; see SK6001 in docs/errors.md',
    ]);
  });

  it('checks a graph before it makes a network of it', () => {
    const network = {
      kind: 'graph',
      vertices: [
        [0, 0, 50],
        [1, 0, 50],
      ],
      edges: [[0, 2]],
      noHover: [-1],
      names: ['a'],
    };
    expect(faultsOf(() => parseAirspaceProblem(fileOf({ network }), 'a.json'))).toMatchInlineSnapshot(`
      [
        "SK6005 a.json: network.edges[0] names vertex 2; name one of the 2 vertices, counted from 0",
        "SK6005 a.json: network.noHover[0] is vertex -1; name one of the 2 vertices, counted from 0",
        "SK6001 a.json: network.names has 1 names for 2 vertices; give every vertex a name, or none",
      ]
    `);
  });
});

describe('heights of a problem file', () => {
  const read = (heights: object): readonly number[] => {
    const { network, zones, source } = parseAirspaceProblem(fileOf({ heights, zones: [park] }));
    const graph = source.kind === 'graph' ? source.vertices.map(([, , z]) => z) : [];
    expect(graph).toEqual([...network.z]);
    return [...network.z, zones[0].floorMetres, zones[0].ceilingMetres];
  };

  it('become heights above mean sea level', () => {
    expect(read({ reference: 'amsl' })).toEqual([50, 60, 10, 20]);
    expect(read({ reference: 'ellipsoid', geoidSeparationMetres: 8 })).toEqual([42, 52, 2, 12]);
    expect(read({ reference: 'ground', terrainMetres: 15 })).toEqual([65, 75, 25, 35]);
  });

  it('are refused above anything that is not known', () => {
    const faults = [
      { reference: 'ellipsoid' },
      { reference: 'ground', terrainMetres: '15' },
      { reference: 'flight level' },
      {},
    ].flatMap(heights => faultsOf(() => parseAirspaceProblem(fileOf({ heights }), 'a.json')));
    expect(faults).toMatchInlineSnapshot(`
      [
        "SK6011 a.json: heights are above the ellipsoid, and heights.geoidSeparationMetres is missing; give heights.geoidSeparationMetres",
        "SK6011 a.json: heights are above the ground, and heights.terrainMetres is "15"; give heights.terrainMetres",
        "SK6011 a.json: heights.reference is "flight level"; heights are above something else than is known; write amsl, ellipsoid with geoidSeparationMetres, or ground with terrainMetres",
        "SK6011 a.json: heights.reference is missing; heights are above something else than is known; write amsl, ellipsoid with geoidSeparationMetres, or ground with terrainMetres",
      ]
    `);
    const network = { kind: 'file', path: 'roads.geojson' };
    const text = fileOf({ network, heights: { reference: 'ground', terrainMetres: 15 } });
    expect(faultsOf(() => parseAirspaceProblem(text))[0]).toContain('SK6011');
  });
});

describe('a plan as JSON', () => {
  it('is read back as it was written', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = createRandom(seed);
      const { name, epoch, flights, requests } = randomProblem(random);
      const refusal = (request: FlightRequest): Refusal => ({
        request: request.name,
        kind: random.pick(['proved', 'gave-up']),
        cause: random.pick(['flights', 'zones', 'unreachable', 'air-time', 'deadline', 'gave-up']),
        flights: flights.map(flight => flight.name),
        zones: ['disc'],
        ...(random.next() < 0.5 ? { alternative: { ...request, earliest: request.earliest + 60 } } : {}),
      });
      const plan: FlightPlan = {
        format: 'skein.flights/1',
        problem: name,
        epoch,
        flights,
        refusals: requests.map(refusal),
        ...(seed % 2 === 0 ? {} : { moves: flights.map(moveOf) }),
      };
      expect(parseFlightPlan(formatFlightPlan(plan)), `seed ${seed}`).toEqual(plan);
    }
  });

  it('is refused where it is malformed', () => {
    const text = JSON.stringify({ format: 'skein.flights/2', problem: 'a', flights: [{ name: 1 }], refusals: [] });
    expect(faultsOf(() => parseFlightPlan(text, 'b.json'))).toMatchInlineSnapshot(`
      [
        "SK6010 b.json: format is "skein.flights/2"; see SK6010 in docs/errors.md",
        "SK6010 b.json: epoch is missing; see SK6010 in docs/errors.md",
        "SK6010 b.json: flights[0].name is 1; see SK6010 in docs/errors.md",
        "SK6010 b.json: flights[0].class is missing; see SK6010 in docs/errors.md",
        "SK6010 b.json: flights[0].from is missing; see SK6010 in docs/errors.md",
        "SK6010 b.json: flights[0].to is missing; see SK6010 in docs/errors.md",
        "SK6010 b.json: flights[0].legs is missing; see SK6010 in docs/errors.md",
        "SK6010 b.json: flights[0].cost is missing; see SK6010 in docs/errors.md",
      ]
    `);
  });
});
