/** Makes text safe inside HTML and SVG, in attributes too. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}

/** A drawing that scales with the page; its text follows the page's colours. `label` is read out in its place. */
export function svg(width: number, height: number, label: string, parts: readonly string[]): string {
  const head = `<svg viewBox="0 0 ${round(width)} ${round(height)}" role="img" aria-label="${escapeText(label)}"`;
  return `${head} style="max-width:${round(width)}px">${parts.join('')}</svg>`;
}

/** A drawing as wide as what it is put into, for pages that allow no style attributes. `label` is read out in its place. */
export function drawing(width: number, height: number, label: string, parts: readonly string[]): string {
  const head = `<svg viewBox="0 0 ${round(width)} ${round(height)}" role="img" aria-label="${escapeText(label)}">`;
  return `${head}${parts.join('')}</svg>`;
}

/** A rectangle with a text that shows when the pointer rests on it. `fill` is a class of the page's style. */
export function rectangle(
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
  hint: string,
  radius = 2,
): string {
  const place = `x="${round(x)}" y="${round(y)}" width="${round(Math.max(width, 0))}" height="${round(height)}"`;
  return `<rect ${place} rx="${radius}" class="${fill}"><title>${escapeText(hint)}</title></rect>`;
}

/** A line of text. `anchor` says which end of it lies at `x`. */
export function label(
  x: number,
  y: number,
  text: string,
  anchor: 'start' | 'middle' | 'end' = 'start',
  kind = 'ink',
): string {
  const place = `x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" class="${kind}"`;
  return `<text ${place}>${escapeText(text)}</text>`;
}

/** A thin line. */
export function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" class="${kind}"/>`;
}

/** Shortens a text to `length` characters, keeping its end, which tells names of arguments apart. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `\u2026${text.slice(text.length - length + 1)}`;
}

/** To a hundredth. */
export const round = (value: number): number => Math.round(value * 100) / 100;
