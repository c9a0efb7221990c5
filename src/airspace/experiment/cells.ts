import type { BlockedCounts } from './blocked.ts';
import type { ExperimentDemand } from './ground.ts';
import type { ExperimentMode, ExperimentParameters } from './parameters.ts';

/** One run: what is asked, and who plans it. */
export interface ExperimentCell extends ExperimentDemand {
  readonly mode: ExperimentMode;
}

/** How many requests there were, and what became of them. */
export interface RequestCounts {
  readonly asked: number;
  readonly served: number;
  /** Served at more than they would cost alone. */
  readonly delayed: number;
  /** Refused since no route is left, and since the node limit was reached first. */
  readonly proved: number;
  readonly gaveUp: number;
  /** Could be served alone in the sky. */
  readonly flyable: number;
  /** Most that any plan serves: by what pads have time for, by what gets through the air, and by all that is known. */
  readonly padBound: number;
  readonly laneBound: number;
  readonly bound: number;
}

/** What came of a cell. All but the seconds of the processor is the same on every machine. */
export interface CellRecord extends ExperimentCell, RequestCounts {
  readonly cost: number;
  /** What those who are served would cost alone. */
  readonly boundCost: number;
  readonly expansions: number;
  /** Of the whole solution: tables, searches, bounds of flights alone, validation. */
  readonly cpuSeconds: number;
  readonly blocked: BlockedCounts;
  /** Share of the window in which pads are held, of all and of the one that is held longest. */
  readonly padShare: number;
  readonly busiestPadShare: number;
}

/** What one process does at a time: all ways of planning what is asked, since much of the work is the same for all. */
export interface ExperimentTask {
  readonly demand: ExperimentDemand;
  readonly modes: readonly ExperimentMode[];
}

/**
 * The tasks of an experiment without the cells that are known, in the order in which they are run: seed by seed, so
 * that a run that is stopped has whole curves; those that take longest first, so that several processes end at about
 * the same time.
 */
export function listTasks(
  { densities, seeds, modes }: ExperimentParameters,
  known: ReadonlySet<string> = new Set(),
): ExperimentTask[] {
  const tasks: ExperimentTask[] = [];
  for (const seed of seeds) {
    for (const density of [...densities].sort((a, b) => b - a)) {
      for (const zones of [true, false]) {
        const demand = { density, zones, seed };
        const left = modes.filter(mode => !known.has(cellKey({ ...demand, mode })));
        if (left.length > 0) tasks.push({ demand, modes: left });
      }
    }
  }
  return tasks;
}

/** How many cells tasks have. */
export function cellCount(tasks: readonly ExperimentTask[]): number {
  return tasks.reduce((count, { modes }) => count + modes.length, 0);
}

/** Tells cells apart. */
export function cellKey({ density, zones, mode, seed }: ExperimentCell): string {
  return `${mode} ${density} ${zones ? 'zones' : 'open'} ${seed}`;
}
