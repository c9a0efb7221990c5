import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createRandom } from '../../src/base/index.ts';
import { parseCluster } from '../../src/cost/index.ts';
import { loadProgram, type Program } from '../../src/ir/index.ts';
import { createProblem, problemOnMesh } from '../../src/parallel/index.ts';
import {
  formatPlan,
  parsePlan,
  planByPins,
  planDecided,
  planPlaced,
  type SplitProgram,
  validatePlan,
} from '../../src/plan/index.ts';
import { type Mesh, parseMesh, parsePins, placeAssignment } from '../../src/sharding/index.ts';
import { inlineCalls } from '../../src/transform/index.ts';
import { drawAssignment } from '../support/draw-assignment.ts';

/* A plan that is written and read again is carried out exactly as it was found. */
const root = new URL('../../', import.meta.url);
const path = (name: string): string => fileURLToPath(new URL(name, root));

/** Writes a plan, reads it, checks it and plans by it; all must be as before, down to the bytes of both files. */
function expectReplay(program: Program, inlined: Program, { plan, text }: SplitProgram): void {
  const written = formatPlan(plan);
  const source = { file: 'plan.json', text: written };
  const resolved = validatePlan(parsePlan(written, source.file), program, inlined, source);
  const again = planDecided(program, parseCluster(plan.cluster), resolved);
  expect(again.plan.predicted).toEqual(plan.predicted);
  expect(formatPlan(again.plan) === written).toBe(true);
  expect(again.text === text).toBe(true);
}

interface Placement {
  readonly name: string;
  readonly program: string;
  readonly pins: string;
}

const { placements }: { placements: Placement[] } = JSON.parse(
  readFileSync(new URL('examples/placements/placements.json', root), 'utf8'),
);

const looped: Placement = {
  name: 'dp of a loop',
  program: 'examples/programs/gpt2-tiny-scan.mlir.gz',
  pins: 'dp.json',
};

test.each([...placements, looped].map(placement => [placement.name, placement] as const))(
  'placement %s is carried out as it was found',
  async (_, placement) => {
    const program = await loadProgram(path(placement.program));
    const inlined = inlineCalls(program);
    const { mesh, pins } = parsePins(readFileSync(path(`examples/placements/${placement.pins}`), 'utf8'));
    const split = planByPins(program, inlined, { cluster: clusterOf(mesh), mesh, pins });
    expectReplay(program, inlined, split);
  },
);

test.each([
  ['mlp', 'a=2,b=2', 4],
  ['mlp-bf16', 'a=3', 2],
  ['gpt2-tiny', 'a=2,b=2', 1],
  ['resnet-tiny', 'a=2', 2],
  ['wide-head-tiny', 'a=2,b=4', 1],
  ['llama-tiny', 'a=2', 2],
])('%s on %s, decided by chance, is carried out as it was found', async (name, axes, rounds) => {
  const program = await loadProgram(path(`examples/programs/${name}.mlir.gz`));
  const inlined = inlineCalls(program);
  const mesh = parseMesh(axes);
  const cluster = clusterOf(mesh);
  const ground = problemOnMesh(createProblem(inlined, { cluster, mesh }), mesh);
  const random = createRandom(11);
  for (let round = 0; round < rounds; round++) {
    const placed = placeAssignment(ground, drawAssignment(ground, random));
    expectReplay(program, inlined, planPlaced(program, inlined, cluster, mesh, placed));
  }
});

function clusterOf(mesh: Mesh) {
  return parseCluster(`cpu:${mesh.axes.reduce((product, { size }) => product * size, 1)}`);
}
