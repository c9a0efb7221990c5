import { MapboxOverlay } from '@deck.gl/mapbox';
import { airborneCounts, type FlightMapData } from '../src/report/index.ts';
import { type BaseMap, createBaseMap } from './base-map.ts';
import type { Selection } from './details.ts';
import { byId } from './elements.ts';
import { type Emphasis, flightLayers, type Vehicle, vehiclesAt } from './flight-layers.ts';
import { boundsOf, toGeographic } from './frame.ts';
import { createKeys } from './keys.ts';
import { createPanel } from './panel.ts';
import { themeOf } from './theme.ts';
import { createTimeBar } from './time-bar.ts';

/** All that changes while a page is open. */
interface PageState {
  seconds: number;
  isPlaying: boolean;
  /** Seconds of flight a second of watching. */
  speed: number;
  selection: Selection | undefined;
  emphasis: Emphasis;
  discs: boolean;
  names: boolean;
  isDark: boolean;
  /** The next frame of playing, to call it off. */
  frame: number;
}

/** Shows the plan at `data.json`. Attributes of the map say what is shown, for tests and for whoever scripts the page. */
async function main(): Promise<void> {
  const response = await fetch('data.json');
  if (!response.ok) throw new Error(`data.json: ${response.status} ${response.statusText}`);
  const data = toGeographic((await response.json()) as FlightMapData);
  document.title = `${data.name} · Skein flights`;
  const darkness = matchMedia('(prefers-color-scheme: dark)');
  const state: PageState = {
    seconds: busiestTime(data),
    isPlaying: false,
    speed: 20,
    selection: undefined,
    emphasis: { blockers: new Set() },
    discs: true,
    names: true,
    isDark: darkness.matches,
    frame: 0,
  };
  const container = byId('map');
  const base = await createBaseMap(container, data, themeOf(state.isDark));
  const overlay = new MapboxOverlay({
    interleaved: false,
    layers: [],
    pickingRadius: 6,
    onClick: ({ object }) => {
      const vehicle = object as Vehicle | undefined;
      if (vehicle !== undefined) select({ kind: 'flight', name: vehicle.flight.name });
    },
    getTooltip: ({ object }) => (object === undefined ? null : { text: (object as Vehicle).flight.name }),
    getCursor: ({ isHovering }) => (isHovering ? 'pointer' : 'grab'),
  });
  base.map.addControl(overlay);
  const layersOf = flightLayers(data);

  const show = (): void => {
    const { seconds, emphasis, discs, names } = state;
    const vehicles = vehiclesAt(data.flights, seconds);
    overlay.setProps({ layers: layersOf(vehicles, { seconds, emphasis, discs, names, theme: themeOf(state.isDark) }) });
    const zones = base.showZones(seconds);
    bar.show(seconds, state.isPlaying);
    panel.show(seconds, vehicles.length);
    describe(container, base, seconds, vehicles, zones);
  };
  const seek = (seconds: number): void => {
    state.seconds = Math.min(Math.max(seconds, data.start), data.end);
    show();
  };
  const select = (selection: Selection | undefined): void => {
    state.selection = selection;
    state.emphasis = emphasisOf(data, selection);
    base.markZones(selection?.kind === 'zone' ? [selection.name] : (state.emphasis.refusal?.zones ?? []));
    panel.showSelection(selection);
    const { flight, refusal } = state.emphasis;
    const places = { ...data, pads: [], flights: flight ? [flight] : [], refusals: refusal ? [refusal] : [] };
    if (flight !== undefined || refusal !== undefined) base.reveal(boundsOf(places));
    container.dataset.selected = selection === undefined ? '' : `${selection.kind} ${selection.name}`;
    show();
  };
  const setPlaying = (playing: boolean): void => {
    if (playing && state.seconds >= data.end) state.seconds = data.start;
    state.isPlaying = playing;
    cancelAnimationFrame(state.frame);
    if (playing) play(state, data, show, performance.now());
    show();
  };
  const bar = createTimeBar(byId('time-bar'), data, state.speed, {
    seek,
    setPlaying,
    setSpeed: factor => {
      state.speed = factor;
    },
  });
  const panel = createPanel(byId('panel'), data, { select, seek });
  createKeys(byId('keys'), data, {
    setDiscs: shown => {
      state.discs = shown;
      show();
    },
    setNames: shown => {
      state.names = shown;
      show();
    },
  });
  darkness.addEventListener('change', () => {
    state.isDark = darkness.matches;
    base.paint(themeOf(state.isDark));
    show();
  });
  listenToKeys(
    () => setPlaying(!state.isPlaying),
    () => select(undefined),
  );
  show();
  container.dataset.ready = 'true';
}

/** Says in attributes of the map what it shows, and of the first vehicle where it is, also in pixels. */
function describe(
  container: HTMLElement,
  { map }: BaseMap,
  seconds: number,
  vehicles: readonly Vehicle[],
  zones: readonly string[],
): void {
  const first = vehicles[0]?.position;
  const pixel = first === undefined ? undefined : map.project([first[0], first[1]]);
  Object.assign(container.dataset, {
    seconds: `${seconds}`,
    flying: `${vehicles.length}`,
    zones: JSON.stringify(zones),
    first: first?.map(value => value.toFixed(6)).join(' ') ?? '',
    pixel: pixel === undefined ? '' : `${Math.round(pixel.x)} ${Math.round(pixel.y)}`,
  });
}

/** Moves on by the time since the last frame, and asks for the next one. */
function play(state: PageState, data: FlightMapData, show: () => void, before: number): void {
  state.frame = requestAnimationFrame(now => {
    // A page in the background gets no frames; it goes on where it was.
    state.seconds += (Math.min(Math.max(now - before, 0), 250) / 1000) * state.speed;
    if (state.seconds >= data.end) [state.seconds, state.isPlaying] = [data.end, false];
    show();
    if (state.isPlaying) play(state, data, show, now);
  });
}

function emphasisOf(data: FlightMapData, selection: Selection | undefined): Emphasis {
  const named = selection?.name;
  const flight = selection?.kind === 'flight' ? data.flights.find(({ name }) => name === named) : undefined;
  const refusal = selection?.kind === 'refusal' ? data.refusals.find(({ request }) => request === named) : undefined;
  return { flight, refusal, blockers: new Set(refusal?.flights) };
}

/** A page opens where there is most to see. */
function busiestTime(data: FlightMapData): number {
  const parts = 240;
  const counts = airborneCounts(data, parts);
  const part = counts.indexOf(Math.max(...counts));
  return Math.round(data.start + (part / parts) * (data.end - data.start));
}

/** Space plays and pauses wherever it does nothing else; Escape closes the details. */
function listenToKeys(togglePlay: () => void, close: () => void): void {
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') close();
    const isTaken = (event.target as Element).closest('button, input, select, summary') !== null;
    if (event.key !== ' ' || isTaken) return;
    event.preventDefault();
    togglePlay();
  });
}

/** Says on the page itself what keeps it from being shown. */
function showFailure(reason: unknown): void {
  const box = document.createElement('p');
  box.setAttribute('role', 'alert');
  box.textContent = `The map cannot be shown: ${reason instanceof Error ? reason.message : String(reason)}`;
  byId('panel').prepend(box);
  console.error(reason);
}

main().catch(showFailure);
