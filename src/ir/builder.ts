import { diagnosticError } from '../base/index.ts';
import type { Attribute, Attributes } from './attributes.ts';
import { attributeOf } from './builder-attributes.ts';
import type { OperationContext } from './ops/definition.ts';
import { operationDefinition } from './ops/table.ts';
import type { Block, Func, FuncArgument, Operation, Program, ValueId } from './program.ts';
import type { TensorType, Type } from './types.ts';
import { verifyOperation } from './verify-operation.ts';

/** What `emit` may be told beside operands and attributes. */
export interface EmitOptions {
  /** Result types, where operands and attributes do not decide them (`reshape`, `convert`, `custom_call`, ...). */
  readonly resultTypes?: readonly Type[];
  readonly regions?: readonly Block[];
  readonly scope?: string;
}

/**
 * Builds one function, operation by operation. Result types are inferred and every operation is checked as it comes:
 * a broken rule throws a `DiagnosticError` (SK1101 or SK1102).
 */
export class FunctionBuilder {
  readonly name: string;
  readonly #types: Type[] = [];
  readonly #arguments: FuncArgument[] = [];
  readonly #open: Operation[][] = [[]];

  constructor(name: string) {
    this.name = name;
  }

  /** Adds an argument; `name` is the one that locations would carry. */
  argument(type: Type, name?: string, attributes: Attributes = {}): ValueId {
    const value = this.#value(type);
    this.#arguments.push(name === undefined ? { value, attributes } : { value, name, attributes });
    return value;
  }

  /** The type of a value made so far. */
  typeOf(value: ValueId): Type {
    const type = this.#types[value];
    if (type === undefined) throw new Error(`internal: ${this.name} has no value ${value}`);
    return type;
  }

  /** The type of a value that must be a tensor. */
  tensorOf(value: ValueId): TensorType {
    const type = this.typeOf(value);
    if (type.kind !== 'tensor') throw new Error(`internal: value ${value} of ${this.name} is no tensor`);
    return type;
  }

  /** Appends an operation to the innermost open block; returns its results. */
  emit(
    name: string,
    operands: readonly ValueId[],
    attributes: Attributes = {},
    options: EmitOptions = {},
  ): readonly ValueId[] {
    const { regions = [], scope } = options;
    const draft: Operation = { name, operands, results: [], attributes, regions, offset: -1 };
    const context = this.#context(draft, options.resultTypes ?? []);
    const results = options.resultTypes ?? this.#infer(context);
    const operation: Operation = {
      ...draft,
      results: results.map(type => this.#value(type)),
      ...(scope === undefined ? {} : { scope }),
    };
    const found = verifyOperation(this.#context(operation, results)).filter(item => item.severity === 'error');
    if (found[0] !== undefined) throw diagnosticError(found[0].code, found[0]);
    this.#open.at(-1)?.push(operation);
    return operation.results;
  }

  /** `emit` for an operation with one result. */
  emitOne(name: string, operands: readonly ValueId[], attributes: Attributes = {}, options: EmitOptions = {}): ValueId {
    const results = this.emit(name, operands, attributes, options);
    if (results.length !== 1) throw new Error(`internal: ${name} has ${results.length} results`);
    return results[0];
  }

  /** A splat constant; `text` is the element as MLIR prints it, for example `1.000000e+00`. */
  constant(type: TensorType, text: string): ValueId {
    return this.emitOne('stablehlo.constant', [], { value: attributeOf.dense(type, text) });
  }

  /** Calls a function of the same program. */
  call(callee: Func, operands: readonly ValueId[]): readonly ValueId[] {
    const resultTypes = callee.results.map(result => result.type);
    return this.emit('func.call', operands, { callee: attributeOf.symbol(callee.name) }, { resultTypes });
  }

  /** Builds a region: `build` gets the block's arguments and returns what the terminator hands on. */
  region(
    argumentTypes: readonly Type[],
    build: (values: readonly ValueId[]) => readonly ValueId[],
    terminator = 'stablehlo.return',
  ): Block {
    const values = argumentTypes.map(type => this.#value(type));
    const operations: Operation[] = [];
    this.#open.push(operations);
    const operands = build(values);
    this.#open.pop();
    operations.push(terminatorOf(terminator, operands));
    return { arguments: values, operations };
  }

  /** The common region of `reduce` and its like: one binary operation on two scalars. */
  reducer(name: string, element: TensorType['element']): Block {
    const scalar: TensorType = { kind: 'tensor', shape: [], element };
    return this.region([scalar, scalar], values => this.emit(name, values));
  }

  /** Closes the function with its return. */
  finish(results: readonly ValueId[], visibility: Func['visibility'] = 'public'): Func {
    if (this.#open.length !== 1) throw new Error(`internal: a region of ${this.name} is still open`);
    return {
      name: this.name,
      visibility,
      arguments: this.#arguments,
      results: results.map(value => ({ type: this.typeOf(value), attributes: {} })),
      attributes: {},
      body: {
        arguments: this.#arguments.map(argument => argument.value),
        operations: [...this.#open[0], terminatorOf('func.return', results)],
      },
      valueTypes: this.#types,
    };
  }

  #value(type: Type): ValueId {
    return this.#types.push(type) - 1;
  }

  #context(operation: Operation, results: readonly Type[]): OperationContext {
    const operands = operation.operands.map(value => this.typeOf(value));
    return { operation, operands, results, typeOf: value => this.typeOf(value) };
  }

  #infer(context: OperationContext): readonly Type[] {
    const { name } = context.operation;
    const definition = operationDefinition(name);
    if (definition === undefined) throw new Error(`internal: unknown operation ${name}`);
    if (definition.results.maximum === 0) return [];
    const types = definition.infer?.(context);
    if (types === undefined) throw new Error(`internal: ${name} needs resultTypes`);
    return types;
  }
}

/** Starts a function. */
export function createFunctionBuilder(name: string): FunctionBuilder {
  return new FunctionBuilder(name);
}

/** Collects functions into a program. */
export class ProgramBuilder {
  readonly #functions: Func[] = [];

  /** Adds a finished function and returns it. */
  add(func: Func): Func {
    this.#functions.push(func);
    return func;
  }

  finish(name = 'built', attributes: Readonly<Record<string, Attribute>> = {}): Program {
    return { name, attributes, symbols: [], functions: this.#functions, file: `${name}.mlir` };
  }
}

/** A program of one function. */
export function programOf(func: Func): Program {
  const builder = new ProgramBuilder();
  builder.add(func);
  return builder.finish(func.name);
}

function terminatorOf(name: string, operands: readonly ValueId[]): Operation {
  return { name, operands, results: [], attributes: {}, regions: [], offset: -1 };
}
