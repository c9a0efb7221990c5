import { type FlightMapData, formatClock, isZoneActive, type MapWindow, type MapZone } from '../src/report/index.ts';
import { type Details, factList, type PanelActions } from './details.ts';
import { button, element, setText } from './elements.ts';

/** A zone: what it forbids, between which heights, when. */
export function zoneDetails(data: FlightMapData, zone: MapZone, actions: PanelActions): Details {
  const activity = element('p', { class: 'activity' });
  const windows = zone.windows.map(window => {
    const press = (): void => actions.seek(Math.max(window.start, data.start));
    return element('div', {}, button(formatWindow(data.epoch, window), press, { class: 'moment' }));
  });
  const facts = factList([
    ['rule', ruleText(zone)],
    ['heights', `${zone.floorMetres} to ${zone.ceilingMetres} m`],
    ['active', ...windows],
  ]);
  const close = button('×', () => actions.select(undefined), { class: 'close', 'aria-label': 'Close the details' });
  const title = element('h2', {}, `Zone ${zone.name}`);
  return {
    box: element('section', { id: 'details', 'aria-label': `Zone ${zone.name}` }, close, title, activity, facts),
    show: seconds => setText(activity, isZoneActive(zone, seconds) ? 'active now' : 'not active now'),
  };
}

export function ruleText({ rule }: MapZone): string {
  return rule === 'closed' ? 'closed to flight' : 'permit required';
}

export function formatWindow(epoch: string, { start, end }: MapWindow): string {
  return `${formatClock(epoch, start)} – ${end === undefined ? 'open end' : formatClock(epoch, end)}`;
}
