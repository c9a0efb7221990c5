import { equalTypes, formatType, type Type } from '../types.ts';
import { requiredSymbol } from './attribute-forms.ts';
import type { OperationContext, OperationDefinition, Report } from './definition.ts';
import { any, none, one, operandTensor, some, terminatorTypes, two } from './definition.ts';

/** Control flow: loops, branches, calls and the terminators of blocks. */
export const controlFlow: readonly OperationDefinition[] = [
  {
    name: 'stablehlo.while',
    tier: 'A',
    attributes: {},
    operands: any,
    results: any,
    regions: two,
    anyType: true,
    infer: context => context.operands,
    verify: verifyWhile,
  },
  {
    name: 'stablehlo.if',
    tier: 'A',
    attributes: {},
    operands: one,
    results: any,
    regions: two,
    anyType: true,
    infer: context => terminatorTypes(context, context.operation.regions[0]),
    verify: (context, report) => verifyBranches(context, 'i1', 'C1', 'C2', report),
  },
  {
    name: 'stablehlo.case',
    tier: 'A',
    attributes: {},
    operands: one,
    results: any,
    regions: some,
    anyType: true,
    infer: context => terminatorTypes(context, context.operation.regions[0]),
    verify: (context, report) => verifyBranches(context, 'i32', 'C2', 'C3', report),
  },
  {
    name: 'func.call',
    tier: 'A',
    attributes: { callee: requiredSymbol },
    operands: any,
    results: any,
    regions: none,
    anyType: true,
  },
  ...['func.return', 'stablehlo.return', 'sdy.return'].map(
    (name): OperationDefinition => ({
      name,
      tier: 'A',
      attributes: {},
      operands: any,
      results: none,
      regions: none,
      anyType: true,
      terminator: true,
    }),
  ),
];

function verifyWhile(context: OperationContext, report: Report): void {
  const { operands, operation } = context;
  const [condition, body] = operation.regions;
  for (const [label, what, region] of [
    ['C1', 'condition', condition],
    ['C2', 'body', body],
  ] as const) {
    const parameters = region.arguments.map(value => context.typeOf(value));
    if (!sameTypes(parameters, operands)) {
      report(label, `the ${what} takes ${formatTypes(parameters)}, not ${formatTypes(operands)}`);
    }
  }
  const decided = terminatorTypes(context, condition);
  if (decided.length !== 1 || !isScalar(decided[0], 'i1')) {
    report('C1', `the condition hands on ${formatTypes(decided)}, not one tensor<i1>`);
  }
  const carried = terminatorTypes(context, body);
  if (!sameTypes(carried, operands)) {
    report('C2', `the body hands on ${formatTypes(carried)}, not ${formatTypes(operands)}`);
  }
}

function verifyBranches(
  context: OperationContext,
  element: string,
  argumentLabel: string,
  typeLabel: string,
  report: Report,
): void {
  const index = operandTensor(context, 0);
  if (!isScalar(index, element)) report('I1', `the choice is ${formatType(index)}, not tensor<${element}>`);
  const { regions } = context.operation;
  const first = terminatorTypes(context, regions[0]);
  for (const [branch, region] of regions.entries()) {
    if (region.arguments.length !== 0) report(argumentLabel, `branch ${branch} takes arguments`);
    const types = terminatorTypes(context, region);
    if (!sameTypes(types, first)) {
      report(typeLabel, `branch ${branch} hands on ${formatTypes(types)}, branch 0 ${formatTypes(first)}`);
    }
  }
}

function isScalar(type: Type, element: string): boolean {
  return type.kind === 'tensor' && type.shape.length === 0 && type.element === element;
}

function sameTypes(a: readonly Type[], b: readonly Type[]): boolean {
  return a.length === b.length && a.every((type, index) => equalTypes(type, b[index]));
}

function formatTypes(types: readonly Type[]): string {
  return `(${types.map(formatType).join(', ')})`;
}
