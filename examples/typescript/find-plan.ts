import { createProblem, inlineCalls, loadProgram, parseCluster, planPlaced, solveSharding } from 'skein';

const program = await loadProgram('examples/programs/gpt2-tiny.mlir.gz');
const inlined = inlineCalls(program);
const cluster = parseCluster('8xH100');
const problem = createProblem(inlined, { cluster, memoryLimitBytes: 40e9 });

const { solution, bound, gap, explanation } = await solveSharding(problem);
if (solution === undefined) {
  console.log('nothing fits', explanation);
} else {
  const { ground, cost } = solution;
  const { plan } = planPlaced(program, inlined, cluster, ground.mesh, cost.placed, { seconds: cost });
  console.log(plan.mesh.axes.map(([name, size]) => `${name}=${size}`).join(','));
  for (const { name, sharding } of plan.inputs.slice(0, 4)) console.log(`${name}=${sharding}`);
  console.log(`${cost.stepSeconds} s a step; no plan is faster than ${bound} s (${(100 * gap).toFixed(1)} %)`);
}
