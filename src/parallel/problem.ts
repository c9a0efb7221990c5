import { type Diagnostic, DiagnosticError } from '../base/index.ts';
import { type Cluster, type FusedBytes, fusedBytesOn, joiningWithin } from '../cost/index.ts';
import { aliasedResult, entryFunction, type Func, type Program } from '../ir/index.ts';
import {
  argumentNames,
  checkMeshDevices,
  equalShardings,
  findBatch,
  formatMesh,
  formatSharding,
  isWhole,
  type Mesh,
  matchesGlob,
  type Pin,
  resolvePins,
  resultName,
} from '../sharding/index.ts';

/**
 * What the planner is asked: how to lay out a program on a cluster so that a step is fastest and fits.
 *
 *      program (inlined)          cluster                 answer, found elsewhere
 *      arg0 ─┐                    host0: d0 d1 ─┐         mesh a=2,b=2
 *            dot ─ tanh ─ dot     host1: d2 d3 ─┴ links   a layout for each argument and result,
 *      arg1 ─┘                                            a strategy for each operation
 */
export interface ShardingProblem {
  /** Inlined: the entry function holds the whole program. */
  readonly program: Program;
  readonly cluster: Cluster;
  /** Where it is given, the only mesh that is tried. */
  readonly mesh?: Mesh;
  /** What the user has decided; the last pin that matches a name holds. */
  readonly pins: readonly Pin[];
  /** Most bytes that one device may need at any time. */
  readonly memoryLimitBytes: number;
  /** Positions of the arguments that carry the batch: data, not state. Found when they are first asked for. */
  readonly batchArguments: readonly number[];
  /** Bytes of operations where chains are one kernel, if the cluster's compiler fuses. Found when first asked for. */
  readonly fusedBytes: FusedBytes | undefined;
}

/** What of a problem may be left out. */
export interface ProblemRequest {
  readonly cluster: Cluster;
  readonly mesh?: Mesh;
  readonly pins?: readonly Pin[];
  /** The memory of a device where it is left out. */
  readonly memoryLimitBytes?: number;
  /** Those that `findBatch` finds where it is left out. */
  readonly batchArguments?: readonly number[];
}

/** The parts of a problem that are plain data: for reports, and to tell two problems on one program apart. */
export interface ProblemDescription {
  readonly format: 'skein.sharding-problem/1';
  readonly program: string;
  readonly cluster: string;
  readonly mesh: string | null;
  readonly pins: readonly { readonly match: string; readonly sharding: string }[];
  readonly memoryLimitBytes: number;
  readonly batchArguments: readonly number[];
}

/** Completes and checks a problem on an inlined program. Throws SK2009 and SK23.. with everything that is wrong. */
export function createProblem(inlined: Program, request: ProblemRequest): ShardingProblem {
  const { mesh, pins = [] } = request;
  const cluster = joiningWithin(request.cluster, entryOf(inlined));
  let batchArguments = request.batchArguments;
  let fused: { readonly bytes: FusedBytes | undefined } | undefined;
  const problem: ShardingProblem = {
    program: inlined,
    cluster,
    ...(mesh === undefined ? {} : { mesh }),
    pins,
    memoryLimitBytes: request.memoryLimitBytes ?? deviceMemoryBytes(cluster),
    // Finding the batch follows dimensions through the whole program, and not every search asks for it.
    get batchArguments() {
      batchArguments ??= findBatch(entryOf(inlined))?.dimensions.map(({ argument }) => argument) ?? [];
      return [...new Set(batchArguments)];
    },
    get fusedBytes() {
      fused ??= { bytes: fusedBytesOn(cluster, entryOf(inlined)) };
      return fused.bytes;
    },
  };
  const wrong = problemDiagnostics(problem);
  if (wrong.length > 0) throw new DiagnosticError(wrong);
  return problem;
}

/** Memory of one device; virtual devices of a host share what the host has. */
export function deviceMemoryBytes({ profile, devicesPerHost }: Cluster): number {
  return profile.memoryBytes / (profile.sharedByDevices === true ? devicesPerHost : 1);
}

export function describeProblem(problem: ShardingProblem): ProblemDescription {
  const { program, cluster, mesh, pins, memoryLimitBytes, batchArguments } = problem;
  return {
    format: 'skein.sharding-problem/1',
    program: program.file,
    cluster: cluster.notation,
    mesh: mesh === undefined ? null : formatMesh(mesh),
    pins: pins.map(({ match, sharding }) => ({ match, sharding: formatSharding(sharding) })),
    memoryLimitBytes,
    batchArguments,
  };
}

/** Everything that is wrong with a problem; empty when it can be solved or shown to have no solution. */
export function problemDiagnostics(problem: ShardingProblem): Diagnostic[] {
  const func = entryOf(problem.program);
  return [
    ...memoryDiagnostics(problem.memoryLimitBytes),
    ...meshDiagnostics(problem, func),
    ...divisorDiagnostics(problem, func),
    ...contradictions(problem.pins, func),
  ];
}

/** The entry function of a problem's program. */
export function entryOf(program: Program): Func {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('internal: a program without an entry function');
  return func;
}

/** Sizes of the dimensions of all values of a function, those of size 1 left out. */
export function dimensionSizes(func: Func): ReadonlySet<number> {
  return new Set(func.valueTypes.flatMap(type => (type.kind === 'tensor' ? type.shape.filter(size => size > 1) : [])));
}

function memoryDiagnostics(memoryLimitBytes: number): Diagnostic[] {
  if (Number.isFinite(memoryLimitBytes) && memoryLimitBytes > 0) return [];
  const message = `the memory limit is ${memoryLimitBytes} bytes`;
  const expected = 'a number of bytes above 0';
  return [{ code: 'SK2301', severity: 'error', message, expected, next: 'give a limit like --memory 80GB' }];
}

/** A mesh that is no mesh of the cluster, pins that do not fit it, and pins that name axes where no mesh is given. */
function meshDiagnostics({ mesh, cluster, pins }: ShardingProblem, func: Func): Diagnostic[] {
  if (mesh !== undefined) {
    return [
      ...thrownBy(() => checkMeshDevices(mesh, cluster.devices)),
      ...thrownBy(() => resolvePins(func, mesh, pins)),
    ];
  }
  return pins
    .filter(({ sharding }) => !isWhole(sharding))
    .map(({ match, sharding }) => ({
      code: 'SK2304',
      severity: 'error',
      message: `the pin of \`${match}\` to ${formatSharding(sharding)} names axes of a mesh, but no mesh is given`,
      next: 'give the mesh with --mesh, or pin only to whole, like [{}, {}]',
    }));
}

function divisorDiagnostics({ cluster, mesh }: ShardingProblem, func: Func): Diagnostic[] {
  const { devices } = cluster;
  const sizes = [...dimensionSizes(func)];
  const divides = (count: number): boolean => sizes.some(size => size % count === 0);
  const divisors = Array.from({ length: devices }, (_, index) => index + 1).filter(count => devices % count === 0);
  if (devices === 1 || mesh !== undefined || divisors.some(count => count > 1 && divides(count))) return [];
  const usable = Array.from({ length: devices - 1 }, (_, index) => devices - 1 - index).find(divides);
  const message = `${devices} devices cannot share the work: no dimension of the program is a multiple of ${divisors.filter(count => count > 1).join(' or ')}`;
  const next = usable === undefined ? 'use one device' : `use ${usable} devices, or pad a dimension of the program`;
  return [{ code: 'SK2303', severity: 'error', message, next }];
}

/** Pins that cannot hold together: one name twice, and a result apart from the argument whose buffer it takes. */
function contradictions(pins: readonly Pin[], func: Func): Diagnostic[] {
  const wrong: Diagnostic[] = [];
  const say = (what: string, one: Pin, other: Pin, why: string): void => {
    const message = `${what} is pinned to ${formatSharding(one.sharding)} and to ${formatSharding(other.sharding)}${why}`;
    wrong.push({ code: 'SK2302', severity: 'error', message, next: 'keep one of the two pins' });
  };
  for (const [index, pin] of pins.entries()) {
    // A pin of a scope places only values of its rank, so several of them may share a pattern.
    const rank = pin.sharding.dimensions.length;
    const alike = (other: Pin): boolean => other.match === pin.match && other.sharding.dimensions.length === rank;
    const earlier = pins.slice(0, index).find(alike);
    if (earlier !== undefined && !equalShardings(earlier.sharding, pin.sharding)) say(pin.match, earlier, pin, '');
  }
  for (const [index, argument] of func.arguments.entries()) {
    const alias = aliasedResult(argument);
    if (alias < 0) continue;
    const own = resultName(func, alias) ?? `result${alias}`;
    const names = argumentNames(func, index);
    const ofArgument = pins.findLast(pin => names.some(name => matchesGlob(pin.match, name)));
    const all = [...names, own, `result${alias}`];
    const ofResult = pins.findLast(pin => all.some(name => matchesGlob(pin.match, name)));
    if (ofArgument === undefined || ofResult === undefined) continue;
    if (equalShardings(ofArgument.sharding, ofResult.sharding)) continue;
    say(names[0], ofArgument, ofResult, `, by the result ${own} that takes its buffer`);
  }
  return wrong;
}

function thrownBy(work: () => unknown): readonly Diagnostic[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
}
