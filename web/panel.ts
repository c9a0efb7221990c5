import {
  densityChart,
  type FlightMapData,
  flightTimes,
  formatClock,
  formatDuration,
  isZoneActive,
  type MapFlight,
} from '../src/report/index.ts';
import { type Details, flightDetails, type PanelActions, refusalDetails, type Selection } from './details.ts';
import { button, drawingBox, element, setText } from './elements.ts';
import { formatWindow, ruleText, zoneDetails } from './zone-details.ts';

export interface Panel {
  show(seconds: number, flying: number): void;
  showSelection(selection: Selection | undefined): void;
}

/** A list shows this many rows at most; the rest is found by its filter. */
const mostRows = 200;

interface Row {
  readonly selection: Selection;
  /** What is read at the right end of the row. */
  readonly note: string;
  /** What the filter looks into. */
  readonly words: string;
  /** A class of the style sheet, for the mark in front. */
  readonly mark: string;
}

/** The side of the page: counts, details of what is selected, lists to select from, the density chart. */
export function createPanel(panel: HTMLElement, data: FlightMapData, actions: PanelActions): Panel {
  const flying = element('strong', { id: 'flying-count' });
  const closed = element('strong', {});
  const head = element(
    'header',
    {},
    element('h1', {}, data.name),
    element('p', { class: 'dim' }, `Times are of ${data.epoch.slice(0, 10)}${zoneText(data.epoch)}`),
    element(
      'p',
      { class: 'counts' },
      count(flying, 'in the air'),
      count(element('strong', {}, `${data.flights.length}`), 'flights'),
      count(element('strong', {}, `${data.refusals.length}`), 'refused'),
      count(closed, 'zones active'),
    ),
  );
  const place = element('div', { id: 'selection', 'aria-live': 'polite' });
  const lists = [
    rowList('flights', 'Flights', flightRows(data), true, actions),
    rowList('refusals', 'Refused requests', refusalRows(data), data.refusals.length > 0, actions),
    rowList('zones', 'Zones', zoneRows(data), false, actions),
  ];
  panel.append(head, place, ...lists);
  if (data.density !== undefined) {
    const chart = drawingBox(densityChart(data.density), 'chart');
    panel.append(
      element('details', { id: 'density', open: '' }, element('summary', {}, 'Where the sky saturates'), chart),
    );
  }
  let details: Details | undefined;
  return {
    show(seconds, flyingCount) {
      setText(flying, `${flyingCount}`);
      setText(closed, `${data.zones.filter(zone => isZoneActive(zone, seconds)).length}`);
      details?.show(seconds);
    },
    showSelection(selection) {
      details = selection === undefined ? undefined : detailsOf(data, selection, actions);
      place.replaceChildren(...(details === undefined ? [] : [details.box]));
      for (const row of panel.querySelectorAll<HTMLElement>('.row')) {
        const isChosen = row.dataset.kind === selection?.kind && row.dataset.name === selection?.name;
        if (isChosen) row.setAttribute('aria-current', 'true');
        else row.removeAttribute('aria-current');
        if (isChosen) row.scrollIntoView({ block: 'nearest' });
      }
      panel.scrollTop = 0;
    },
  };
}

function detailsOf(data: FlightMapData, { kind, name }: Selection, actions: PanelActions): Details | undefined {
  if (kind === 'flight') {
    const flight = data.flights.find(other => other.name === name);
    return flight && flightDetails(data, flight, actions);
  }
  if (kind === 'refusal') {
    const refusal = data.refusals.find(({ request }) => request === name);
    return refusal && refusalDetails(data, refusal, actions);
  }
  const zone = data.zones.find(other => other.name === name);
  return zone && zoneDetails(data, zone, actions);
}

function flightRows(data: FlightMapData): Row[] {
  const startOf = (flight: MapFlight): number => flightTimes(flight)?.start ?? Number.POSITIVE_INFINITY;
  const flights = data.flights.toSorted((a, b) => startOf(a) - startOf(b));
  return flights.map(flight => {
    const times = flightTimes(flight);
    const late = flight.delaySeconds > 0 ? ` +${formatDuration(flight.delaySeconds)}` : '';
    return {
      selection: { kind: 'flight', name: flight.name },
      note: times === undefined ? flight.state : `${formatClock(data.epoch, times.start)}${late}`,
      words: `${flight.name} ${flight.class} ${flight.from} ${flight.to} ${flight.state}`.toLowerCase(),
      mark: `state-${flight.state}`,
    };
  });
}

function refusalRows({ refusals }: FlightMapData): Row[] {
  return refusals.map(({ request, cause }) => ({
    selection: { kind: 'refusal', name: request },
    note: cause,
    words: `${request} ${cause}`.toLowerCase(),
    mark: 'refused',
  }));
}

function zoneRows({ zones, epoch }: FlightMapData): Row[] {
  return zones.map(zone => ({
    selection: { kind: 'zone', name: zone.name },
    note: zone.windows.map(window => formatWindow(epoch, window)).join(', '),
    words: `${zone.name} ${ruleText(zone)}`.toLowerCase(),
    mark: `zone-${zone.rule}`,
  }));
}

/** A list that can be folded and, where it is long, filtered. */
function rowList(id: string, title: string, rows: readonly Row[], open: boolean, actions: PanelActions): HTMLElement {
  const list = element('ul', { class: 'rows' });
  const more = element('p', { class: 'dim' });
  const fill = (wanted: string): void => {
    const found = rows.filter(({ words }) => words.includes(wanted.trim().toLowerCase()));
    list.replaceChildren(...found.slice(0, mostRows).map(row => element('li', {}, rowButton(row, actions))));
    setText(more, found.length > mostRows ? `${mostRows} of ${found.length} shown; the filter finds the others` : '');
  };
  fill('');
  const box = element('details', { id, ...(open ? { open: '' } : {}) });
  box.append(element('summary', {}, `${title} (${rows.length})`));
  if (rows.length > 8) {
    const filter = element('input', { type: 'search', placeholder: 'Filter', 'aria-label': `Filter ${title}` });
    filter.addEventListener('input', () => fill(filter.value));
    box.append(filter);
  }
  box.append(list, more);
  return box;
}

function rowButton({ selection, note, mark }: Row, actions: PanelActions): HTMLElement {
  const made = button('', () => actions.select(selection), {
    class: 'row',
    'data-kind': selection.kind,
    'data-name': selection.name,
  });
  made.append(
    element('span', { class: `mark ${mark}` }),
    element('span', { class: 'name' }, selection.name),
    element('span', { class: 'note' }, note),
  );
  return made;
}

function count(number: HTMLElement, text: string): HTMLElement {
  return element('span', {}, number, ` ${text}`);
}

function zoneText(epoch: string): string {
  const zone = /(Z|[+-]\d\d:?\d\d)$/.exec(epoch)?.[1];
  return zone === undefined ? '' : zone === 'Z' ? ', UTC' : `, UTC${zone}`;
}
