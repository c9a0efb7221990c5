/** One dimension of a sliding window, with all that shifts, spreads or surrounds it. Sizes and dilations are >= 1. */
export interface WindowDimension {
  readonly size: number;
  readonly stride: number;
  readonly paddingLow: number;
  readonly paddingHigh: number;
  readonly baseDilation: number;
  readonly windowDilation: number;
}

/** How many places a window takes along a dimension of `size` elements. */
export function windowCount(size: number, window: WindowDimension): number {
  const spread = size === 0 ? 0 : (size - 1) * window.baseDilation + 1;
  const padded = window.paddingLow + spread + window.paddingHigh;
  const reach = (window.size - 1) * window.windowDilation + 1;
  return padded <= 0 || reach > padded ? 0 : Math.floor((padded - reach) / window.stride) + 1;
}

/**
 * How many (place, window element) pairs of a dimension meet an element of the base rather than padding or the holes
 * of dilation. O(places x window).
 */
export function validPositions(size: number, window: WindowDimension): number {
  const places = windowCount(size, window);
  let valid = 0;
  for (let place = 0; place < places; place++) {
    for (let index = 0; index < window.size; index++) {
      const position = place * window.stride + index * window.windowDilation - window.paddingLow;
      if (position >= 0 && position % window.baseDilation === 0 && position / window.baseDilation < size) valid++;
    }
  }
  return valid;
}
