import { availableParallelism } from 'node:os';
import { type Progress, silentProgress } from '../base/index.ts';
import type { Cluster } from '../cost/index.ts';
import type { BufferId, Engine, Executable, InputsSpec } from '../engine/index.ts';
import { type CalibrationProbe, calibrationProbes } from './calibration-probes.ts';
import { type CalibrationProgram, emptyProgram } from './calibration-programs.ts';

/** A probe with what it took. */
export interface CalibrationMeasurement extends Omit<CalibrationProbe, 'program'> {
  /** Of one operation, with all devices at work: the median over the rounds, less what an empty step takes. */
  readonly seconds: number;
}

export interface Calibration {
  readonly measurements: readonly CalibrationMeasurement[];
  /** Median seconds of a step that does nothing. */
  readonly emptyStepSeconds: number;
  /** Processors that worked for the largest products, on average; undefined where the engine does not tell. */
  readonly busyProcessors?: number;
}

export type Clock = 'wall' | 'processor';

export interface CalibrationOptions {
  /** Rounds over all probes; the median of each counts. Default 5. */
  readonly rounds?: number;
  /**
   * Default `wall`. `processor`: the seconds of all threads over the number of processors, which is what virtual devices
   * would take on a machine that does nothing else. For machines that are not idle; says nothing of real accelerators.
   */
  readonly clock?: Clock;
  /** Default: those of this machine. */
  readonly processors?: number;
  /** Default: `calibrationProbes` of the cluster. */
  readonly probes?: readonly CalibrationProbe[];
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

interface Loaded {
  readonly executable: Executable;
  /** Rewritten where the program donates its first argument. */
  readonly buffers: BufferId[];
  readonly donates: boolean;
  readonly seconds: number[];
  readonly processorSeconds: number[];
}

/** An empty step is run so often in every round: it is short, and taken off everything else. */
const emptyRunsPerRound = 4;

/**
 * Measures the devices of an engine. All programs are compiled and fed first, then run in turn, round after round, so
 * that whatever else the machine does meets all of them alike. A first run of each does not count.
 */
export async function measureMachine(
  engine: Engine,
  cluster: Pick<Cluster, 'devices' | 'links'>,
  options: CalibrationOptions = {},
): Promise<Calibration> {
  const { rounds = 5, progress = silentProgress, signal, clock = 'wall' } = options;
  const { processors = availableParallelism() } = options;
  const probes = options.probes ?? calibrationProbes(cluster);
  const devices = Array.from({ length: cluster.devices }, (_, device) => device);
  const empty = await load(engine, emptyProgram(cluster.devices), devices);
  const loaded: Loaded[] = [];
  progress.phase('compiling', probes.length);
  for (const { program } of probes) {
    signal?.throwIfAborted();
    loaded.push(await load(engine, program, devices));
    progress.advance(loaded.length);
  }
  progress.phase('measuring', rounds);
  for (let round = 0; round < rounds; round++) {
    for (const program of loaded) {
      signal?.throwIfAborted();
      await run(engine, program);
    }
    for (let k = 0; k < emptyRunsPerRound; k++) await run(engine, empty);
    progress.advance(round + 1);
  }
  for (const { buffers, executable } of [empty, ...loaded]) {
    await engine.release(buffers);
    await engine.unload(executable);
  }
  const stepOf = ({ seconds, processorSeconds }: Loaded): number =>
    clock === 'processor' ? median(processorSeconds) / processors : median(seconds);
  const emptyStepSeconds = stepOf(empty);
  const measurements = probes.map(({ program, ...probe }, index) => {
    const step = stepOf(loaded[index]);
    // A step that is not longer than an empty one tells only that its work is small beside the noise.
    return { ...probe, seconds: Math.max(step - emptyStepSeconds, 0.05 * step) / probe.repeats };
  });
  return { measurements, emptyStepSeconds, ...busyProcessors(probes, loaded) };
}

async function load(engine: Engine, program: CalibrationProgram, devices: readonly number[]): Promise<Loaded> {
  const executable = await engine.compile(program.text, { devices });
  const inputs: InputsSpec = { format: 'skein.inputs/1', arguments: program.arguments };
  const buffers = [...(await engine.generate(executable, inputs, 0))];
  const { donates = false } = program;
  const loaded = { executable, buffers, donates, seconds: [], processorSeconds: [] };
  await run(engine, loaded);
  return { ...loaded, seconds: [], processorSeconds: [] };
}

async function run(engine: Engine, loaded: Loaded): Promise<void> {
  const { executable, buffers, donates, seconds, processorSeconds } = loaded;
  const result = await engine.execute(executable, buffers);
  seconds.push(result.stepSeconds[0]);
  if (result.processorSeconds !== undefined) processorSeconds.push(result.processorSeconds[0]);
  if (donates) buffers[0] = result.buffers[0];
  else await engine.release(result.buffers);
}

/** The largest product keeps every core busy that it can get. */
function busyProcessors(
  probes: readonly CalibrationProbe[],
  loaded: readonly Loaded[],
): { readonly busyProcessors?: number } {
  const work = probes.map(({ kind, work }) => (kind === 'product' ? work : 0));
  const largest = loaded[work.indexOf(Math.max(...work))];
  if (largest === undefined || largest.processorSeconds.length === 0) return {};
  return { busyProcessors: median(largest.processorSeconds) / median(largest.seconds) };
}

/** The middle value; of an even number the mean of both. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}
