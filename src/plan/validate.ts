import { type Diagnostic, DiagnosticError } from '../base/index.ts';
import { entryFunction, type Func, type Program, type Type } from '../ir/index.ts';
import { transformProgram } from '../parallel/index.ts';
import {
  type Assignment,
  type AssignmentFault,
  checkAssignment,
  checkMesh,
  type Layout,
  type Mesh,
  type OperationChoice,
  type ProgramOnMesh,
  programFacts,
  programOnMesh,
  shardingDiagnostics,
} from '../sharding/index.ts';
import { Complaints } from './complaints.ts';
import { fingerprintProgram } from './fingerprint.ts';
import type { JsonPath, JsonSource } from './json-place.ts';
import type { Plan, PlannedDecision, PlannedValue } from './plan.ts';
import { layoutsByText, ShardingTexts } from './sharding-texts.ts';

/** What a plan decides, checked and ready to be carried out. */
export interface ResolvedPlan {
  /** With the program that is split: changed as the plan says. */
  readonly ground: ProgramOnMesh;
  readonly assignment: Assignment;
  readonly search: Plan['search'];
  readonly transform: Plan['transform'];
}

/**
 * Checks a plan against its program before anything uses it, trusting nothing that it says: the fingerprint; that the
 * program can be changed as the plan says, which is done here; mesh, axes and even splits; one sharding for each input and output; one decision for each operation that is placed, for its name
 * and for as many operands and results; and that all of it together can be carried out, see `checkAssignment`. Throws
 * SK20.. and SK22.. with what is wrong, and with its place where the text is given. `inlined` is `program` with its calls
 * inlined.
 */
export function validatePlan(plan: Plan, program: Program, inlined: Program, source?: JsonSource): ResolvedPlan {
  const func = entryFunction(inlined);
  if (func === undefined) throw new Error('internal: program without an entry function');
  const complaints = new Complaints(source);
  if (fingerprintProgram(program) !== plan.program.fingerprint) {
    const message = `the plan was made for another program than ${program.file}: their fingerprints differ`;
    complaints.add(['program', 'fingerprint'], misfit(message));
  }
  complaints.throwAny();
  const mesh = complaints.gather(['mesh'], () => plannedMesh(plan));
  complaints.throwAny();
  if (mesh === undefined) throw new Error('internal: no mesh, though nothing is wrong with it');
  const texts = readTexts(plan, func, mesh, complaints);
  const grid = texts.grid();
  complaints.throwAny();
  if (grid === undefined) throw new Error('internal: no grid, though nothing is wrong with it');
  const transformed = complaints.gather(['transform'], () => transformedBy(plan, inlined));
  complaints.throwAny();
  if (transformed === undefined) throw new Error('internal: no program, though nothing is wrong with its transform');
  const ground = programOnMesh(programFacts(transformed), grid);
  const layout = layoutsByText(texts, grid);
  const choices = readChoices(plan, ground, layout, complaints);
  complaints.throwAny();
  const assignment: Assignment = {
    mesh,
    arguments: plan.inputs.map(({ sharding }) => layout(sharding)),
    results: plan.outputs.map(({ sharding }) => layout(sharding)),
    choices,
    microBatches: 1,
    pipeline: null,
  };
  blame(plan, checkAssignment(ground, assignment), complaints);
  complaints.throwAny();
  return { ground, assignment, search: plan.search, transform: plan.transform };
}

/** The program that the plan is about. Throws SK2202 where the program cannot be changed so. */
function transformedBy({ transform }: Plan, inlined: Program): Program {
  if (transform === undefined) return inlined;
  const made = transformProgram(inlined, transform);
  if (made.status === 'done') return made.program;
  throw new DiagnosticError([misfit(`the program cannot be changed as the plan says: ${made.message}`)]);
}

function plannedMesh({ mesh: { axes, deviceIds } }: Plan): Mesh {
  const named = axes.map(([name, size]) => ({ name, size }));
  return checkMesh({ axes: named, ...(deviceIds === undefined ? {} : { deviceIds }) });
}

/** Reads all shardings of a plan, and checks those of inputs and outputs against their types. */
function readTexts(plan: Plan, func: Func, mesh: Mesh, complaints: Complaints): ShardingTexts {
  const texts = new ShardingTexts(mesh, complaints);
  if (plan.mesh.parts !== undefined) texts.read(plan.mesh.parts, ['mesh', 'parts']);
  const readValues = (kind: 'inputs' | 'outputs', types: readonly Type[], values: readonly PlannedValue[]): void => {
    if (types.length !== values.length)
      complaints.add([kind], misfit(`the plan has ${values.length} ${kind}, the program ${types.length}`));
    for (const [index, { name, sharding }] of values.entries()) {
      const path: JsonPath = [kind, index, 'sharding'];
      const parsed = texts.read(sharding, path);
      const type = types[index];
      if (parsed === undefined || type === undefined) continue;
      if (type.kind !== 'tensor') complaints.add(path, misfit(`${name} is no tensor`));
      else for (const wrong of shardingDiagnostics(name, type, parsed, mesh)) complaints.add(path, wrong);
    }
  };
  readValues(
    'inputs',
    func.arguments.map(argument => func.valueTypes[argument.value]),
    plan.inputs,
  );
  readValues(
    'outputs',
    func.results.map(result => result.type),
    plan.outputs,
  );
  for (const [index, decision] of plan.decisions.entries()) readDecision(decision, index, texts, complaints);
  return texts;
}

function readDecision(decision: PlannedDecision, index: number, texts: ShardingTexts, complaints: Complaints): void {
  const path: JsonPath = ['decisions', index];
  const strategy = texts.read(decision.strategy, [...path, 'strategy']);
  if (strategy !== undefined && strategy.unreduced.length > 0)
    complaints.add([...path, 'strategy'], broken(`the strategy \`${decision.strategy}\` has unreduced axes`));
  for (const key of ['operands', 'results', 'finals'] as const)
    for (const [position, text] of decision[key].entries()) texts.read(text, [...path, key, position]);
}

/** The choice of each operation by its number. */
function readChoices(
  { decisions, assigned }: Plan,
  { operations }: ProgramOnMesh,
  layout: (text: string) => Layout,
  complaints: Complaints,
): (OperationChoice | undefined)[] {
  const known = decisions.map(({ strategy, operands, results, finals }) => ({
    strategy: layout(strategy).dimensions,
    operands: operands.map(layout),
    results: results.map(layout),
    finals: finals.map(layout),
  }));
  const choices: (OperationChoice | undefined)[] = operations.map(() => undefined);
  for (const [index, [number, decision]] of assigned.entries()) {
    const path: JsonPath = ['assigned', index];
    const name = operations[number]?.name;
    const meant = decisions[decision]?.operation;
    if (name === undefined) {
      complaints.add(path, misfit(`there is no operation ${number}; the program has ${operations.length}`));
    } else if (meant === undefined) {
      complaints.add(path, misfit(`there is no decision ${decision}; the plan has ${decisions.length}`));
    } else if (meant !== name) {
      complaints.add(path, misfit(`decision ${decision} is for ${meant}, but operation ${number} is ${name}`));
    } else if (choices[number] !== undefined) {
      complaints.add(path, misfit(`operation ${number} (${name}) is decided twice`));
    } else choices[number] = known[decision];
  }
  return choices;
}

/** Complains of what cannot be carried out, of each decision once. */
function blame({ assigned }: Plan, faults: readonly AssignmentFault[], complaints: Complaints): void {
  const entries = new Map(assigned.map(([number], index) => [number, index]));
  const blamed = new Set<number>();
  for (const { kind, message, subject } of faults) {
    if (subject.kind === 'argument') complaints.add(['inputs', subject.index], broken(message));
    else if (subject.kind === 'result') complaints.add(['outputs', subject.index], broken(message));
    else if (subject.kind === 'assignment') complaints.add(['assigned'], misfit(message));
    else {
      const entry = entries.get(subject.index);
      if (entry === undefined || kind === 'needless') {
        complaints.add(entry === undefined ? ['assigned'] : ['assigned', entry], misfit(message));
        continue;
      }
      const decision = assigned[entry][1];
      if (!blamed.has(decision)) complaints.add(['decisions', decision], broken(message));
      blamed.add(decision);
    }
  }
}

function misfit(message: string): Diagnostic {
  return { code: 'SK2202', severity: 'error', message, next: 'plan this program again' };
}

function broken(message: string): Diagnostic {
  const next = 'plan this program again, or restore the decision from a plan that was not edited';
  return { code: 'SK2203', severity: 'error', message, next };
}
