import {
  activityAt,
  altitudeProfile,
  type FlightMapData,
  flightTimes,
  formatClock,
  formatDuration,
  type MapFlight,
  type MapRefusal,
  profilePlot,
  profileSpan,
} from '../src/report/index.ts';
import { button, drawingBox, element, setText } from './elements.ts';

export type Selection = { readonly kind: 'flight' | 'refusal' | 'zone'; readonly name: string };

/** What the panel asks of the page. */
export interface PanelActions {
  select(selection: Selection | undefined): void;
  seek(seconds: number): void;
}

/** Details of one thing, and how they follow the time. */
export interface Details {
  readonly box: HTMLElement;
  show(seconds: number): void;
}

/** A flight: its times, each of its waits with the reason, its height over time. */
export function flightDetails(data: FlightMapData, flight: MapFlight, actions: PanelActions): Details {
  const times = flightTimes(flight);
  const activity = element('p', { class: 'activity', id: 'activity' });
  const clock = (seconds: number): HTMLElement =>
    button(formatClock(data.epoch, seconds), () => actions.seek(seconds), {
      class: 'moment',
      title: 'Go to this time',
    });
  const facts: [string, ...(HTMLElement | string)[]][] = [['route', `${flight.from} → ${flight.to}`]];
  if (times !== undefined) facts.push(['takes off', clock(times.start)], ['lands', clock(times.end)]);
  if (flight.legs.length > 1) facts.push(['legs', `${flight.legs.length}`]);
  facts.push(['class', flight.class], ['delay', formatDuration(flight.delaySeconds)]);
  facts.push(['state', flight.stateCause === undefined ? flight.state : `${flight.state}: ${flight.stateCause}`]);
  const waits = flight.waits.map(wait =>
    element(
      'li',
      {},
      clock(wait.start),
      ` ${wait.kind === 'ground' ? 'ground' : 'hover'}, ${formatDuration(wait.end - wait.start)} at ${wait.place}`,
      element('div', { class: 'reason' }, wait.reason),
    ),
  );
  const profile = drawingBox(altitudeProfile(data, flight), 'profile');
  const box = element('div', {}, activity, factList(facts), profile);
  if (waits.length > 0) box.append(element('h3', {}, 'Waits'), element('ul', { class: 'waits' }, ...waits));
  const moveLine = presentLine(profile, flight);
  return {
    box: titled(`Flight ${flight.name}`, box, actions),
    show(seconds) {
      setText(activity, activityAt(flight, seconds));
      moveLine(seconds);
    },
  };
}

/** A refused request: why, what stands in the way, what would be served instead. */
export function refusalDetails(data: FlightMapData, refusal: MapRefusal, actions: PanelActions): Details {
  const flights = refusal.flights.map(name => linkTo({ kind: 'flight', name }, actions));
  const zones = refusal.zones.map(name => linkTo({ kind: 'zone', name }, actions));
  const kind = refusal.kind === 'proved' ? 'proved: no route exists' : 'gave up at the limit of work';
  const asked = button(formatClock(data.epoch, refusal.earliest), () => actions.seek(refusal.earliest), {
    class: 'moment',
    title: 'Go to this time',
  });
  const facts: [string, ...(HTMLElement | string)[]][] = [
    ['asked for', asked],
    ['refusal', kind],
  ];
  if (flights.length > 0) facts.push(['flights in the way', ...flights]);
  if (zones.length > 0) facts.push(['zones in the way', ...zones]);
  const alternative = refusal.alternative ?? 'none is known';
  facts.push(['alternative', element('span', { id: 'alternative' }, alternative)]);
  const cause = element('p', { class: 'activity', id: 'cause' }, refusal.cause);
  const box = element('div', {}, cause, factList(facts));
  return { box: titled(`Refused: ${refusal.request}`, box, actions), show: () => {} };
}

function linkTo(selection: Selection, actions: PanelActions): HTMLElement {
  return button(selection.name, () => actions.select(selection), { class: `link ${selection.kind}` });
}

function titled(title: string, box: HTMLElement, actions: PanelActions): HTMLElement {
  const close = button('×', () => actions.select(undefined), { class: 'close', 'aria-label': 'Close the details' });
  return element('section', { id: 'details', 'aria-label': title }, close, element('h2', {}, title), box);
}

export function factList(facts: readonly (readonly [string, ...(HTMLElement | string)[]])[]): HTMLElement {
  const rows = facts.flatMap(([name, ...values]) => [element('dt', {}, name), element('dd', {}, ...values)]);
  return element('dl', { class: 'facts' }, ...rows);
}

/** Adds a line at the present to a profile; what comes back moves it. */
function presentLine(profile: HTMLElement, flight: MapFlight): (seconds: number) => void {
  const drawing = profile.querySelector('svg');
  const span = profileSpan(flight);
  if (drawing === null || span === undefined) return () => {};
  const present = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  present.setAttribute('class', 'present');
  present.setAttribute('y1', `${profilePlot.top}`);
  present.setAttribute('y2', `${profilePlot.top + profilePlot.height}`);
  drawing.append(present);
  return seconds => {
    const part = (seconds - span.start) / (span.end - span.start);
    const x = `${profilePlot.left + part * profilePlot.width}`;
    present.setAttribute('visibility', part >= 0 && part <= 1 ? 'visible' : 'hidden');
    present.setAttribute('x1', x);
    present.setAttribute('x2', x);
  };
}
