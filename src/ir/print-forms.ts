import type { Attribute } from './attributes.ts';
import { formatString } from './print-attributes.ts';
import type { OperationPrinter } from './print-operations.ts';
import { printSpecial } from './print-special.ts';
import type { Operation } from './program.ts';
import { type Clause, type OperationForm, operationForms, type TypeForm } from './text-forms.ts';

/** Prints an operation in its pretty form; false when it has none, or its attributes do not fit it. */
export function printPretty(printer: OperationPrinter, operation: Operation, indent: string): boolean {
  const form = operationForms.get(operation.name);
  if (form === undefined) return printSpecial(printer, operation, indent);
  if (operation.regions.length > 0 || !fits(form, operation)) return false;
  printForm(printer, operation, form);
  return true;
}

/** True when the form can say everything about the operation. */
function fits(form: OperationForm, { attributes, operands, results }: Operation): boolean {
  const isSingle = results.length === 1 || form.types === 'list' || form.types === 'functional';
  return isSingle && (form.types !== 'list' || operands.length === results.length) && form.clauses.every(clauseFits);

  function clauseFits(clause: Clause): boolean {
    switch (clause.kind) {
      case 'integers':
        return attributes[clause.attribute]?.kind === 'integers';
      case 'integer': {
        const attribute = attributes[clause.attribute];
        return attribute?.kind === 'integer' && attribute.type === clause.type;
      }
      case 'word': {
        const attribute = attributes[clause.attribute];
        return attribute?.kind === 'enumeration' && attribute.name === clause.enumeration;
      }
      case 'boolean':
        return attributes[clause.attribute]?.kind === 'boolean';
      case 'string':
        return attributes[clause.attribute]?.kind === 'string';
      case 'format':
        return attributes.exponent_bits?.kind === 'integer' && attributes.mantissa_bits?.kind === 'integer';
      default:
        return clause satisfies never;
    }
  }
}

function printForm(printer: OperationPrinter, operation: Operation, form: OperationForm): void {
  const { sink } = printer;
  const { attributes, operands, name } = operation;
  sink.text(name);
  if (form.types === 'list' && operands.length === 0) {
    sink.text('()');
    printer.others(attributes);
    return;
  }
  if (operands.length > 0) sink.text(` ${printer.uses(operands)}`);
  for (const [index, clause] of form.clauses.entries()) {
    sink.text(`${index > 0 || operands.length > 0 ? ', ' : ' '}${formatClause(clause, attributes)}`);
  }
  printer.others(attributes, form.clauses.length === 0 ? [] : form.clauses.flatMap(clauseAttributes));
  sink.text(` : ${formatTypes(printer, operation, form.types)}`);
}

function clauseAttributes(clause: Clause): readonly string[] {
  return clause.kind === 'format' ? ['exponent_bits', 'mantissa_bits'] : [clause.attribute];
}

function formatClause(clause: Clause, attributes: Operation['attributes']): string {
  if (clause.kind === 'format') {
    return `${clause.keyword} = e${formatValue(attributes.exponent_bits)}m${formatValue(attributes.mantissa_bits)}`;
  }
  return `${clause.keyword} = ${formatValue(attributes[clause.attribute])}`;
}

function formatValue(attribute: Attribute | undefined): string {
  switch (attribute?.kind) {
    case 'integers':
      return `[${attribute.values.join(', ')}]`;
    case 'integer':
      return attribute.text;
    case 'enumeration':
      return attribute.value;
    case 'boolean':
      return String(attribute.value);
    case 'string':
      return formatString(attribute.value);
    default:
      throw new Error(`internal: a clause of kind ${attribute?.kind}`);
  }
}

function formatTypes(printer: OperationPrinter, operation: Operation, form: TypeForm): string {
  const { operands, results } = operation;
  const result = results[0];
  switch (form) {
    case 'same':
      return operands.every(operand => printer.isSame(operand, result))
        ? printer.typeOf(result)
        : printer.functional(operation);
    case 'functional':
      return printer.functional(operation);
    case 'list':
      return printer.typeList(operands);
    case 'select': {
      const isPlain = operands.length === 3 && operands.slice(1).every(operand => printer.isSame(operand, result));
      return isPlain ? `${printer.typeOf(operands[0])}, ${printer.typeOf(result)}` : printer.functional(operation);
    }
    case 'complex': {
      const real = printer.typeOf(result).replace(/complex<(f\d+)>/, '$1');
      const isPlain = operands.every(operand => printer.typeOf(operand) === real);
      return isPlain ? printer.typeOf(result) : printer.functional(operation);
    }
    case 'tuple':
      return printer.typeOf(result);
    case 'arrow':
      return `${printer.typeList(operands)} -> ${printer.resultTypes(operation)}`;
    default:
      return form satisfies never;
  }
}
