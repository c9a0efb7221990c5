import { describe, expect, it } from 'vitest';
import { randomScenario } from '../../test/airspace/random-scenario.ts';
import type { FlightWait, Refusal } from '../airspace/index.ts';
import { createRandom } from '../base/index.ts';
import { alternativeWords, isoTime, listOf, refusalReason, waitReason } from './fly-words.ts';

const problem = randomScenario(createRandom(1), { requests: 5 });
const [request] = problem.requests;
const nobody = { flights: [], zones: [] };

describe('words for flights', () => {
  it('write times in the zone of the epoch, which are read back as the same moment', () => {
    expect(isoTime('2026-08-09T10:00:00+08:00', 61.5)).toBe('2026-08-09T10:01:01.500+08:00');
    const random = createRandom(4);
    for (const zone of ['Z', '+08:00', '-03:30', '+05:45', '-11:00']) {
      const epoch = `2026-08-09T22:00:00${zone}`;
      for (let round = 0; round < 100; round++) {
        const seconds = random.integer(-100_000_000, 100_000_000) / 1000;
        const text = isoTime(epoch, seconds);
        expect(text.endsWith(zone)).toBe(true);
        expect(Date.parse(text)).toBe(Date.parse(epoch) + Math.round(seconds * 1000));
      }
    }
  });

  it('list names, and count those that are too many', () => {
    expect(['', 'A', 'A B', 'A B C D E', 'A B C D E F'].map(names => listOf(names.split(' ')))).toEqual([
      '',
      'A',
      'A and B',
      'A, B, C, D and E',
      'A, B, C, D and 2 others',
    ]);
  });

  it('say who is waited for, and who is last', () => {
    const reasonOf = (blockers: FlightWait['blockers'], last: FlightWait['last']): string =>
      waitReason({ kind: 'hover', leg: 0, stop: 0, vertex: 0, start: 0, end: 9, blockers, last }, problem);
    const both = { flights: ['F1', 'F2'], zones: ['Z'] };
    expect(reasonOf(both, both)).toBe('flights F1 and F2 and zone Z are in the way');
    expect(reasonOf(both, { flights: ['F2'], zones: [] })).toMatch(/ are in the way, last of all flight F2$/);
    expect(reasonOf({ flights: [], zones: ['Z'] }, nobody)).toBe('zone Z is in the way');
    expect(reasonOf(nobody, nobody)).toBe('nobody is in the way any more');
  });

  it('say why a request is refused, for every cause', () => {
    const reasonOf = (cause: Refusal['cause'], flights: string[] = []): string =>
      refusalReason(problem, { request: request.name, kind: 'proved', cause, flights, zones: [] });
    expect(reasonOf('flights', ['F1', 'F2'])).toBe('flights F1 and F2 are in the way');
    expect(reasonOf('flights')).toBe('other flights are in the way');
    expect(reasonOf('zones')).toBe('zones are in the way');
    expect(reasonOf('unreachable')).toContain(`from ${request.from} to ${request.to}`);
    expect(reasonOf('air-time')).toMatch(/longer than its class can/);
    expect(reasonOf('deadline')).toMatch(/after its deadline$/);
    expect(reasonOf('gave-up', ['F1'])).toMatch(/limit of work; flight F1 is in the way of the shortest way$/);
  });

  it('say how the nearest request that is served differs', () => {
    const wordsOf = (change: object): string | undefined =>
      alternativeWords(problem, {
        request: request.name,
        kind: 'proved',
        cause: 'flights',
        flights: [],
        zones: [],
        alternative: { ...request, ...change },
      });
    const { earliest, deadline = 0 } = request;
    expect(wordsOf({})).toBeUndefined();
    expect(wordsOf({ deadline: deadline + 90 })).toMatch(/^served if it may land until \S+, 1 min 30 s later$/);
    expect(wordsOf({ earliest: earliest - 5, class: 'airship' })).toMatch(
      /^served if it takes off from \S+, 5 s earlier and flies as airship$/,
    );
    expect(wordsOf({ from: 'pad X', to: 'pad Y', toleranceSeconds: 600 })).toMatch(
      /starts from pad X, flies to pad Y and tolerates 10 min$/,
    );
  });
});
