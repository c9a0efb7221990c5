import { diagnosticError } from '../base/index.ts';
import { parseCluster } from '../cost/index.ts';
import { entryFunction } from '../ir/index.ts';
import { parsePlan } from '../plan/index.ts';
import { inlineCalls } from '../transform/index.ts';
import {
  commonTrips,
  compileForTpu,
  type ExtrapolatedWork,
  extrapolate,
  judgeCompiled,
  tpuTopology,
} from '../verify/index.ts';
import type { CommandContext, CommandInstaller } from './command.ts';
import { noteDiagnostics } from './diagnostics.ts';
import { type JudgedSplit, type JudgeResult, judgeResult } from './judge-result.ts';
import { formatJudgeText } from './judge-text.ts';
import { readText } from './placement.ts';
import { loadVerifiedProgram } from './program-file.ts';
import { splitProgram } from './split.ts';

interface JudgeCommandOptions {
  readonly plan?: string;
  readonly pins?: string;
  readonly topology?: string;
  readonly mesh?: string;
  readonly depths?: string;
  readonly depth?: string;
  readonly depthPins?: string;
  readonly json?: boolean;
}

const help = `
Examples:
  skein judge step.mlir --pins megatron.json --topology v5p:2x2x2
  skein judge step.mlir --plan out/plan.json                                on the slice that the plan is for
  skein judge scan48.mlir --pins scan.json --topology v5p:4x4x4 \\
      --depths 2.mlir,4.mlir --depth-pins layers.json --depth 48            a deep model: memory from the first program,
                                                                            time from the unrolled ones, extrapolated

The real TPU compiler does the work; no TPU need be there. It is installed by: sh scripts/make-venv.sh judge
`;

/** Installs `skein judge`. */
export const installJudge: CommandInstaller = (program, run) => {
  program
    .command('judge')
    .argument('<program>', 'StableHLO text, or gzip of it')
    .description('compiles a placed program with the real TPU compiler: what fits, what moves, how long a step takes')
    .option('--topology <slice>', 'v5p:4x4x4: TPU chips along each axis of the torus (default: that of the plan)')
    .option('--plan <file>', 'a plan.json of this program, in place of mesh and pins')
    .option('--pins <file>', 'a pins file: mesh and pins together')
    .option('--mesh <axes>', 'in place of the mesh of the pins files: dp=2,tp=4')
    .option('--depths <files>', 'the same program unrolled with 2 and with 4 layers: FILE2,FILE4')
    .option('--depth <layers>', 'layers to which time, FLOPs and collectives of --depths are extrapolated')
    .option('--depth-pins <file>', 'pins of the programs of --depths (default: --pins)')
    .option('--json', 'print one JSON document')
    .addHelpText('after', help)
    .action((path: string, options: JudgeCommandOptions) =>
      run(async context => {
        const result = await judge(path, options, context);
        context.print(options.json ? JSON.stringify(result) : formatJudgeText(result));
        return result.fits ? 0 : 1;
      }, options),
    );
};

async function judge(path: string, options: JudgeCommandOptions, context: CommandContext): Promise<JudgeResult> {
  const deep = readDepth(options);
  const topology = options.topology ?? (await plannedCluster(options));
  const whole = await judgeProgram(path, { ...options, topology }, context);
  if (deep === undefined || whole.outcome.kind === 'too large') return judgeResult(whole);
  const placement = { topology, pins: deep.pins, ...(options.mesh === undefined ? {} : { mesh: options.mesh }) };
  const two = await judgeProgram(deep.files[0], placement, context);
  const four = await judgeProgram(deep.files[1], placement, context);
  const extrapolated = extrapolateTo(two, four, deep.depth);
  if (extrapolated === undefined) context.note('nothing is extrapolated: an unrolled program is too large');
  return judgeResult(whole, extrapolated);
}

function extrapolateTo(two: JudgedSplit, four: JudgedSplit, depth: number): ExtrapolatedWork | undefined {
  if (two.outcome.kind === 'too large' || four.outcome.kind === 'too large') return undefined;
  return extrapolate(two.outcome, four.outcome, depth);
}

/** Places, compiles and judges one program. */
async function judgeProgram(
  path: string,
  options: { readonly topology: string; readonly plan?: string; readonly pins?: string; readonly mesh?: string },
  context: CommandContext,
): Promise<JudgedSplit> {
  const { topology } = options;
  const cluster = parseCluster(topology);
  const slice = tpuTopology(cluster);
  const program = await loadVerifiedProgram(path, context);
  const inlined = inlineCalls(program);
  const split = await splitProgram({ ...options, cluster: topology }, program, inlined);
  if (split === undefined) throw noPlacement();
  noteDiagnostics(context, split.warnings);
  context.progress.phase(`the TPU compiler at work on ${path}`);
  const compilation = await compileForTpu(split.text, slice, { signal: context.signal });
  context.progress.end();
  const entry = entryFunction(inlined);
  const trips = entry === undefined ? undefined : commonTrips(entry);
  const outcome =
    compilation.kind === 'too large'
      ? compilation
      : { kind: 'judged' as const, ...judgeCompiled(compilation, split.mesh, cluster, trips) };
  return { path, topology, split: split.plan, outcome };
}

async function plannedCluster({ plan }: JudgeCommandOptions): Promise<string> {
  if (plan !== undefined) return parsePlan(await readText(plan), plan).cluster;
  throw diagnosticError('SK9003', {
    message: 'nothing says for which TPUs to compile',
    next: 'add --topology, for example --topology v5p:2x2x2',
  });
}

interface Deep {
  readonly files: readonly [string, string];
  readonly depth: number;
  readonly pins: string;
}

/** The programs to extrapolate from; undefined where there are none. */
function readDepth({ depths, depth, depthPins, pins }: JudgeCommandOptions): Deep | undefined {
  if (depths === undefined && depth === undefined) return undefined;
  const [first, second, ...more] = depths?.split(',') ?? [];
  const layers = Number(depth);
  const deepPins = depthPins ?? pins;
  if (!second || more.length > 0 || !Number.isInteger(layers) || layers < 1 || deepPins === undefined) {
    throw diagnosticError('SK9003', {
      message: 'extrapolation wants two programs, a number of layers, and pins for both',
      expected: '--depths FILE2,FILE4 --depth LAYERS, and --depth-pins FILE (or --pins FILE)',
      next: 'give all of them, or none',
    });
  }
  return { files: [first, second], depth: layers, pins: deepPins };
}

function noPlacement() {
  return diagnosticError('SK9003', {
    message: 'nothing says how to split the program',
    expected: '--plan FILE or --pins FILE',
    next: 'add one of them',
  });
}
