import type { Diagnostic } from '../base/index.ts';
import { backendPrediction, type Cluster, deviceWork, type StepSeconds, stepSeconds } from '../cost/index.ts';
import { deviceMemory } from '../footprint/index.ts';
import { entryFunction, type Func, type Program, printProgram, type Type, typeBytes } from '../ir/index.ts';
import {
  type Collective,
  collectives,
  dataParallelPins,
  emitSharded,
  formatMesh,
  formatSharding,
  isWhole,
  localBytes,
  type Mesh,
  type Pin,
  type PinnedShardings,
  type Propagation,
  propagate,
  replicatedWarnings,
  resolvePins,
  type Sharding,
} from '../sharding/index.ts';
import { fingerprintProgram } from './fingerprint.ts';
import { inputNames, outputNames } from './inputs.ts';
import type { Plan, PlannedCollective, PlannedConstraint, PlannedValue } from './plan.ts';

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
  /** The program that was planned, with its calls inlined. */
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

/** Plans a program whose shardings are given for arguments, results and values inside; propagation decides the rest. */
export function planPinned(
  program: Program,
  inlined: Program,
  cluster: Cluster,
  mesh: Mesh,
  pinned: PinnedShardings,
): SplitProgram {
  return planPlaced(program, inlined, cluster, mesh, propagate(inlined, mesh, pinned));
}

/** Plans a program of which every value is placed already, by propagation or as a search found it. */
export function planPlaced(
  program: Program,
  inlined: Program,
  cluster: Cluster,
  mesh: Mesh,
  propagation: Propagation,
): SplitProgram {
  const func = entryOf(inlined);
  const ideal = collectives(propagation);
  const bytesOf = (value: number): number => bytesOnDevice(func.valueTypes[value], propagation.shardings[value], mesh);
  const predicted: StepSeconds = stepSeconds(deviceWork(propagation), ideal, mesh, cluster);
  const plan: Plan = {
    format: 'skein.plan/1',
    program: {
      file: program.file,
      fingerprint: fingerprintProgram(program),
      operations: func.body.operations.length,
    },
    cluster: cluster.notation,
    mesh: {
      axes: mesh.axes.map(({ name, size }) => [name, size] as const),
      ...(mesh.deviceIds === undefined ? {} : { deviceIds: mesh.deviceIds }),
    },
    pipeline: null,
    inputs: plannedInputs(func, propagation),
    outputs: plannedOutputs(func, propagation),
    constraints: plannedConstraints(propagation),
    predicted,
    memory: deviceMemory(func, bytesOf),
    collectives: {
      ideal: ideal.map(plannedCollective),
      backend: backendPrediction(ideal, 'xla-cpu').map(plannedCollective),
    },
    layout: null,
    search: null,
  };
  const text = printProgram(emitSharded(inlined, mesh, propagation));
  return { plan, mesh, inlined, text, warnings: [...replicatedWarnings(func), ...wholeWarnings(propagation)] };
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

function bytesOnDevice(type: Type, sharding: Sharding | undefined, mesh: Mesh): number {
  return type.kind !== 'tensor' || sharding === undefined ? 0 : localBytes(type, sharding, mesh);
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

/** Every value that an operation of the entry makes, but for scalars and those that are made again where needed. */
function plannedConstraints({ func, plans, cheap, shardings }: Propagation): PlannedConstraint[] {
  return [...plans.keys()].flatMap(({ name, results, scope }) =>
    results.flatMap(value => {
      const type = func.valueTypes[value];
      const sharding = shardings[value];
      if (type.kind !== 'tensor' || type.shape.length === 0 || sharding === undefined || cheap.has(value)) return [];
      const place = { value, operation: name, ...(scope === undefined ? {} : { scope }) };
      return [{ ...place, sharding: formatSharding(sharding) }];
    }),
  );
}

function plannedCollective(collective: Collective): PlannedCollective {
  const { kind, axes, bytesPerDevice, trips, operation, scope, reason } = collective;
  return { kind, axes, bytesPerDevice, trips, operation, ...(scope === undefined ? {} : { scope }), reason };
}
