import { type Diagnostic, DiagnosticError } from '../base/index.ts';
import { entryFunction, type Func, type Program, type Type, walkOperations } from '../ir/index.ts';
import {
  checkMesh,
  type Mesh,
  type PinnedShardings,
  parseSharding,
  type Sharding,
  shardingDiagnostics,
} from '../sharding/index.ts';
import { fingerprintProgram } from './fingerprint.ts';
import type { Plan, PlannedValue } from './plan.ts';

/** What a plan decides, ready to be placed. */
export interface ResolvedPlan {
  readonly mesh: Mesh;
  readonly pinned: PinnedShardings;
}

/**
 * Checks a plan against its program before anything uses it: the fingerprint, one sharding for each input and output,
 * values that exist and are made by the operation that the plan names, and even splits everywhere. Throws SK2202 and
 * SK20.. with everything that is wrong. `inlined` is `program` with its calls inlined.
 */
export function validatePlan(plan: Plan, program: Program, inlined: Program): ResolvedPlan {
  const func = entryFunction(inlined);
  if (func === undefined) throw new Error('internal: program without an entry function');
  if (fingerprintProgram(program) !== plan.program.fingerprint) {
    throw new DiagnosticError([
      misfit(`the plan was made for another program than ${program.file}: their fingerprints differ`),
    ]);
  }
  const { deviceIds } = plan.mesh;
  const axes = plan.mesh.axes.map(([name, size]) => ({ name, size }));
  const mesh = checkMesh({ axes, ...(deviceIds === undefined ? {} : { deviceIds }) });
  const wrong: Diagnostic[] = [];
  const place = (what: string, type: Type, sharding: string): Sharding => {
    const parsed = parseSharding(sharding);
    if (type.kind === 'tensor') wrong.push(...shardingDiagnostics(what, type, parsed, mesh));
    else wrong.push(misfit(`${what} is no tensor`));
    return parsed;
  };
  const placeAll = (kind: string, types: readonly Type[], planned: readonly PlannedValue[]): Sharding[] => {
    if (types.length === planned.length) return planned.map((p, index) => place(p.name, types[index], p.sharding));
    wrong.push(misfit(`the plan has ${planned.length} ${kind}, the program ${types.length}`));
    return [];
  };
  const inputs = placeAll(
    'inputs',
    func.arguments.map(argument => func.valueTypes[argument.value]),
    plan.inputs,
  );
  const outputs = placeAll(
    'outputs',
    func.results.map(result => result.type),
    plan.outputs,
  );
  const makers = makerNames(func);
  const values = new Map<number, Sharding>();
  for (const { value, operation, sharding } of plan.constraints) {
    if (makers.get(value) !== operation) {
      wrong.push(misfit(`value ${value} is made by ${makers.get(value) ?? 'nothing'}, not by ${operation}`));
    } else values.set(value, place(`value ${value} of ${operation}`, func.valueTypes[value], sharding));
  }
  if (wrong.length > 0) throw new DiagnosticError(wrong);
  return { mesh, pinned: { arguments: inputs, results: outputs, values } };
}

/** The name of the operation that makes each value, in regions too. */
function makerNames(func: Func): Map<number, string> {
  const names = new Map<number, string>();
  walkOperations(func.body, ({ name, results }) => {
    for (const result of results) names.set(result, name);
  });
  return names;
}

function misfit(message: string): Diagnostic {
  return { code: 'SK2202', severity: 'error', message, next: 'plan this program again' };
}
