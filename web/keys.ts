import type { FlightMapData } from '../src/report/index.ts';
import { element, tickBox } from './elements.ts';

export interface KeyActions {
  setDiscs(shown: boolean): void;
  setNames(shown: boolean): void;
}

/** What the marks on the map mean, only those that there are, and what can be switched off. */
export function createKeys(box: HTMLElement, { flights, zones }: FlightMapData, actions: KeyActions): void {
  const states = [...new Set(flights.map(({ state }) => state))];
  const marks: [string, string][] = states.map(state => [
    `state-${state}`,
    states.length === 1 && state === 'kept' ? 'vehicle' : state,
  ]);
  if (zones.some(({ rule }) => rule === 'closed')) marks.push(['zone-closed', 'closed zone']);
  if (zones.some(({ rule }) => rule === 'permit')) marks.push(['zone-permit', 'permit zone']);
  const items = marks.map(([mark, text]) => element('span', {}, element('span', { class: `mark ${mark}` }), text));
  box.append(...items, tickBox('separation', true, actions.setDiscs), tickBox('pad names', true, actions.setNames));
}
