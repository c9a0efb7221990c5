import type { Attribute } from './attributes.ts';
import { formatFields, formatString, formatSymbol } from './print-attributes.ts';
import type { OperationPrinter } from './print-operations.ts';
import { printRegions } from './print-regions.ts';
import type { Operation } from './program.ts';
import { denseText } from './text-convolution.ts';

/** Prints an operation that has a pretty form of its own; false when it has none, or its attributes do not fit it. */
export function printSpecial(printer: OperationPrinter, operation: Operation, indent: string): boolean {
  switch (operation.name) {
    case 'func.call':
      return printCall(printer, operation, indent);
    case 'func.return':
    case 'stablehlo.return':
    case 'sdy.return':
      return printReturn(printer, operation, indent);
    case 'stablehlo.compare':
      return printCompare(printer, operation);
    case 'stablehlo.constant':
    case 'chlo.constant':
    case 'sdy.constant':
      return printConstant(printer, operation);
    case 'stablehlo.slice':
      return printSlice(printer, operation);
    case 'stablehlo.get_tuple_element':
      return printTupleElement(printer, operation);
    case 'stablehlo.dot_general':
      return printDot(printer, operation);
    case 'stablehlo.convolution':
      return printConvolution(printer, operation);
    case 'stablehlo.custom_call':
      return printCustomCall(printer, operation);
    case 'stablehlo.composite':
      return printComposite(printer, operation);
    case 'chlo.top_k':
      return printTopK(printer, operation);
    default:
      return printRegions(printer, operation, indent);
  }
}

function end(printer: OperationPrinter, operation: Operation, without: readonly string[]): true {
  printer.others(operation.attributes, without);
  printer.sink.text(` : ${printer.functional(operation)}`);
  return true;
}

/** Inside the regions of other operations the words need their dialect. */
const functionIndent = 4;

function printCall(printer: OperationPrinter, operation: Operation, indent: string): boolean {
  const { callee } = operation.attributes;
  if (callee?.kind !== 'symbol') return false;
  const word = indent.length > functionIndent ? 'func.call' : 'call';
  printer.sink.text(`${word} ${formatSymbol(callee.name)}(${printer.uses(operation.operands)})`);
  return end(printer, operation, ['callee']);
}

function printReturn(printer: OperationPrinter, operation: Operation, indent: string): boolean {
  const { sink } = printer;
  const { name, operands, attributes } = operation;
  const isShort = name === 'func.return' && indent.length <= functionIndent;
  sink.text(isShort ? 'return' : name);
  const isStablehlo = name === 'stablehlo.return';
  if (!isStablehlo) printer.others(attributes);
  if (operands.length > 0) sink.text(` ${printer.uses(operands)}`);
  else if (isStablehlo) sink.text(' ');
  if (isStablehlo) printer.others(attributes);
  if (operands.length > 0) sink.text(` : ${printer.typeList(operands)}`);
  return true;
}

function printCompare(printer: OperationPrinter, operation: Operation): boolean {
  const { comparison_direction: direction, compare_type: type } = operation.attributes;
  if (direction?.kind !== 'enumeration' || (type !== undefined && type.kind !== 'enumeration')) return false;
  const suffix = type === undefined ? '' : `, ${type.value}`;
  printer.sink.text(`stablehlo.compare ${direction.value}, ${printer.uses(operation.operands)}${suffix}`);
  return end(printer, operation, ['comparison_direction', 'compare_type']);
}

function printConstant(printer: OperationPrinter, operation: Operation): boolean {
  const { value } = operation.attributes;
  if (value?.kind !== 'dense') return false;
  printer.sink.text(operation.name);
  printer.others(operation.attributes, ['value']);
  printer.sink.text(' ');
  printer.attribute(value);
  return true;
}

function printSlice(printer: OperationPrinter, operation: Operation): boolean {
  const { start_indices: starts, limit_indices: limits, strides } = operation.attributes;
  if (starts?.kind !== 'integers' || limits?.kind !== 'integers' || strides?.kind !== 'integers') return false;
  const ranges = starts.values.map((start, index) => {
    const stride = strides.values[index];
    return `${start}:${limits.values[index]}${stride === 1 ? '' : `:${stride}`}`;
  });
  printer.sink.text(`stablehlo.slice ${printer.uses(operation.operands)} [${ranges.join(', ')}]`);
  return end(printer, operation, ['start_indices', 'limit_indices', 'strides']);
}

function printTupleElement(printer: OperationPrinter, operation: Operation): boolean {
  const { index } = operation.attributes;
  if (index?.kind !== 'integer') return false;
  printer.sink.text(`stablehlo.get_tuple_element ${printer.uses(operation.operands)}[${index.text}]`);
  return end(printer, operation, ['index']);
}

function printDot(printer: OperationPrinter, operation: Operation): boolean {
  const { dot_dimension_numbers: dot, precision_config: precision, algorithm } = operation.attributes;
  if (dot?.kind !== 'record' || (algorithm !== undefined && algorithm.kind !== 'record')) return false;
  const words = precisionWords(precision);
  if (words === undefined) return false;
  const list = (field: string): string => {
    const attribute = dot.fields[field];
    return `[${attribute?.kind === 'integers' ? attribute.values.join(', ') : ''}]`;
  };
  const batching = [list('lhs_batching_dimensions'), list('rhs_batching_dimensions')];
  const contracting = [list('lhs_contracting_dimensions'), list('rhs_contracting_dimensions')];
  let text = `stablehlo.dot_general ${printer.uses(operation.operands)}`;
  if (batching.some(dimensions => dimensions !== '[]')) text += `, batching_dims = ${batching.join(' x ')}`;
  text += `, contracting_dims = ${contracting.join(' x ')}`;
  if (words !== '') text += `, precision = ${words}`;
  if (algorithm !== undefined) text += `, algorithm = <${formatFields(algorithm.name, algorithm.fields)}>`;
  printer.sink.text(text);
  return end(printer, operation, ['dot_dimension_numbers', 'precision_config', 'algorithm']);
}

/** `[DEFAULT, DEFAULT]`; empty when absent, undefined when it is something else. */
function precisionWords(precision: Attribute | undefined): string | undefined {
  if (precision === undefined) return '';
  if (precision.kind !== 'array') return undefined;
  const words = precision.elements.map(element => (element.kind === 'enumeration' ? element.value : undefined));
  return words.includes(undefined) ? undefined : `[${words.join(', ')}]`;
}

const windowParts = [
  ['stride', 'window_strides'],
  ['pad', 'padding'],
  ['lhs_dilate', 'lhs_dilation'],
  ['rhs_dilate', 'rhs_dilation'],
  ['reverse', 'window_reversal'],
] as const;

function printConvolution(printer: OperationPrinter, operation: Operation): boolean {
  const { attributes } = operation;
  const { dimension_numbers: dimensions } = attributes;
  if (dimensions?.kind !== 'record') return false;
  const window: string[] = [];
  for (const [keyword, name] of windowParts) {
    const attribute = attributes[name];
    if (attribute === undefined) continue;
    const text = formatWindow(attribute);
    if (text === undefined) return false;
    window.push(`${keyword} = ${text}`);
  }
  const numbers = formatFields(dimensions.name, dimensions.fields);
  const operands = printer.uses(operation.operands);
  printer.sink.text(`stablehlo.convolution(${operands}) dim_numbers = ${numbers}, window = {${window.join(', ')}}`);
  return end(printer, operation, ['dimension_numbers', ...windowParts.map(part => part[1])]);
}

function formatWindow(attribute: Attribute): string | undefined {
  if (attribute.kind === 'dense') {
    const text = denseText(attribute);
    if (attribute.form === 'list') return text === '' ? '[]' : text;
    return `[${Array.from({ length: attribute.type.shape[0] }, () => `[${text}, ${text}]`).join(', ')}]`;
  }
  if (attribute.kind !== 'integers') return undefined;
  const isBoolean = attribute.element === 'i1';
  return `[${attribute.values.map(value => (isBoolean ? value !== 0 : value)).join(', ')}]`;
}

function printCustomCall(printer: OperationPrinter, operation: Operation): boolean {
  const { call_target_name: target } = operation.attributes;
  if (target?.kind !== 'string') return false;
  printer.sink.text(`stablehlo.custom_call ${formatSymbol(target.value)}(${printer.uses(operation.operands)})`);
  return end(printer, operation, ['call_target_name']);
}

function printComposite(printer: OperationPrinter, operation: Operation): boolean {
  const { name } = operation.attributes;
  if (name?.kind !== 'string' || operation.regions.length > 0) return false;
  const operands = operation.operands.length === 0 ? '' : ` ${printer.uses(operation.operands)}`;
  printer.sink.text(`stablehlo.composite ${formatString(name.value)}${operands}`);
  return end(printer, operation, ['name']);
}

function printTopK(printer: OperationPrinter, operation: Operation): boolean {
  const { k, ...rest } = operation.attributes;
  if (k?.kind !== 'integer') return false;
  const { sink } = printer;
  sink.text(`chlo.top_k(${printer.uses(operation.operands)}, k = ${k.text})`);
  printer.others(rest);
  sink.text(` : ${printer.typeList(operation.operands)} -> ${printer.resultTypes(operation)}`);
  return true;
}
