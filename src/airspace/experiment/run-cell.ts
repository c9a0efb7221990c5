import { padHolds } from '../occupancy.ts';
import type { AirspaceProblem, FlightPlan } from '../problem.ts';
import { solve } from '../solve.ts';
import { countBlocked } from './blocked.ts';
import type { CellRecord, ExperimentCell } from './cells.ts';
import { type ExperimentGround, experimentProblem } from './ground.ts';
import type { ExperimentParameters } from './parameters.ts';

/** Plans one cell. Deterministic but for the seconds of the processor, which are those of the whole process. */
export function runCell(ground: ExperimentGround, parameters: ExperimentParameters, cell: ExperimentCell): CellRecord {
  const { nodesPerRequest, blockedSample } = parameters;
  const problem = experimentProblem(ground, parameters, cell);
  const before = process.cpuUsage();
  const { plan, stats } = solve(problem, { nodesPerRequest });
  const { user, system } = process.cpuUsage(before);
  const { density, zones, mode, seed } = cell;
  return {
    density,
    zones,
    mode,
    seed,
    asked: problem.requests.length,
    served: stats.served,
    delayed: stats.delayed,
    proved: stats.proved,
    gaveUp: stats.gaveUp,
    flyable: stats.servedBound,
    cost: stats.cost,
    boundCost: stats.boundCost,
    expansions: stats.expansions,
    cpuSeconds: (user + system) / 1e6,
    blocked: countBlocked(problem, plan, { sample: blockedSample, nodes: nodesPerRequest }),
    ...padShares(problem, plan, parameters.windowSeconds),
  };
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
