/** Prints bytes for people: `1.50 GB`. Decimal units, three significant digits. */
export function formatBytes(bytes: number): string {
  return formatScaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB', 'PB']);
}

/** Prints a count of operations: `312 GFLOP`. */
export function formatFlops(flops: number): string {
  return formatScaled(flops, ['FLOP', 'kFLOP', 'MFLOP', 'GFLOP', 'TFLOP', 'PFLOP', 'EFLOP']);
}

/** Prints a count: `124 M`. */
export function formatCount(count: number): string {
  return formatScaled(count, ['', 'k', 'M', 'G', 'T']).trim();
}

/** Prints a duration for people: `12.3 ms`. */
export function formatSeconds(seconds: number): string {
  if (seconds >= 1 || seconds === 0) return `${trimNumber(seconds)} s`;
  if (seconds >= 1e-3) return `${trimNumber(seconds * 1e3)} ms`;
  return `${trimNumber(seconds * 1e6)} us`;
}

function formatScaled(value: number, units: readonly string[]): string {
  let scaled = value;
  let unit = 0;
  while (Math.abs(scaled) >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${unit === 0 ? String(Math.round(scaled)) : trimNumber(scaled)} ${units[unit]}`;
}

function trimNumber(value: number): string {
  if (value === 0) return '0';
  return Math.abs(value) >= 99.95 ? value.toFixed(0) : value.toPrecision(3);
}
