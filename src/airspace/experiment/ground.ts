import type { AirMatrixSource, AirNetwork, NetworkSource } from '../network.ts';
import { expandAirMatrix } from '../networks/airmatrix.ts';
import { generateDelivery, generateZones } from '../networks/demand.ts';
import { generateLanes } from '../networks/lanes.ts';
import { routesOverSyntheticRoads } from '../networks/over-roads.ts';
import { generatePads, padCandidates } from '../networks/pads.ts';
import type { AirspaceProblem, Frame } from '../problem.ts';
import { singaporeAirMatrix } from '../singapore/airmatrix.ts';
import { readSingapore, singaporeFrame } from '../singapore/data.ts';
import type { ExperimentParameters } from './parameters.ts';

/** What all cells of an experiment have in common: the network, and where pads may be. */
export interface ExperimentGround {
  /** Says so where it is synthetic. */
  readonly name: string;
  readonly frame: Frame;
  readonly source: NetworkSource;
  readonly network: AirNetwork;
  readonly padCandidates: readonly number[];
  /** Of the cells of an AirMatrix, or of the rectangle. */
  readonly squareKilometres: number;
}

/** What is asked of the sky in one cell, whoever plans it. */
export interface ExperimentDemand {
  /** Requests per square kilometre and hour. */
  readonly density: number;
  readonly zones: boolean;
  readonly seed: number;
}

/** The seed of synthetic networks: one network for all seeds of demand. */
const networkSeed = 1;

export function createGround(parameters: ExperimentParameters): ExperimentGround {
  const { network: kind, sideMetres, layerHeights: levels } = parameters;
  const rectangle = [[0, 0], sideMetres] as const;
  const squareKilometres = (sideMetres[0] * sideMetres[1]) / 1e6;
  const plane = { kind: 'plane' } as const;
  if (kind === 'airmatrix') {
    const { cellMetres, layerHeights } = parameters;
    return latticeGround('AirMatrix', { kind: 'airmatrix', rectangle, cellMetres, layerHeights }, plane);
  }
  if (kind === 'singapore') {
    const data = readSingapore();
    const source = singaporeAirMatrix({ ...parameters, data });
    return latticeGround('AirMatrix over the land of Singapore', source, singaporeFrame(data));
  }
  if (kind === 'lanes') {
    const count = Math.max(2, Math.round(parameters.padsPerSquareKilometre * squareKilometres));
    const lanes = generateLanes({ hubs: { seed: networkSeed, rectangle, count }, levels, padsPerHub: 1 });
    return { ...lanes, frame: plane, padCandidates: lanes.padVertices, squareKilometres };
  }
  const roads = routesOverSyntheticRoads({ seed: networkSeed, rectangle, levels });
  const lowest = Math.min(...levels);
  const low = padCandidates(roads.network).filter(vertex => roads.network.z[vertex] === lowest);
  return { ...roads, frame: plane, padCandidates: low, squareKilometres };
}

function latticeGround(name: string, source: AirMatrixSource, frame: Frame): ExperimentGround {
  const network = expandAirMatrix(source);
  const cells = network.x.length / source.layerHeights.length;
  const squareKilometres = (cells * source.cellMetres ** 2) / 1e6;
  return { name, frame, source, network, padCandidates: padCandidates(network), squareKilometres };
}

/** Requests of a density: of more requests of a seed, fewer are a part. */
export function requestCount(
  { squareKilometres }: ExperimentGround,
  { windowSeconds }: ExperimentParameters,
  density: number,
): number {
  return Math.round((density * squareKilometres * windowSeconds) / 3600);
}

/**
 * The problem of a cell: pads, requests and zones have seeds of their own, so that the same pads are asked for by more,
 * and the same zones stand in the way of all densities.
 *
 * @throws DiagnosticError SK6110 where the area has no room for so many pads, or none for such trips.
 */
export function experimentProblem(
  ground: ExperimentGround,
  parameters: ExperimentParameters,
  { density, zones, seed }: ExperimentDemand,
): AirspaceProblem {
  const { network, squareKilometres } = ground;
  const { classes, windowSeconds, zones: closed } = parameters;
  const pads = generatePads({
    seed,
    network,
    count: Math.max(2, Math.round(parameters.padsPerSquareKilometre * squareKilometres)),
    serviceSeconds: parameters.serviceSeconds,
    apartMetres: parameters.network === 'lanes' ? 0 : parameters.padsApartMetres,
    candidates: ground.padCandidates,
  });
  const { tripMetres, slackSeconds, detour, leadSeconds, toleranceSeconds } = parameters;
  const requests = generateDelivery({
    seed: seed + 0x10000000,
    network,
    pads,
    count: requestCount(ground, parameters, density),
    windowSeconds,
    classes: classes.map(vehicle => ({ class: vehicle, share: 1 })),
    tripMetres,
    slackSeconds,
    detour,
    leadSeconds,
    toleranceSeconds,
  });
  const appearing = generateZones({
    seed: seed + 0x20000000,
    network,
    count: zones ? Math.round(closed.perSquareKilometre * squareKilometres) : 0,
    windowSeconds,
    radiusMetres: closed.radiusMetres,
    durationSeconds: closed.durationSeconds,
  });
  const where = zones ? 'with zones' : 'without zones';
  return {
    format: 'skein.airspace/1',
    name: `${density} requests per km² and hour over ${ground.name}, ${where} (seed ${seed})`,
    epoch: '2026-08-09T16:00:00+08:00',
    mode: 'delivery',
    frame: ground.frame,
    source: ground.source,
    network,
    classes,
    separation: parameters.separation,
    prices: parameters.prices,
    pads,
    zones: appearing.map(({ zone }) => zone),
    flights: [],
    requests,
  };
}
