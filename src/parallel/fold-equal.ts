import { type Attribute, type Attributes, equalTypes, type Func, type Operation, type ValueId } from '../ir/index.ts';

/**
 * What tells two operations of a function apart, or undefined: name, attributes, types of operands and results, or the
 * outline of their regions (how many operations, types of arguments; not the operations inside).
 */
export function operationDifference(func: Func, a: Operation, b: Operation): string | undefined {
  if (a.name !== b.name) return 'name';
  if (!equalRecords(a.attributes, b.attributes)) return 'attribute';
  if (!equalValueTypes(func, a.operands, b.operands)) return 'operand type';
  if (!equalValueTypes(func, a.results, b.results)) return 'result type';
  const isSameOutline = a.regions.every((region, index) => {
    const other = b.regions[index];
    return (
      other !== undefined &&
      region.operations.length === other.operations.length &&
      equalValueTypes(func, region.arguments, other.arguments)
    );
  });
  return isSameOutline && a.regions.length === b.regions.length ? undefined : 'region';
}

function equalValueTypes(func: Func, a: readonly ValueId[], b: readonly ValueId[]): boolean {
  const { valueTypes } = func;
  return a.length === b.length && a.every((value, index) => equalTypes(valueTypes[value], valueTypes[b[index]]));
}

function equalRecords(a: Attributes, b: Attributes): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every(name => name in b && equalAttributes(a[name], b[name]));
}

function equalAttributes(a: Attribute, b: Attribute): boolean {
  if (a === b) return true;
  if (a.kind === 'dense' && b.kind === 'dense') {
    if (!equalTypes(a.type, b.type) || a.form !== b.form || a.end - a.start !== b.end - b.start) return false;
    for (let at = 0; at < a.end - a.start; at++) if (a.source[a.start + at] !== b.source[b.start + at]) return false;
    return true;
  }
  if (a.kind === 'dictionary' && b.kind === 'dictionary') return equalRecords(a.entries, b.entries);
  if (a.kind === 'record' && b.kind === 'record') return a.name === b.name && equalRecords(a.fields, b.fields);
  if (a.kind === 'array' && b.kind === 'array') {
    const { elements } = b;
    return a.elements.length === elements.length && a.elements.every((e, index) => equalAttributes(e, elements[index]));
  }
  return a.kind === b.kind && JSON.stringify(a) === JSON.stringify(b);
}
