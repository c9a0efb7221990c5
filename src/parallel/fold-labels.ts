import {
  type Attribute,
  type Attributes,
  type DenseAttribute,
  formatType,
  type Operation,
  type Type,
} from '../ir/index.ts';

/** Numbers texts, so that equal ones are compared as integers. */
export class Interner {
  readonly #numbers = new Map<string, number>();

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

/**
 * Labels of operations: numbers that are equal where name, attributes, operand and result types are. Operands, scopes
 * and offsets do not count. Programs share the objects of types and attributes, so both are read once per object.
 */
export class Labeller {
  readonly #texts = new Interner();
  readonly #typeNumbers = new Map<Type, number>();
  readonly #attributeNumbers = new Map<Attribute, number>();

  /** A number for any text, apart from those of types, attributes and operations by the text's own prefix. */
  text(text: string): number {
    return this.#texts.number(text);
  }

  type(type: Type): number {
    const known = this.#typeNumbers.get(type);
    if (known !== undefined) return known;
    const number = this.#texts.number(`type ${formatType(type)}`);
    this.#typeNumbers.set(type, number);
    return number;
  }

  /** Name, attributes, types of operands and results, and types of region arguments; not what the regions hold. */
  operation(operation: Operation, typeOf: readonly Type[]): number {
    let text = operation.name;
    for (const operand of operation.operands) text += `,${this.type(typeOf[operand])}`;
    text += ':';
    for (const result of operation.results) text += `,${this.type(typeOf[result])}`;
    for (const region of operation.regions) {
      text += '{';
      for (const argument of region.arguments) text += `,${this.type(typeOf[argument])}`;
    }
    return this.#texts.number(text + this.#attributes(operation.attributes));
  }

  /** A function argument: its type and attributes, but not which result takes over its buffer. */
  argument(type: Type, attributes: Attributes): number {
    const { 'tf.aliasing_output': alias, ...rest } = attributes;
    const donated = alias === undefined ? '' : 'donated ';
    return this.#texts.number(`argument ${donated}${this.type(type)}${this.#attributes(rest)}`);
  }

  #attributes(attributes: Attributes): string {
    const names = Object.keys(attributes);
    if (names.length > 1) names.sort();
    let text = '';
    for (const name of names) text += `;${name}=${this.#attribute(attributes[name])}`;
    return text;
  }

  #attribute(attribute: Attribute): number {
    const known = this.#attributeNumbers.get(attribute);
    if (known !== undefined) return known;
    const number = this.#texts.number(`attribute ${this.#attributeText(attribute)}`);
    this.#attributeNumbers.set(attribute, number);
    return number;
  }

  #attributeText(attribute: Attribute): string {
    switch (attribute.kind) {
      case 'unit':
        return 'unit';
      case 'boolean':
        return String(attribute.value);
      case 'integer':
      case 'float':
        return `${attribute.kind} ${attribute.text} ${attribute.type}`;
      case 'string':
        return `string ${attribute.value}`;
      case 'type':
        return `type ${this.type(attribute.type)}`;
      case 'symbol':
        return `symbol ${attribute.name}`;
      case 'array':
        return `array ${attribute.elements.map(element => this.#attribute(element)).join()}`;
      case 'dictionary':
        return `dictionary ${this.#attributes(attribute.entries)}`;
      case 'integers':
        return `integers ${attribute.element} ${attribute.values.join()}`;
      case 'dense':
        return `dense ${this.type(attribute.type)} ${attribute.form} ${denseText(attribute)}`;
      case 'enumeration':
        return `enumeration ${attribute.name} ${attribute.value}`;
      case 'record':
        return `record ${attribute.name} ${this.#attributes(attribute.fields)}`;
      case 'opaque':
        return `opaque ${attribute.text}`;
      default:
        return attribute satisfies never;
    }
  }
}

const wholeTextBytes = 64;

/** The text of a short constant; length and hash of a long one. The validator compares long ones byte by byte. */
function denseText({ source, start, end }: DenseAttribute): string {
  if (end - start <= wholeTextBytes) return String.fromCharCode(...source.subarray(start, end));
  let low = 0x811c9dc5;
  let high = 0x01000193;
  for (let index = start; index < end; index++) {
    low = Math.imul(low ^ source[index], 0x01000193);
    high = Math.imul(high ^ source[index], 0x85ebca6b);
  }
  return `${end - start} bytes ${low >>> 0} ${high >>> 0}`;
}
