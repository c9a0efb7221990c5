import { DiagnosticError } from '../base/index.ts';
import { readFlight, readRequest } from './flight-json.ts';
import { readHeights } from './heights-json.ts';
import { type DocumentFaults, formatDocument, type JsonField, readDocument, throwFaults } from './json-fields.ts';
import { type AirNetwork, createNetwork, type ExplicitSource, type NetworkSource } from './network.ts';
import { formatNetworkSource, readNetworkSource } from './network-json.ts';
import {
  type AirspaceProblem,
  defaultPrices,
  type Frame,
  type Pad,
  type Prices,
  type Separation,
  type TimeWindow,
  type Zone,
  type ZoneArea,
} from './problem.ts';
import { checkAirspaceProblem, checkGraph } from './problem-check.ts';
import type { VehicleClass } from './vehicle.ts';

/**
 * Prints a problem as JSON, one class, pad, zone, flight or request a line. `parseAirspaceProblem` reads it back. Of
 * the network its source is printed.
 */
export function formatAirspaceProblem(problem: AirspaceProblem): string {
  const { format, name, epoch, mode, frame, source, classes, separation, prices, pads, flights, requests } = problem;
  const head = { format, name, epoch, mode, frame };
  const zones = problem.zones.map(zone => ({ ...zone, windows: zone.windows.map(plainWindow) }));
  const body = { separation, prices, classes, pads, zones, flights, requests };
  const network = formatNetworkSource(source);
  // Both are whole objects: the closing brace of one and the opening brace of the other make room for the network.
  const start = formatDocument(head, []).slice(0, -'\n}\n'.length);
  const rest = formatDocument(body, ['classes', 'pads', 'zones', 'flights', 'requests']).slice('{\n'.length);
  return `${start},\n  "network": ${network},\n${rest}`;
}

function plainWindow({ start, end }: TimeWindow): object {
  return end === Number.POSITIVE_INFINITY ? { start } : { start, end };
}

/**
 * Reads a problem from JSON and checks it. Heights are converted to those above mean sea level, where the file says
 * from what. Throws SK60.. diagnostics.
 *
 * @param expand makes the network of its source, in the plane of the frame. Default: of graphs that are written out.
 */
export function parseAirspaceProblem(
  text: string,
  file = 'airspace problem',
  expand: (source: NetworkSource, frame: Frame) => AirNetwork = expandExplicit,
): AirspaceProblem {
  const next = 'see SK6001 in docs/errors.md';
  const faults: DocumentFaults = { code: 'SK6001', file, next, found: [] };
  const field = readDocument(text, faults).record([
    'format',
    'name',
    'epoch',
    'mode',
    'frame',
    'heights',
    'network',
    'separation',
    'prices',
    'classes',
    'pads',
    'zones',
    'flights',
    'requests',
  ]);
  const listOf = <Value>(key: 'pads' | 'zones' | 'flights' | 'requests', read: (entry: JsonField) => Value): Value[] =>
    field(key).isAbsent ? [] : field(key).list().map(read);
  const raise = readHeights(field('heights'));
  const network = field('network');
  const source = readNetworkSource(network, raise);
  const name = field('name');
  const mode = field('mode');
  const frame = field('frame');
  const prices = field('prices');
  const rest = {
    format: field('format').word(['skein.airspace/1']),
    name: name.isAbsent ? file : name.text(),
    epoch: field('epoch').text(),
    mode: mode.isAbsent ? 'delivery' : mode.word(['delivery', 'classic']),
    frame: frame.isAbsent ? ({ kind: 'plane' } as const) : readFrame(frame),
    source,
    separation: readSeparation(field('separation')),
    prices: prices.isAbsent ? defaultPrices : readPrices(prices),
    classes: field('classes').list().map(readClass),
    pads: listOf('pads', readPad),
    zones: listOf('zones', entry => readZone(entry, raise)),
    flights: listOf('flights', readFlight),
    requests: listOf('requests', readRequest),
  } as const;
  throwFaults(faults.found);
  if (source.kind === 'graph') checkGraph(source, file);
  const problem: AirspaceProblem = { ...rest, network: expand(source, rest.frame) };
  checkAirspaceProblem(problem, file);
  return problem;
}

/** The network of a graph that is written out. Throws SK6001 for sources of other kinds. */
export function expandExplicit(source: NetworkSource): AirNetwork {
  if (source.kind === 'graph') return networkOfGraph(source);
  const message = `network.kind is ${source.kind}, and nothing here can make that network`;
  throw new DiagnosticError([
    { code: 'SK6001', severity: 'error', message, next: 'write the graph out, or pass `expand` for this kind' },
  ]);
}

function networkOfGraph({ vertices, edges, noHover, names }: ExplicitSource): AirNetwork {
  const options = { ...(noHover === undefined ? {} : { noHover }), ...(names === undefined ? {} : { names }) };
  return createNetwork(vertices, edges, options);
}

function readFrame(json: JsonField): Frame {
  const field = json.record(['kind', 'longitude', 'latitude']);
  if (field('kind').word(['plane', 'tangent']) === 'tangent') {
    return { kind: 'tangent', longitude: field('longitude').number(), latitude: field('latitude').number() };
  }
  return { kind: 'plane' };
}

function readSeparation(json: JsonField): Separation {
  const field = json.record(['bufferMetres', 'bufferSeconds']);
  return { bufferMetres: field('bufferMetres').number(), bufferSeconds: field('bufferSeconds').number() };
}

function readPrices(json: JsonField): Prices {
  const field = json.record(['ground', 'hover']);
  return { ground: field('ground').number(), hover: field('hover').number() };
}

function readClass(json: JsonField): VehicleClass {
  const field = json.record([
    'name',
    'radiusMetres',
    'halfHeightMetres',
    'speedMetresPerSecond',
    'climbMetresPerSecond',
    'descentMetresPerSecond',
    'airSeconds',
  ]);
  return {
    name: field('name').text(),
    radiusMetres: field('radiusMetres').number(),
    halfHeightMetres: field('halfHeightMetres').number(),
    speedMetresPerSecond: field('speedMetresPerSecond').number(),
    climbMetresPerSecond: field('climbMetresPerSecond').number(),
    descentMetresPerSecond: field('descentMetresPerSecond').number(),
    ...field('airSeconds').optional('airSeconds', value => value.number()),
  };
}

function readPad(json: JsonField): Pad {
  const field = json.record(['name', 'vertex', 'serviceSeconds']);
  return {
    name: field('name').text(),
    vertex: field('vertex').number(),
    serviceSeconds: field('serviceSeconds').number(),
  };
}

function readZone(json: JsonField, raise: (height: number) => number): Zone {
  const field = json.record(['name', 'area', 'floorMetres', 'ceilingMetres', 'windows', 'rule']);
  return {
    name: field('name').text(),
    area: readArea(field('area')),
    floorMetres: raise(field('floorMetres').number()),
    ceilingMetres: raise(field('ceilingMetres').number()),
    windows: field('windows').list().map(readWindow),
    rule: field('rule').word(['closed', 'permit']),
  };
}

function readArea(json: JsonField): ZoneArea {
  const field = json.record(['kind', 'centre', 'radiusMetres', 'corners']);
  if (field('kind').word(['circle', 'polygon']) === 'circle') {
    return { kind: 'circle', centre: field('centre').pair(), radiusMetres: field('radiusMetres').number() };
  }
  const corners = field('corners').list();
  return { kind: 'polygon', corners: corners.map(corner => corner.pair()) };
}

function readWindow(json: JsonField): TimeWindow {
  const field = json.record(['start', 'end']);
  const end = field('end');
  return { start: field('start').number(), end: end.isAbsent ? Number.POSITIVE_INFINITY : end.number() };
}
