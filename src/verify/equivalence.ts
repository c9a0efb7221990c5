import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Progress, silentProgress } from '../base/index.ts';
import type { BufferId, Comparison, CompiledProgram, Engine, Executable, InputsSpec } from '../engine/index.ts';

/** One program to run: its text, and where. */
export interface RunnableProgram {
  readonly text: string | Uint8Array;
  /** Positions in the engine's devices, in mesh order. */
  readonly devices: readonly number[];
}

/** What both programs are fed with. */
export interface RunInputs {
  readonly spec: InputsSpec;
  readonly seed: number;
  /** A `.safetensors` or `.npz` file that is read instead of generating. */
  readonly file?: string;
}

export interface RunOptions {
  /** Steps to run; state goes back in along `feedback`. */
  readonly steps: number;
  /** Pairs [output index, argument index] of donated state. */
  readonly feedback: readonly (readonly [output: number, argument: number])[];
  readonly outputNames: readonly string[];
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** One run: what the compiler made, and how long it took. */
export interface RunRecord {
  readonly compileSeconds: number;
  readonly stepSeconds: readonly number[];
  readonly compiled: CompiledProgram;
}

export interface Equivalence {
  readonly reference: RunRecord;
  readonly candidate: RunRecord;
  readonly comparison: Comparison;
}

/** Compiles and runs one program and hands its outputs to `use`; nothing of it stays on the devices. */
export async function runProgram<T>(
  engine: Engine,
  name: string,
  program: RunnableProgram,
  inputs: RunInputs,
  options: RunOptions,
  use: (outputs: readonly BufferId[]) => Promise<T>,
): Promise<{ record: RunRecord; result: T }> {
  const { progress = silentProgress, signal } = options;
  signal?.throwIfAborted();
  progress.phase(`compiling ${name}`);
  const executable = await engine.compile(program.text, { devices: program.devices });
  const compiled = await engine.compiled(executable);
  progress.phase(`making inputs for ${name}`);
  const buffers = await makeInputs(engine, executable, inputs);
  signal?.throwIfAborted();
  progress.phase(`running ${name}`);
  const executed = await engine.execute(executable, buffers, { steps: options.steps, feedback: options.feedback });
  // Those that were not donated; the next program needs the room.
  await engine.release(buffers);
  const result = await use(executed.buffers);
  await engine.release(executed.buffers);
  await engine.unload(executable);
  const record = { compileSeconds: executable.compileSeconds, stepSeconds: executed.stepSeconds, compiled };
  return { record, result };
}

/**
 * Runs two programs on the same inputs, one after the other so that only one is in memory, and compares their outputs
 * from files. The candidate is as right as the comparison says; `judgeOutputs` gives the verdict.
 */
export async function compareRuns(
  engine: Engine,
  reference: RunnableProgram,
  candidate: RunnableProgram,
  inputs: RunInputs,
  options: RunOptions,
): Promise<Equivalence> {
  const folder = await mkdtemp(join(tmpdir(), 'skein-verify-'));
  const [referenceFolder, candidateFolder] = [join(folder, 'reference'), join(folder, 'candidate')];
  const saveTo = (directory: string) => async (outputs: readonly BufferId[]) => {
    options.progress?.phase('saving outputs');
    await engine.save(outputs, directory, options.outputNames);
  };
  try {
    const whole = await runProgram(
      engine,
      'the program on one device',
      reference,
      inputs,
      options,
      saveTo(referenceFolder),
    );
    const split = await runProgram(engine, 'the split program', candidate, inputs, options, saveTo(candidateFolder));
    options.progress?.phase('comparing outputs');
    const comparison = await engine.compare(referenceFolder, candidateFolder);
    return { reference: whole.record, candidate: split.record, comparison };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function makeInputs(engine: Engine, executable: Executable, inputs: RunInputs): Promise<readonly BufferId[]> {
  return inputs.file === undefined
    ? engine.generate(executable, inputs.spec, inputs.seed)
    : engine.load(executable, inputs.spec, inputs.file);
}
