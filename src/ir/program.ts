import type { Attribute, Attributes } from './attributes.ts';
import type { Type } from './types.ts';

/**
 * A value of a function: an index into `Func.valueTypes`. Arguments, results of operations and block arguments of all
 * nested regions share one numbering, so that a table by value is an array and a region may use values around it.
 */
export type ValueId = number;

/** A straight-line list of operations. The last one is the terminator (`func.return`, `stablehlo.return`). */
export interface Block {
  readonly arguments: readonly ValueId[];
  readonly operations: readonly Operation[];
}

/** An operation in SSA form. Every region of StableHLO has exactly one block, so regions are blocks here. */
export interface Operation {
  /** With its dialect: `stablehlo.add`, `func.call`, `chlo.square`, `sdy.sharding_constraint`. */
  readonly name: string;
  readonly operands: readonly ValueId[];
  readonly results: readonly ValueId[];
  /** Inherent and discardable attributes together, by name, as the generic form spells them. */
  readonly attributes: Attributes;
  readonly regions: readonly Block[];
  /** Byte offset of the operation in its file, for diagnostics; -1 when it was built. */
  readonly offset: number;
  /** Name scope from the location, for example `jit(step)/jvp(layer_3)/dot_general`; only in texts with locations. */
  readonly scope?: string;
}

export interface FuncArgument {
  readonly value: ValueId;
  /** The name from the location, for example `params['h.0'].w`; only in texts with locations. */
  readonly name?: string;
  readonly attributes: Attributes;
}

export interface FuncResult {
  readonly type: Type;
  readonly attributes: Attributes;
}

export interface Func {
  readonly name: string;
  readonly visibility: 'public' | 'private' | 'nested';
  /** True when the text names no visibility, which means public. */
  readonly impliedVisibility?: true;
  readonly arguments: readonly FuncArgument[];
  readonly results: readonly FuncResult[];
  readonly attributes: Attributes;
  readonly body: Block;
  /** Type of each value of the function, by `ValueId`. */
  readonly valueTypes: readonly Type[];
}

/** Any other symbol of a module, for example `sdy.mesh`, kept as the text of one operation. */
export interface ModuleSymbol {
  readonly name: string;
  readonly operation: string;
  readonly text: string;
}

/** A module: functions and other symbols. `main` is the entry. */
export interface Program {
  readonly name: string;
  readonly attributes: Attributes;
  readonly symbols: readonly ModuleSymbol[];
  readonly functions: readonly Func[];
  /** File name for diagnostics. */
  readonly file: string;
}

/** The entry function: `main`, or else the only public one. Undefined when there is none. */
export function entryFunction(program: Program): Func | undefined {
  const main = program.functions.find(func => func.name === 'main');
  if (main !== undefined) return main;
  const open = program.functions.filter(func => func.visibility === 'public');
  return open.length === 1 ? open[0] : undefined;
}

/** The function called `name`. Throws on a broken program: the verifier reports unknown symbols before this. */
export function functionNamed(program: Program, name: string): Func {
  const found = program.functions.find(func => func.name === name);
  if (found === undefined) throw new Error(`internal: no function @${name}`);
  return found;
}

/** Visits the operations of a block and of all regions inside, outer before inner, in program order. */
export function walkOperations(block: Block, visit: (operation: Operation) => void): void {
  for (const operation of block.operations) {
    visit(operation);
    for (const region of operation.regions) walkOperations(region, visit);
  }
}

/** The result index that an argument's buffer is donated to (`tf.aliasing_output`), or -1. */
export function aliasedResult(argument: FuncArgument): number {
  const alias: Attribute | undefined = argument.attributes['tf.aliasing_output'];
  return alias?.kind === 'integer' ? alias.value : -1;
}
