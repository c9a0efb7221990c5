import { formatAxisPart } from '../sharding/index.ts';

/** A mesh as `src/sharding` has them: axes major to minor. */
export interface NamedAxes {
  readonly axes: readonly { readonly name: string; readonly size: number }[];
  /** The logical device at each position, row-major; absent means 0, 1, 2, ... */
  readonly deviceIds?: readonly number[];
}

/** A digit of a device's position in the mesh: an axis, or a prime part of one. */
interface Digit {
  readonly axis: number;
  readonly before: number;
  readonly size: number;
  readonly step: number;
}

/**
 * The mesh axes that `groups` span: devices of one group differ in the coordinates of these axes, and only in these.
 * Parts of axes are named `tp:(2)2`. Returns ['other'] where no axes make these groups, and [] for groups of one.
 *
 * `groups` holds positions in the mesh, row-major; the order within a group and among groups does not matter.
 */
export function axesOfGroups(groups: readonly (readonly number[])[], mesh: NamedAxes): string[] {
  const digits = primeDigits(mesh);
  const spanned = digits.filter(digit => groups.some(group => variesIn(group, digit)));
  const size = spanned.reduce((product, digit) => product * digit.size, 1);
  const whole = groups.every(group => group.length === size && new Set(group).size === size);
  return whole ? mergeDigits(spanned, mesh) : ['other'];
}

/** The mesh axes along which a collective-permute sends; [] where it sends nothing to another device. */
export function axesOfPairs(pairs: readonly (readonly number[])[], mesh: NamedAxes): string[] {
  const moving = new Set(primeDigits(mesh).flatMap(digit => (pairs.some(p => variesIn(p, digit)) ? [digit.axis] : [])));
  return mesh.axes.filter((_, index) => moving.has(index)).map(axis => axis.name);
}

/** Splits every axis into prime factors, major to minor, so that any sub-axis is a run of digits. */
function primeDigits(mesh: NamedAxes): Digit[] {
  const digits: Digit[] = [];
  let step = mesh.axes.reduce((product, axis) => product * axis.size, 1);
  mesh.axes.forEach(({ size }, axis) => {
    let before = 1;
    let rest = size;
    for (let factor = 2; rest > 1; factor++) {
      while (rest % factor === 0) {
        step /= factor;
        digits.push({ axis, before, size: factor, step });
        before *= factor;
        rest /= factor;
      }
    }
  });
  return digits;
}

function variesIn(group: readonly number[], digit: Digit): boolean {
  const value = (device: number): number => Math.floor(device / digit.step) % digit.size;
  return group.some(device => value(device) !== value(group[0]));
}

function mergeDigits(digits: readonly Digit[], mesh: NamedAxes): string[] {
  const parts: { axis: number; before: number; size: number }[] = [];
  for (const { axis, before, size } of digits) {
    const last = parts.at(-1);
    if (last !== undefined && last.axis === axis && last.before * last.size === before) last.size *= size;
    else parts.push({ axis, before, size });
  }
  return parts.map(({ axis, before, size }) => {
    const { name, size: axisSize } = mesh.axes[axis];
    return formatAxisPart(size === axisSize ? { axis: name } : { axis: name, sub: { before, size } });
  });
}
