import { airborneCounts, escapeText, type FlightMapData, formatClock, round } from '../src/report/index.ts';
import { button, drawingBox, element, setText } from './elements.ts';

export interface TimeBar {
  show(seconds: number, playing: boolean): void;
}

export interface TimeBarActions {
  seek(seconds: number): void;
  setPlaying(playing: boolean): void;
  setSpeed(factor: number): void;
}

const speeds = [1, 5, 20, 60, 300];

/** Columns of the picture of how many are in the air. */
const columns = 240;

/** Play and pause, speed, the slider, and above it how many vehicles are in the air over time. */
export function createTimeBar(bar: HTMLElement, data: FlightMapData, speed: number, actions: TimeBarActions): TimeBar {
  let isPlaying = false;
  const play = button('Play', () => actions.setPlaying(!isPlaying), { id: 'play' });
  const slider = element('input', {
    type: 'range',
    id: 'slider',
    'aria-label': 'Time',
    min: `${data.start}`,
    max: `${data.end}`,
    step: '1',
  });
  slider.addEventListener('input', () => actions.seek(Number(slider.value)));
  const clock = element('output', { id: 'clock', for: 'slider' });
  const choice = element('select', { id: 'speed', 'aria-label': 'Speed' });
  for (const factor of speeds) choice.append(element('option', { value: `${factor}` }, `${factor}×`));
  choice.value = `${speed}`;
  choice.addEventListener('change', () => actions.setSpeed(Number(choice.value)));
  const track = element('div', { class: 'track' }, drawingBox(airborneDrawing(data), 'airborne'), slider);
  bar.append(play, clock, track, choice);
  bar.addEventListener('submit', event => event.preventDefault());
  return {
    show(seconds, playing) {
      isPlaying = playing;
      const text = formatClock(data.epoch, seconds);
      setText(play, playing ? 'Pause' : 'Play');
      setText(clock, text);
      slider.value = `${Math.round(seconds)}`;
      slider.setAttribute('aria-valuetext', text);
    },
  };
}

/** An area over the slider, stretched to its width, with a stripe below for every window in which a zone is closed. */
function airborneDrawing(data: FlightMapData): string {
  const height = 30;
  const counts = airborneCounts(data, columns);
  const most = Math.max(1, ...counts);
  const steps = counts.map((count, column) => `V${round(height - (count / most) * (height - 2))}H${column + 1}`);
  const xOf = (seconds: number): number =>
    round((Math.min(Math.max(seconds - data.start, 0), data.end - data.start) / (data.end - data.start)) * columns);
  const closed = data.zones.filter(({ rule }) => rule === 'closed');
  const stripes = closed.flatMap(({ name, windows }) =>
    windows.map(({ start, end = data.end }) => {
      const width = Math.max(0, xOf(end) - xOf(start));
      return `<rect x="${xOf(start)}" y="${height}" width="${width}" height="4" class="closed-time"><title>${escapeText(name)} is closed</title></rect>`;
    }),
  );
  const label = `vehicles in the air over time, at most ${most}`;
  const head = `<svg viewBox="0 0 ${columns} ${height + 4}" preserveAspectRatio="none" role="img" aria-label="${label}">`;
  return `${head}<path d="M0 ${height}${steps.join('')}V${height}Z" class="airborne-area"/>${stripes.join('')}</svg>`;
}
