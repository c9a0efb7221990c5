import { describe, expect, it } from 'vitest';
import { runReportHtml } from './run-page.ts';
import type { RunReport } from './run-report.ts';

const report: RunReport = {
  title: 'gpt2.mlir on cpu:8',
  facts: [
    { label: 'mesh', value: 'dp=2,tp=4' },
    { label: 'step', value: '1.20 s' },
  ],
  verified: true,
  notes: ['warning SK4004: <nothing> tells'],
  traffic: [
    { kind: 'all-reduce', axis: 'dp', idealBytes: 5e8, predictedBytes: 5e8, compiledBytes: 5e8 },
    { kind: 'all-reduce', axis: 'tp', idealBytes: 7e7, predictedBytes: 9e7, compiledBytes: 9.4e7 },
    { kind: 'all-gather', axis: 'tp', idealBytes: 1e6, predictedBytes: 0, compiledBytes: 0 },
  ],
  unexplainedShare: 0.0068,
  memory: [
    {
      label: 'predicted',
      parts: [
        { kind: 'parameters', bytes: 2e8 },
        { kind: 'optimizer state', bytes: 4e8 },
        { kind: 'temporaries', bytes: 9e8 },
      ],
    },
    {
      label: 'compiled',
      parts: [
        { kind: 'parameters', bytes: 6e8 },
        { kind: 'temporaries', bytes: 8e8 },
      ],
    },
  ],
  mesh: [
    { name: 'dp', size: 2 },
    { name: 'tp', size: 4 },
  ],
  placements: [
    { name: "params['h.0'].w", shape: [768, 3072], dtype: 'f32', cuts: [[], ['tp']], bytes: 9.4e6 },
    { name: 'tokens', shape: [8, 128], dtype: 'i32', cuts: [['dp'], []], bytes: 4096 },
    { name: 'both', shape: [8, 128], dtype: 'f32', cuts: [['dp'], ['tp']], bytes: 4096 },
    { name: 'part', shape: [8, 128], dtype: 'f32', cuts: [['tp:(2)2'], []], bytes: 4096 },
    { name: 'whole', shape: [768], dtype: 'f32', cuts: [[]], bytes: 3072 },
  ],
  outputs: [
    { name: 'loss', dtype: 'f32', error: 0, limit: 5e-3, nonFinite: 0 },
    { name: "m['h.0'].w", dtype: 'f32', error: 3e-6, limit: 5e-3, nonFinite: 0 },
    { name: 'bad', dtype: 'f32', error: 7, limit: 5e-3, nonFinite: 0 },
    { name: 'worse', dtype: 'bf16', error: 0, limit: 5e-2, nonFinite: 3 },
  ],
};

/** Hints of the cells of one argument's grid, in order. */
const cellsOf = (html: string, name: string): string[] => {
  const figure = html.split('<figure>').find(part => part.includes(`<b>${name}</b>`)) ?? '';
  return [...figure.matchAll(/<title>devices ([^<]*)<\/title>/g)].map(match => match[1]);
};

describe('the page of a run', () => {
  const html = runReportHtml(report);

  it('stands alone: nothing is loaded from elsewhere', () => {
    expect(html).not.toMatch(/https?:|src=|@import|url\(|<link|<script/);
  });

  it('escapes what it is given', () => {
    expect(html).toContain('warning SK4004: &#60;nothing&#62; tells');
    expect(html).not.toContain('<nothing>');
  });

  it('shows which devices hold which piece', () => {
    expect(cellsOf(html, 'params[&#39;h.0&#39;].w')).toEqual(['0, 4', '1, 5', '2, 6', '3, 7']);
    expect(cellsOf(html, 'tokens')).toEqual(['0, 1, 2, 3', '4, 5, 6, 7']);
    expect(cellsOf(html, 'both')).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    expect(cellsOf(html, 'part')).toEqual(['0, 2, 4, 6', '1, 3, 5, 7']);
    expect(cellsOf(html, 'whole')).toEqual(['0, 1, 2, 3, 4, 5, 6, 7']);
  });

  it('marks outputs that fail, the worst first', () => {
    const names = [...html.matchAll(/class="(good|bad)"><title>([^ ]*) /g)].map(match => `${match[1]} ${match[2]}`);
    expect(names).toEqual(['bad worse', 'bad bad', 'good m[&#39;h.0&#39;].w', 'good loss']);
  });

  it('gives every bar its bytes', () => {
    expect(html).toContain('all-reduce over tp, compiled: 94.0 MB');
    expect(html).toContain('predicted, optimizer state: 400 MB');
    expect(html).toContain('0.7 % of the compiled bytes are not as predicted');
  });

  it('leaves out what there is nothing of', () => {
    const bare = runReportHtml({
      title: 't',
      facts: [],
      notes: [],
      traffic: [],
      memory: [],
      placements: [],
      mesh: [],
      outputs: [],
    });
    expect(bare).not.toContain('<section>');
    expect(bare).not.toContain('verified');
  });

  it('closes every tag that it opens', () => {
    for (const tag of ['svg', 'text', 'rect', 'figure', 'section', 'table', 'p', 'span', 'div', 'dl']) {
      const open = html.match(new RegExp(`<${tag}[ >]`, 'g'))?.length ?? 0;
      const selfClosed = html.match(new RegExp(`<${tag} [^>]*/>`, 'g'))?.length ?? 0;
      expect([tag, (html.match(new RegExp(`</${tag}>`, 'g')) ?? []).length]).toEqual([tag, open - selfClosed]);
    }
  });
});
