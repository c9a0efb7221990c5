import { describe, expect, it } from 'vitest';
import { createRandom } from '../base/index.ts';
import { mergeBoxes } from './arena-merge.ts';
import { packReportHtml } from './pack-page.ts';
import type { ArenaBox, ArenaKind, ArenaPlan, PackReport } from './pack-report.ts';

const kinds: readonly ArenaKind[] = ['state', 'kept', 'constant', 'output', 'activation', 'temporary', 'workspace'];

function box(kind: ArenaKind, name: string, [from, to]: number[], [low, high]: number[]): ArenaBox {
  return { kind, name, address: low, low, high, from, to, isKept: false };
}

const after: ArenaPlan = {
  title: 'After: this plan',
  role: 'after',
  arenaBytes: 5e8,
  peakBytes: 4e8,
  banks: [{ name: 'main', low: 0, arenaBytes: 5e8 }],
  times: [0, 1, 2, 3, 4],
  liveBytes: [1e8, 4e8, 4e8, 1e8],
  peakTimes: [1, 2],
  peakOperators: ['dot<f32>', 'add'],
  boxes: [
    { ...box('state', 'weights<"w">', [0, 4], [0, 1e8]), reader: 'dot<f32>', isKept: true },
    { ...box('activation', 'hidden', [1, 3], [1e8, 4e8]), maker: 'dot<f32>', reader: 'add' },
    box('workspace', 'dot<f32>', [1, 2], [4e8, 5e8]),
    box('temporary', 'tiny', [1, 2], [1e8, 1e8 + 64]),
  ],
};

const report: PackReport = {
  title: 'gpt <1>.mlir',
  facts: [{ label: 'arena', value: '500 MB' }],
  notes: [],
  unit: 'step',
  plans: [{ ...after, title: 'Before: PyTorch', role: 'before', arenaBytes: 8e8 }, after],
  boundBytes: 4e8,
  capacityBytes: 9e8,
  kinds: kinds.map(kind => ({ kind, name: `${kind}s` })),
  alive: {
    place: '400 MB at dot<f32>',
    rows: [
      {
        kind: 'state',
        name: 'weights<"w">',
        bytes: 1e8,
        share: 0.25,
        maker: '<start>',
        reader: 'add',
        life: 'throughout',
      },
    ],
    others: { count: 3, bytes: 3e8 },
  },
  suggestions: ['A 100 MB hole lies below <hidden>.'],
};

/** Heights of the lines of a kind, by picture. */
function heights(html: string, kind: string): number[] {
  return [...html.matchAll(new RegExp(`<line [^>]*y1="([\\d.]+)"[^>]*class="${kind}"`, 'g'))].map(([, y]) => Number(y));
}

/** Tags that are opened and not closed, or closed and not opened. */
function unbalanced(html: string): string[] {
  const open: string[] = [];
  for (const [, close, name, rest] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/g)) {
    if (name === 'meta' || name === 'br' || rest.endsWith('/')) continue;
    if (close === '') open.push(name);
    else if (open.at(-1) === name) open.pop();
    else return [...open, `/${name}`];
  }
  return open;
}

describe('the page of a memory plan', () => {
  const html = packReportHtml(report);

  it('stands alone, closes what it opens, and escapes what it is given', () => {
    expect(html).not.toMatch(/https?:|src=|href=|@import|url\(|<link|<script/);
    expect(unbalanced(html.replace('<!doctype html>', ''))).toEqual([]);
    expect(html).not.toMatch(/dot<f32>|<hidden>|weights<|<start>|gpt <1>/);
    expect(html).toContain('weights&#60;&#34;w&#34;&#62;');
  });

  it('says what a rectangle is, and names it where there is room', () => {
    const hint =
      'hidden\n300 MB (300000000 B) at address 100000000\nsteps 1 to 2\nmade by dot&#60;f32&#62;\nlast read by add';
    expect(html.split(`<title>${hint}</title>`).length - 1).toBe(2);
    expect(html).toContain('class="inside">hidden  300 MB</text>');
    expect(html).toContain('workspace of dot&#60;f32&#62;\n100 MB (100000000 B) at address 400000000\nstep 1');
    expect(html).toContain('The largest 3 of 4 rectangles say what they are');
  });

  it('draws both plans to one scale, with arena, peak, bound and capacity', () => {
    const [first, second] = heights(html, 'bound');
    expect(first).toBe(second);
    const [before, ours] = heights(html, 'top');
    const [limit] = heights(html, 'capacity');
    // Bytes per height are the same: 800, 500 and 400 MB, and 900 MB of capacity.
    expect((first - before) / (first - ours)).toBeCloseTo(4, 1);
    expect((first - limit) / (first - ours)).toBeCloseTo(5, 1);
    expect(html).toContain('peak = bound');
  });

  it('leaves a capacity out that is far away', () => {
    expect(heights(packReportHtml({ ...report, capacityBytes: 8e10 }), 'capacity')).toEqual([]);
  });

  it('names the operators at the peak, what is there, and what would lower it', () => {
    expect(html).toContain('The peak is at dot&#60;f32&#62; (step 1), add (step 2).');
    expect(html).toContain('peak 400 MB at dot&#60;f32&#62; and 1 more');
    expect(html).toContain('<td>100 MB</td><td>25.0 %</td>');
    expect(html).toContain('<th>3 others</th><td>300 MB</td>');
    expect(html).toContain('<li>A 100 MB hole lies below &#60;hidden&#62;.</li>');
  });

  it('says that rectangles of almost the same height are not equal', () => {
    const near = packReportHtml({ ...report, boundBytes: 4e8 - 64 });
    expect(near).toContain('peak \u2248 bound');
  });

  it('stays below 3 MB for 20,000 operators with long names, and counts every rectangle', () => {
    const random = createRandom(3);
    const boxes = Array.from({ length: 40_000 }, (_, index) => {
      const [from, low] = [random.integer(0, 19_000), random.integer(0, 9e8)];
      const [steps, bytes] = [random.integer(1, 1000), random.integer(64, 2e7)];
      const name = `jit(train_step)/transformer/h.${index}/${'attention/'.repeat(12)}dot_general`;
      return { ...box(kinds[index % 7], name, [from, from + steps], [low, low + bytes]), maker: name, reader: name };
    });
    const times = Array.from({ length: 20_001 }, (_, step) => step);
    const liveBytes = times.slice(1).map(() => random.integer(0, 9e8));
    const large = { ...after, times, liveBytes, boxes, arenaBytes: 1e9 };
    const page = packReportHtml({ ...report, plans: [{ ...large, role: 'before' }, large] });
    expect(page.length).toBeLessThan(3e6);
    expect(page).toMatch(/The largest \d+ of 40000 rectangles/);
  });
});

describe('merging rectangles', () => {
  it('draws each alone or together with its kind, and none so thin that it is not seen', () => {
    const boxes = kinds.flatMap(kind => [box(kind, 'a', [0, 1], [0, 1]), box(kind, 'b', [0, 1], [0, 1])]);
    const placed = boxes.map((_, index) =>
      index % 2 === 0 ? { x: index, y: 0, width: 5, height: 1 + index } : { x: index, y: 3.27, width: 0.01, height: 9 },
    );
    const { named, paths, merged } = mergeBoxes(boxes, placed, 3);
    expect(named).toEqual([12, 10, 8]);
    expect(merged).toBe(11);
    expect(paths.map(({ kind }) => kind)).toEqual([...kinds]);
    expect(paths[0].path).toBe('M0 0h5v1h-5zM1 3.3h0.4v9h-0.4z');
  });
});
