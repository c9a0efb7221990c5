import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, formatTable } from './table.ts';

describe('tables', () => {
  it('aligns words to the left and numbers to the right', () => {
    const columns = [{ title: 'kind' }, { title: 'bytes', align: 'right' as const }, { title: 'note' }];
    const rows = [
      ['all-reduce', '7.34 MB', 'gradients'],
      ['all-gather', '0 B', ''],
    ];
    expect(formatTable(columns, rows)).toMatchInlineSnapshot(`
      "kind          bytes  note
      ----------  -------  ---------
      all-reduce  7.34 MB  gradients
      all-gather      0 B
      "
    `);
  });

  it('fills rows that are too short', () => {
    expect(formatTable([{ title: 'a' }, { title: 'b', align: 'right' }], [['x']])).toBe('a  b\n-  -\nx\n');
  });

  it.each([
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['東京', 4],
    ['🚁', 2],
    ['👩‍💻', 2],
    ['µs', 2],
    ['', 0],
  ])('knows how wide %j is', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it('makes every line as wide as the rule, or shorter', () => {
    const cells = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(cells, rows => {
        const plain = rows.map(row => row.map(cell => cell.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '')));
        const lines = formatTable([{ title: 'first' }, { title: 'second', align: 'right' }], plain).split('\n');
        expect(lines).toHaveLength(rows.length + 3);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(displayWidth(lines[1]));
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});
