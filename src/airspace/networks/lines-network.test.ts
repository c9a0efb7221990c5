import { expect, test } from 'vitest';
import type { DiagnosticError } from '../../base/index.ts';
import { type AirNetwork, edgeSources, vertexCount } from '../network.ts';
import { createProjection } from './frame.ts';
import { parseGeojsonNetwork } from './geojson-network.ts';

const frame = { kind: 'tangent', longitude: 103.8, latitude: 1.3 } as const;
const projection = createProjection(frame);
/** A feature along places in metres from the origin. */
const line = (places: readonly (readonly number[])[], properties: object = {}): object => ({
  type: 'Feature',
  properties,
  geometry: {
    type: 'LineString',
    coordinates: places.map(([x, y, ...height]) => [...projection.toEarth(x, y), ...height]),
  },
});
const collection = (...features: unknown[]): string => JSON.stringify({ type: 'FeatureCollection', features });

/** Vertices as `x,y,z`, with a dot behind those without hovering, and edges as `0>1`. */
function format(network: AirNetwork): readonly string[] {
  const sources = edgeSources(network);
  const places = Array.from({ length: vertexCount(network) }, (_, vertex) => {
    const metres = [network.x[vertex], network.y[vertex], network.z[vertex]].map(
      value => Math.round(value * 10) / 10 + 0,
    );
    return `${metres}${network.hover[vertex] === 1 ? '' : '.'}`;
  });
  return [places.join(' '), Array.from(sources, (from, edge) => `${from}>${network.edgeTargets[edge]}`).join(' ')];
}

function failures(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    return (error as DiagnosticError).diagnostics.map(({ code, message, next }) => `${code} ${message}; ${next}`);
  }
  return [];
}

test('ends and shared points are junctions, points between are not', () => {
  const text = collection(
    line([
      [0, 0],
      [100, 0],
      [200, 0],
      [300, 0],
    ]),
    line([
      [100.004, 0.004],
      [100, 50],
    ]),
  );
  expect(format(parseGeojsonNetwork(text, { frame, levels: [40] }))).toEqual([
    '0,0,40 100,0,40 200,0,40. 300,0,40 100,50,40',
    '0>1 1>0 1>2 1>4 2>1 2>3 3>2 4>1',
  ]);
});

test('oneway closes one direction', () => {
  const text = collection(
    line(
      [
        [0, 0],
        [100, 0],
      ],
      { oneway: 'yes' },
    ),
    line(
      [
        [0, 50],
        [100, 50],
      ],
      { oneway: -1 },
    ),
    line(
      [
        [0, 90],
        [100, 90],
      ],
      { oneway: 'no' },
    ),
  );
  expect(format(parseGeojsonNetwork(text, { frame, levels: [40] }))[1]).toBe('0>1 3>2 4>5 5>4');
});

test('levels repeat the lines and join them at junctions only', () => {
  const text = collection(
    line(
      [
        [0, 0],
        [100, 0],
        [200, 0],
      ],
      { oneway: true },
    ),
  );
  expect(format(parseGeojsonNetwork(text, { frame, levels: [40, 55] }))).toEqual([
    '0,0,40 100,0,40. 200,0,40 0,0,55 100,0,55. 200,0,55',
    '0>1 0>3 1>2 2>5 3>4 3>0 4>5 5>2',
  ]);
});

test('heights of coordinates are brought down to mean sea level, and tell places apart', () => {
  const text = collection(
    line([
      [0, 0, 50],
      [100, 0, 60],
      [0, 0, 70],
    ]),
  );
  expect(format(parseGeojsonNetwork(text, { frame, geoidSeparationMetres: 9.7 }))[0]).toBe(
    '0,0,40.3 100,0,50.3. 0,0,60.3',
  );
});

test('repeated points make no edge of their own, and no edge is there twice', () => {
  const text = collection(
    line([
      [0, 0],
      [0, 0.001],
      [100, 0],
    ]),
    line([
      [100, 0],
      [0, 0],
    ]),
  );
  expect(format(parseGeojsonNetwork(text, { frame, levels: [40] }))[1]).toBe('0>1 1>0');
});

test('wrong input is told with what to do', () => {
  const point = { type: 'Feature', geometry: { type: 'Point', coordinates: [103.8, 1.3] } };
  const swapped = {
    type: 'LineString',
    coordinates: [
      [1.3, 103.8],
      [1.3, 103.9],
    ],
  };
  const far = {
    type: 'LineString',
    coordinates: [
      [103.8, 1.3],
      [13.4, 52.5],
    ],
  };
  const broken = {
    type: 'MultiLineString',
    coordinates: [
      [[103.8, 1.3]],
      [
        [103.8, 'x'],
        [103.8, 1.3],
      ],
    ],
  };
  const levels = [40];
  const options = { frame, levels, file: 'a.geojson' };
  expect([
    ...failures(() => parseGeojsonNetwork('{"type":\n 1,}', options)),
    ...failures(() => parseGeojsonNetwork(collection(point), options)),
    ...failures(() => parseGeojsonNetwork(collection(swapped, far, broken, { type: 'Feature' }), options)),
    ...failures(() =>
      parseGeojsonNetwork(
        collection(
          line([
            [0, 0],
            [1, 1],
          ]),
        ),
        { frame },
      ),
    ),
    ...failures(() =>
      parseGeojsonNetwork(
        collection(
          line([
            [0, 0, 9],
            [1, 1, 9],
          ]),
        ),
        { frame },
      ),
    ),
  ]).toMatchInlineSnapshot(`
    [
      "SK6106 no JSON: Expected double-quoted property name in JSON at position 12; write the file again with the tool that made it",
      "SK6106 a.geojson: there is no LineString; give a file of lines to fly along",
      "SK6106 a.geojson: features[3] has no geometry; give a FeatureCollection of features with geometries",
      "SK6107 a.geojson: features[0].geometry.coordinates[0] is [1.3,103.8], which is nowhere on Earth; swap the two numbers: longitude comes first",
      "SK6107 a.geojson: features[0].geometry.coordinates[1] is [1.3,103.9], which is nowhere on Earth; swap the two numbers: longitude comes first",
      "SK6107 a.geojson: features[1].geometry.coordinates[1] is [13.4,52.5], which is 10875 km from the origin of the frame; correct the coordinates, or the origin of the frame",
      "SK6106 a.geojson: features[2].geometry.coordinates[0] is no list of at least 2 coordinates; repair or remove the feature",
      "SK6106 a.geojson: features[2].geometry.coordinates[1][0] is [103.8,"x"], which is no place; correct the coordinates, or the origin of the frame",
      "SK6108 network.geojson: the feature.geometry.coordinates[0] has no height, and no levels are given; give levels, or heights in all coordinates together with geoidSeparationMetres",
      "SK6108 network.geojson: the feature.geometry.coordinates[1] has no height, and no levels are given; give levels, or heights in all coordinates together with geoidSeparationMetres",
      "SK6108 network.geojson: the feature.geometry.coordinates[0] has a height above the ellipsoid, and nothing says where mean sea level is; give levels, or heights in all coordinates together with geoidSeparationMetres",
      "SK6108 network.geojson: the feature.geometry.coordinates[1] has a height above the ellipsoid, and nothing says where mean sea level is; give levels, or heights in all coordinates together with geoidSeparationMetres",
    ]
  `);
});
