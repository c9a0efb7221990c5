import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../src/base/index.ts';
import { parseCluster } from '../../src/cost/index.ts';
import { type Engine, parseInputsSpec, startXlaEngine } from '../../src/engine/index.ts';
import { loadProgram } from '../../src/ir/index.ts';
import { createProblem, problemOnMesh } from '../../src/parallel/index.ts';
import { planPlaced } from '../../src/plan/index.ts';
import { parseMesh, placeAssignment } from '../../src/sharding/index.ts';
import { inlineCalls } from '../../src/transform/index.ts';
import { verifySplit } from '../../src/verify/index.ts';
import { drawAssignment } from '../support/draw-assignment.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await startXlaEngine({ cluster: { processes: 1, devicesPerProcess: 4, platform: 'cpu' } });
});

afterAll(() => engine?.close());

test('a training step that is split by chance computes the same', async () => {
  const program = await loadProgram('examples/programs/mlp.mlir.gz');
  const specFile = 'examples/programs/mlp.inputs.json';
  const spec = parseInputsSpec(JSON.parse(await readFile(specFile, 'utf8')), specFile);
  const inlined = inlineCalls(program);
  const cluster = parseCluster('cpu:4');
  const mesh = parseMesh('a=2,b=2');
  const ground = problemOnMesh(createProblem(inlined, { cluster, mesh }), mesh);
  const placed = placeAssignment(ground, drawAssignment(ground, createRandom(2)));
  const split = planPlaced(program, inlined, cluster, mesh, placed);
  const { verified, failures } = await verifySplit(engine, program, split, { spec, seed: 7 });
  expect(failures).toEqual([]);
  expect(verified).toBe(true);
});
