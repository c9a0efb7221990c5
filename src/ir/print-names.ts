import type { Block, Func, Operation, ValueId } from './program.ts';
import { resultNames } from './text-forms.ts';
import type { Type } from './types.ts';

/** How MLIR names the values of one function. */
export interface ValueNames {
  /** By value: how it is used, `%arg0`, `%cst_1`, `%2#1`. */
  readonly uses: readonly string[];
  /** What stands before `=`: `%0`, `%2:3`, `%values, %indices`; empty without results. */
  definitions(operation: Operation): string;
}

/** What goes on from function to function in the generic form, where each name is used once in a module. */
export interface NameCounters {
  values: number;
  arguments: number;
  conflicts: number;
}

/** A region whose values are not yet named, with the names and counters around it. */
interface Pending {
  readonly block: Block;
  readonly owner: Operation | undefined;
  readonly around: TakenNames | undefined;
  readonly counters: NameCounters;
}

/** The names of a region, and those of the regions around it. */
interface TakenNames {
  readonly names: Set<string>;
  readonly around: TakenNames | undefined;
}

/**
 * Names the values of a function as MLIR's printer does: a whole region first, then the regions inside it, last one
 * first. In the pretty form regions beside each other use the same names again. In the generic form they do not, and
 * `shared` counts through all functions.
 */
export function nameValues(func: Func, shared?: NameCounters): ValueNames {
  const uses: string[] = new Array(func.valueTypes.length).fill('');
  const first: Pending = {
    block: func.body,
    owner: undefined,
    around: undefined,
    counters: { values: 0, arguments: 0, conflicts: 0 },
  };
  const isDeclaration = func.body.operations.length === 0;
  const stack = isDeclaration ? [] : [first];
  for (let pending = stack.pop(); pending !== undefined; pending = stack.pop()) {
    const counters = shared ?? { ...pending.counters };
    const taken = { names: new Set<string>(), around: pending.around };
    const namer = new RegionNamer(uses, counters, taken, shared === undefined, func.valueTypes);
    namer.nameBlock(pending.block, pending.owner);
    for (const operation of pending.block.operations) {
      for (const block of operation.regions) {
        stack.push({ block, owner: operation, around: taken, counters: { ...counters } });
      }
    }
  }
  const isPretty = shared === undefined;
  return {
    uses,
    definitions: operation => {
      const { results } = operation;
      if (results.length === 0) return '';
      if (results.length === 1) return uses[results[0]];
      if (isPretty && resultNames.get(operation.name)?.length === results.length) {
        return results.map(result => uses[result]).join(', ');
      }
      return `${uses[results[0]].slice(0, -2)}:${results.length}`;
    },
  };
}

class RegionNamer {
  readonly #taken: TakenNames;
  readonly #uses: string[];
  readonly #counters: NameCounters;
  readonly #isPretty: boolean;
  readonly #types: readonly Type[];

  constructor(uses: string[], counters: NameCounters, taken: TakenNames, isPretty: boolean, types: readonly Type[]) {
    this.#uses = uses;
    this.#counters = counters;
    this.#taken = taken;
    this.#isPretty = isPretty;
    this.#types = types;
  }

  nameBlock(block: Block, owner: Operation | undefined): void {
    const isLoop = this.#isPretty && owner?.name === 'stablehlo.while';
    for (const argument of block.arguments) {
      this.#uses[argument] = this.#unique(isLoop ? 'iterArg' : `arg${this.#counters.arguments++}`);
    }
    for (const operation of block.operations) this.#nameResults(operation);
  }

  #nameResults({ name, results }: Operation): void {
    if (results.length === 0) return;
    const names = this.#isPretty ? this.#specialNames(name, results) : undefined;
    if (names !== undefined) {
      for (const [index, result] of results.entries()) this.#uses[result] = this.#unique(names[index]);
      return;
    }
    const number = this.#counters.values++;
    if (results.length === 1) this.#uses[results[0]] = `%${number}`;
    else for (const [index, result] of results.entries()) this.#uses[result] = `%${number}#${index}`;
  }

  #specialNames(name: string, results: readonly ValueId[]): readonly string[] | undefined {
    if (name === 'stablehlo.constant') {
      const type = this.#types[results[0]];
      return type?.kind === 'tensor' && /^u?i\d+$/.test(type.element) ? ['c'] : ['cst'];
    }
    const names = resultNames.get(name);
    return names?.length === results.length ? names : undefined;
  }

  #isTaken(name: string): boolean {
    for (let taken: TakenNames | undefined = this.#taken; taken !== undefined; taken = taken.around) {
      if (taken.names.has(name)) return true;
    }
    return false;
  }

  #unique(name: string): string {
    let unique = name;
    while (this.#isTaken(unique)) unique = `${name}_${this.#counters.conflicts++}`;
    this.#taken.names.add(unique);
    return `%${unique}`;
  }
}
