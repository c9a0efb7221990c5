import type { Point } from '../network.ts';
import { createProjection } from '../networks/frame.ts';
import type { TimeWindow, Zone } from '../problem.ts';
import { singaporeCeilingMetres } from './airmatrix.ts';
import { type Aerodrome, readSingapore, type SingaporeData, singaporeFrame } from './data.ts';

/** What zones of the pack have in common. */
export interface SingaporeZoneOptions {
  readonly rule?: 'permit' | 'closed';
  readonly data?: SingaporeData;
}

/** Higher than all of these zones matter for. */
const unlimitedMetres = 20_000;
const always: readonly TimeWindow[] = [{ start: 0, end: Number.POSITIVE_INFINITY }];

/**
 * Circles of 5 km around the aerodromes, at any height: `permit` by default, a flag that blocks nothing. An
 * approximation, and named so: the law measures from the aerodrome, these from the middle of its open runways.
 */
export function aerodromeZones({ rule = 'permit', data = readSingapore() }: SingaporeZoneOptions = {}): Zone[] {
  return data.aerodromes.map(aerodrome => ({
    name: `${aerodrome.name}, 5 km from the middle of its runways (approximation)`,
    area: { kind: 'circle', centre: middleOf(aerodrome, data), radiusMetres: 5000 },
    floorMetres: -1000,
    ceilingMetres: unlimitedMetres,
    windows: always,
    rule,
  }));
}

/** All that is above 60 m: needs a permit, or is closed. */
export function ceilingZone({ rule = 'permit', data = readSingapore() }: SingaporeZoneOptions = {}): Zone {
  return {
    name: 'above 200 ft (60 m)',
    area: { kind: 'circle', centre: placeOf(mainland, data), radiusMetres: 60_000 },
    floorMetres: singaporeCeilingMetres,
    ceilingMetres: unlimitedMetres,
    windows: always,
    rule,
  };
}

/**
 * The two nested temporary restricted areas of National Day 2025 (Civil Aviation Authority of Singapore, 6 June 2025),
 * from the ground to 2,500 ft: area 2, most of Singapore, 17:00 to 19:30; then area 1, around the Padang, 19:30 to
 * 21:00, on 9 August and the Saturdays of the rehearsals. Times are the real ones; the circles are approximations, and
 * named so, since the authority publishes its areas as pictures.
 *
 * `epoch`: time 0 of the problem, on one of these days or before, such as `2025-08-09T16:00:00+08:00`, the default.
 */
export function nationalDayZones(options: { readonly epoch?: string; readonly data?: SingaporeData } = {}): Zone[] {
  const { epoch = '2025-08-09T16:00:00+08:00', data = readSingapore() } = options;
  const areas = [
    {
      name: 'National Day TRA 2, most of Singapore',
      place: mainland,
      radiusMetres: 16_000,
      from: '17:00',
      to: '19:30',
    },
    { name: 'National Day TRA 1, the Padang', place: padang, radiusMetres: 3000, from: '19:30', to: '21:00' },
  ];
  return areas.map(({ name, place, radiusMetres, from, to }) => ({
    name: `${name} (${radiusMetres / 1000} km circle, approximation)`,
    area: { kind: 'circle', centre: placeOf(place, data), radiusMetres },
    floorMetres: -1000,
    ceilingMetres: 762,
    windows: [{ start: secondsUntil(from, epoch), end: secondsUntil(to, epoch) }],
    rule: 'closed',
  }));
}

const mainland = [103.82, 1.355] as const;
const padang = [103.8526, 1.29] as const;

function placeOf([longitude, latitude]: readonly [number, number], data: SingaporeData): Point {
  return createProjection(singaporeFrame(data)).toPlane(longitude, latitude);
}

/** Seconds from the epoch to a time of 9 August 2025 in Singapore. */
function secondsUntil(time: string, epoch: string): number {
  return (Date.parse(`2025-08-09T${time}:00+08:00`) - Date.parse(epoch)) / 1000;
}

function middleOf(aerodrome: Aerodrome, data: SingaporeData): Point {
  const projection = createProjection(singaporeFrame(data));
  const ends = aerodrome.runways.filter(runway => !runway.closed).flatMap(runway => runway.ends);
  const places = ends.map(end => projection.toPlane(...end));
  const total = places.reduce<Point>(([sumX, sumY], [x, y]) => [sumX + x, sumY + y], [0, 0]);
  return [total[0] / places.length, total[1] / places.length];
}
