import { type Diagnostic, DiagnosticError, diagnosticError } from '../../base/index.ts';
import type { AirMatrixSource } from '../network.ts';

const mostCells = 2 ** 28;

/** Throws SK6105, with all that is wrong, where an AirMatrix describes no lattice. */
export function checkAirMatrix(source: AirMatrixSource): void {
  const problems: Diagnostic[] = [];
  const report = (message: string, expected: string, next: string): void => {
    problems.push({ code: 'SK6105', severity: 'error', message, expected, next });
  };
  const { cellMetres, layerHeights, rings = [] } = source;
  const [[west, south], [east, north]] = source.rectangle;
  if (!(cellMetres >= 1e-3 && cellMetres < 1e6)) {
    report(
      `the cell size is ${cellMetres} m`,
      'a number of metres from 0.001 to 1,000,000',
      'write cellMetres, say 100',
    );
  } else {
    const sides = { 'west to east': east - west, 'south to north': north - south };
    for (const [name, metres] of Object.entries(sides)) {
      const cells = Math.round(metres / cellMetres);
      if (cells >= 1 && Math.abs(cells * cellMetres - metres) <= 1e-3) continue;
      report(
        `the rectangle measures ${metres} m from ${name}, in cells of ${cellMetres} m`,
        'a whole number of cells, at least 1, from its south-west to its north-east corner',
        `make it ${Math.max(1, cells) * cellMetres} m`,
      );
    }
    const cells = ((east - west) / cellMetres) * ((north - south) / cellMetres) * layerHeights.length;
    if (cells > mostCells) {
      report(
        `the rectangle has ${cells} cells in all layers`,
        `at most ${mostCells}`,
        'make the cells larger or the rectangle smaller',
      );
    }
  }
  if (
    layerHeights.length === 0 ||
    layerHeights.some((height, layer) => !(height > (layerHeights[layer - 1] ?? -1e5)))
  ) {
    report(
      `the layers are at [${layerHeights.join(', ')}] m`,
      'at least one height, each above the one before',
      'write layerHeights from low to high, say [24, 36, 48, 60]',
    );
  }
  for (const [index, ring] of rings.entries()) {
    if (ring.length >= 3 && ring.every(([x, y]) => Number.isFinite(x) && Number.isFinite(y))) continue;
    report(
      `ring ${index} has ${ring.length} corners${ring.length < 3 ? '' : ', not all of finite numbers'}`,
      'at least three corners of finite metres',
      'repair the ring or leave it out',
    );
  }
  if (problems.length > 0) throw new DiagnosticError(problems);
}

/** SK6105 of an AirMatrix whose rings leave nothing. */
export function noCell(): DiagnosticError {
  return diagnosticError('SK6105', {
    message: 'no cell of the rectangle shares an area with a ring',
    expected: 'rings inside the rectangle, in metres on the plane of the frame',
    next: 'project rings of longitudes and latitudes first, or move the rectangle',
  });
}
