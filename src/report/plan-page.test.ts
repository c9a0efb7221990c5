import { describe, expect, it } from 'vitest';
import { planReportHtml } from './plan-page.ts';
import type { PlanReport } from './plan-report.ts';

const report: PlanReport = {
  title: 'gpt.mlir on <8xH100>',
  facts: [{ label: 'mesh', value: 'dp=2,tp=4' }],
  mesh: [
    { name: 'dp', size: 2 },
    { name: 'tp', size: 4 },
  ],
  axes: [{ name: 'dp = 2', text: 'over nvlink cuts the batch' }],
  blocks: [
    {
      title: 'h.* x 24',
      products: ['batch {dp}, columns {tp}: 6 products, 40 % of the FLOPs'],
      placements: [{ name: 'h.*.mlp.c_fc.w', shape: [768, 3072], dtype: 'f32', cuts: [[], ['tp']], bytes: 9.4e6 }],
    },
    { title: 'Outside of blocks', products: [], placements: [] },
  ],
  traffic: [
    {
      axis: 'dp',
      parts: [
        { kind: 'all-gather', bytes: 3e8, seconds: 2e-3 },
        { kind: 'reduce-scatter', bytes: 1e8, seconds: 1e-3 },
      ],
    },
  ],
  longest: [
    {
      kind: 'all-gather',
      axis: 'dp',
      what: 'weights h.*.mlp.c_fc.w',
      times: 24,
      bytes: 3e8,
      seconds: 2e-3,
      share: 0.034,
    },
  ],
  memory: {
    constant: [
      { kind: 'parameters', bytes: 2e9 },
      { kind: 'optimizer state', bytes: 4e9 },
    ],
    changing: { kind: 'temporaries and outputs', bytes: [1e9, 2e9, 9e9, 3e9, 0] },
    peakStep: 2,
    peakPlace: 'loss, backward',
    largest: [{ name: 'activations at h.*.attn (dot_general)', count: 24, bytes: 5e9 }],
    marks: [
      { step: 0, name: 'embed' },
      { step: 3, name: 'h.* backward' },
    ],
    limitBytes: 16e9,
  },
  steps: [
    { label: 'this plan', parts: [{ kind: 'computing', seconds: 0.05 }] },
    { label: 'next best', parts: [{ kind: 'computing', seconds: 0.06 }] },
  ],
  boundSeconds: 0.045,
  notes: ['Next best: mesh dp=8'],
};

/** The outline of the area above what is there all the time: x and y of each corner, in order. */
function outline(html: string): { readonly x: number; readonly y: number }[] {
  const [, text] = /<path d="M([^"]*)Z"/.exec(html) ?? [];
  let [x, y] = (text ?? '').split(/[VH]/)[0].split(' ').map(Number);
  return [...(text ?? '').matchAll(/([VH])([\d.]+)/g)].map(([, direction, number]) => {
    if (direction === 'V') y = Number(number);
    else x = Number(number);
    return { x, y };
  });
}

describe('the page of a plan', () => {
  const html = planReportHtml(report);

  it('stands alone: nothing is loaded from elsewhere', () => {
    expect(html).not.toMatch(/https?:|src=|@import|url\(|<link|<script/);
  });

  it('escapes what it is given', () => {
    expect(html).toContain('gpt.mlir on &#60;8xH100&#62;');
    expect(html).not.toContain('<8xH100>');
  });

  it('draws memory over time as steps whose heights are bytes', () => {
    const corners = outline(html);
    const tops = corners.filter((_, index) => index % 2 === 0).slice(0, 5);
    const base = corners[8].y;
    const perByte = (base - tops[2].y) / 9e9;
    const bytes = tops.map(({ y }) => Math.round((base - y) / perByte / 1e8) / 10);
    expect(bytes).toEqual([1, 2, 9, 3, 0]);
    expect(html).toContain('peak 15.0 GB at loss, backward');
    expect(html).toContain('optimizer state: 4.00 GB');
    expect(html).toContain('<th>activations at h.*.attn (dot_general)</th><td>24</td><td>5.00 GB</td>');
  });

  it('keeps the peak when there are more steps than columns', () => {
    const bytes = Array.from({ length: 5000 }, (_, step) => (step === 1234 ? 9e9 : 1e9));
    const long = planReportHtml({ ...report, memory: { ...report.memory, changing: { kind: 'rest', bytes } } });
    expect(outline(long).length).toBeLessThan(1000);
    expect(long).toContain('peak 15.0 GB');
    const heights = outline(long).map(({ y }) => y);
    expect(Math.min(...heights)).toBe(Math.min(...outline(html).map(({ y }) => y)));
  });

  it('draws a line at the limit where it is near, and none where it is far', () => {
    const limits = (text: string): number => text.split('class="limit"').length - 1;
    expect(limits(html)).toBe(2);
    expect(limits(planReportHtml({ ...report, memory: { ...report.memory, limitBytes: 80e9 } }))).toBe(1);
  });

  it('shows the plan, the next best and the bound', () => {
    expect(html).toContain('next best, computing: 60.0 ms');
    expect(html).toContain('The line is at 45.0 ms');
    expect(html).toContain('<li>Next best: mesh dp=8</li>');
  });

  it('shows traffic by axis and tensor, and how blocks lie', () => {
    expect(html).toContain('dp, reduce-scatter: 100 MB');
    expect(html).toContain('<th>weights h.*.mlp.c_fc.w</th><td>24</td><td>300 MB</td><td>2.00 ms</td><td>3.4 %</td>');
    expect(html).toContain('<h2>h.* x 24</h2>');
    expect(html).toContain('<title>devices 3, 7</title>');
  });

  it('leaves out what there is nothing of', () => {
    const bare = planReportHtml({ ...report, axes: [], traffic: [], longest: [], notes: [], blocks: [] });
    expect(bare).not.toContain('What moves');
    expect(bare).not.toContain('<ul');
  });

  it('closes every tag that it opens', () => {
    for (const tag of [
      'svg',
      'text',
      'rect',
      'path',
      'figure',
      'section',
      'table',
      'p',
      'span',
      'div',
      'dl',
      'ul',
      'li',
    ]) {
      const open = html.match(new RegExp(`<${tag}[ >]`, 'g'))?.length ?? 0;
      const selfClosed = html.match(new RegExp(`<${tag} [^>]*/>`, 'g'))?.length ?? 0;
      expect([tag, (html.match(new RegExp(`</${tag}>`, 'g')) ?? []).length]).toEqual([tag, open - selfClosed]);
    }
  });
});
