import { describe, expect, it } from 'vitest';
import { mapExample } from '../../test/support/flight-map-example.ts';
import { altitudeProfile, profileSpan } from './altitude-profile.ts';
import { densityChart } from './density-chart.ts';

const waiting = mapExample.flights.find(({ waits }) => waits.length === 2) ?? mapExample.flights[0];

describe('charts of flights', () => {
  it('mark every wait in a profile, with its reason', () => {
    const drawing = altitudeProfile(mapExample, waiting);
    for (const { kind, reason } of waiting.waits) {
      expect(drawing).toContain(`class="wait-${kind}"`);
      expect(drawing).toContain(reason);
    }
    expect(profileSpan(waiting)?.start).toBe(waiting.waits[0].start);
  });

  it('have no profile of a flight that is cancelled', () => {
    expect(altitudeProfile(mapExample, { ...waiting, legs: [], waits: [], state: 'cancelled' })).toBe('');
  });

  it('draw a point for every density of every line, and its name', () => {
    const density = mapExample.density ?? { unit: '', lines: [] };
    const drawing = densityChart(density);
    expect(drawing.match(/<circle/g)).toHaveLength(density.lines.flatMap(({ points }) => points).length);
    for (const { name } of density.lines) expect(drawing).toContain(`>${name}</text>`);
    expect(drawing).toContain('bump: 62 % of 60 requests per km² and hour');
  });

  it('hold no styles and no text as markup, which the policy of the page forbids', () => {
    const name = '<script>alert(1)</script>';
    const drawings = [
      altitudeProfile(mapExample, { ...waiting, name, waits: [{ ...waiting.waits[0], reason: name }] }),
      densityChart({ unit: name, lines: [{ name, points: [{ density: 1, share: 1 }] }] }),
    ];
    for (const drawing of drawings) expect(drawing).not.toMatch(/style=|<script/);
  });
});
