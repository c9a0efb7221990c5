import type { Attribute, Attributes } from './attributes.ts';
import type { TextSink } from './print-sink.ts';
import { formatConvolutionDimensions } from './text-convolution.ts';
import { formatType } from './types.ts';

/** Prints one attribute as MLIR does. `elided` leaves out the types i64 and f64, as inside lists. */
export function printAttribute(sink: TextSink, attribute: Attribute, elided = false): void {
  switch (attribute.kind) {
    case 'dense':
      sink.text('dense<');
      sink.bytes(attribute.source, attribute.start, attribute.end);
      sink.text(`> : ${formatType(attribute.type)}`);
      return;
    case 'array':
      sink.text('[');
      printList(sink, attribute.elements, element => printAttribute(sink, element, true));
      sink.text(']');
      return;
    case 'dictionary':
      printDictionary(sink, attribute.entries, sortedNames(attribute.entries));
      return;
    default:
      sink.text(formatScalar(attribute, elided));
  }
}

type Nested = Extract<Attribute, { kind: 'dense' | 'array' | 'dictionary' }>;

function formatScalar(attribute: Exclude<Attribute, Nested>, elided: boolean): string {
  switch (attribute.kind) {
    case 'unit':
      return 'unit';
    case 'boolean':
      return String(attribute.value);
    case 'integer':
      return elided && attribute.type === 'i64' ? attribute.text : `${attribute.text} : ${attribute.type}`;
    case 'float':
      return elided && attribute.type === 'f64' ? attribute.text : `${attribute.text} : ${attribute.type}`;
    case 'string':
      return formatString(attribute.value);
    case 'type':
      return formatType(attribute.type);
    case 'symbol':
      return formatSymbol(attribute.name);
    case 'integers':
      return formatIntegers(attribute.element, attribute.values);
    case 'enumeration':
      return `#${attribute.dialect}<${attribute.name} ${attribute.value}>`;
    case 'record':
      return `#${attribute.name}<${formatFields(attribute.name, attribute.fields)}>`;
    case 'opaque':
      return attribute.text;
    default:
      return attribute satisfies never;
  }
}

function formatIntegers(element: string, values: readonly number[]): string {
  if (values.length === 0) return `array<${element}>`;
  const items = element === 'i1' ? values.map(value => (value === 0 ? 'false' : 'true')) : values;
  return `array<${element}: ${items.join(', ')}>`;
}

/** Prints the fields of a record, which have bare lists and no types of their own. */
export function formatFields(name: string, fields: Attributes): string {
  if (name === 'stablehlo.conv') return formatConvolutionDimensions(fields);
  return Object.entries(fields)
    .map(([field, value]) => `${field} = ${formatField(value)}`)
    .join(', ');
}

function formatField(value: Attribute): string {
  if (value.kind === 'integers') return `[${value.values.join(', ')}]`;
  if (value.kind === 'array') return `[${value.elements.map(formatField).join(', ')}]`;
  if (value.kind === 'dense' || value.kind === 'dictionary') return formatWhole(value);
  return formatScalar(value, true);
}

function formatWhole(attribute: Attribute): string {
  let text = '';
  const decoder = new TextDecoder();
  const sink: TextSink = {
    text: part => {
      text += part;
    },
    bytes: (source, start, end) => {
      text += decoder.decode(source.subarray(start, end));
    },
  };
  printAttribute(sink, attribute);
  return text;
}

/** The names of a dictionary in MLIR's order, which is by bytes. */
export function sortedNames(attributes: Attributes): string[] {
  return Object.keys(attributes).sort((a, b) => (a < b ? -1 : 1));
}

/** Prints `{name = value, name}` with the entries `names`. */
export function printDictionary(sink: TextSink, attributes: Attributes, names: readonly string[]): void {
  sink.text('{');
  printList(sink, names, name => {
    const value = attributes[name];
    sink.text(/^[A-Za-z_][A-Za-z0-9_$.]*$/.test(name) ? name : formatString(name));
    if (value.kind === 'unit') return;
    sink.text(' = ');
    printAttribute(sink, value);
  });
  sink.text('}');
}

function printList<T>(sink: TextSink, items: readonly T[], print: (item: T) => void): void {
  for (const [index, item] of items.entries()) {
    if (index > 0) sink.text(', ');
    print(item);
  }
}

/** Prints a string in quotes, with MLIR's escapes. */
export function formatString(value: string): string {
  if (/^[ !#-[\]-~]*$/.test(value)) return `"${value}"`;
  let text = '"';
  for (const byte of new TextEncoder().encode(value)) {
    if (byte === 92) text += '\\\\';
    else if (byte >= 32 && byte < 127 && byte !== 34) text += String.fromCharCode(byte);
    else text += `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return `${text}"`;
}

/** Prints `@name`, in quotes where the name needs them. */
export function formatSymbol(name: string): string {
  return name
    .split('::@')
    .map(part => `@${/^[A-Za-z_][A-Za-z0-9_$.]*$/.test(part) ? part : formatString(part)}`)
    .join('::');
}
