import { diagnosticError } from '../base/index.ts';
import { formatMesh, type Mesh } from './mesh.ts';
import { type AxisPart, formatAxisPart, type Sharding } from './notation.ts';
import { axisPartSize } from './shape.ts';

/** A mesh axis, or a piece of one where some pin uses sub-axes. Propagation moves atoms and never cuts them. */
export interface Atom {
  readonly axis: string;
  /** Number of places of the axis that are major to this atom. */
  readonly before: number;
  readonly size: number;
}

/** A mesh with its axes cut into atoms, in order: the atoms of an axis stand side by side, major first. */
export interface Grid {
  readonly mesh: Mesh;
  readonly atoms: readonly Atom[];
}

/** How a value lies on a grid: atoms per dimension, major to minor, and the atoms along which it is a partial sum. */
export interface Layout {
  readonly dimensions: readonly (readonly number[])[];
  readonly partial: readonly number[];
}

/** Cuts the axes of a mesh wherever one of the shardings has a sub-axis. Throws SK2005 for cuts that do not nest. */
export function refineMesh(mesh: Mesh, shardings: Iterable<Sharding>): Grid {
  const cuts = new Map(mesh.axes.map(axis => [axis.name, new Set([1, axis.size])]));
  for (const sharding of shardings) {
    for (const part of [...sharding.dimensions.flatMap(dimension => dimension.axes), ...sharding.unreduced]) {
      const size = axisPartSize(mesh, part);
      const before = part.sub?.before ?? 1;
      cuts
        .get(part.axis)
        ?.add(before)
        .add(before * size);
    }
  }
  const atoms = mesh.axes.flatMap(({ name }) => {
    const places = [...(cuts.get(name) ?? [])].sort((a, b) => a - b);
    return places.slice(1).map((end, index) => {
      if (end % places[index] === 0) return { axis: name, before: places[index], size: end / places[index] };
      throw diagnosticError('SK2005', {
        message: `sub-axes of ${name} in the mesh ${formatMesh(mesh)} overlap at ${places[index]} and ${end}`,
        next: 'use sub-axes of which one starts where another ends',
      });
    });
  });
  return { mesh, atoms: atoms.filter(atom => atom.size > 1) };
}

/** Number of pieces that a list of atoms makes. */
export function piecesOfAtoms(grid: Grid, atoms: readonly number[]): number {
  let pieces = 1;
  for (const atom of atoms) pieces *= grid.atoms[atom].size;
  return pieces;
}

/** The atoms of an axis or sub-axis. */
function atomsOf(grid: Grid, part: AxisPart): number[] {
  const start = part.sub?.before ?? 1;
  const end = part.sub === undefined ? Number.POSITIVE_INFINITY : start * part.sub.size;
  return grid.atoms.flatMap((atom, index) => {
    const inside = atom.axis === part.axis && atom.before >= start && atom.before * atom.size <= end;
    return inside ? [index] : [];
  });
}

export function layoutOf(grid: Grid, sharding: Sharding): Layout {
  return {
    dimensions: sharding.dimensions.map(dimension => dimension.axes.flatMap(part => atomsOf(grid, part))),
    partial: sharding.unreduced.flatMap(part => atomsOf(grid, part)),
  };
}

export function shardingOf(grid: Grid, layout: Layout): Sharding {
  return {
    dimensions: layout.dimensions.map(atoms => ({ axes: partsOf(grid, atoms), open: false })),
    unreduced: partsOf(grid, layout.partial),
  };
}

/** Atoms as axes: neighbours of one axis are joined again. */
export function partsOf(grid: Grid, atoms: readonly number[]): AxisPart[] {
  if (atoms.length === 0) return [];
  const joined: { axis: string; before: number; size: number }[] = [];
  for (const index of atoms) {
    const atom = grid.atoms[index];
    const last = joined.at(-1);
    if (last !== undefined && last.axis === atom.axis && last.before * last.size === atom.before)
      last.size *= atom.size;
    else joined.push({ axis: atom.axis, before: atom.before, size: atom.size });
  }
  return joined.map(({ axis, before, size }) => {
    const whole = grid.mesh.axes.find(candidate => candidate.name === axis)?.size === size;
    return whole ? { axis } : { axis, sub: { before, size } };
  });
}

/** Names of the axes that atoms belong to, in the order of the mesh: `dp`, `tp:(2)2`. */
export function axisNames(grid: Grid, atoms: readonly number[]): string[] {
  return partsOf(
    grid,
    [...atoms].sort((a, b) => a - b),
  ).map(formatAxisPart);
}

/** The layout of a tensor that every device holds whole. One object for all tensors of a usual rank. */
export function wholeLayout(rank: number): Layout {
  return wholeLayouts[rank] ?? makeWhole(rank);
}

const makeWhole = (rank: number): Layout => ({ dimensions: Array.from({ length: rank }, () => []), partial: [] });

const wholeLayouts: readonly Layout[] = Array.from({ length: 9 }, (_, rank) => makeWhole(rank));

/** Equal for equal layouts only. */
export function layoutKey(layout: Layout): string {
  return `${layout.dimensions.map(atoms => atoms.join(',')).join('|')}+${layout.partial.join(',')}`;
}

/** True when both are the same list for each dimension, and partial along the same atoms. */
export function equalLayouts(a: Layout, b: Layout): boolean {
  if (a === b) return true;
  if (a.dimensions.length !== b.dimensions.length || !equalLists(a.partial, b.partial)) return false;
  return a.dimensions.every((atoms, index) => equalLists(atoms, b.dimensions[index]));
}

function equalLists(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((atom, index) => atom === b[index]));
}

/** The same dimensions with nothing left to reduce. */
export function reducedLayout(layout: Layout): Layout {
  return layout.partial.length === 0 ? layout : { dimensions: layout.dimensions, partial: [] };
}
