import { boundServed } from '../capacity.ts';
import { padHolds } from '../occupancy.ts';
import { type Answer, createPlanner } from '../planner.ts';
import type { AirspaceProblem, FlightPlan } from '../problem.ts';
import { solve } from '../solve.ts';
import { countBlocked } from './blocked.ts';
import type { CellRecord } from './cells.ts';
import { type ExperimentDemand, type ExperimentGround, experimentProblem } from './ground.ts';
import type { ExperimentMode, ExperimentParameters } from './parameters.ts';

/**
 * Plans what is asked in one way after another, and records what came of each. Deterministic but for the seconds of the
 * processor, which are those of the whole process: nothing else should go on in it.
 */
export function* runDemand(
  ground: ExperimentGround,
  parameters: ExperimentParameters,
  demand: ExperimentDemand,
  modes: readonly ExperimentMode[],
): Generator<CellRecord, void, undefined> {
  const { nodesPerRequest: nodes, repairs, blockedSample: sample, windowSeconds } = parameters;
  const problem = experimentProblem(ground, parameters, demand);
  const alone = aloneAnswers(problem, nodes);
  const { pads: padBound, lanes: laneBound, served: bound } = boundServed(problem, { nodesPerRequest: nodes });
  for (const mode of modes) {
    const before = process.cpuUsage();
    const { plan, stats } = solve(problem, {
      mode,
      seed: demand.seed,
      repairs,
      explain: false,
      nodesPerRequest: nodes,
    });
    const { user, system } = process.cpuUsage(before);
    yield {
      density: demand.density,
      zones: demand.zones,
      mode,
      seed: demand.seed,
      asked: problem.requests.length,
      served: stats.served,
      proved: stats.proved,
      gaveUp: stats.gaveUp,
      ...delays(plan, alone),
      padBound,
      laneBound,
      bound,
      expansions: stats.expansions,
      cpuSeconds: (user + system) / 1e6,
      blocked: countBlocked(problem, plan, alone, { sample, nodes }),
      ...padShares(problem, plan, windowSeconds),
    };
  }
}

/** By request: what comes of it in a sky that has nothing but zones. */
function aloneAnswers(problem: AirspaceProblem, nodes: number): Map<string, Answer> {
  const sky = createPlanner(problem, { withoutFlights: true });
  return new Map(problem.requests.map(request => [request.name, sky.find(request, { nodes })]));
}

/** What those who are served cost beside what they would cost alone. Who was given up alone counts as flyable. */
function delays(
  plan: FlightPlan,
  alone: ReadonlyMap<string, Answer>,
): Pick<CellRecord, 'flyable' | 'delayed' | 'cost' | 'boundCost'> {
  let [delayed, cost, boundCost] = [0, 0, 0];
  for (const flight of plan.flights) {
    const answer = alone.get(flight.name);
    const bound = answer?.kind === 'found' ? answer.flight.cost : flight.cost;
    cost += flight.cost;
    boundCost += bound;
    if (flight.cost > bound + 1e-6) delayed++;
  }
  const flyable = [...alone.values()].filter(({ kind }) => kind !== 'proved').length;
  return { flyable, delayed, cost, boundCost };
}

/** Shares of the window `[0, windowSeconds)` in which pads are held: of all pads together, and of the busiest. */
function padShares(
  problem: AirspaceProblem,
  plan: FlightPlan,
  windowSeconds: number,
): Pick<CellRecord, 'padShare' | 'busiestPadShare'> {
  const held = new Map<string, number>();
  for (const flight of plan.flights) {
    for (const { pad, start, end } of padHolds(problem, flight)) {
      const seconds = Math.min(end, windowSeconds) - Math.max(start, 0);
      if (seconds > 0) held.set(pad, (held.get(pad) ?? 0) + seconds);
    }
  }
  const seconds = [...held.values()];
  const total = seconds.reduce((sum, value) => sum + value, 0);
  return {
    padShare: total / (problem.pads.length * windowSeconds),
    busiestPadShare: Math.max(0, ...seconds) / windowSeconds,
  };
}
