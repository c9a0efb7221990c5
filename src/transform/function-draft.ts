import type { Attributes, Block, Func, Operation, Type, ValueId } from '../ir/index.ts';

/** The values of a function that is written anew from another one. */
export class FunctionDraft {
  readonly #source: Func;
  readonly types: Type[] = [];

  constructor(source: Func) {
    this.#source = source;
  }

  value(type: Type): ValueId {
    return this.types.push(type) - 1;
  }

  /** A new operation with one result, and the result. */
  make(
    name: string,
    operands: readonly ValueId[],
    type: Type,
    attributes: Attributes = {},
    scope?: string,
  ): { readonly operation: Operation; readonly result: ValueId } {
    const result = this.value(type);
    const operation: Operation = {
      ...{ name, operands, results: [result], attributes, regions: [], offset: -1 },
      ...(scope === undefined ? {} : { scope }),
    };
    return { operation, result };
  }

  /** A copy of an operation with all that is inside; `lookup` says what values from around it are called. */
  copy(operation: Operation, lookup: (value: ValueId) => ValueId, names: Map<ValueId, ValueId>): Operation {
    const within = (value: ValueId): ValueId => names.get(value) ?? lookup(value);
    const operands = operation.operands.map(within);
    const regions = operation.regions.map((region): Block => {
      const args = region.arguments.map(argument => this.#define(argument, names));
      return { arguments: args, operations: region.operations.map(inner => this.copy(inner, lookup, names)) };
    });
    const results = operation.results.map(result => this.#define(result, names));
    return { ...operation, operands, results, regions };
  }

  #define(value: ValueId, names: Map<ValueId, ValueId>): ValueId {
    const fresh = this.value(this.#source.valueTypes[value]);
    names.set(value, fresh);
    return fresh;
  }
}
