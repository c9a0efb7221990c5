import { describe, expect, it } from 'vitest';
import { collectBlockFacts } from './block-facts.ts';
import { layoutOfLifetimes } from './layout-of-lifetimes.ts';
import {
  arenaOf,
  executorchGreedy,
  greedyBySize,
  type LayoutStrategy,
  longLivedFirst,
  pytorchCaching,
  xlaBestFit,
} from './layout-strategies.ts';
import { parseBufferCsv } from './problem-csv.ts';

/** Buffers as `lower-upper:size`, for example `0-3:4`. */
const place = (strategy: LayoutStrategy, ...buffers: string[]): { offsets: number[]; arena: number } | undefined => {
  const rows = buffers.map((text, index) => `b${index},${text.replace(/[-:]/g, ',')}`);
  const layout = layoutOfLifetimes(parseBufferCsv(['id,lower,upper,size', ...rows].join('\n'), 'b.csv').problem);
  const offsets = strategy.place(layout, collectBlockFacts(layout));
  return offsets === undefined ? undefined : { offsets: [...offsets], arena: arenaOf(layout, offsets) };
};
const mib = 2 ** 20;

describe('layout strategies of other planners', () => {
  it('TFLite Micro places the largest first, into the first gap', () => {
    expect(place(greedyBySize, '0-2:4', '0-4:8', '2-4:2', '3-4:1')).toEqual({ offsets: [8, 0, 8, 10], arena: 12 });
  });

  it('LLFB places what lives longest first, into the tightest gap', () => {
    expect(place(longLivedFirst, '0-9:2', '0-8:6', '2-6:3', '6-8:5', '3-5:2')?.offsets).toEqual([0, 2, 8, 8, 11]);
  });

  it('XLA takes the better of size and duration', () => {
    const buffers = ['0-9:1', '0-3:8', '3-6:6', '5-9:5'];
    expect(place(xlaBestFit, ...buffers)?.arena).toBe(12);
  });

  it('ExecuTorch fills objects that never grow', () => {
    // The third does not meet the first; the fourth meets both, and finds no room above the third.
    expect(place(executorchGreedy, '0-2:8', '0-4:6', '2-4:7', '3-5:2')).toEqual({ offsets: [0, 8, 0, 14], arena: 16 });
    expect(place(executorchGreedy, '0-2:8', '2-4:3', '3-5:2')).toEqual({ offsets: [0, 0, 3], arena: 8 });
  });

  it('PyTorch rounds requests, splits segments and joins what is freed', () => {
    // Two small requests share a segment of 2 MiB; a large one takes a segment of 20 MiB after it.
    expect(place(pytorchCaching, '0-9:100', '0-9:600', `0-9:${3 * mib}`)?.offsets).toEqual([0, 512, 2 * mib]);
    // What a request of 12 MiB leaves of its own segment is nothing; the next one of 12 MiB reuses it.
    const again = place(pytorchCaching, `0-2:${12 * mib}`, `2-4:${11 * mib}`, `2-4:${11 * mib}`);
    expect(again?.offsets).toEqual([0, 0, 12 * mib]);
    // Freed neighbours join to hold a larger request.
    expect(place(pytorchCaching, `0-2:${8 * mib}`, `0-2:${8 * mib}`, `2-3:${16 * mib}`)?.offsets).toEqual([
      0,
      8 * mib,
      0,
    ]);
  });

  it('that know no fixed addresses or gaps leave such problems alone', () => {
    const text = 'id,lower,upper,size,gaps\nb,0,9,8,2-4\n';
    const layout = layoutOfLifetimes(parseBufferCsv(text, 'b.csv').problem);
    expect(pytorchCaching.place(layout, collectBlockFacts(layout))).toBeUndefined();
    expect(executorchGreedy.place(layout, collectBlockFacts(layout))).toBeUndefined();
    expect(greedyBySize.place(layout, collectBlockFacts(layout))).toBeDefined();
  });
});
