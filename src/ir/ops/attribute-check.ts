import type { Attribute } from '../attributes.ts';
import type { AttributeForm } from './definition.ts';
import { fillsShape } from './dense-shape.ts';

/** True when an attribute has the form that its definition asks for. */
export function hasForm(attribute: Attribute, form: AttributeForm): boolean {
  switch (form.kind) {
    case 'integer':
      return attribute.kind === 'integer' && attribute.type === form.type;
    case 'integers':
      return attribute.kind === 'integers' && attribute.element === 'i64';
    case 'booleans':
      return attribute.kind === 'integers' && attribute.element === 'i1';
    case 'boolean':
      return attribute.kind === 'boolean';
    case 'string':
      return attribute.kind === 'string';
    case 'symbol':
      return attribute.kind === 'symbol';
    case 'float':
      return attribute.kind === 'float' && attribute.type === form.type;
    case 'dictionary':
      return attribute.kind === 'dictionary';
    case 'array':
      return attribute.kind === 'array';
    case 'dense':
      return attribute.kind === 'dense' && fillsShape(attribute);
    case 'denseIntegers':
      return attribute.kind === 'dense' && /^u?i\d/.test(attribute.type.element) && fillsShape(attribute);
    case 'enumeration':
      return isWord(attribute, form.name, form.words);
    case 'enumerations':
      return attribute.kind === 'array' && attribute.elements.every(word => isWord(word, form.name, form.words));
    case 'record':
      return (
        attribute.kind === 'record' &&
        attribute.name === `stablehlo.${form.name}` &&
        Object.entries(attribute.fields).every(([field, value]) => isDimensionField(field, value))
      );
    case 'any':
      return attribute.kind !== 'dense' || fillsShape(attribute);
    default:
      return form satisfies never;
  }
}

/** The form in words: `an i64 integer`. */
export function describeForm(form: AttributeForm): string {
  switch (form.kind) {
    case 'integer':
      return `an integer of type ${form.type}`;
    case 'integers':
      return 'a list of integers (array<i64: ...>)';
    case 'booleans':
      return 'a list of booleans (array<i1: ...>)';
    case 'denseIntegers':
      return 'a dense tensor of integers with as many elements as its shape asks for';
    case 'float':
      return `a float of type ${form.type}`;
    case 'enumeration':
      return `one of ${form.words.join(', ')}`;
    case 'enumerations':
      return `a list of ${form.words.join(', ')}`;
    case 'record':
      return `#stablehlo.${form.name}<...>`;
    case 'boolean':
    case 'string':
    case 'symbol':
    case 'dictionary':
    case 'array':
      return `a ${form.kind}`;
    case 'dense':
      return 'a dense tensor with as many elements as its shape asks for';
    case 'any':
      return 'anything';
    default:
      return form satisfies never;
  }
}

/** Fields of dimension numbers: one number where the name is in the singular (`index_vector_dim`), else a list. */
function isDimensionField(name: string, value: Attribute): boolean {
  if (/_(dim|dimension)$/.test(name)) return value.kind === 'integer';
  if (value.kind === 'array') return value.elements.every(element => element.kind === 'integer');
  return value.kind === 'integers';
}

function isWord(attribute: Attribute, name: string, words: readonly string[]): boolean {
  if (attribute.kind !== 'enumeration' || attribute.name !== name) return false;
  return words.length === 0 || words.includes(attribute.value);
}
