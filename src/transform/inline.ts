import {
  type Block,
  entryFunction,
  type Func,
  functionNamed,
  type Operation,
  type Program,
  symbolAttribute,
  type Type,
  type ValueId,
} from '../ir/index.ts';

/**
 * Replaces every call in the entry function, in its regions too, by the body of the function called, so that the
 * program has one function. Values get fresh ids; attributes, offsets and scopes stay. Throws on recursion, which
 * StableHLO does not have.
 */
export function inlineCalls(program: Program): Program {
  const entry = entryFunction(program);
  if (entry === undefined) throw new Error('internal: a program without an entry function');
  const inliner = new Inliner(program);
  return { ...program, functions: [inliner.run(entry)] };
}

class Inliner {
  readonly #program: Program;
  readonly #types: Type[] = [];
  readonly #active: string[] = [];

  constructor(program: Program) {
    this.#program = program;
  }

  run(entry: Func): Func {
    const values = new Map<ValueId, ValueId>();
    this.#active.push(entry.name);
    const args = entry.arguments.map(argument => ({ ...argument, value: this.#define(entry, argument.value, values) }));
    const operations = this.#copyOperations(entry, entry.body.operations, values);
    const body = { arguments: entry.body.arguments.map(argument => lookup(values, argument)), operations };
    return { ...entry, arguments: args, body, valueTypes: this.#types };
  }

  #define(func: Func, value: ValueId, values: Map<ValueId, ValueId>): ValueId {
    const fresh = this.#types.length;
    this.#types.push(func.valueTypes[value]);
    values.set(value, fresh);
    return fresh;
  }

  #copyOperations(func: Func, operations: readonly Operation[], values: Map<ValueId, ValueId>): Operation[] {
    const copies: Operation[] = [];
    for (const operation of operations) {
      if (operation.name === 'func.call') this.#expandCall(operation, values, copies);
      else copies.push(this.#copyOperation(func, operation, values));
    }
    return copies;
  }

  #copyOperation(func: Func, operation: Operation, values: Map<ValueId, ValueId>): Operation {
    const operands = operation.operands.map(operand => lookup(values, operand));
    const regions = operation.regions.map((region): Block => {
      const args = region.arguments.map(argument => this.#define(func, argument, values));
      return { arguments: args, operations: this.#copyOperations(func, region.operations, values) };
    });
    const results = operation.results.map(result => this.#define(func, result, values));
    return { ...operation, operands, results, regions };
  }

  /** The callee's values are numbered anew at each call; its results become the names of the values it returns. */
  #expandCall(call: Operation, values: Map<ValueId, ValueId>, copies: Operation[]): void {
    const callee = functionNamed(this.#program, symbolAttribute(call, 'callee'));
    if (this.#active.includes(callee.name)) throw new Error(`internal: @${callee.name} calls itself`);
    this.#active.push(callee.name);
    const inner = new Map<ValueId, ValueId>();
    for (const [index, argument] of callee.arguments.entries()) {
      inner.set(argument.value, lookup(values, call.operands[index]));
    }
    const body = this.#copyOperations(callee, callee.body.operations, inner);
    const last = body.at(-1);
    if (last === undefined) throw new Error(`internal: @${callee.name} has an empty body`);
    for (const operation of body.slice(0, -1)) copies.push(withCallScope(operation, call));
    for (const [index, result] of call.results.entries()) values.set(result, last.operands[index]);
    this.#active.pop();
  }
}

/** An operation without a scope of its own takes the call's, so that it can still be found by name. */
function withCallScope(operation: Operation, call: Operation): Operation {
  return operation.scope === undefined && call.scope !== undefined ? { ...operation, scope: call.scope } : operation;
}

function lookup(values: Map<ValueId, ValueId>, value: ValueId): ValueId {
  const found = values.get(value);
  if (found === undefined) throw new Error(`internal: value ${value} is used before it is defined`);
  return found;
}
