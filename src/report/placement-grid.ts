import { formatBytes } from '../base/index.ts';
import type { ArgumentPlacement, MeshAxisSize } from './run-report.ts';
import { escapeText, label, rectangle, svg } from './svg.ts';

/** The largest arguments, each as a grid of its pieces with the devices that hold them. */
export function placementGrids(
  placements: readonly ArgumentPlacement[],
  mesh: readonly MeshAxisSize[],
  most = 24,
): string {
  const largest = [...placements].sort((a, b) => b.bytes - a.bytes).slice(0, most);
  const rest = placements.length - largest.length;
  const grids = largest.map(placement => placementGrid(placement, mesh)).join('');
  const more = rest > 0 ? `<p class="dim">and ${rest} smaller arguments</p>` : '';
  return `<div class="grids">${grids}</div>${more}`;
}

function placementGrid(placement: ArgumentPlacement, mesh: readonly MeshAxisSize[]): string {
  const { name, shape, dtype, cuts, bytes } = placement;
  const counts = cuts.map(axes => axes.reduce((product, axis) => product * partOf(axis, mesh).size, 1));
  const [rowDimension, columnDimension] = drawnDimensions(counts);
  const [rows, columns] = [rowDimension, columnDimension].map(dimension => counts[dimension] ?? 1);
  const holders = devicesOfCells(placement, mesh, rowDimension, columnDimension);
  const [width, height] = [168, 96];
  const [cellWidth, cellHeight] = [width / columns, height / rows];
  const cells = holders.flatMap((devices, cell) => {
    const [x, y] = [(cell % columns) * cellWidth, Math.floor(cell / columns) * cellHeight];
    const text = devices.length > 6 ? `${devices.slice(0, 5).join(' ')} \u2026` : devices.join(' ');
    const fits = cellHeight >= 12 && cellWidth >= text.length * 6.2 + 4;
    return [
      rectangle(x, y, cellWidth - 2, cellHeight - 2, `piece-${cell % 8}`, `devices ${devices.join(', ')}`),
      ...(fits ? [label(x + cellWidth / 2 - 1, y + cellHeight / 2 + 3, text, 'middle', 'small on-piece')] : []),
    ];
  });
  const pieces = counts.reduce((product, count) => product * count, 1);
  const type = `${dtype}[${shape.map((size, index) => (cuts[index]?.length ? `${size}{${cuts[index].join(',')}}` : size)).join(', ')}]`;
  const share =
    pieces === 1 ? `${formatBytes(bytes)} on every device` : `${formatBytes(bytes / pieces)} on each device`;
  return `<figure>${svg(width, height, `${name} in ${pieces} pieces`, cells)}<figcaption><b>${escapeText(name)}</b><br>${escapeText(type)}<br><span class="dim">${share}</span></figcaption></figure>`;
}

/** The two dimensions with the most pieces, in their order; the rest are not drawn. -1 is none. */
function drawnDimensions(counts: readonly number[]): [number, number] {
  const cut = counts.map((count, dimension) => ({ count, dimension })).filter(({ count }) => count > 1);
  const chosen = cut.sort((a, b) => b.count - a.count).slice(0, 2);
  const [first, second] = chosen.map(({ dimension }) => dimension).sort((a, b) => a - b);
  if (first === undefined) return [-1, -1];
  if (second !== undefined) return [first, second];
  return first === 0 ? [first, -1] : [-1, first];
}

/** For each cell, row by row, the mesh positions that hold it. */
function devicesOfCells(
  { cuts }: ArgumentPlacement,
  mesh: readonly MeshAxisSize[],
  rowDimension: number,
  columnDimension: number,
): number[][] {
  const axesOf = (dimension: number): readonly string[] => (dimension < 0 ? [] : (cuts[dimension] ?? []));
  const count = (dimension: number): number =>
    axesOf(dimension).reduce((product, axis) => product * partOf(axis, mesh).size, 1);
  const columns = count(columnDimension);
  const cells: number[][] = Array.from({ length: count(rowDimension) * columns }, () => []);
  const devices = mesh.reduce((product, axis) => product * axis.size, 1);
  for (let device = 0; device < devices; device++) {
    const pieceOf = (dimension: number): number =>
      axesOf(dimension).reduce((piece, axis) => {
        const { size, step } = partOf(axis, mesh);
        return piece * size + (Math.floor(device / step) % size);
      }, 0);
    cells[pieceOf(rowDimension) * columns + pieceOf(columnDimension)].push(device);
  }
  return cells;
}

/** Size of an axis or sub-axis `tp:(2)2`, and how far apart in the mesh two neighbours along it are. */
function partOf(text: string, mesh: readonly MeshAxisSize[]): { readonly size: number; readonly step: number } {
  const [, name, before, part] = /^([^:]+)(?::\((\d+)\)(\d+))?$/.exec(text) ?? [];
  const index = mesh.findIndex(axis => axis.name === name);
  if (index < 0) return { size: 1, step: 1 };
  const minor = mesh.slice(index + 1).reduce((product, axis) => product * axis.size, 1);
  const whole = mesh[index].size;
  if (before === undefined) return { size: whole, step: minor };
  return { size: Number(part), step: (minor * whole) / (Number(before) * Number(part)) };
}
