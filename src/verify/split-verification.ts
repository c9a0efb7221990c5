import type { Comparison, Engine } from '../engine/index.ts';
import { entryFunction, type Program, printProgram } from '../ir/index.ts';
import { inputNames, outputNames, type SplitProgram, stateFeedback } from '../plan/index.ts';
import { type CollectiveComparison, compareCollectives } from './collective-comparison.ts';
import { readCompiledCollectives } from './compiled-collectives.ts';
import { defaultInputs } from './default-inputs.ts';
import { compareRuns, type RunInputs, type RunOptions, type RunRecord } from './equivalence.ts';
import { judgeOutputs, type OutputVerdict } from './output-judge.ts';
import { outputPrecisions } from './output-precision.ts';
import { tellingOutputs } from './telling-outputs.ts';

/** The verdict on a split program, with what it rests on. */
export interface SplitVerification extends OutputVerdict {
  readonly comparison: Comparison;
  /** What the plan expected to move beside what the compiled program moves. */
  readonly collectives: CollectiveComparison;
  readonly reference: RunRecord;
  readonly candidate: RunRecord;
}

/**
 * Runs a program on the engine's first device and split over all of them, on the same inputs, and compares every
 * output. Without `inputs` they are made by `defaultInputs` from seed 0. The engine must have the devices of the plan's
 * mesh. Throws the engine's diagnostics; results that differ are a verdict.
 */
export async function verifySplit(
  engine: Engine,
  program: Program,
  split: SplitProgram,
  inputs?: RunInputs,
  options: Pick<RunOptions, 'progress' | 'signal'> & { readonly steps?: number } = {},
): Promise<SplitVerification> {
  const func = entryFunction(split.inlined);
  if (func === undefined) throw new Error('internal: a program without an entry function');
  const names = outputNames(func);
  const fed = inputs ?? { spec: defaultInputs(split.inlined, inputNames(func)), seed: 0 };
  const devices = engine.describe().devices.map((_, position) => position);
  const runs = await compareRuns(
    engine,
    { text: printProgram(program), devices: [0] },
    { text: split.text, devices },
    fed,
    { ...options, steps: options.steps ?? 1, feedback: stateFeedback(func), outputNames: names },
  );
  const { ideal, backend } = split.plan.collectives;
  const compiled = readCompiledCollectives(runs.candidate.compiled.hloText, split.mesh);
  return {
    ...judgeOutputs(runs.comparison, { telling: tellingOutputs(func, names), precisions: outputPrecisions(func) }),
    collectives: compareCollectives(ideal, backend, compiled),
    ...runs,
  };
}
