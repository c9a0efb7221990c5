import { describe, expect, it } from 'vitest';
import { hostMemoryDiagnostic, predictHostBytes } from './host-memory.ts';

describe('memory of a host with virtual devices', () => {
  // GPT-2 small, batch 8 x 128, f32, Adam; resident memory of the worker at its highest, jaxlib 0.10.2, data parallel.
  it.each([
    [1, 2.01e9, 4.04e9],
    [2, 1.3e9, 6.23e9],
  ])('comes near what was measured on %i devices', (devices, temporaryBytes, measured) => {
    const predicted = predictHostBytes({
      devices,
      processes: 1,
      argumentBytes: 1.486e9,
      freshOutputBytes: 4e3,
      temporaryBytes,
      largestArgumentBytes: 154.5e6,
    });
    expect(Math.abs(predicted - measured) / measured).toBeLessThan(0.03);
  });

  it('is refused where it does not fit', () => {
    expect(hostMemoryDiagnostic(5e9, 6e9)).toBeUndefined();
    expect(hostMemoryDiagnostic(25e9, 16e9)).toMatchObject({
      code: 'SK2106',
      message: 'the run would take about 25.0 GB of memory, but 16.0 GB are free',
    });
  });
});
