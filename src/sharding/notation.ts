import { diagnosticError } from '../base/index.ts';
import type { TensorType } from '../ir/index.ts';

/** A mesh axis, or with `sub` the part of size `size` that has `before` places major to it: `tp:(2)2`. */
export interface AxisPart {
  readonly axis: string;
  readonly sub?: { readonly before: number; readonly size: number };
}

/** How one dimension is cut: axes major to minor. `open` lets propagation add more. */
export interface DimensionSharding {
  readonly axes: readonly AxisPart[];
  readonly open: boolean;
}

/** How a tensor lies on a mesh. Along `unreduced` axes each device holds a part of a sum that is still to be taken. */
export interface Sharding {
  readonly dimensions: readonly DimensionSharding[];
  readonly unreduced: readonly AxisPart[];
}

/** Reads `[{dp}, {tp,?}, {}] unreduced{x}`. Throws SK2002. */
export function parseSharding(text: string): Sharding {
  const match = /^\s*\[([^\]]*)\]\s*(?:unreduced\s*\{([^{}]*)\}\s*)?$/.exec(text);
  if (match === null) throw wrongSharding(text, text);
  const body = match[1].trim();
  const dimensions: DimensionSharding[] = [];
  let rest = body;
  while (rest !== '') {
    const dimension = /^\{([^{}]*)\}\s*(?:,\s*(?=\{)|$)/.exec(rest);
    if (dimension === null) throw wrongSharding(text, rest);
    dimensions.push(parseDimension(dimension[1], text));
    rest = rest.slice(dimension[0].length);
  }
  const unreduced = parseDimension(match[2] ?? '', text);
  if (unreduced.open) throw wrongSharding(text, '?');
  return { dimensions, unreduced: unreduced.axes };
}

function parseDimension(body: string, text: string): DimensionSharding {
  const words = body.trim() === '' ? [] : body.split(',').map(word => word.trim());
  const open = words.at(-1) === '?';
  const axes = (open ? words.slice(0, -1) : words).map(word => parseAxisPart(word, text));
  return { axes, open };
}

function parseAxisPart(word: string, text: string): AxisPart {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?::\((\d+)\)(\d+))?$/.exec(word);
  if (match === null) throw wrongSharding(text, word);
  const [, axis, before, size] = match;
  if (before === undefined) return { axis };
  if (Number(before) < 1 || Number(size) < 2) throw wrongSharding(text, word);
  return { axis, sub: { before: Number(before), size: Number(size) } };
}

/** Prints an axis as `tp`, a part of one as `tp:(2)2`. */
export function formatAxisPart(part: AxisPart): string {
  return part.sub === undefined ? part.axis : `${part.axis}:(${part.sub.before})${part.sub.size}`;
}

/** Prints `[{dp}, {tp,?}] unreduced{x}`, or with a type `f32[8{dp}, 1024{tp,?}] unreduced{x}`. */
export function formatSharding(sharding: Sharding, type?: TensorType): string {
  const dimensions = sharding.dimensions.map((dimension, index) => {
    const axes = dimension.axes.map(formatAxisPart);
    const braces = `{${[...axes, ...(dimension.open ? ['?'] : [])].join(',')}}`;
    if (type === undefined) return braces;
    return braces === '{}' ? `${type.shape[index]}` : `${type.shape[index]}${braces}`;
  });
  const unreduced = sharding.unreduced.map(formatAxisPart).join(',');
  const tail = unreduced === '' ? '' : ` unreduced{${unreduced}}`;
  return `${type === undefined ? '' : type.element}[${dimensions.join(', ')}]${tail}`;
}

/** Prints the dimensions as JAX does: `PartitionSpec('dp', None, ('a', 'b'))`. Open dimensions print as closed ones. */
export function formatPartitionSpec(sharding: Sharding): string {
  const entries = sharding.dimensions.map(({ axes }) => {
    const names = axes.map(part => `'${formatAxisPart(part)}'`);
    if (names.length === 0) return 'None';
    return names.length === 1 ? names[0] : `(${names.join(', ')})`;
  });
  const unreduced = sharding.unreduced.map(part => `'${formatAxisPart(part)}'`);
  if (unreduced.length > 0) entries.push(`unreduced={${unreduced.join(', ')}}`);
  return `PartitionSpec(${entries.join(', ')})`;
}

/** The sharding that keeps a tensor of this rank whole on every device. */
export function wholeSharding(rank: number, open = false): Sharding {
  return { dimensions: Array.from({ length: rank }, () => ({ axes: [], open })), unreduced: [] };
}

/** True when no dimension is cut and nothing is unreduced. */
export function isWhole(sharding: Sharding): boolean {
  return sharding.unreduced.length === 0 && sharding.dimensions.every(dimension => dimension.axes.length === 0);
}

/** True when both lie on a mesh the same way; whether dimensions are open does not matter. */
export function equalShardings(a: Sharding, b: Sharding): boolean {
  const closed = (sharding: Sharding) =>
    formatSharding({
      dimensions: sharding.dimensions.map(({ axes }) => ({ axes, open: false })),
      unreduced: [...sharding.unreduced].sort((x, y) => (formatAxisPart(x) < formatAxisPart(y) ? -1 : 1)),
    });
  return a === b || closed(a) === closed(b);
}

function wrongSharding(text: string, part: string) {
  return diagnosticError('SK2002', {
    message: `the sharding \`${text.trim()}\` is wrong at \`${part.trim()}\``,
    expected: 'one pair of braces per dimension, like [{dp}, {tp,?}, {}], or a sub-axis {tp:(1)2}',
    next: 'correct the sharding; {} keeps a dimension whole',
  });
}
