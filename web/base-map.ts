import {
  type ExpressionSpecification,
  Map as MapLibreMap,
  NavigationControl,
  ScaleControl,
  type StyleSpecification,
  setWorkerUrl,
} from 'maplibre-gl';
import { type FlightMapData, isZoneActive, type MapRing } from '../src/report/index.ts';
import { type Bounds, boundsOf, gridLines } from './frame.ts';
import type { Theme } from './theme.ts';

/** What lies below the vehicles: coast or grid, pads, and zones, which come and go. `data` is in degrees. */
export interface BaseMap {
  readonly map: MapLibreMap;
  /** Shows the zones that are active at a time and returns their names. */
  showZones(seconds: number): string[];
  /** Gives these zones, and no others, a thicker border. */
  markZones(names: readonly string[]): void;
  /** Moves to where all of the bounds is in sight, unless it is. */
  reveal(bounds: Bounds): void;
  paint(theme: Theme): void;
}

/** Pixels around what is looked at, with room for what lies over the map. */
const room = { top: 90, left: 100, right: 70, bottom: 170 };

/** Resolves when the map can be drawn on. Nothing is loaded but its worker, from beside the page. */
export async function createBaseMap(container: HTMLElement, data: FlightMapData, theme: Theme): Promise<BaseMap> {
  setWorkerUrl(new URL('maplibre-gl-worker.mjs', document.baseURI).href);
  const [west, south, east, north] = boundsOf(data);
  const map = new MapLibreMap({
    container,
    style: styleOf(data, theme),
    bounds: [west, south, east, north],
    fitBoundsOptions: { padding: room, maxZoom: 16 },
    attributionControl: data.attribution === undefined ? false : { customAttribution: data.attribution, compact: true },
    maxPitch: 60,
    renderWorldCopies: false,
  });
  map.addControl(new NavigationControl({ visualizePitch: true }), 'top-left');
  map.addControl(new ScaleControl({ unit: 'metric' }), 'top-left');
  map.once('style.load', () => map.addImage('permit-hatch', hatch(theme.permit)));
  await map.once('load');
  let active: readonly boolean[] = data.zones.map(() => false);
  const setState = (id: number, state: Readonly<Record<string, boolean>>): void => {
    map.setFeatureState({ source: 'zones', id }, state);
  };
  return {
    map,
    showZones(seconds) {
      const now = data.zones.map(zone => isZoneActive(zone, seconds));
      for (const [id, shown] of now.entries()) if (shown !== active[id]) setState(id, { active: shown });
      active = now;
      return data.zones.filter((_, id) => now[id]).map(({ name }) => name);
    },
    markZones(names) {
      for (const [id, { name }] of data.zones.entries()) setState(id, { marked: names.includes(name) });
    },
    reveal([w, s, e, n]) {
      const seen = map.getBounds();
      if (!seen.contains([w, s]) || !seen.contains([e, n])) map.fitBounds([w, s, e, n], { padding: room, maxZoom: 16 });
    },
    paint(next) {
      map.updateImage('permit-hatch', hatch(next.permit));
      for (const layer of styleOf(data, next).layers) {
        for (const [name, value] of Object.entries(layer.paint ?? {})) {
          if (!name.endsWith('-pattern')) map.setPaintProperty(layer.id, name as 'fill-color', value);
        }
      }
    },
  };
}

const isActive: ['boolean', ['feature-state', string], false] = ['boolean', ['feature-state', 'active'], false];
const isMarked: ['boolean', ['feature-state', string], false] = ['boolean', ['feature-state', 'marked'], false];

function styleOf(data: FlightMapData, theme: Theme): StyleSpecification {
  const closed: ExpressionSpecification = ['==', ['get', 'rule'], 'closed'];
  const permit: ExpressionSpecification = ['==', ['get', 'rule'], 'permit'];
  const borderWidth: ExpressionSpecification = ['case', isMarked, 4, 1.5];
  const borderOpacity: ExpressionSpecification = ['case', isActive, 0.9, isMarked, 0.6, 0];
  return {
    version: 8,
    sources: {
      land: { type: 'geojson', data: polygons(data.coast.map(ring => ({ rings: [ring], properties: {} }))) },
      grid: { type: 'geojson', data: grid(data) },
      zones: {
        type: 'geojson',
        data: polygons(data.zones.map(({ rings, rule }) => ({ rings, properties: { rule } }))),
      },
      pads: { type: 'geojson', data: pads(data) },
    },
    layers: [
      { id: 'water', type: 'background', paint: { 'background-color': theme.water } },
      { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': theme.land } },
      { id: 'coast', type: 'line', source: 'land', paint: { 'line-color': theme.coast, 'line-width': 1 } },
      { id: 'grid', type: 'line', source: 'grid', paint: { 'line-color': theme.grid, 'line-width': 1 } },
      {
        id: 'closed',
        type: 'fill',
        source: 'zones',
        filter: closed,
        paint: { 'fill-color': theme.closed, 'fill-opacity': ['case', isActive, 0.22, 0] },
      },
      {
        id: 'permit',
        type: 'fill',
        source: 'zones',
        filter: permit,
        paint: { 'fill-pattern': 'permit-hatch', 'fill-opacity': ['case', isActive, 0.5, 0] },
      },
      {
        id: 'closed-border',
        type: 'line',
        source: 'zones',
        filter: closed,
        paint: { 'line-color': theme.closed, 'line-width': borderWidth, 'line-opacity': borderOpacity },
      },
      {
        id: 'permit-border',
        type: 'line',
        source: 'zones',
        filter: permit,
        paint: {
          'line-color': theme.permit,
          'line-width': borderWidth,
          'line-opacity': borderOpacity,
          'line-dasharray': [3, 2],
        },
      },
      {
        id: 'pads',
        type: 'circle',
        source: 'pads',
        paint: {
          'circle-color': theme.land,
          'circle-radius': 4,
          'circle-stroke-color': theme.pad,
          'circle-stroke-width': 1.5,
        },
      },
    ],
  };
}

interface Area {
  readonly rings: readonly MapRing[];
  readonly properties: Readonly<Record<string, string>>;
}

/** Features are numbered, since states are kept by number. */
function polygons(areas: readonly Area[]): GeoJSON.FeatureCollection {
  const features = areas.map(
    ({ rings, properties }, id): GeoJSON.Feature => ({
      type: 'Feature',
      id,
      properties: { ...properties },
      geometry: { type: 'Polygon', coordinates: rings.map(closeRing) },
    }),
  );
  return { type: 'FeatureCollection', features };
}

function closeRing(ring: MapRing): [number, number][] {
  const corners = ring.map(([east, north]): [number, number] => [east, north]);
  const [first, last] = [corners[0], corners[corners.length - 1]];
  return first[0] === last[0] && first[1] === last[1] ? corners : [...corners, first];
}

function pads(data: FlightMapData): GeoJSON.FeatureCollection {
  const features = data.pads.map(
    ({ name, place }): GeoJSON.Feature => ({
      type: 'Feature',
      properties: { name },
      geometry: { type: 'Point', coordinates: [...place] },
    }),
  );
  return { type: 'FeatureCollection', features };
}

function grid(data: FlightMapData): GeoJSON.Feature {
  const lines = data.frame === 'plane' ? gridLines(boundsOf(data)) : [];
  const coordinates = lines.map(ends => ends.map(place => [...place]));
  return { type: 'Feature', properties: {}, geometry: { type: 'MultiLineString', coordinates } };
}

/** Slanting lines that repeat every 8 pixels. */
function hatch(colour: string): { width: number; height: number; data: Uint8Array } {
  const size = 8;
  const data = new Uint8Array(size * size * 4);
  const channels = [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16));
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      if ((row + column) % size === 0) data.set([...channels, 255], (row * size + column) * 4);
    }
  }
  return { width: size, height: size, data };
}
