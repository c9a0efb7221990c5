import type { Cluster, PlannerDefects } from '../cost/index.ts';
import type { ShardingProblem } from './problem.ts';

/** The memory of a device that Rhino's source calls 32 GB. */
const roomyBytes = 2 ** 37;

/** A problem as a planner sees it that has defects in what it knows of the cluster: itself where it has none. */
export function defectiveProblem(problem: ShardingProblem, defects: PlannerDefects): ShardingProblem {
  const { roomyDevices, networkEverywhere, noOverlap } = defects;
  if (!roomyDevices && !networkEverywhere && !noOverlap) return problem;
  const cluster = networkEverywhere ? onNetwork(problem.cluster) : problem.cluster;
  return {
    ...problem,
    memoryLimitBytes: roomyDevices ? roomyBytes : problem.memoryLimitBytes,
    cluster: noOverlap ? hidingNothing(cluster) : cluster,
  };
}

/** A cluster on which every link is the one that joins hosts. */
function onNetwork(cluster: Cluster): Cluster {
  const network = cluster.profile.links[cluster.profile.links.length - 1];
  return { ...cluster, links: cluster.links.map(({ size }) => ({ ...network, size })) };
}

function hidingNothing(cluster: Cluster): Cluster {
  return { ...cluster, profile: { ...cluster.profile, overlap: { share: 0, slowdown: 1 } } };
}
