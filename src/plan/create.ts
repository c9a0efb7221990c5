import { type Diagnostic, DiagnosticError } from '../base/index.ts';
import { backendPrediction, type Cluster, type MemoryOfKind, programSeconds, type StepSeconds } from '../cost/index.ts';
import { placedMemory } from '../footprint/index.ts';
import {
  aliasedResult,
  entryFunction,
  type Func,
  type Program,
  printProgram,
  type Type,
  typeBytes,
} from '../ir/index.ts';
import type { ProgramTransform } from '../parallel/index.ts';
import {
  type Collective,
  collectives,
  dataParallelPins,
  emitSharded,
  equalShardings,
  formatMesh,
  formatSharding,
  isWhole,
  type Mesh,
  type Pin,
  type PinnedShardings,
  type Propagation,
  placeAssignment,
  propagate,
  replicatedWarnings,
  resolvePins,
  type Sharding,
} from '../sharding/index.ts';
import { plannedDecisions, plannedParts } from './decisions.ts';
import { fingerprintProgram } from './fingerprint.ts';
import { inputNames, outputNames, stateFeedback } from './inputs.ts';
import type { Plan, PlannedCollective, PlannedSearch, PlannedValue } from './plan.ts';
import type { ResolvedPlan } from './validate.ts';

/** How a program is to be split. */
export interface SplitRequest {
  readonly cluster: Cluster;
  readonly mesh: Mesh;
  readonly pins: readonly Pin[];
  /** `data`: also split the batch that the rules find along the mesh's first axis, where no pin says otherwise. */
  readonly strategy?: 'data';
}

/** A program with its plan: ready to compile for the mesh. */
export interface SplitProgram {
  readonly plan: Plan;
  readonly mesh: Mesh;
  /** How every value lies, and what moves. */
  readonly placed: Propagation;
  /** The program that was planned, with its calls inlined, and changed as the plan says. */
  readonly inlined: Program;
  /** The program annotated in Shardy's words. */
  readonly text: string;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Plans a program from pins and a strategy alone, without search. `inlined` is `program` with its calls inlined.
 * Throws SK20.. diagnostics where pins do not fit the program or the mesh.
 */
export function planByPins(program: Program, inlined: Program, request: SplitRequest): SplitProgram {
  const { mesh, cluster, pins } = request;
  const pinned = resolvePins(entryOf(inlined), mesh, pins);
  const decided = request.strategy === 'data' ? dataParallelPins(inlined, mesh, pinned) : pinned;
  return planPinned(program, inlined, cluster, mesh, decided);
}

/** What is known of a placed program already. */
export interface KnownPlan {
  readonly seconds?: StepSeconds;
  readonly memory?: readonly MemoryOfKind[];
  /** The search that found it; none by default. */
  readonly search?: PlannedSearch | null;
  /** How `inlined` was made of the program. */
  readonly transform?: ProgramTransform;
}

/**
 * Plans a program whose shardings are given for arguments, results and values inside; propagation decides the rest.
 * Throws SK2302 where a result lies otherwise than the argument whose buffer it takes.
 */
export function planPinned(
  program: Program,
  inlined: Program,
  cluster: Cluster,
  mesh: Mesh,
  pinned: PinnedShardings,
): SplitProgram {
  const placed = propagate(inlined, mesh, pinned);
  const moved = movedState(placed);
  if (moved.length > 0) throw new DiagnosticError(moved);
  return planPlaced(program, inlined, cluster, mesh, placed);
}

/**
 * Plans a program as an earlier plan decides it: on the same cluster, the same text and the same plan. What is split is
 * the program of `ground`: inlined, and changed as the plan says.
 */
export function planDecided(
  program: Program,
  cluster: Cluster,
  { ground, assignment, search, transform }: ResolvedPlan,
): SplitProgram {
  const placed = placeAssignment(ground, assignment);
  const known = { search, ...(transform === undefined ? {} : { transform }) };
  return planPlaced(program, ground.program, cluster, ground.mesh, placed, known);
}

/**
 * Plans a program of which every value is placed already, by propagation or as a search found it. `inlined` is `program`
 * with its calls inlined, changed as `known` says. What is given as `known` is taken over instead of being reckoned
 * again. What only files need is made when it is first read: the annotated text, the program's fingerprint, and how each
 * operation is decided.
 */
export function planPlaced(
  program: Program,
  inlined: Program,
  cluster: Cluster,
  mesh: Mesh,
  propagation: Propagation,
  known: KnownPlan = {},
): SplitProgram {
  const func = entryOf(inlined);
  const ideal = collectives(propagation);
  const predicted = known.seconds ?? programSeconds(propagation, cluster);
  const parts = plannedParts(propagation.grid);
  const decided = once(() => plannedDecisions(propagation));
  const fingerprint = once(() => fingerprintProgram(program));
  const text = once(() => printProgram(emitSharded(inlined, mesh, propagation)));
  const plan: Plan = {
    format: 'skein.plan/1',
    program: {
      file: program.file,
      get fingerprint() {
        return fingerprint();
      },
      operations: func.body.operations.length,
    },
    cluster: cluster.notation,
    mesh: {
      axes: mesh.axes.map(({ name, size }) => [name, size] as const),
      ...(mesh.deviceIds === undefined ? {} : { deviceIds: mesh.deviceIds }),
      ...(parts === undefined ? {} : { parts }),
    },
    ...(known.transform === undefined ? {} : { transform: known.transform }),
    pipeline: null,
    inputs: plannedInputs(func, propagation),
    outputs: plannedOutputs(func, propagation),
    state: stateFeedback(func),
    get decisions() {
      return decided().decisions;
    },
    get assigned() {
      return decided().assigned;
    },
    predicted: secondsOf(predicted),
    memory: known.memory ?? placedMemory(propagation, cluster.profile.memoryTile),
    collectives: {
      ideal: ideal.map(plannedCollective),
      backend: backendPrediction(ideal, 'xla-cpu').map(plannedCollective),
    },
    layout: null,
    search: known.search ?? null,
  };
  return {
    plan,
    mesh,
    placed: propagation,
    inlined,
    get text() {
      return text();
    },
    warnings: [...replicatedWarnings(func), ...wholeWarnings(propagation)],
  };
}

/** What `make` makes, made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Complains of results that were pinned otherwise than the argument whose buffer they take. */
function movedState({ func, arguments: given, results }: Propagation): Diagnostic[] {
  const names = inputNames(func);
  return func.arguments.flatMap((argument, index): Diagnostic[] => {
    const result = aliasedResult(argument);
    if (result < 0 || equalShardings(given[index], results[result])) return [];
    const [there, then] = [formatSharding(given[index]), formatSharding(results[result])];
    const message = `${names[index]} lies as ${there}, and result${result}, which takes its buffer, as ${then}`;
    return [{ code: 'SK2302', severity: 'error', message, next: `pin ${names[index]} alone: its result follows it` }];
  });
}

/** The seconds alone, whatever else is known of a placed program's cost. */
function secondsOf({ computeSeconds, communicationSeconds, overlapSeconds, stepSeconds: step }: StepSeconds) {
  return { computeSeconds, communicationSeconds, overlapSeconds, stepSeconds: step };
}

/** Warns where the mesh has several devices and every one of them does the same work. */
function wholeWarnings({ grid, shardings }: Propagation): Diagnostic[] {
  if (grid.atoms.length === 0 || shardings.some(found => found !== undefined && !isWhole(found))) return [];
  const message = `nothing is split: every device of the mesh ${formatMesh(grid.mesh)} does all the work`;
  return [{ code: 'SK2011', severity: 'warning', message, next: 'pin an argument to an axis, or use --strategy data' }];
}

function entryOf(program: Program): Func {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('internal: program without an entry function');
  return func;
}

function plannedInputs(func: Func, propagation: Propagation): PlannedValue[] {
  const names = inputNames(func);
  return func.arguments.map((argument, index) =>
    plannedValue(names[index], func.valueTypes[argument.value], propagation.arguments[index]),
  );
}

function plannedOutputs(func: Func, propagation: Propagation): PlannedValue[] {
  const names = outputNames(func);
  return func.results.map((result, index) => plannedValue(names[index], result.type, propagation.results[index]));
}

function plannedValue(name: string, type: Type, sharding: Sharding): PlannedValue {
  if (type.kind !== 'tensor') throw new Error(`internal: ${name} is no tensor`);
  const printed = `${type.element}[${type.shape.join(', ')}]`;
  return { name, type: printed, sharding: formatSharding(sharding), bytes: typeBytes(type) };
}

function plannedCollective(collective: Collective): PlannedCollective {
  const { kind, axes, bytesPerDevice, trips, operation, scope, reason } = collective;
  return { kind, axes, bytesPerDevice, trips, operation, ...(scope === undefined ? {} : { scope }), reason };
}
