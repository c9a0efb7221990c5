import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Option } from 'commander';
import { diagnosticError } from '../base/index.ts';
import {
  arenaBytesOf,
  formatBufferCsv,
  formatMemoryPlan,
  hasFixedLifetimes,
  type MemoryOutcome,
  type MemoryPlan,
  type MemoryProblem,
  solve,
  validateMemoryPlan,
  withCapacity,
} from '../memory/index.ts';
import { packReportHtml } from '../report/index.ts';
import type { CommandContext, CommandInstaller, ExitStatus } from './command.ts';
import { type PackInput, readPackInput, readPackPlan } from './pack-input.ts';
import { packReport } from './pack-report.ts';
import { formatPackText, formatVerdict } from './pack-text.ts';
import { readAlignment, readByteCount, readCount, readSeconds, readThreads } from './quantities.ts';

interface PackOptions {
  readonly json?: boolean;
  readonly capacity?: number;
  readonly timeLimit?: number;
  readonly nodes?: number;
  readonly threads?: number;
  readonly checkPlan?: string;
  readonly materialise: 'stated' | 'all';
  readonly alignment?: number;
  readonly fixed?: boolean;
  readonly rivals: boolean;
  readonly orderOnly?: boolean;
  readonly trace?: boolean;
  readonly out?: string;
  readonly report?: string;
  readonly force?: boolean;
}

const help = `
Examples:
  skein pack step.mlir.gz                                an order and a layout of a program, and how near they are to the least
  skein pack buffers.csv --capacity 1048576              places buffers with given lifetimes; exit status 1 when they cannot fit
  skein pack buffers.csv --out placed.csv                the same rows with the column offset
  skein pack step.mlir.gz --report step.html             a page with pictures of the plan, before and after
  skein pack buffers.csv --check-plan placed.csv         checks any placement, whoever made it
  skein pack problem.json --json                         one JSON document: status, bytes, order and offsets
  skein pack problem.json --order-only --time-limit 60   an order of a low peak, and how near it is to the least, for a minute

A CSV has the columns id|buffer|buffer_id, lower|begin|start, upper (exclusive) or end (inclusive), size, and if wanted
alignment, hint, gaps (lo-hi or lo-hi@from:to) and offset. A problem is JSON of format skein.memory/1: docs/memory.md.
`;

/** Installs `skein pack`. */
export const installPack: CommandInstaller = (program, run) => {
  program
    .command('pack')
    .argument('<problem>', 'StableHLO text, a CSV of buffers or a JSON problem; or gzip of one')
    .description(
      'finds an operator order and a tensor layout that need little memory, and proves how little is possible',
    )
    .option('--capacity <bytes>', 'what it must fit into: 1048576, 512MiB, 80GB', readByteCount)
    .option('--time-limit <seconds>', 'begin nothing more after this', readSeconds)
    .option('--nodes <count>', 'begin nothing more after this much work; the same plan on any machine', readCount)
    .option(
      '--threads <count>',
      'that search addresses: default all cores, at most 4; the plan does not depend on it',
      readThreads,
    )
    .option('--check-plan <file>', 'check this plan instead of making one')
    .addOption(
      new Option('--materialise <what>', 'what a program puts into memory')
        .choices(['stated', 'all'])
        .default('stated'),
    )
    .option('--alignment <bytes>', 'of whatever names none: default 64, for CSV 1', readAlignment)
    .option('--fixed', 'the column offset of a CSV says where buffers must lie')
    .option('--order-only', 'search only for an order of a low peak; the addresses are some that hold')
    .option('--no-rivals', 'leave out what other tools would do')
    .option('--trace', 'print what was tried')
    .option('--out <file>', 'write the plan: JSON, or for a CSV its rows with offsets')
    .option('--report <file>', 'write a page: addresses over time, what is there at the peak, what would lower it')
    .option('--force', 'replace the files')
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action((path: string, options: PackOptions) => run(context => pack(path, options, context), options));
};

async function pack(path: string, options: PackOptions, context: CommandContext): Promise<ExitStatus> {
  const { out, report, force = false, capacity } = options;
  refuseFilesInUse(options, force);
  const read = await readPackInput(path, options, context);
  const input: PackInput = { ...read, problem: withCapacity(read.problem, capacity) };
  if (options.orderOnly && hasFixedLifetimes(input.problem)) throw noOrder(path);
  if (options.checkPlan !== undefined) return checkPlan(options.checkPlan, input, options, context);
  context.progress.phase('searching');
  const outcome = await solve(input.problem, {
    rivals: options.rivals,
    orderOnly: options.orderOnly ?? false,
    ...(options.timeLimit === undefined ? {} : { timeLimitSeconds: options.timeLimit }),
    ...(options.nodes === undefined ? {} : { nodes: options.nodes }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.trace ? { trace: line => context.note(line) } : {}),
  });
  if (outcome.solution !== undefined) {
    if (out !== undefined) await writeWhole(out, planText(input, outcome.solution), '--out');
    if (report !== undefined) {
      const page = packReport(basename(path), input.problem, outcome, outcome.solution);
      await writeWhole(report, packReportHtml(page), '--report');
    }
  } else if (report !== undefined) context.note(`there is no plan, so ${report} is not written`);
  context.print(
    options.json
      ? JSON.stringify(packDocument(path, input.problem, outcome, options.orderOnly))
      : formatPackText(path, input.problem, outcome, options.orderOnly),
  );
  return outcome.status === 'optimal' || outcome.status === 'feasible' ? 0 : 1;
}

async function checkPlan(
  planPath: string,
  input: PackInput,
  options: PackOptions,
  context: CommandContext,
): Promise<ExitStatus> {
  const plan = await readPackPlan(planPath, input);
  const violations = validateMemoryPlan(input.problem, plan);
  const arenaBytes = sumArena(input.problem, plan);
  const status = violations.length === 0 ? 'valid' : 'invalid';
  context.print(
    options.json
      ? JSON.stringify({ plan: planPath, status, arenaBytes, violations })
      : formatVerdict(planPath, arenaBytes, violations),
  );
  return violations.length === 0 ? 0 : 1;
}

/** Arena of a plan that may be wrong: of what has an address. */
function sumArena(problem: MemoryProblem, plan: MemoryPlan): number {
  return arenaBytesOf(problem, plan).reduce((sum, bytes) => sum + bytes, 0);
}

/** What `--json` prints. */
function packDocument(path: string, problem: MemoryProblem, outcome: MemoryOutcome, orderOnly = false): object {
  const { stats, status, solution, explanation } = outcome;
  const bytes = orderOnly ? stats.peakBytes : stats.arenaBytes;
  const { rivals, order, layout, ...numbers } = stats;
  return {
    problem: path,
    operators: problem.operators.length,
    tensors: problem.tensors.length,
    status,
    gap: stats.boundBytes === 0 ? 0 : bytes / stats.boundBytes - 1,
    ...numbers,
    strategy: { order, layout },
    rivals: rivals.map(({ plan, ...rival }) => rival),
    ...(explanation === undefined ? {} : { explanation }),
    ...(solution === undefined ? {} : solution),
  };
}

function planText({ problem, table }: PackInput, plan: MemoryPlan): string {
  return table === undefined ? formatMemoryPlan(problem, plan) : formatBufferCsv(table, plan.offsets);
}

/** Writes a file that appears whole or not at all. `option` is what named it. */
async function writeWhole(path: string, text: string, option: string): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await writeFile(partial, text);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw diagnosticError('SK9001', {
      message: `cannot write ${path}: ${reason}`,
      next: `name another file with ${option}`,
    });
  }
}

/** Refuses, before any work is done, what cannot be written. */
function refuseFilesInUse({ out, report, checkPlan }: PackOptions, force: boolean): void {
  if (report !== undefined && checkPlan !== undefined) {
    throw diagnosticError('SK9003', {
      message: '--report shows the plan that is found, --check-plan finds none',
      next: 'leave one of them away',
    });
  }
  if (report !== undefined && out !== undefined && resolve(report) === resolve(out)) {
    throw diagnosticError('SK9003', {
      message: `--out and --report both name ${out}`,
      next: 'name two files',
    });
  }
  for (const [option, path] of [
    ['--out', out],
    ['--report', report],
  ]) {
    if (path === undefined || force || !existsSync(path)) continue;
    throw diagnosticError('SK9002', {
      message: `${path} exists`,
      next: `name another file with ${option}, or add --force to replace it`,
    });
  }
}

function noOrder(path: string) {
  return diagnosticError('SK9003', {
    message: `${path} gives lifetimes, so that there is no order to look for`,
    next: 'leave --order-only out, or give operators',
  });
}
