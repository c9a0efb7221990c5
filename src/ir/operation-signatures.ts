import type { Attributes } from './attributes.ts';
import type { Operation } from './program.ts';
import type { Type } from './types.ts';

/** Tells operations of one function that are alike by a short text, so that what follows from it is found once. */
export class OperationSignatures {
  readonly #valueTypes: readonly Type[];
  readonly #numbers = new Map<Type | Attributes, number>();

  /** `valueTypes` are those of the function. */
  constructor(valueTypes: readonly Type[]) {
    this.#valueTypes = valueTypes;
  }

  /**
   * Equal only for operations with the same name, types, and attributes that are one object, as those are that were read
   * from one text. Undefined with regions, and without operands: constants are all different.
   */
  of({ name, operands, results, attributes, regions }: Operation): string | undefined {
    if (regions.length > 0 || operands.length === 0) return undefined;
    let text = name;
    for (const value of operands) text += ` ${this.#numberOf(this.#valueTypes[value])}`;
    for (const value of results) text += `>${this.#numberOf(this.#valueTypes[value])}`;
    for (const _ in attributes) return `${text}#${this.#numberOf(attributes)}`;
    return text;
  }

  #numberOf(part: Type | Attributes): number {
    const known = this.#numbers.get(part);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(part, number);
    return number;
  }
}
