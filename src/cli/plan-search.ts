import { diagnosticError, formatBytes, formatSeconds } from '../base/index.ts';
import { parseCluster } from '../cost/index.ts';
import {
  type Alternative,
  explainSecond,
  type ProgramSubject,
  plannedSearch,
  programSubject,
} from '../explain/index.ts';
import type { Program } from '../ir/index.ts';
import {
  createProblem,
  formatTransform,
  type HelpfulChange,
  type IntegerTrace,
  type MeshTrace,
  type ShardingOutcome,
  solveVariants,
  type TriedVariant,
} from '../parallel/index.ts';
import { planPlaced, type SplitProgram } from '../plan/index.ts';
import type { CommandContext } from './command.ts';
import { type PlacementOptions, readPins } from './placement.ts';

export interface SearchOptions extends PlacementOptions {
  readonly level?: 'O1' | 'O2';
  readonly memory?: number;
  readonly timeLimit?: number;
  readonly trace?: boolean;
}

/** What a search came to: a split program with its plan, or why there is none. */
export interface SearchedPlan {
  readonly outcome: ShardingOutcome;
  readonly split: SplitProgram | undefined;
  readonly second?: Alternative;
  /** Variants of the program that were tried because it does not fit as it is. */
  readonly tried: readonly TriedVariant[];
}

/**
 * Searches for the fastest plan of a program that fits, on the cluster and within the pins that the options give; of
 * variants that need less memory, where the program as it is does not fit.
 */
export async function searchPlan(
  options: SearchOptions,
  program: Program,
  inlined: Program,
  subject: ProgramSubject,
  context: CommandContext,
): Promise<SearchedPlan> {
  if (options.cluster === undefined) {
    throw diagnosticError('SK9003', {
      message: 'nothing says on which devices the program is to run',
      next: 'add --cluster, for example --cluster 8xH100',
    });
  }
  const cluster = parseCluster(options.cluster);
  const { mesh, pins } = await readPins(options);
  const problem = createProblem(inlined, {
    cluster,
    pins,
    ...(mesh === undefined ? {} : { mesh }),
    ...(options.memory === undefined ? {} : { memoryLimitBytes: options.memory }),
  });
  context.progress.phase('searching meshes');
  const variant = await solveVariants(problem, {
    fold: subject.fold,
    facts: subject,
    traceVariant: transform => {
      context.progress.phase(`searching meshes ${formatTransform(transform)}`);
      if (options.trace === true) context.note(`the program ${formatTransform(transform)}:`);
    },
    ...(options.level === undefined ? {} : { level: options.level }),
    ...(options.timeLimit === undefined ? {} : { timeLimitSeconds: options.timeLimit }),
    trace: entry => {
      context.progress.phase(`searching meshes, ${entry.mesh} done`, entry.all);
      context.progress.advance(entry.done);
      if (options.trace === true) context.note(formatTrace(entry));
    },
    traceProgram: entry => {
      if (entry.end === undefined) context.progress.phase(`integer program of mesh ${entry.mesh}`);
      else if (options.trace === true) context.note(formatProgram(entry));
    },
  });
  const { outcome, transform, tried } = variant;
  if (outcome.solution === undefined) return { outcome, split: undefined, tried };
  const { ground, cost } = outcome.solution;
  const isChanged = variant.program !== inlined;
  const second = explainSecond(isChanged ? programSubject(variant.program) : subject, outcome);
  const known = {
    seconds: cost,
    memory: cost.memory,
    search: plannedSearch(outcome, second),
    ...(isChanged ? { transform } : {}),
  };
  const split = planPlaced(program, variant.program, cluster, ground.mesh, cost.placed, known);
  return { outcome, split, tried, ...(second === undefined ? {} : { second }) };
}

function formatTrace({
  mesh,
  bound,
  stepSeconds,
  leastBytes,
  variables,
  states,
  passes,
  done,
  all,
}: MeshTrace): string {
  const found =
    stepSeconds === undefined ? `nothing that fits, at least ${formatBytes(leastBytes)}` : formatSeconds(stepSeconds);
  const size = `${variables} variables, ${states} states, ${passes} passes`;
  return `${done}/${all} mesh ${mesh}: found ${found}, bound ${formatSeconds(bound)} (${size})`;
}

function formatProgram({ mesh, columns, integers, rows, end, bound, stepSeconds }: IntegerTrace): string {
  const found = Number.isFinite(stepSeconds) ? formatSeconds(stepSeconds) : 'nothing that fits';
  const size = `${columns} columns, ${integers} of them whole, ${rows} rows`;
  return `integer program of mesh ${mesh}: ${end}, best ${found}, bound ${formatSeconds(bound)} (${size})`;
}

/** Says why there is no plan, and what would help. */
export function formatNoPlan(
  program: string,
  cluster: string,
  { outcome: { explanation, status }, tried }: Pick<SearchedPlan, 'outcome' | 'tried'>,
): string {
  if (explanation === undefined) return `${program} on ${cluster}: no plan`;
  const { limitBytes, leastBytes, boundBytes, mesh, changes } = explanation;
  const limit = formatBytes(limitBytes);
  const why =
    status === 'infeasible'
      ? `no plan fits into ${limit} a device: the arguments alone need ${formatBytes(boundBytes)}, however they are split`
      : `no plan was found that fits into ${limit} a device`;
  return [
    `${program} on ${cluster}: ${why}`,
    `The least that was found needs ${formatBytes(leastBytes)}, on the mesh ${mesh}`,
    ...tried.map(formatTried),
    ...changes.map(formatChange),
  ].join('\n');
}

function formatTried({ transform, leastBytes, refused }: TriedVariant): string {
  const what = `${formatTransform(transform)[0].toUpperCase()}${formatTransform(transform).slice(1)}`;
  return refused === undefined
    ? `${what} the least that was found needs ${formatBytes(leastBytes ?? 0)}`
    : `${what} it cannot be done: ${refused}`;
}

function formatChange({ kind, cluster, memoryBytes }: HelpfulChange): string {
  const memory = formatBytes(memoryBytes);
  return kind === 'memory'
    ? `It would fit with --memory ${memory.replace(' ', '')} a device`
    : `It would fit on --cluster ${cluster}, with ${memory} a device`;
}
