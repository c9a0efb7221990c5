import type { OperationContext } from './ops/definition.ts';
import type { Func, Program } from './program.ts';
import { equalTypes, formatType, type Type } from './types.ts';
import type { Finding } from './verify-operation.ts';
import { constraint, finding } from './verify-operation.ts';

/** Checks what an operation names: the callee of a call, the decomposition of a composite, and their types. */
export function verifyCall(program: Program, context: OperationContext): readonly Finding[] {
  const { operation, operands, results } = context;
  const attribute = calleeAttribute(operation.name);
  const symbol = attribute === undefined ? undefined : operation.attributes[attribute];
  if (symbol?.kind !== 'symbol') return [];
  const callee = program.functions.find(func => func.name === symbol.name);
  if (callee === undefined) {
    const known = program.functions.map(func => `@${func.name}`).join(', ');
    return [finding('SK1008', `${operation.name} names @${symbol.name}, which does not exist`, `call one of ${known}`)];
  }
  return [
    ...compare(operation.name, 'operands', operands, argumentTypes(callee), callee),
    ...compare(
      operation.name,
      'results',
      results,
      callee.results.map(result => result.type),
      callee,
    ),
  ];
}

function calleeAttribute(name: string): string | undefined {
  if (name === 'func.call') return 'callee';
  return name === 'stablehlo.composite' ? 'decomposition' : undefined;
}

function argumentTypes(func: Func): readonly Type[] {
  return func.arguments.map(argument => func.valueTypes[argument.value]);
}

function compare(
  name: string,
  what: string,
  found: readonly Type[],
  expected: readonly Type[],
  callee: Func,
): readonly Finding[] {
  if (found.length === expected.length && found.every((type, index) => equalTypes(type, expected[index]))) return [];
  const message = `the ${what} of the call of @${callee.name} are (${found.map(formatType).join(', ')})`;
  return [{ ...constraint(name, 'type', message), expected: `(${expected.map(formatType).join(', ')})` }];
}
