import { pageStyle } from './page-style.ts';
import { escapeText } from './svg.ts';

/** A whole page: one HTML file that needs nothing else, for light and dark screens. `body` is HTML. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** Short facts side by side. */
export function factList(facts: readonly { readonly label: string; readonly value: string }[]): string {
  const items = facts.map(
    ({ label, value }) => `<div><dt>${escapeText(label)}</dt><dd>${escapeText(value)}</dd></div>`,
  );
  return `<dl class="facts">${items.join('')}</dl>`;
}

/** Lines of plain text as a list; nothing where there are none. */
export function noteList(notes: readonly string[]): string {
  const items = notes.map(note => `<li>${escapeText(note)}</li>`).join('');
  return items === '' ? '' : `<ul class="notes">${items}</ul>`;
}

/** A part of a page. `introduction` and `body` are HTML. */
export function section(title: string, introduction: string, body: string): string {
  const text = introduction === '' ? '' : `<p>${introduction}</p>`;
  return `<section><h2>${title}</h2>${text}${body}</section>`;
}
