import { closing } from './hlo-text.ts';

/**
 * Reads `replica_groups` in each form that XLA prints; `devices` is the number of partitions.
 *
 * - `{{0,1},{2,3}}`: the groups themselves; `{}` is one group of all.
 * - `[4,2]<=[2,4]T(1,0)`: count up to 2 x 4 in that shape, transpose, cut into 4 groups of 2. `T` may be missing.
 * - `mesh['a'=2,'b'=4] {'b'}`: devices that differ in the coordinates of the named axes only. An axis may be a
 *   sub-axis `'b':(2)2`, and `device_ids=(...)` may follow the mesh: a list, or counted, `[2,4]T(1,0)`.
 *
 * Returns undefined for anything else.
 */
export function readReplicaGroups(text: string, devices: number): number[][] | undefined {
  if (text.startsWith('{')) {
    const body = text.slice(0, closing(text, 0) + 1);
    const groups = [...body.matchAll(/\{([\d,\s]+)\}/g)].map(match => readIntegers(match[1]));
    return groups.length > 0 ? groups : [Array.from({ length: devices }, (_, device) => device)];
  }
  if (text.startsWith('[')) {
    const iota = readIota(text);
    return iota === undefined ? undefined : cutGroups(iota.order, iota.shape[1] ?? iota.order.length);
  }
  return text.startsWith('mesh[') ? readMeshGroups(text) : undefined;
}

/** Reads `{{0,1},{1,2}}`, the pairs of a collective-permute. */
export function readPairs(text: string): number[][] {
  return [...text.matchAll(/\{(\d+)\s*,\s*(\d+)\}/g)].map(match => [Number(match[1]), Number(match[2])]);
}

const readIntegers = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);

/** Reads `[4,2]<=[2,4]T(1,0)`: the shape on the left and the numbers in their order. */
function readIota(text: string): { shape: number[]; order: number[] } | undefined {
  const match = /^\[([\d,\s]*)\]<=\[([\d,\s]+)\](?:T\(([\d,\s]+)\))?/.exec(text);
  if (match === null) return undefined;
  const source = readIntegers(match[2]);
  const permutation = match[3] === undefined ? source.map((_, index) => index) : readIntegers(match[3]);
  const strides = stridesOf(source);
  const sizes = permutation.map(dimension => source[dimension]);
  const steps = permutation.map(dimension => strides[dimension]);
  return { shape: readIntegers(match[1]), order: countUp(sizes, steps) };
}

/** The dot product of each index tuple below `sizes` with `steps`, row-major. */
function countUp(sizes: readonly number[], steps: readonly number[]): number[] {
  let numbers = [0];
  sizes.forEach((size, dimension) => {
    numbers = numbers.flatMap(base => Array.from({ length: size }, (_, index) => base + index * steps[dimension]));
  });
  return numbers;
}

function stridesOf(sizes: readonly number[]): number[] {
  const strides = sizes.map(() => 1);
  for (let index = sizes.length - 2; index >= 0; index--) strides[index] = strides[index + 1] * sizes[index + 1];
  return strides;
}

function cutGroups(order: readonly number[], size: number): number[][] {
  return Array.from({ length: order.length / size }, (_, group) => order.slice(group * size, (group + 1) * size));
}

function readMeshGroups(text: string): number[][] | undefined {
  const match = /^mesh\[([^\]]*)\](?:,\s*device_ids=\((.*?)\))?\s*\{([^}]*)\}/.exec(withoutTranspose(text));
  if (match === null) return undefined;
  const axes = [...match[1].matchAll(/'?([\w.-]+)'?=(\d+)/g)].map(([, name, size]) => ({ name, size: Number(size) }));
  const chosen = [...match[3].matchAll(/'?([\w.-]+)'?(?::\((\d+)\)(\d+))?/g)];
  const strides = stridesOf(axes.map(axis => axis.size));
  const digits: { size: number; step: number; chosenAt: number }[] = [];
  axes.forEach(({ name, size }, index) => {
    // Each axis is cut at the borders of its chosen sub-axes, so that a chosen part is one digit.
    const parts = chosen.flatMap((choice, at) => {
      if (choice[1] !== name) return [];
      return [{ before: Number(choice[2] ?? 1), size: Number(choice[3] ?? size), at }];
    });
    parts.sort((a, b) => a.before - b.before);
    let before = 1;
    const push = (partSize: number, chosenAt: number): void => {
      before *= partSize;
      digits.push({ size: partSize, step: strides[index] * (size / before), chosenAt });
    };
    for (const part of parts) {
      if (part.before > before) push(part.before / before, -1);
      push(part.size, part.at);
    }
    if (before < size) push(size / before, -1);
  });
  const outer = digits.filter(digit => digit.chosenAt < 0);
  const inner = digits.filter(digit => digit.chosenAt >= 0).sort((a, b) => a.chosenAt - b.chosenAt);
  const offsets = countUp(
    inner.map(digit => digit.size),
    inner.map(digit => digit.step),
  );
  const starts = countUp(
    outer.map(digit => digit.size),
    outer.map(digit => digit.step),
  );
  const ids = readDeviceIds(text);
  return starts.map(start => offsets.map(offset => ids?.[start + offset] ?? start + offset));
}

/** Drops the parentheses of `T(1,0)`, so that the list around it ends at its first closing parenthesis. */
const withoutTranspose = (text: string): string => text.replace(/T\([\d,\s]*\)/g, '');

function readDeviceIds(text: string): number[] | undefined {
  const start = text.indexOf('device_ids=(');
  if (start < 0) return undefined;
  const open = start + 'device_ids='.length;
  const body = text.slice(open + 1, closing(text, open)).trim();
  if (body.includes('<=')) return readIota(body)?.order;
  return body.startsWith('[') ? readIota(`[]<=${body}`)?.order : readIntegers(body);
}
