import type { Attribute } from './attributes.ts';
import { formatString } from './print-attributes.ts';
import type { OperationPrinter } from './print-operations.ts';
import type { Block, Operation } from './program.ts';
import { propagationDirections } from './text-forms.ts';

/** Prints while, reduce and the operations of sdy; false when `operation` is none of them, or does not fit its form. */
export function printRegions(printer: OperationPrinter, operation: Operation, indent: string): boolean {
  switch (operation.name) {
    case 'stablehlo.while':
      return printWhile(printer, operation, indent);
    case 'stablehlo.reduce':
      return printReduce(printer, operation, indent);
    case 'sdy.sharding_constraint':
    case 'sdy.reshard':
      return printShardingConstraint(printer, operation);
    case 'sdy.sharding_group':
      return printShardingGroup(printer, operation);
    case 'sdy.propagation_barrier':
      return printPropagationBarrier(printer, operation);
    case 'sdy.manual_computation':
      return printManualComputation(printer, operation, indent);
    case 'sdy.named_computation':
      return printNamedComputation(printer, operation, indent);
    default:
      return false;
  }
}

/** Prints `{`, the operations, and `}`; the arguments are printed elsewhere. */
function printBody(printer: OperationPrinter, block: Block, indent: string): void {
  printer.sink.text('{\n');
  printer.operations(block, `${indent}  `);
  printer.sink.text(`${indent}}`);
}

function printWhile(printer: OperationPrinter, operation: Operation, indent: string): boolean {
  const { sink } = printer;
  const { operands, regions, attributes } = operation;
  const [condition, body] = regions;
  if (regions.length !== 2 || condition.arguments.length !== operands.length) return false;
  const { uses } = printer.names;
  const starts = operands.map((operand, index) => `${uses[condition.arguments[index]]} = ${uses[operand]}`);
  sink.text(`stablehlo.while(${starts.join(', ')})`);
  if (operands.length > 0) sink.text(` : ${printer.typeList(operands)}`);
  printer.others(attributes, [], ' attributes ');
  sink.text(`\n${indent}cond `);
  printBody(printer, condition, indent);
  sink.text(' do ');
  printBody(printer, body, indent);
  return true;
}

function printReduce(printer: OperationPrinter, operation: Operation, indent: string): boolean {
  const { sink } = printer;
  const { operands, attributes, regions } = operation;
  const { dimensions } = attributes;
  const count = operands.length / 2;
  const block = regions[0];
  if (dimensions?.kind !== 'integers' || regions.length !== 1 || block.arguments.length !== operands.length)
    return false;
  const { uses } = printer.names;
  const pairs = operands
    .slice(0, count)
    .map((input, index) => `(${uses[input]} init: ${uses[operands[count + index]]})`);
  sink.text(`stablehlo.reduce${pairs.join(', ')}`);
  const applied = count === 1 ? appliedOperation(block, printer, operands[1]) : undefined;
  if (applied !== undefined) sink.text(` applies ${applied}`);
  sink.text(` across dimensions = [${dimensions.values.join(', ')}]`);
  printer.others(attributes, ['dimensions']);
  sink.text(` : ${printer.functional(operation)}`);
  if (applied !== undefined) return true;
  const reducers = pairs.map(
    (_, index) => `(${printer.typed([block.arguments[index], block.arguments[count + index]])}) `,
  );
  sink.text(`\n${indent} reducer${reducers.join('')} `);
  printBody(printer, block, indent);
  return true;
}

const applicable: ReadonlySet<string> = new Set(
  ['add', 'and', 'maximum', 'minimum', 'multiply', 'or', 'xor'].map(name => `stablehlo.${name}`),
);

/** The one operation that the body applies to its two arguments in order; undefined when it does anything else. */
function appliedOperation(block: Block, printer: OperationPrinter, initial: number): string | undefined {
  const [operation, terminator] = block.operations;
  if (block.operations.length !== 2 || !applicable.has(operation.name)) return undefined;
  const [lhs, rhs] = operation.operands;
  const isPlain =
    lhs === block.arguments[0] &&
    rhs === block.arguments[1] &&
    terminator.operands.length === 1 &&
    terminator.operands[0] === operation.results[0] &&
    Object.keys(operation.attributes).length === 0 &&
    printer.isSame(lhs, initial) &&
    printer.isSame(operation.results[0], initial);
  return isPlain ? operation.name : undefined;
}

/** The text of an attribute behind `prefix`; undefined when it does not start so. */
function stripped(attribute: Attribute | undefined, prefix: string, suffix = ''): string | undefined {
  if (attribute?.kind !== 'opaque' || !attribute.text.startsWith(prefix)) return undefined;
  return attribute.text.slice(prefix.length, attribute.text.length - suffix.length);
}

function printShardingConstraint(printer: OperationPrinter, operation: Operation): boolean {
  const sharding = stripped(operation.attributes.sharding, '#sdy.sharding');
  if (sharding === undefined) return false;
  printer.sink.text(`${operation.name} ${printer.uses(operation.operands)} ${sharding}`);
  printer.others(operation.attributes, ['sharding']);
  printer.sink.text(` : ${printer.typeList(operation.results)}`);
  return true;
}

function printShardingGroup(printer: OperationPrinter, operation: Operation): boolean {
  const group = operation.attributes.group_id;
  if (group?.kind !== 'integer') return false;
  printer.sink.text(`sdy.sharding_group ${printer.uses(operation.operands)} group_id=${group.text}`);
  printer.others(operation.attributes, ['group_id']);
  printer.sink.text(` : ${printer.typeList(operation.operands)}`);
  return true;
}

function printPropagationBarrier(printer: OperationPrinter, operation: Operation): boolean {
  const direction = operation.attributes.allowed_direction;
  if (direction?.kind !== 'integer') return false;
  const word = propagationDirections[direction.value];
  printer.sink.text(`sdy.propagation_barrier ${printer.uses(operation.operands)} allowed_direction=${word}`);
  printer.others(operation.attributes, ['allowed_direction']);
  printer.sink.text(` : ${printer.typeList(operation.operands)}`);
  return true;
}

function printManualComputation(printer: OperationPrinter, operation: Operation, indent: string): boolean {
  const ins = stripped(operation.attributes.in_shardings, '#sdy.sharding_per_value<', '>');
  const outs = stripped(operation.attributes.out_shardings, '#sdy.sharding_per_value<', '>');
  const axes = stripped(operation.attributes.manual_axes, '#sdy<manual_axes', '>');
  if (ins === undefined || outs === undefined || axes === undefined) return false;
  const head = `sdy.manual_computation(${printer.uses(operation.operands)})`;
  printer.sink.text(`${head} in_shardings=${ins} out_shardings=${outs} manual_axes=${axes} `);
  return printIsolated(printer, operation, indent, ['in_shardings', 'out_shardings', 'manual_axes']);
}

function printNamedComputation(printer: OperationPrinter, operation: Operation, indent: string): boolean {
  const { name, in_shardings: inShardings, out_shardings: outShardings } = operation.attributes;
  const ins = stripped(inShardings, '#sdy.sharding_per_value<', '>');
  const outs = stripped(outShardings, '#sdy.sharding_per_value<', '>');
  if (name?.kind !== 'string') return false;
  printer.sink.text(`sdy.named_computation<${formatString(name.value)}>(${printer.uses(operation.operands)}) `);
  if (ins !== undefined) printer.sink.text(`in_shardings=${ins} `);
  if (outs !== undefined) printer.sink.text(`out_shardings=${outs} `);
  return printIsolated(printer, operation, indent, ['name', 'in_shardings', 'out_shardings']);
}

function printIsolated(
  printer: OperationPrinter,
  operation: Operation,
  indent: string,
  without: readonly string[],
): boolean {
  const [body] = operation.regions;
  printer.sink.text(`(${printer.typed(body.arguments)}) `);
  printBody(printer, body, indent);
  printer.others(operation.attributes, without);
  printer.sink.text(` : ${printer.functional(operation)}`);
  return true;
}
