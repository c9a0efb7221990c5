import type { AirspaceProblem, Zone } from '../../src/airspace/index.ts';
import { createPlanner, type Planner } from '../../src/airspace/planner.ts';
import { createRandom, type Random } from '../../src/base/index.ts';
import { randomScenario } from './random-scenario.ts';

/** A busy little city with all that first come, first served accepts. */
export function busyCity(
  seed: number,
  nodes: number,
  requests = 60,
): { readonly problem: AirspaceProblem; readonly planner: Planner } {
  const problem = randomScenario(createRandom(seed), { requests, bufferSeconds: seed % 3 });
  const planner = createPlanner(problem);
  for (const request of problem.requests) {
    const answer = planner.find(request, { nodes });
    if (answer.kind === 'found') planner.accept(answer.flight);
  }
  return { problem, planner };
}

/** A zone somewhere, with or without notice, that may be there before and stay for ever. */
export function appearingZone(random: Random, now: number, name = 'new zone'): Zone {
  const start = now + random.integer(-30, 90);
  return {
    name,
    area: {
      kind: 'circle',
      centre: [random.integer(0, 400), random.integer(0, 300)],
      radiusMetres: random.integer(30, 150),
    },
    floorMetres: 0,
    ceilingMetres: random.pick([40, 100]),
    windows: [{ start, end: start + random.pick([100, 300, Number.POSITIVE_INFINITY]) }],
    rule: 'closed',
  };
}
