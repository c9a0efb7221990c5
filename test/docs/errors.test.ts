import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { diagnosticCodes } from '../../src/base/index.ts';

/* A section of docs/errors.md: `## CODE: title`, an explanation, and an example that fails beside one that does not. */
const document = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
const sections = document.split(/^## /m).slice(1);
const entries = sections.map(section => {
  const [heading, ...lines] = section.trimEnd().split('\n');
  const [text, example, ...rest] = lines.join('\n').split(/^```\n?/m);
  return { heading, text, example, rest };
});

test('docs/errors.md lists exactly the codes that there are, by their titles and in their order', () => {
  const codes = Object.entries(diagnosticCodes).map(([code, title]) => `${code}: ${title}`);
  expect(entries.map(entry => entry.heading)).toEqual(codes);
});

test.each(entries)('$heading: explained, with a failing and a fixed example', ({ text, example, rest }) => {
  expect(text.trim().length).toBeGreaterThan(20);
  expect(example).toMatch(/^(fails|warns): \S/m);
  expect(example).toMatch(/(^|\s)(fixed|quiet): \S/m);
  expect(rest).toEqual(['']);
});
