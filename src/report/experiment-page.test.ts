import { describe, expect, it } from 'vitest';
import { experimentReportHtml } from './experiment-page.ts';
import { experimentPicture } from './experiment-picture.ts';
import type { ExperimentLine, ExperimentReport } from './experiment-report.ts';

const lineOf = (name: string, shares: readonly number[], boundary?: ExperimentLine['boundary']): ExperimentLine => ({
  name,
  points: shares.map((share, index) => ({
    density: 10 * (index + 1),
    share,
    low: share - 0.05,
    high: Math.min(1, share + 0.05),
    seeds: [share - 0.02, share, share + 0.01],
    milliseconds: 3 * 10 ** index,
    refused: [
      { kind: 'pads', share: 0.75 * (1 - share) },
      { kind: 'zones', share: 0.25 * (1 - share) },
    ],
  })),
  ...(boundary === undefined ? {} : { boundary }),
});

const report: ExperimentReport = {
  title: 'Where does <the sky> saturate?',
  facts: [{ label: 'area', value: '36 km²' }],
  findings: ['it saturates at "20"'],
  unit: 'requests per km² and hour',
  panels: [
    {
      title: 'without zones',
      lines: [
        lineOf('first come', [0.98, 0.7, 0.4], { density: 17, low: Number.NEGATIVE_INFINITY, high: 21 }),
        lineOf('batch', [1, 0.9, 0.5], { density: 25, low: 22, high: Number.POSITIVE_INFINITY }),
      ],
      bounds: [{ name: 'alone & <unhindered>', points: [10, 20, 30].map(density => ({ density, share: 0.99 })) }],
    },
    {
      title: 'with zones',
      lines: [
        lineOf('first come', [0.9, 0.6, 0.3]),
        lineOf('batch', [0.9, 0.7, 0.4], { density: 99, low: 22, high: Number.POSITIVE_INFINITY }),
      ],
      bounds: [],
    },
  ],
  kinds: [
    { kind: 'pads', meaning: 'pads are held' },
    { kind: 'zones', meaning: 'zones are closed' },
  ],
  tables: [
    {
      title: 'Figures',
      introduction: 'all',
      columns: ['density', 'served'],
      rows: [
        ['10', '98'],
        ['<20>', '70'],
      ],
    },
    { title: 'Parameters', introduction: '', isText: true, columns: ['parameter', 'value'], rows: [['slack', '60 s']] },
  ],
};

const page = experimentReportHtml(report);

/** How often a pattern is there. */
const countOf = (pattern: RegExp): number => page.match(pattern)?.length ?? 0;

describe('the page of an experiment', () => {
  it('has a dot for every seed, a point with its numbers for every density, and a band for every line', () => {
    expect(countOf(/class="faint-\d"/g)).toBe(4 * 3 * 3);
    expect(countOf(/class="band-\d"/g)).toBe(4);
    expect(page).toContain('<title>batch: 90.0 % (85.0 % to 95.0 %) of 20 requests per km² and hour</title>');
    expect(page).toContain('first come: 300 ms a request at 30 requests per km² and hour');
  });

  it('marks boundaries inside of the picture, with open ends at its border', () => {
    expect(countOf(/saturates at 17 requests/g)).toBe(1);
    expect(countOf(/saturates at 25 requests/g)).toBe(1);
    const xs = [...page.matchAll(/<line x1="([-\d.]+)" y1="[-\d.]+" x2="([-\d.]+)"/g)].flatMap(([, a, b]) => [a, b]);
    for (const x of xs) expect(Number(x)).toBeGreaterThanOrEqual(0);
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('stacks refusals as high as what is not served', () => {
    const heights = [...page.matchAll(/height="([\d.]+)" rx="0" class="series-\d"><title>first come, 30 [^<]*</g)];
    // 130 units are all who ask.
    const [without, beside] = [heights.slice(0, 2), heights.slice(2, 4)].map(pair =>
      pair.reduce((sum, [, height]) => sum + Number(height), 0),
    );
    expect(without).toBeCloseTo(0.6 * 130, 1);
    expect(beside).toBeCloseTo(0.7 * 130, 1);
  });

  it('has all facts, findings, tables and names, as text and not as markup', () => {
    for (const text of ['36 km²', '98', 'slack', '60 s', 'pads are held', 'Figures', 'Parameters', 'without zones']) {
      expect(page).toContain(text);
    }
    expect(page).not.toMatch(/<the sky>|<unhindered>|<20>/);
    expect(page).not.toMatch(/<script|https?:|src=|@import/);
  });

  it('is drawn where there is one density, or nothing was measured', () => {
    const empty = { ...report, panels: [{ title: 'without zones', lines: [], bounds: [] }], tables: [], kinds: [] };
    const one = { ...report, panels: [{ title: 'one', lines: [lineOf('first come', [0.5])], bounds: [] }] };
    for (const drawn of [empty, one]) expect(experimentReportHtml(drawn)).not.toMatch(/NaN|Infinity/);
  });
});

describe('the picture of an experiment', () => {
  it('is one SVG file with both charts and the names of all lines', () => {
    const picture = experimentPicture(report);
    expect(picture).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 832 338"/);
    expect(picture.match(/<svg /g)).toHaveLength(3);
    for (const text of ['without zones', 'with zones', 'first come', 'batch'])
      expect(picture).toContain(`>${text}</text>`);
    expect(picture).not.toMatch(/NaN|Infinity|<script/);
  });
});
