import { createRandom } from '../../base/index.ts';
import { connectedNetwork, type GeneratedNetwork, type Rectangle } from './generated.ts';
import { type GeojsonOptions, parseGeojsonLines } from './geojson-network.ts';
import { type FlightLine, graphOfLines } from './lines-network.ts';

/**
 * Routes over the roads of a GeoJSON text, at the levels or heights that the options give: the largest part in which
 * each place can reach each.
 */
export function routesOverRoads(text: string, options: GeojsonOptions): GeneratedNetwork {
  return connectedNetwork(
    `over roads of ${options.file ?? 'a GeoJSON text'}`,
    graphOfLines(parseGeojsonLines(text, options), options.levels),
  );
}

export interface SyntheticRoadOptions {
  readonly seed: number;
  readonly rectangle: Rectangle;
  /** Metres above mean sea level. */
  readonly levels: readonly number[];
  /** Usual distance between crossings; default 250. */
  readonly blockMetres?: number;
  /** Share of streets that are one-way, and of blocks without a street on one side. */
  readonly oneWayShare?: number;
  readonly gapShare?: number;
}

/**
 * Routes over roads that exist nowhere: a grid of streets with crossings out of line, a bend in each block, some
 * streets one-way, and gaps.
 */
export function routesOverSyntheticRoads(options: SyntheticRoadOptions): GeneratedNetwork {
  const { seed, rectangle, levels, blockMetres = 250, oneWayShare = 0.3, gapShare = 0.1 } = options;
  const random = createRandom(seed);
  const [[west, south], [east, north]] = rectangle;
  const columns = Math.max(1, Math.round((east - west) / blockMetres));
  const rows = Math.max(1, Math.round((north - south) / blockMetres));
  const scatter = (share: number): number => Math.round((random.next() - 0.5) * share * blockMetres * 10) / 10;
  const crossings = Array.from({ length: (columns + 1) * (rows + 1) }, (_, index) => {
    const [column, row] = [index % (columns + 1), Math.floor(index / (columns + 1))];
    return [west + column * blockMetres + scatter(0.5), south + row * blockMetres + scatter(0.5), 0] as const;
  });
  const drawDirection = (): FlightLine['direction'] => {
    if (random.next() >= oneWayShare) return 'both';
    return random.next() < 0.5 ? 'forward' : 'backward';
  };
  const lines: FlightLine[] = [];
  const addStreet = (first: number, step: number, blocks: number): void => {
    const direction = drawDirection();
    for (let block = 0; block < blocks; block++) {
      const from = crossings[first + block * step];
      const to = crossings[first + (block + 1) * step];
      const bend = [scatter(0.1), scatter(0.1)] as const;
      if (random.next() < gapShare || from === undefined || to === undefined) continue;
      const middle = [(from[0] + to[0]) / 2 + bend[0], (from[1] + to[1]) / 2 + bend[1], 0] as const;
      lines.push({ points: [from, middle, to], direction });
    }
  };
  for (let row = 0; row <= rows; row++) addStreet(row * (columns + 1), 1, columns);
  for (let column = 0; column <= columns; column++) addStreet(column, columns + 1, rows);
  return connectedNetwork(`over synthetic roads (seed ${seed})`, graphOfLines(lines, levels));
}
