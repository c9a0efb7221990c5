import { type Diagnostic, DiagnosticError } from '../../base/index.ts';
import { createProjection, type TangentFrame } from './frame.ts';
import type { Site } from './pads.ts';

/**
 * Where people live, from a CSV of housing blocks with the columns lat, lon (WGS84) and total_dwelling_units: a site
 * for each block, weighted by its dwellings. Cells have no quotes.
 *
 * @throws DiagnosticError SK6109, up to 20.
 */
export function parseHousingBlocks(text: string, frame: TangentFrame, file = 'blocks.csv'): readonly Site[] {
  const projection = createProjection(frame);
  const [header = '', ...rows] = text.split(/\r?\n/);
  const names = header.split(',').map(name => name.trim());
  const problems: Diagnostic[] = [];
  const report = (line: number, message: string, expected: string, next: string): void => {
    problems.push({ code: 'SK6109', severity: 'error', message, expected, next, place: { file, line, column: 1 } });
    if (problems.length === 20) throw new DiagnosticError(problems);
  };
  const columns = ['lon', 'lat', 'total_dwelling_units'].map(name => {
    const column = names.indexOf(name);
    if (column < 0)
      report(1, `no column ${name}`, 'a header with lat, lon and total_dwelling_units', 'name the columns so');
    return column;
  });
  if (problems.length > 0) throw new DiagnosticError(problems);
  const sites: Site[] = [];
  for (const [index, row] of rows.entries()) {
    if (row.trim() === '') continue;
    const cells = row.split(',');
    const [longitude, latitude, units] = columns.map(column => {
      const cell = cells[column]?.trim() ?? '';
      return cell === '' ? Number.NaN : Number(cell);
    }) as [number, number, number];
    if (!(Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90 && units >= 0 && units < 1e6)) {
      const found = columns.map(column => cells[column] ?? 'nothing').join(', ');
      report(
        index + 2,
        `a block at longitude, latitude with dwellings ${found}`,
        'degrees and a number of dwellings from 0',
        'correct the row or leave it out',
      );
    } else sites.push({ point: projection.toPlane(longitude, latitude), weight: units });
  }
  if (problems.length > 0) throw new DiagnosticError(problems);
  return sites;
}
