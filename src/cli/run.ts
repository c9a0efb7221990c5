import { type Command, InvalidArgumentError, Option } from 'commander';
import { diagnosticError } from '../base/index.ts';
import { type BufferId, type Engine, startReferenceEngine, startXlaEngine } from '../engine/index.ts';
import { type Func, type Program, printProgram } from '../ir/index.ts';
import { inputNames, outputNames, type SplitProgram, stateFeedback } from '../plan/index.ts';
import { runReportHtml } from '../report/index.ts';
import { inlineCalls } from '../transform/index.ts';
import {
  compareRuns,
  outputPrecisions,
  type RunInputs,
  type RunOptions,
  runProgram,
  tellingOutputs,
} from '../verify/index.ts';
import type { CommandContext, CommandInstaller, ExitStatus } from './command.ts';
import { noteDiagnostics } from './diagnostics.ts';
import { checkHostMemory } from './host-memory-check.ts';
import { OutputDirectory } from './output-directory.ts';
import { addPlacementOptions, defaultCluster, workersOf } from './placement.ts';
import { writePlanFiles } from './plan-files.ts';
import { loadVerifiedProgram } from './program-file.ts';
import { readRunInputs } from './run-inputs.ts';
import { runReport } from './run-report.ts';
import { plainRunResult, type RunResult, verifiedRunResult } from './run-result.ts';
import { readScalars } from './run-scalars.ts';
import { formatRunResult } from './run-text.ts';
import { type SplitOptions, splitProgram } from './split.ts';

interface RunCommandOptions extends SplitOptions {
  readonly engine: 'xla' | 'reference';
  readonly verify?: boolean;
  readonly inputs?: string;
  readonly seed: number;
  readonly steps: number;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const help = `
Examples:
  skein run step.mlir                                                  one device, inputs made from the spec beside it
  skein run step.mlir.gz --strategy data --cluster cpu:4 --verify      the batch over four devices, checked against one
  skein run step.mlir --mesh dp=2,tp=4 --cluster cpu:8 --verify \\
            --pin 'tokens=[{dp}, {}]' --pin "params['h'][*]['mlp']['c_fc']['w']=[{}, {tp}]"
  skein run step.mlir --pins megatron.json --cluster 2xcpu:4 --verify --out out/megatron
  skein run step.mlir --plan out/megatron/plan.json --steps 20 --json

Exit status: 0 done, 1 the results differ or the run failed, 2 the input is wrong.
`;

/** Installs `skein run`. */
export const installRun: CommandInstaller = (program, run) => {
  const command = program
    .command('run')
    .argument('<program>', 'StableHLO text, or gzip of it')
    .description('runs a program split over devices, and proves that the result is the same');
  addPlacementOptions(command)
    .option('--plan <file>', 'a plan.json of this program, in place of mesh, pins and strategy')
    .addOption(new Option('--engine <name>', 'what runs it').choices(['xla', 'reference']).default('xla'))
    .option('--verify', 'run it on one device as well, and compare every output')
    .option('--inputs <file>', 'arguments by name (.safetensors, .npz), or an inputs spec (.json)')
    .option('--seed <number>', 'seed of generated inputs', parseCount, 0)
    .option('--steps <number>', 'steps to run; donated state stays on the devices', parseCount, 1)
    .option('--out <dir>', 'write the plan with its runner.py, compiled.hlo, result.json and report.html here')
    .option('--force', 'replace the output directory')
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action((path: string, options: RunCommandOptions, _command: Command) =>
      run(context => runCommand(path, options, context), options),
    );
};

function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is expected');
  return Number(text);
}

async function runCommand(path: string, options: RunCommandOptions, context: CommandContext): Promise<ExitStatus> {
  const program = await loadVerifiedProgram(path, context);
  const inlined = inlineCalls(program);
  const split = await splitProgram(options, program, inlined);
  const cluster = split?.plan.cluster ?? options.cluster ?? defaultCluster;
  if (split !== undefined) noteDiagnostics(context, split.warnings);
  if (options.steps < 1) throw wrongSteps();
  if (options.engine === 'reference' && (split !== undefined || options.verify)) throw wrongEngine();
  const [func] = inlined.functions;
  const { inputs, warnings } = await readRunInputs(path, options.inputs, options.seed, inlined, inputNames(func));
  if (options.verify) noteDiagnostics(context, warnings);
  const output =
    options.out === undefined ? undefined : await OutputDirectory.open(options.out, options.force ?? false);
  try {
    const engine = await startEngine(options, cluster, func, split, context);
    const result = await withEngine(engine, context, () =>
      execute(engine, { path, program, func, split, cluster, inputs, options, context }),
    );
    if (output !== undefined) await writeResults(output, result, split);
    context.progress.end();
    context.print(options.json ? JSON.stringify(result.result) : formatRunResult(result.result));
    if (output !== undefined && !options.json) context.print(`\nwritten to ${output.path}`);
    return result.result.verified === false ? 1 : 0;
  } finally {
    await output?.discard();
  }
}

function wrongSteps() {
  return diagnosticError('SK9003', { message: '--steps 0 runs nothing', next: 'give at least one step' });
}

function wrongEngine() {
  return diagnosticError('SK9003', {
    message: '--engine reference interprets a whole program on one device',
    next: 'leave --verify and the placement away, or use --engine xla',
  });
}

async function startEngine(
  options: RunCommandOptions,
  cluster: string,
  func: Func,
  split: SplitProgram | undefined,
  context: CommandContext,
): Promise<Engine> {
  if (options.engine === 'reference') return startReferenceEngine();
  checkHostMemory(func, split, cluster, options.verify ?? false, context);
  context.progress.phase('starting workers');
  return startXlaEngine({ cluster: workersOf(cluster) });
}

/** Closes the engine however `work` ends, and at once when the user interrupts. */
async function withEngine<T>(engine: Engine, context: CommandContext, work: () => Promise<T>): Promise<T> {
  const stop = (): void => void engine.close();
  context.signal.addEventListener('abort', stop, { once: true });
  try {
    return await work();
  } finally {
    context.signal.removeEventListener('abort', stop);
    await engine.close();
  }
}

interface Execution {
  readonly path: string;
  readonly program: Program;
  readonly func: Func;
  readonly split: SplitProgram | undefined;
  readonly cluster: string;
  readonly inputs: RunInputs;
  readonly options: RunCommandOptions;
  readonly context: CommandContext;
}

interface ExecutionResult {
  readonly result: RunResult;
  readonly hloText: string;
}

async function execute(engine: Engine, execution: Execution): Promise<ExecutionResult> {
  const { program, func, split, inputs, options, context } = execution;
  const description = engine.describe();
  noteDiagnostics(context, description.warnings);
  const whole = { text: printProgram(program), devices: [0] };
  const candidate = split === undefined ? whole : { text: split.text, devices: description.devices.map((_, k) => k) };
  const names = outputNames(func);
  const facts = { telling: tellingOutputs(func, names), precisions: outputPrecisions(func) };
  const subject = { path: execution.path, cluster: execution.cluster, split, facts };
  const runOptions: RunOptions = {
    steps: options.steps,
    feedback: stateFeedback(func),
    outputNames: names,
    progress: context.progress,
    signal: context.signal,
  };
  if (options.verify) {
    const equivalence = await compareRuns(engine, whole, candidate, inputs, runOptions);
    const result = verifiedRunResult(subject, description, equivalence);
    return { result, hloText: equivalence.candidate.compiled.hloText };
  }
  const use = (outputs: readonly BufferId[]) => readScalars(engine, outputs, func, names);
  const { record, result: scalars } = await runProgram(engine, 'the program', candidate, inputs, runOptions, use);
  return { result: plainRunResult(subject, description, record, scalars), hloText: record.compiled.hloText };
}

async function writeResults(output: OutputDirectory, executed: ExecutionResult, split: SplitProgram | undefined) {
  if (split !== undefined) {
    await writePlanFiles(output, split);
  }
  await output.write('compiled.hlo', executed.hloText);
  await output.write('result.json', `${JSON.stringify(executed.result, null, 2)}\n`);
  await output.write('report.html', runReportHtml(runReport(executed.result, split?.plan)));
  await output.commit();
}
