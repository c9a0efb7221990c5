import { createRandom, diagnosticError, type Random } from '../../base/index.ts';
import { type AirNetwork, type Point, vertexCount } from '../network.ts';
import type { Pad } from '../problem.ts';
import { largestComponent } from './component.ts';
import { indexPoints } from './point-index.ts';

/** A place that demand comes from, and how much of it. */
export interface Site {
  readonly point: Point;
  /** At least 0; sites of weight 0 are never chosen. */
  readonly weight: number;
}

export interface PadOptions {
  readonly seed: number;
  readonly network: AirNetwork;
  readonly count: number;
  readonly serviceSeconds?: number;
  /** Least distance between pads; default 0: a vertex has one pad at most. */
  readonly apartMetres?: number;
  /** Pads are at the vertices nearest to sites, chosen by weight. Absent: each candidate is as likely. */
  readonly sites?: readonly Site[];
  /** Vertices that may have a pad; default `padCandidates`. */
  readonly candidates?: readonly number[];
}

/**
 * Pads at seeded vertices, all of them reachable from each other unless candidates are given. The first pads are the
 * same however many there are.
 *
 * @throws DiagnosticError SK6110 where there is no room for so many.
 */
export function generatePads(options: PadOptions): Pad[] {
  const { seed, network, count, serviceSeconds = 30, apartMetres = 0, sites } = options;
  const { candidates = padCandidates(network) } = options;
  const random = createRandom(seed);
  const places = candidates.map((vertex): Point => [network.x[vertex] as number, network.y[vertex] as number]);
  const draw = sites === undefined ? () => random.integer(0, candidates.length) : drawSite(sites, places, random);
  const taken = new Set<number>();
  const chosen: Point[] = [];
  const pads: Pad[] = [];
  for (let tries = 0; pads.length < count && candidates.length > 0 && tries < 200 * (count + 10); tries++) {
    const index = draw();
    const vertex = candidates[index];
    const place = places[index];
    if (vertex === undefined || place === undefined || taken.has(vertex)) continue;
    if (apartMetres > 0 && chosen.some(([x, y]) => Math.hypot(x - place[0], y - place[1]) < apartMetres)) continue;
    taken.add(vertex);
    chosen.push(place);
    pads.push({ name: `P${pads.length + 1}`, vertex, serviceSeconds });
  }
  if (pads.length < count) {
    throw diagnosticError('SK6110', {
      message: `room for ${pads.length} of ${count} pads, at ${candidates.length} vertices and ${apartMetres} m apart`,
      next: 'ask for fewer pads, less far apart, or a larger network',
    });
  }
  return pads;
}

/**
 * The vertices where pads make sense: of the largest part in which all can reach each other, those where a vehicle may
 * hover; of a lattice, those of the lowest layer.
 */
export function padCandidates(network: AirNetwork): number[] {
  const part = largestComponent(network);
  const { lattice } = network;
  const layer = lattice === undefined ? Number.POSITIVE_INFINITY : lattice.columns * lattice.rows;
  const found: number[] = [];
  for (let vertex = 0; vertex < vertexCount(network); vertex++) {
    const low = lattice === undefined || (lattice.cellOf[vertex] as number) < layer;
    if (low && part[vertex] === 1 && network.hover[vertex] === 1) found.push(vertex);
  }
  return found;
}

/** Draws the index of the place nearest to a site; -1 where there is none. */
function drawSite(sites: readonly Site[], places: readonly Point[], random: Random): () => number {
  const index = indexPoints(places);
  const upTo = new Float64Array(sites.length);
  let total = 0;
  for (let site = 0; site < sites.length; site++) {
    total += sites[site]?.weight ?? 0;
    upTo[site] = total;
  }
  return () => {
    const share = random.next() * total;
    let [low, high] = [0, sites.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] as number) > share) high = middle;
      else low = middle + 1;
    }
    const point = sites[low]?.point;
    return point === undefined || total === 0 ? -1 : index.nearest(...point);
  };
}
