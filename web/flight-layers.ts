import type { Layer } from '@deck.gl/core';
import { TripsLayer } from '@deck.gl/geo-layers';
import { LineLayer, PathLayer, ScatterplotLayer, TextLayer } from '@deck.gl/layers';
import {
  type FlightMapData,
  type MapFlight,
  type MapPad,
  type MapPoint,
  type MapRefusal,
  positionAt,
  type VehiclePosition,
} from '../src/report/index.ts';
import type { Colour, Theme } from './theme.ts';

/** Seconds that a trail reaches back. */
const trailSeconds = 90;

/** As many trails are drawn together. */
const groupSize = 250;

/** More names than this run into each other. */
const mostPadNames = 60;

/** One leg of a flight, as a trail is drawn of it. */
interface Trail {
  readonly flight: MapFlight;
  readonly path: readonly VehiclePosition[];
  /** Seconds from the start of the map: on the way to the screen, numbers lose all but seven digits. */
  readonly seconds: Float32Array;
}

/** Trails that are drawn together, with the time from the first take-off to the last landing. */
interface TrailGroup {
  readonly trails: readonly Trail[];
  readonly start: number;
  readonly end: number;
}

export interface Vehicle {
  readonly flight: MapFlight;
  readonly position: VehiclePosition;
}

/** What is picked out: a flight, or a refused request with the flights in its way. */
export interface Emphasis {
  readonly flight?: MapFlight | undefined;
  readonly refusal?: MapRefusal | undefined;
  readonly blockers: ReadonlySet<string>;
}

export interface LayerChoice {
  readonly seconds: number;
  readonly emphasis: Emphasis;
  readonly discs: boolean;
  readonly names: boolean;
  readonly theme: Theme;
}

/** Everybody in the air. */
export function vehiclesAt(flights: readonly MapFlight[], seconds: number): Vehicle[] {
  return flights.flatMap(flight => {
    const position = positionAt(flight, seconds);
    return position === undefined ? [] : [{ flight, position }];
  });
}

/** Makes the layers of a moment, the lowest first. What does not change with time is computed once. */
export function flightLayers(data: FlightMapData): (vehicles: readonly Vehicle[], choice: LayerChoice) => Layer[] {
  const trails = data.flights.flatMap(flight => flight.legs.map(leg => trailOf(flight, leg, data.start)));
  const groups = groupTrails(trails);
  return (vehicles, choice) => [
    ...emphasisLayers(choice),
    ...groups.map((group, index) => trailLayer(group, index, choice.seconds - data.start, choice)),
    ...vehicleLayers(vehicles, choice),
    ...(choice.names && data.pads.length <= mostPadNames ? [padNames(data.pads, choice.theme)] : []),
  ];
}

function trailOf(flight: MapFlight, leg: readonly MapPoint[], start: number): Trail {
  return {
    flight,
    path: leg.map(([east, north, height]) => [east, north, height]),
    seconds: Float32Array.from(leg, point => point[3] - start),
  };
}

/** Trails in groups by when they begin, so that those of a few hours ago are not drawn over and over for nothing. */
function groupTrails(trails: readonly Trail[]): TrailGroup[] {
  const sorted = trails.toSorted((a, b) => a.seconds[0] - b.seconds[0]);
  const groups: TrailGroup[] = [];
  for (let from = 0; from < sorted.length; from += groupSize) {
    const members = sorted.slice(from, from + groupSize);
    const ends = members.map(({ seconds }) => seconds[seconds.length - 1]);
    groups.push({ trails: members, start: members[0].seconds[0], end: Math.max(...ends) });
  }
  return groups;
}

function trailLayer({ trails, start, end }: TrailGroup, index: number, now: number, choice: LayerChoice): Layer {
  return new TripsLayer<Trail>({
    id: `trails-${index}`,
    data: trails,
    visible: now >= start && now < end + trailSeconds,
    getPath: trail => trail.path as [number, number, number][],
    getTimestamps: trail => trail.seconds,
    getColor: trail => colourOf(trail.flight, choice),
    widthUnits: 'pixels',
    getWidth: 3,
    capRounded: true,
    jointRounded: true,
    trailLength: trailSeconds,
    currentTime: now,
    updateTriggers: { getColor: [choice.theme, choice.emphasis.blockers] },
  });
}

function vehicleLayers(vehicles: readonly Vehicle[], choice: LayerChoice): Layer[] {
  const { theme, emphasis } = choice;
  const discs = new ScatterplotLayer<Vehicle>({
    id: 'discs',
    data: vehicles,
    visible: choice.discs,
    getPosition: ({ position }) => [...position],
    radiusUnits: 'meters',
    getRadius: ({ flight }) => flight.separationMetres,
    stroked: true,
    lineWidthUnits: 'pixels',
    getLineWidth: 1,
    getFillColor: ({ flight }) => [...colourOf(flight, choice), 40],
    getLineColor: ({ flight }) => [...colourOf(flight, choice), 170],
  });
  const dots = new ScatterplotLayer<Vehicle>({
    id: 'vehicles',
    data: vehicles,
    pickable: true,
    getPosition: ({ position }) => [...position],
    radiusUnits: 'pixels',
    getRadius: ({ flight }) => (isPickedOut(flight, emphasis) ? 7 : 4.5),
    stroked: true,
    lineWidthUnits: 'pixels',
    getLineWidth: ({ flight }) => (isPickedOut(flight, emphasis) ? 2.5 : 1.2),
    getFillColor: ({ flight }) => colourOf(flight, choice),
    getLineColor: ({ flight }) => (isPickedOut(flight, emphasis) ? theme.ink : theme.halo),
  });
  return [discs, dots];
}

/** The whole route of what is picked out; of a refused request, the line from its start to its goal. */
function emphasisLayers({ emphasis: { flight, refusal }, theme }: LayerChoice): Layer[] {
  const layers: Layer[] = [];
  if (flight !== undefined) {
    layers.push(
      new PathLayer<readonly MapPoint[]>({
        id: 'route',
        data: flight.legs,
        getPath: leg => leg.map(([east, north, height]): [number, number, number] => [east, north, height]),
        getColor: [...theme.ink, 150],
        widthUnits: 'pixels',
        getWidth: 2,
      }),
    );
  }
  if (refusal !== undefined) {
    const ends = [refusal.from, refusal.to];
    layers.push(
      new LineLayer<MapRefusal>({
        id: 'refused-line',
        data: [refusal],
        getSourcePosition: ({ from }) => [...from],
        getTargetPosition: ({ to }) => [...to],
        getColor: theme.refused,
        widthUnits: 'pixels',
        getWidth: 3,
      }),
      new ScatterplotLayer<(typeof ends)[number]>({
        id: 'refused-ends',
        data: ends,
        getPosition: place => [...place],
        radiusUnits: 'pixels',
        getRadius: 8,
        stroked: true,
        filled: false,
        lineWidthUnits: 'pixels',
        getLineWidth: 3,
        getLineColor: theme.refused,
      }),
    );
  }
  return layers;
}

/** Drawn with a font of the machine: there are no fonts to fetch. */
function padNames(pads: readonly MapPad[], theme: Theme): Layer {
  return new TextLayer<MapPad>({
    id: 'pad-names',
    data: pads,
    characterSet: 'auto',
    getText: ({ name }) => name,
    getPosition: ({ place }) => [...place],
    getPixelOffset: [0, -16],
    getSize: 12,
    fontFamily: 'system-ui, sans-serif',
    fontSettings: { sdf: true, fontSize: 64, buffer: 12, radius: 16 },
    getColor: theme.ink,
    outlineWidth: 3,
    outlineColor: [...theme.halo, 255],
    updateTriggers: { getColor: [theme] },
  });
}

function isPickedOut(flight: MapFlight, { flight: chosen, blockers }: Emphasis): boolean {
  return flight === chosen || blockers.has(flight.name);
}

function colourOf(flight: MapFlight, { emphasis, theme }: LayerChoice): Colour {
  return emphasis.blockers.has(flight.name) ? theme.refused : theme.states[flight.state];
}
