import type { Diagnostic, DiagnosticCode } from '../base/index.ts';
import type { Attribute } from './attributes.ts';
import { describeForm, hasForm } from './ops/attribute-check.ts';
import type { Arity, OperationContext, OperationDefinition } from './ops/definition.ts';
import { elementClass } from './ops/definition.ts';
import { operationDefinition } from './ops/table.ts';
import type { Type } from './types.ts';
import { equalTypes, formatType } from './types.ts';

/** What is wrong with one operation; the caller adds the place. */
export type Finding = Omit<Diagnostic, 'place'>;

/**
 * Checks one operation against its definition: arity, attributes, element types, the constraints of the StableHLO
 * specification, and declared against inferred result types. Later checks run only where earlier ones passed, so one
 * mistake gives one finding. Types are taken from the context; dominance is the program's business.
 */
export function verifyOperation(context: OperationContext): readonly Finding[] {
  const { operation } = context;
  const definition = operationDefinition(operation.name);
  if (definition === undefined) {
    const message = `${operation.name} is not an operation of StableHLO, chlo, func or sdy`;
    return [finding('SK1003', message, 'check the spelling, or export the program again with jax 0.10.2')];
  }
  const structural = [...checkArity(context, definition), ...checkAttributes(context, definition)];
  if (structural.length > 0) return structural;
  if (definition.tier === 'B') return [trusted(operation.name)];
  const typed = checkTypes(context, definition);
  if (typed.length > 0) return typed;
  const broken: Finding[] = [];
  definition.verify?.(context, (label, message) => broken.push(constraint(operation.name, label, message)));
  return broken.length > 0 ? broken : checkInferred(context, definition);
}

function checkArity(context: OperationContext, definition: OperationDefinition): readonly Finding[] {
  const { operation } = context;
  const counts: readonly (readonly [string, number, Arity])[] = [
    ['operand', context.operands.length, definition.operands],
    ['result', operation.results.length, definition.results],
    ['region', operation.regions.length, definition.regions],
  ];
  return counts
    .filter(([, count, arity]) => count < arity.minimum || count > arity.maximum)
    .map(([what, count, arity]) =>
      constraint(operation.name, 'arity', `${count} ${what}${count === 1 ? '' : 's'}, not ${formatArity(arity)}`),
    );
}

function checkAttributes(context: OperationContext, definition: OperationDefinition): readonly Finding[] {
  const { operation } = context;
  const found: Finding[] = [];
  for (const [name, { form, required }] of Object.entries(definition.attributes)) {
    const attribute: Attribute | undefined = operation.attributes[name];
    if (attribute === undefined) {
      if (required) found.push(constraint(operation.name, 'attribute', `${name} is missing`));
    } else if (!hasForm(attribute, form)) {
      found.push(constraint(operation.name, 'attribute', `${name} is not ${describeForm(form)}`));
    }
  }
  return found;
}

function checkTypes(context: OperationContext, definition: OperationDefinition): readonly Finding[] {
  const { operation } = context;
  if (definition.anyType === true) return [];
  const found: Finding[] = [];
  for (const [what, types] of [
    ['operand', context.operands],
    ['result', context.results],
  ] as const) {
    for (const [index, type] of types.entries()) {
      if (type.kind !== 'tensor') {
        found.push(constraint(operation.name, 'I1', `${what} ${index} is ${formatType(type)}, not a tensor`));
      } else if (what === 'operand' && definition.elements?.includes(elementClass(type.element)) === false) {
        const allowed = definition.elements.join(', ');
        found.push(constraint(operation.name, 'I1', `operand ${index} holds ${type.element}, not ${allowed} elements`));
      }
    }
  }
  return found;
}

function checkInferred(context: OperationContext, definition: OperationDefinition): readonly Finding[] {
  const { operation, results } = context;
  const inferred = definition.infer?.(context);
  if (inferred === undefined) return [];
  if (inferred.length === results.length && results.every((type, index) => equalTypes(inferred[index], type)))
    return [];
  return [
    {
      code: 'SK1102',
      severity: 'error',
      message: `${operation.name}: the declared type is ${formatTypes(results)}`,
      expected: formatTypes(inferred),
      next: 'correct the type, or the operands and attributes that it follows from',
    },
  ];
}

/** A broken constraint, with its label of the specification. */
export function constraint(name: string, label: string, message: string): Finding {
  const next = 'correct the program, or export it again: the exporter wrote something that StableHLO does not allow';
  return finding('SK1101', `${name} (${label}): ${message}`, next);
}

/** An error without a place. */
export function finding(code: DiagnosticCode, message: string, next: string): Finding {
  return { code, severity: 'error', message, next };
}

function trusted(name: string): Finding {
  return {
    code: 'SK1103',
    severity: 'warning',
    message: `${name} is carried along unchecked: its declared types are trusted and it will not be split`,
    next: 'nothing, unless its operands are large; then rewrite the model without it',
  };
}

function formatArity(arity: Arity): string {
  if (arity.maximum === Number.POSITIVE_INFINITY) return `at least ${arity.minimum}`;
  return arity.minimum === arity.maximum ? String(arity.minimum) : `${arity.minimum} to ${arity.maximum}`;
}

function formatTypes(types: readonly Type[]): string {
  return types.length === 1 ? formatType(types[0]) : `(${types.map(formatType).join(', ')})`;
}
