import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expandAirMatrix } from '../networks/airmatrix.ts';
import { singaporeAirMatrix } from './airmatrix.ts';
import { readSingapore, singaporeCoast } from './data.ts';
import { aerodromeZones, ceilingZone, nationalDayZones } from './zones.ts';

test('the default AirMatrix has more than 0.3 million vertices over land, below 60 m', () => {
  const { x, z, edgeTargets, lattice } = expandAirMatrix(singaporeAirMatrix());
  expect([x.length, edgeTargets.length]).toMatchInlineSnapshot(`
    [
      323324,
      3022218,
    ]
  `);
  expect(lattice?.layerHeights).toEqual([24, 36, 48, 60]);
  expect(Math.max(...new Set(z))).toBe(60);
});

test('the file has at most 50 kB, names its sources, and its coast has the area of the land', () => {
  const text = readFileSync(new URL('./singapore.json', import.meta.url), 'utf8');
  expect(text.length).toBeLessThan(50_000);
  const data = readSingapore();
  expect(data.attribution.join(' ')).toMatch(
    /Urban Redevelopment Authority.*data\.gov\.sg.*Open Data Licence.*OurAirports/,
  );
  let squareMetres = 0;
  for (const ring of singaporeCoast(data)) {
    for (const [index, [x, y]] of ring.entries()) {
      const [beforeX, beforeY] = ring.at(index - 1) ?? [0, 0];
      squareMetres += (beforeX * y - x * beforeY) / 2;
    }
  }
  // 785 km2 of outer rings in the source, lakes included.
  expect(Math.abs(squareMetres) / 1e6).toBeGreaterThan(780);
  expect(Math.abs(squareMetres) / 1e6).toBeLessThan(790);
});

test('five aerodromes ask for a permit unless told to close', () => {
  const zones = aerodromeZones();
  expect(zones.map(({ name, rule }) => `${rule}: ${name}`)).toMatchInlineSnapshot(`
    [
      "permit: Sembawang Air Base, 5 km from the middle of its runways (approximation)",
      "permit: Paya Lebar Air Base, 5 km from the middle of its runways (approximation)",
      "permit: Tengah Air Base, 5 km from the middle of its runways (approximation)",
      "permit: Seletar Airport, 5 km from the middle of its runways (approximation)",
      "permit: Singapore Changi Airport, 5 km from the middle of its runways (approximation)",
    ]
  `);
  expect(new Set(aerodromeZones({ rule: 'closed' }).map(zone => zone.rule))).toEqual(new Set(['closed']));
  expect(ceilingZone().floorMetres).toBe(60);
});

test('the areas of National Day follow each other at their times, seen from the epoch', () => {
  const hours = nationalDayZones({ epoch: '2025-08-09T08:00:00Z' }).map(({ name, windows }) => [
    name,
    ...windows.map(({ start, end }) => `${start / 3600} to ${end / 3600} h`),
  ]);
  expect(hours).toMatchInlineSnapshot(`
    [
      [
        "National Day TRA 2, most of Singapore (16 km circle, approximation)",
        "1 to 3.5 h",
      ],
      [
        "National Day TRA 1, the Padang (3 km circle, approximation)",
        "3.5 to 5 h",
      ],
    ]
  `);
});
