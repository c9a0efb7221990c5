import { InvalidArgumentError } from 'commander';
import {
  defaultExperiment,
  type ExperimentGround,
  type ExperimentMode,
  type ExperimentNetwork,
  type ExperimentParameters,
  quickExperiment,
  requestCount,
} from '../airspace/index.ts';
import { diagnosticError } from '../base/index.ts';
import { readCount } from './quantities.ts';

export interface FlyExperimentOptions {
  readonly out?: string;
  readonly quick?: boolean;
  readonly seeds?: number;
  readonly densities?: readonly number[];
  readonly modes?: readonly ExperimentMode[];
  readonly network?: ExperimentNetwork;
  readonly jobs?: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

export const experimentNetworks: readonly ExperimentNetwork[] = ['airmatrix', 'singapore', 'lanes', 'roads'];

/**
 * The parameters that options ask for: those of the experiment that is reported, or of a first look, but for what they
 * name.
 */
export function parametersOf(options: FlyExperimentOptions): ExperimentParameters {
  const base = options.quick ? quickExperiment : defaultExperiment;
  const { seeds, densities = base.densities, modes = base.modes, network = base.network } = options;
  return {
    ...base,
    network,
    densities,
    modes,
    seeds: seeds === undefined ? base.seeds : Array.from({ length: seeds }, (_, index) => index + 1),
  };
}

/** Refuses densities at which nobody asks. */
export function checkDensities(ground: ExperimentGround, parameters: ExperimentParameters): void {
  for (const density of parameters.densities) {
    if (requestCount(ground, parameters, density) > 0) continue;
    const { windowSeconds } = parameters;
    throw diagnosticError('SK9003', {
      message: `--densities: at ${density} nobody asks on ${ground.squareKilometres} km² in ${windowSeconds} s`,
      expected: 'requests per square kilometre and hour',
      next: 'name higher densities',
    });
  }
}

export function readSeedCount(text: string): number {
  const count = readCount(text);
  if (count < 1 || count > 1000) throw new InvalidArgumentError('a number of seeds is expected: 1 to 1000');
  return count;
}

export function readDensities(text: string): readonly number[] {
  const densities = text.split(',').map(part => (part.trim() === '' ? Number.NaN : Number(part)));
  if (densities.some(density => !(density > 0 && density < 1e6))) {
    throw new InvalidArgumentError('requests per square kilometre and hour are expected: 10,20,40');
  }
  return [...new Set(densities)].sort((a, b) => a - b);
}

export function readModes(text: string): readonly ExperimentMode[] {
  const asked = new Set(text.split(',').map(part => part.trim()));
  const modes = defaultExperiment.modes.filter(mode => asked.delete(mode));
  if (asked.size > 0 || modes.length === 0) {
    throw new InvalidArgumentError(`some of ${defaultExperiment.modes.join(', ')} are expected`);
  }
  return modes;
}
