/** A column of a table: its heading, and to which side its cells lie. */
export interface TableColumn {
  readonly title: string;
  /** Default `left`; numbers lie `right`. */
  readonly align?: 'left' | 'right';
}

/**
 * Prints a table for terminals: headings, a rule, one line per row, two spaces between columns, no trailing spaces.
 * Missing cells are empty. Ends with a line break.
 */
export function formatTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, index) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(row[index] ?? '')), displayWidth(title)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, index) => pad(cells[index] ?? '', widths[index], align ?? 'left'))
      .join('  ')
      .trimEnd();
  const rule = widths.map(width => '-'.repeat(width)).join('  ');
  return [line(columns.map(column => column.title)), rule, ...rows.map(line), ''].join('\n');
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(width - displayWidth(text));
  return align === 'left' ? text + space : space + text;
}

/** Columns that a terminal gives to a text: wide East Asian characters and emoji take two, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
    if (/^[\p{Mark}\p{Cf}\p{Cc}]+$/u.test(segment)) continue;
    width += isWide(segment) ? 2 : 1;
  }
  return width;
}

/** Wide and fullwidth ranges of Unicode's East Asian Width (UAX 11), shortened to whole blocks. */
function isWide(grapheme: string): boolean {
  return /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}|\ufe0f/u.test(
    grapheme,
  );
}
