import { MapboxOverlay } from '@deck.gl/mapbox';
import { airborneCounts, type FlightMapData } from '../src/report/index.ts';
import { type BaseMap, createBaseMap } from './base-map.ts';
import type { PanelActions, Selection } from './details.ts';
import { byId } from './elements.ts';
import { type Emphasis, flightLayers, type Vehicle, vehiclesAt } from './flight-layers.ts';
import { boundsOf, toGeographic } from './frame.ts';
import { createKeys, type KeyActions } from './keys.ts';
import { createPanel } from './panel.ts';
import { themeOf } from './theme.ts';
import { createTimeBar, type TimeBarActions } from './time-bar.ts';

/** All that changes while a page is open. */
interface PageState {
  seconds: number;
  isPlaying: boolean;
  /** Seconds of flight a second of watching. */
  speed: number;
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
  const container = byId('map');
  const base = await createBaseMap(container, data, themeOf(darkness.matches));
  const state: PageState = {
    seconds: busiestTime(data),
    isPlaying: false,
    speed: 20,
    emphasis: { blockers: new Set() },
    discs: true,
    names: true,
    isDark: darkness.matches,
    frame: 0,
  };
  const overlay = createOverlay(name => actions.select({ kind: 'flight', name }));
  base.map.addControl(overlay);
  const layersOf = flightLayers(data);
  const show = (): void => {
    const vehicles = vehiclesAt(data.flights, state.seconds);
    overlay.setProps({ layers: layersOf(vehicles, { ...state, theme: themeOf(state.isDark) }) });
    const zones = base.showZones(state.seconds);
    bar.show(state.seconds, state.isPlaying);
    panel.show(state.seconds, vehicles.length);
    describe(container, base, state.seconds, vehicles, zones);
  };
  const actions = createActions(data, state, show, selection => {
    const { flight, refusal } = state.emphasis;
    base.markZones(selection?.kind === 'zone' ? [selection.name] : (refusal?.zones ?? []));
    panel.showSelection(selection);
    container.dataset.selected = selection === undefined ? '' : `${selection.kind} ${selection.name}`;
    const places = { ...data, pads: [], flights: flight ? [flight] : [], refusals: refusal ? [refusal] : [] };
    if (flight !== undefined || refusal !== undefined) base.reveal(boundsOf(places));
  });
  const bar = createTimeBar(byId('time-bar'), data, state.speed, actions);
  const panel = createPanel(byId('panel'), data, actions);
  createKeys(byId('keys'), data, actions);
  darkness.addEventListener('change', () => {
    state.isDark = darkness.matches;
    base.paint(themeOf(state.isDark));
    show();
  });
  listenToKeys(
    () => actions.setPlaying(!state.isPlaying),
    () => actions.select(undefined),
  );
  show();
  container.dataset.ready = 'true';
}

/** Where vehicles are drawn, and clicked on. */
function createOverlay(select: (flight: string) => void): MapboxOverlay {
  return new MapboxOverlay({
    interleaved: false,
    layers: [],
    pickingRadius: 6,
    onClick: ({ object }) => {
      const vehicle = object as Vehicle | undefined;
      if (vehicle !== undefined) select(vehicle.flight.name);
    },
    getTooltip: ({ object }) => (object === undefined ? null : { text: (object as Vehicle).flight.name }),
    getCursor: ({ isHovering }) => (isHovering ? 'pointer' : 'grab'),
  });
}

/** What can be done on the page: each changes the state, then shows it. */
function createActions(
  data: FlightMapData,
  state: PageState,
  show: () => void,
  showSelection: (selection: Selection | undefined) => void,
): PanelActions & TimeBarActions & KeyActions {
  return {
    seek(seconds) {
      state.seconds = Math.min(Math.max(seconds, data.start), data.end);
      show();
    },
    select(selection) {
      state.emphasis = emphasisOf(data, selection);
      showSelection(selection);
      show();
    },
    setPlaying(playing) {
      if (playing && state.seconds >= data.end) state.seconds = data.start;
      state.isPlaying = playing;
      cancelAnimationFrame(state.frame);
      if (playing) play(state, data, show, performance.now());
      show();
    },
    setSpeed(factor) {
      state.speed = factor;
    },
    setDiscs(shown) {
      state.discs = shown;
      show();
    },
    setNames(shown) {
      state.names = shown;
      show();
    },
  };
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
