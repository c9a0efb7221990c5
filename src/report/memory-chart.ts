import { formatBytes } from '../base/index.ts';
import type { MemoryBar } from './run-report.ts';
import { stackedBars } from './stacked-bars.ts';

/** Memory of one device as stacked bars, one part per kind, the same colour for the same kind everywhere. */
export function memoryChart(bars: readonly MemoryBar[]): string {
  const drawn = bars.map(({ label, parts }) => ({
    label,
    parts: parts.map(({ kind, bytes }) => ({ kind, amount: bytes })),
  }));
  return stackedBars(drawn, formatBytes, 'memory of one device by kind');
}
