import { readFile } from 'node:fs/promises';
import { parseCluster } from '../../src/cost/index.ts';
import { type PlanSubject, planSubject, programSubject } from '../../src/explain/index.ts';
import { loadProgram, type Program } from '../../src/ir/index.ts';
import { planByPins, type SplitProgram } from '../../src/plan/index.ts';
import { type Pin, parsePins } from '../../src/sharding/index.ts';
import { inlineCalls } from '../../src/transform/index.ts';

/** An example program with its plan, ready to be explained. */
export interface ExplainedExample {
  readonly program: Program;
  readonly inlined: Program;
  readonly subject: PlanSubject;
  readonly split: SplitProgram;
  readonly pins: readonly Pin[];
}

/** Plans a program of the examples by one of the example placements, on its own number of virtual devices. */
export async function explainedExample(name: string, placement: string): Promise<ExplainedExample> {
  const file = `examples/placements/${placement}.json`;
  return explainedByPins(name, parsePins(await readFile(file, 'utf8'), file));
}

/** Plans a program of the examples by pins, on as many devices as the mesh has. */
export async function explainedByPins(
  name: string,
  { mesh, pins }: ReturnType<typeof parsePins>,
  device = 'cpu',
): Promise<ExplainedExample> {
  const program = await loadProgram(`examples/programs/${name}.mlir.gz`);
  const inlined = inlineCalls(program);
  const devices = mesh.axes.reduce((product, { size }) => product * size, 1);
  const split = planByPins(program, inlined, {
    cluster: parseCluster(device === 'cpu' ? `cpu:${devices}` : `${devices}x${device}`),
    mesh,
    pins,
  });
  return { program, inlined, split, pins, subject: planSubject(programSubject(inlined), split) };
}
