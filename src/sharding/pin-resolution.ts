import { type Diagnostic, DiagnosticError, nearestName } from '../base/index.ts';
import { aliasedResult, type Func, formatType, type Type, type ValueId, walkOperations } from '../ir/index.ts';
import type { Mesh } from './mesh.ts';
import { formatSharding, type Sharding } from './notation.ts';
import { globMatcher, type Pin } from './pins.ts';
import { shardingDiagnostics } from './shape.ts';

/** The shardings that pins decide, by argument and by result of the entry function; undefined where none does. */
export interface PinnedShardings {
  readonly arguments: readonly (Sharding | undefined)[];
  readonly results: readonly (Sharding | undefined)[];
  /** Results of operations that a `scope:` pin decides. */
  readonly values?: ReadonlyMap<ValueId, Sharding>;
}

/** Pins whose match starts so place the results of operations, by the name scope of their location. */
const scopePrefix = 'scope:';

/** The names by which a pin may call an argument, the most telling one first. */
export function argumentNames(func: Func, index: number): readonly string[] {
  const argument = func.arguments[index];
  const alias = aliasedResult(argument);
  const result = alias < 0 ? undefined : resultName(func, alias);
  const names = [argument.name, result, `arg${index}`, `%arg${index}`];
  return names.filter(name => name !== undefined);
}

/** The name of a result, `result[0]['w']`, when the text has one. */
export function resultName(func: Func, index: number): string | undefined {
  const info = func.results[index]?.attributes['jax.result_info'];
  return info?.kind === 'string' && info.value !== '' ? info.value : undefined;
}

/**
 * Finds the sharding of each argument and result. The last matching pin wins; an argument and the result that takes
 * its buffer get the same sharding unless a pin names the result alone. A pin `scope:GLOB` places the results of the
 * operations whose scope matches, of those that have its rank; inline calls first, so that all scopes are there.
 * Throws every SK2003 to SK2008 found.
 */
export function resolvePins(func: Func, mesh: Mesh, pins: readonly Pin[]): PinnedShardings {
  const wrong: Diagnostic[] = [];
  const args: (Sharding | undefined)[] = func.arguments.map(() => undefined);
  const results: (Sharding | undefined)[] = func.results.map(() => undefined);
  const argNames = func.arguments.map((_, index) => argumentNames(func, index));
  const resultNames = func.results.map((_, index) => [resultName(func, index) ?? `result${index}`, `result${index}`]);
  const values = new Map<ValueId, Sharding>();
  for (const pin of pins) {
    if (pin.match.startsWith(scopePrefix)) {
      wrong.push(...pinScope(func, mesh, pin, values));
      continue;
    }
    const matches = globMatcher(pin.match);
    const hit = (names: readonly string[]) => names.some(matches);
    let found = false;
    for (const [index, names] of argNames.entries()) {
      if (!hit(names)) continue;
      args[index] = pin.sharding;
      found = true;
      const alias = aliasedResult(func.arguments[index]);
      if (alias >= 0) results[alias] = pin.sharding;
    }
    for (const [index, names] of resultNames.entries()) {
      if (!hit(names)) continue;
      results[index] = pin.sharding;
      found = true;
    }
    if (!found) wrong.push(unknownName(pin, [...argNames.flat(), ...resultNames.flat()], func));
  }
  for (const [index, sharding] of args.entries()) {
    const type = func.valueTypes[func.arguments[index].value];
    wrong.push(...checkPin(argNames[index][0], type, sharding, mesh));
  }
  const aliased = new Map(func.arguments.map((argument, index) => [aliasedResult(argument), args[index]]));
  for (const [index, sharding] of results.entries()) {
    if (aliased.get(index) !== sharding)
      wrong.push(...checkPin(resultNames[index][0], func.results[index].type, sharding, mesh));
  }
  if (wrong.length > 0) throw new DiagnosticError(wrong);
  return { arguments: args, results, values };
}

/** Places the values of a `scope:` pin; returns what is wrong with it. */
function pinScope(func: Func, mesh: Mesh, pin: Pin, values: Map<ValueId, Sharding>): Diagnostic[] {
  const glob = pin.match.slice(scopePrefix.length);
  const matches = globMatcher(glob);
  const scopes = new Set<string>();
  const wrong: Diagnostic[] = [];
  let found = false;
  walkOperations(func.body, ({ scope, results }) => {
    if (scope === undefined) return;
    scopes.add(scope);
    if (!matches(scope)) return;
    for (const value of results) {
      const type = func.valueTypes[value];
      if (type.kind !== 'tensor' || type.shape.length !== pin.sharding.dimensions.length) continue;
      found = true;
      values.set(value, pin.sharding);
      if (wrong.length === 0) wrong.push(...checkPin(scope, type, pin.sharding, mesh));
    }
  });
  if (found) return wrong;
  const nearest = nearestName(glob, [...scopes]);
  const hint =
    nearest === undefined ? 'export the program with locations' : `did you mean \`${scopePrefix}${nearest}\`?`;
  const message = `no operation with ${pin.sharding.dimensions.length} dimensions has a scope like \`${glob}\``;
  return [{ code: 'SK2003', severity: 'error', message, next: hint }];
}

function checkPin(name: string, type: Type, sharding: Sharding | undefined, mesh: Mesh): Diagnostic[] {
  if (sharding === undefined) return [];
  try {
    if (type.kind === 'tensor') return shardingDiagnostics(name, type, sharding, mesh);
  } catch (error) {
    if (error instanceof DiagnosticError) return [...error.diagnostics];
    throw error;
  }
  return [
    {
      code: 'SK2008',
      severity: 'error',
      message: `${name}: \`${formatSharding(sharding)}\` cannot place a ${formatType(type)}`,
      next: 'pin tensors only',
    },
  ];
}

function unknownName(pin: Pin, names: readonly string[], func: Func): Diagnostic {
  const nearest = nearestName(pin.match, names);
  const named = func.arguments.some(argument => argument.name !== undefined);
  const hint = nearest === undefined ? 'name an argument or a result' : `did you mean \`${nearest}\`?`;
  const exportHint = named
    ? ''
    : '; this text has no argument names: export it with `python -m skein_export`, or with `as_text(debug_info=True)`';
  return {
    code: 'SK2003',
    severity: 'error',
    message: `no argument or result is called \`${pin.match}\``,
    next: `${hint}${exportHint}`,
  };
}
