import type { Cluster, LinkLevel } from '../cost/index.ts';
import type { Mesh } from '../sharding/index.ts';

/** Rules by which meshes are left out. Each can be switched off. */
export interface MeshRules {
  /** An axis of a composite size that divides no dimension: its parts can do no worse. Exact. */
  readonly idleAxis: boolean;
  /** A mesh of which another one cuts the axes further: what lies on the one lies on the other as well. Exact. */
  readonly contained: boolean;
  /** A mesh that differs from another in which of several equal link levels it uses for what. Exact. */
  readonly alike: boolean;
  /** Most axes of a mesh. Not exact where a count of devices has more prime factors. */
  readonly axisLimit: number;
}

/** All rules on. */
export const meshRules: MeshRules = { idleAxis: true, contained: true, alike: true, axisLimit: 3 };

/** A mesh that is worth a search. */
export interface MeshCandidate {
  readonly mesh: Mesh;
  /** For each axis the share that it takes of each link level, innermost first. */
  readonly extents: readonly (readonly number[])[];
}

export interface MeshList {
  readonly candidates: readonly MeshCandidate[];
  /** Meshes that differ in more than the names and the order of their axes. */
  readonly total: number;
  readonly pruned: readonly { readonly rule: keyof MeshRules; readonly meshes: number; readonly why: string }[];
}

/**
 * All ways to see a cluster as a mesh. Each axis takes a share of each link level, and the shares of a level multiply to
 * its size, whatever their prime factors:
 *
 *      4x6 devices     a=4 over hosts, b=6 inside     a=2 over hosts, b=2 over hosts, c=6 inside
 *                      a=12 (4 hosts x 3), b=2        ...
 *
 * Meshes that differ only in names or order of axes are one. The axis with the larger share of the outermost level comes
 * first; `deviceIds` are recorded where they are not 0, 1, 2, ... `dimensions` are the sizes that could be cut.
 */
export function listMeshes(
  cluster: Pick<Cluster, 'links'>,
  dimensions: ReadonlySet<number>,
  rules: MeshRules = meshRules,
): MeshList {
  const levels = cluster.links.map(level => level.size);
  const total = countRows(levels, undefined, new Map());
  const short = [...rowLists(levels, undefined, rules.axisLimit)];
  const divides = (axis: number): boolean => [...dimensions].some(size => size % axis === 0);
  const idle = (rows: Rows): boolean => rows.map(product).some(axis => !isPrime(axis) && !divides(axis));
  const busy = rules.idleAxis ? short.filter(rows => !idle(rows)) : short;
  const coarse = (rows: Rows): boolean => rows.length < rules.axisLimit && rows.some(row => !isPrime(product(row)));
  const fine = rules.contained ? busy.filter(rows => !coarse(rows)) : busy;
  const kept = rules.alike ? withoutTwins(fine, permutationsOfEqual(cluster.links)) : fine;
  const candidates = kept.map((rows): MeshCandidate => ({ mesh: meshOf(rows, levels), extents: rows }));
  const pruned = [
    { rule: 'axisLimit', meshes: total - short.length, why: `more than ${rules.axisLimit} axes` },
    { rule: 'idleAxis', meshes: short.length - busy.length, why: 'an axis that divides no dimension' },
    { rule: 'contained', meshes: busy.length - fine.length, why: 'another mesh has the same axes in smaller parts' },
    { rule: 'alike', meshes: fine.length - kept.length, why: 'another mesh lies the same way on equal links' },
  ] as const;
  return { candidates, total, pruned: pruned.filter(({ meshes }) => meshes > 0) };
}

type Rows = readonly (readonly number[])[];

const product = (numbers: readonly number[]): number => numbers.reduce((result, number) => result * number, 1);

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return number > 1;
}

/** All rows of shares that divide what is left of each level, other than the row of ones, largest first. */
function rowsWithin(left: readonly number[]): number[][] {
  const rows = left.reduce<number[][]>(
    (heads, size) => {
      const shares = Array.from({ length: size }, (_, index) => index + 1).filter(share => size % share === 0);
      return heads.flatMap(head => shares.map(share => [...head, share]));
    },
    [[]],
  );
  return rows.filter(row => product(row) > 1).sort((a, b) => compareRows(b, a));
}

/** Orders rows by their share of the outermost level, then of the next one. */
function compareRows(a: readonly number[], b: readonly number[]): number {
  for (let level = a.length - 1; level >= 0; level--) if (a[level] !== b[level]) return a[level] - b[level];
  return 0;
}

/** Rows may not rise, so that each set of rows is met once. */
function nextRows(left: readonly number[], last: readonly number[] | undefined): number[][] {
  return rowsWithin(left).filter(row => last === undefined || compareRows(row, last) <= 0);
}

const without = (left: readonly number[], row: readonly number[]): number[] =>
  left.map((size, level) => size / row[level]);

function countRows(left: readonly number[], last: readonly number[] | undefined, known: Map<string, number>): number {
  if (left.every(size => size === 1)) return 1;
  const key = `${left}/${last}`;
  const found =
    known.get(key) ?? nextRows(left, last).reduce((sum, row) => sum + countRows(without(left, row), row, known), 0);
  known.set(key, found);
  return found;
}

function* rowLists(left: readonly number[], last: readonly number[] | undefined, limit: number): Generator<Rows> {
  if (left.every(size => size === 1)) {
    yield [];
    return;
  }
  if (limit === 0) return;
  for (const row of nextRows(left, last)) {
    for (const rest of rowLists(without(left, row), row, limit - 1)) yield [row, ...rest];
  }
}

/** The first of all meshes that exchanging equal levels turns into one another. */
function withoutTwins(meshes: readonly Rows[], permutations: readonly (readonly number[])[]): Rows[] {
  const known = new Set<string>();
  const keyOf = (rows: Rows, order: readonly number[]): string =>
    rows
      .map(row => order.map(level => row[level]).join('x'))
      .sort()
      .join(' ');
  return meshes.filter(rows => {
    if (known.has(keyOf(rows, permutations[0]))) return false;
    for (const order of permutations) known.add(keyOf(rows, order));
    return true;
  });
}

/** Every order of the levels in which each stands where one of its size and speed was; the given order first. */
function permutationsOfEqual(levels: readonly LinkLevel[]): number[][] {
  const kinds = levels.map(({ name: _, ...kind }) => JSON.stringify(kind));
  return kinds.reduce<number[][]>(
    (heads, kind) =>
      heads.flatMap(head => {
        const others = kinds.flatMap((other, level) => (other === kind && !head.includes(level) ? [level] : []));
        return others.map(level => [...head, level]);
      }),
    [[]],
  );
}

/** The mesh of these shares. On each level the first axis is major; inside an axis the outer level is. */
function meshOf(rows: Rows, levels: readonly number[]): Mesh {
  const axes = rows.map((row, index) => ({ name: axisNameOf(index), size: product(row) }));
  const deviceIds = Array.from({ length: product(levels) }, (_, position) => deviceAt(rows, levels, position));
  return deviceIds.every((id, position) => id === position) ? { axes } : { axes, deviceIds };
}

function deviceAt(rows: Rows, levels: readonly number[], position: number): number {
  let device = 0;
  let rest = position;
  const places = levels.map((_, level) => product(levels.slice(0, level)));
  for (const row of [...rows].reverse()) {
    for (const [level, share] of row.entries()) {
      device += (rest % share) * places[level];
      places[level] *= share;
      rest = Math.floor(rest / share);
    }
  }
  return device;
}

/** `a` to `z`, then `a1`, `b1`, ... */
function axisNameOf(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : `${letter}${Math.floor(index / 26)}`;
}
