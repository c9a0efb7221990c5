// The plans of one program, split: what the planner finds and what bench/throttled/plans.js names.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import {
  createProblem,
  entryFunction,
  inlineCalls,
  loadProgram,
  parseCluster,
  parseMesh,
  parsePin,
  planByPins,
  planPlaced,
  solveSharding,
  stateFeedback,
} from '../../dist/index.js';
import { choiceRules } from '../../dist/parallel/index.js';
import { programs } from './plans.js';

/** What is searched for every rate; the first is what `skein plan` does, and the plan that counts. */
export const searches = {
  found: {},
  'found by O2': { level: 'O2' },
  'found by O2, products may idle': { level: 'O2', rules: { ...choiceRules, busyProducts: false } },
};

export function exportPrograms(root, folder, names) {
  const words = ['-m', 'skein_models.corpus', '--out', folder, ...names];
  const environment = { ...process.env, PYTHONPATH: join(root, 'python') };
  const { status, stdout, stderr } = spawnSync(join(root, '.venv/bin/python'), words, {
    env: environment,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`programs were not exported: ${stdout}${stderr}`);
}

/**
 * Every plan of a program, with what is predicted for each rate, and which ones are found for each. Plans that are the
 * same text share an entry.
 */
export async function splitProgram(folder, name, clusterFiles) {
  const program = await loadProgram(join(folder, `${name}.mlir.gz`));
  const inlined = inlineCalls(program);
  const clusters = Object.entries(clusterFiles).map(([rate, path]) => ({ rate, cluster: parseCluster(path) }));
  const [{ cluster: first }] = clusters;
  const splits = [];
  const chosen = {};
  const add = (plan, split) => {
    const plain = withoutNames(split.text, split.plan.mesh.axes);
    const place = splits.findIndex(known => known.plain === plain);
    if (place >= 0) {
      splits[place].names.push(plan);
      return place;
    }
    // A plan lies as it was found or pinned; what it takes is another matter on every cluster.
    const predicted = clusters.map(({ rate, cluster }) => [
      rate,
      planPlaced(program, inlined, cluster, split.mesh, split.placed).plan.predicted,
    ]);
    splits.push({
      names: [plan],
      plain,
      text: split.text,
      predicted: Object.fromEntries(predicted),
      ...facts(split.plan),
    });
    return splits.length - 1;
  };
  for (const { rate, cluster } of clusters) {
    for (const [how, options] of Object.entries(searches)) {
      const { solution } = await solveSharding(createProblem(inlined, { cluster }), options);
      const split = planPlaced(program, inlined, cluster, solution.ground.mesh, solution.cost.placed);
      const place = add(`${how} for ${rate}`, split);
      chosen[rate] = { ...chosen[rate], [how]: place };
    }
  }
  const mesh = parseMesh(`a=${first.devices}`);
  for (const { name: plan, pins } of programs[name]) {
    add(plan, planByPins(program, inlined, { cluster: first, mesh, pins: pins.map(pin => parsePin(pin)) }));
  }
  return { splits, chosen, devices: first.devices, feedback: stateFeedback(entryFunction(inlined)) };
}

/** The text with axes called by their place in the mesh. */
const withoutNames = (text, axes) =>
  axes.reduce((rest, [axis], place) => rest.replaceAll(`"${axis}"`, `"axis ${place}"`), text);

/** What is kept of a plan: its mesh, and how many collectives of which kind the compiler should make. */
function facts({ mesh, collectives }) {
  const counts = {};
  for (const { kind } of collectives.backend) counts[kind] = (counts[kind] ?? 0) + 1;
  return { mesh: mesh.axes.map(([axis, size]) => `${axis}=${size}`).join(), counts };
}
