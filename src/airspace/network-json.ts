import type { JsonField } from './json-fields.ts';
import type { NetworkSource } from './network.ts';

/** Prints where a network comes from, one field a line, indented as a field of a problem. */
export function formatNetworkSource(source: NetworkSource): string {
  const lines = Object.entries(source).map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${lines.join(',\n')}\n  }`;
}

/** Reads where a network comes from, with its heights raised to those above mean sea level. */
export function readNetworkSource(json: JsonField, raise: (height: number) => number): NetworkSource {
  const { value } = json;
  const kind = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : 'graph';
  if (kind === 'airmatrix') {
    const field = json.record(['kind', 'rings', 'rectangle', 'cellMetres', 'layerHeights']);
    const corners = field('rectangle').list();
    if (corners.length !== 2) field('rectangle').reject('[[west, south], [east, north]]');
    const [southWest, northEast] = corners.map(corner => corner.pair());
    return {
      kind,
      ...field('rings').optional('rings', rings => rings.list().map(ring => ring.list().map(corner => corner.pair()))),
      rectangle: [southWest, northEast],
      cellMetres: field('cellMetres').number(),
      layerHeights: field('layerHeights').numbers().map(raise),
    };
  }
  if (kind === 'file') {
    const field = json.record(['kind', 'path', 'levels', 'geoidSeparationMetres']);
    if (raise(0) !== 0) {
      const message = `${json.path} is a file, whose heights are not converted by \`heights\``;
      json.report(message, 'leave `heights` out and give all heights above mean sea level', undefined, 'SK6011');
    }
    return {
      kind,
      path: field('path').text(),
      ...field('levels').optional('levels', levels => levels.numbers()),
      ...field('geoidSeparationMetres').optional('geoidSeparationMetres', metres => metres.number()),
    };
  }
  const field = json.record(['kind', 'vertices', 'edges', 'noHover', 'names']);
  field('kind').word(['graph', 'airmatrix', 'file']);
  return {
    kind: 'graph',
    vertices: field('vertices')
      .list()
      .map(vertex => vertex.triple())
      .map(([x, y, z]) => [x, y, raise(z)] as const),
    edges: field('edges')
      .list()
      .map(edge => edge.pair()),
    ...field('noHover').optional('noHover', vertices => vertices.numbers()),
    ...field('names').optional('names', names => names.texts()),
  };
}
