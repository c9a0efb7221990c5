import type { ArenaBox, ArenaKind } from './pack-report.ts';
import { round } from './svg.ts';

/** No side is drawn shorter, so that everything is seen. */
export const thinnest = 0.4;

/** A rectangle in the units of a drawing. */
export interface PixelBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is drawn one by one, and what together. */
export interface MergedBoxes {
  /** Indices of the boxes that are drawn one by one. */
  readonly named: readonly number[];
  /** One path for each kind of all other boxes. */
  readonly paths: readonly { readonly kind: ArenaKind; readonly path: string }[];
  /** How many boxes are in the paths. */
  readonly merged: number;
}

/**
 * Parts boxes into the `most` largest of those that fill a pixel, and the rest, which becomes one path for each kind. In
 * paths corners lie on tenths of a pixel, and what is smaller than a pixel both ways fills its pixel.
 */
export function mergeBoxes(boxes: readonly ArenaBox[], placed: readonly PixelBox[], most: number): MergedBoxes {
  const areaOf = (index: number): number => placed[index].width * placed[index].height;
  const seen = boxes.flatMap((_, index) => (areaOf(index) >= 1 ? [index] : []));
  seen.sort((a, b) => areaOf(b) - areaOf(a) || a - b);
  const named = seen.slice(0, most);
  const isNamed = new Set(named);
  const pieces = new Map<ArenaKind, Set<string>>();
  for (const [index, { kind }] of boxes.entries()) {
    if (isNamed.has(index)) continue;
    const known = pieces.get(kind) ?? new Set<string>();
    pieces.set(kind, known.add(pieceOf(placed[index])));
  }
  const paths = [...pieces].map(([kind, strokes]) => ({ kind, path: [...strokes].join('') }));
  return { named, paths, merged: boxes.length - named.length };
}

function pieceOf({ x, y, width, height }: PixelBox): string {
  if (width < 1 && height < 1) return `M${Math.floor(x)} ${Math.floor(y)}h1v1h-1z`;
  const tenth = (value: number): number => Math.round(value * 10) / 10;
  const [left, top] = [tenth(x), tenth(y)];
  const [wide, high] = [Math.max(thinnest, tenth(x + width) - left), Math.max(thinnest, tenth(y + height) - top)].map(
    round,
  );
  return `M${left} ${top}h${wide}v${high}h${-wide}z`;
}
