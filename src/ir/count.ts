import { symbolAttribute } from './access.ts';
import { countTrips, definingOperations } from './count-loops.ts';
import { countParameters } from './count-parameters.ts';
import { OperationSignatures } from './operation-signatures.ts';
import type { OperationContext } from './ops/definition.ts';
import { operationDefinition } from './ops/table.ts';
import type { Block, Func, Operation, Program, ValueId } from './program.ts';
import { entryFunction } from './program.ts';
import { typeBytes } from './types.ts';

/** The work of one operation or of many. Counts are exact up to 2^53. */
export interface Work {
  /**
   * Arithmetic on elements, of floats and integers alike: one per element of an elementwise operation, two per
   * multiply-add of a matrix product or convolution.
   */
  readonly flops: number;
  /** Of `flops`, those of functions that cost many instructions: exponentials, roots, powers. */
  readonly transcendentals: number;
  /** Operands read plus results written, each in full, as if nothing were fused or kept in a cache. */
  readonly bytes: number;
}

/** `Work` of all operations of one name, with their number. */
export interface WorkByName extends Work {
  readonly operations: number;
}

export interface ProgramCount extends Work {
  /**
   * Operations in the text: in all functions, each function once, with the bodies of loops and branches, but without
   * returns and without the scalar operations by which reductions, sorts and scatters fold elements.
   */
  readonly operations: number;
  /** The same from the entry on, with every call opened at its call site. */
  readonly expandedOperations: number;
  readonly parameters: { readonly count: number; readonly bytes: number };
  /** By operation name, weighted as flops and bytes are: calls opened, loop bodies times their trips. */
  readonly byName: Readonly<Record<string, WorkByName>>;
  /** Loops whose trips are not plain to see; their bodies count once. */
  readonly unknownLoops: number;
}

/**
 * The work of one operation with its regions, apart from what it calls: a `func.call` is nothing by itself, a loop its
 * body times the trips (once when they are unknown), a branch its dearest region. A region that folds elements counts
 * as often as the operation runs it, and moves no bytes.
 */
export function countOperation(func: Func, operation: Operation): Work {
  return new FunctionCounter(func, () => undefined).operationWork(operation);
}

/** `countOperation` for all operations of a function: those that are alike are counted once. */
export function operationCounter(func: Func): (operation: Operation) => Work {
  const signatures = new OperationSignatures(func.valueTypes);
  const known = new Map<string, Work>();
  return operation => {
    const signature = signatures.of(operation);
    const work = (signature === undefined ? undefined : known.get(signature)) ?? countOperation(func, operation);
    if (signature !== undefined) known.set(signature, work);
    return work;
  };
}

/** Counts a program from its entry function on, for one execution. Throws an internal error on recursive calls. */
export function countProgram(program: Program): ProgramCount {
  const counter = new ProgramCounter(program);
  const entry = entryFunction(program);
  const total = entry === undefined ? emptyTally() : counter.functionTally(entry);
  const byName: Record<string, WorkByName> = {};
  for (const [name, work] of [...total.byName].sort(([a], [b]) => (a < b ? -1 : 1))) byName[name] = work;
  return {
    ...sumWork(total.byName.values()),
    operations: program.functions.reduce((sum, func) => sum + countBlock(func.body), 0),
    expandedOperations: total.expanded,
    parameters: countParameters(program),
    byName,
    unknownLoops: total.unknownLoops,
  };
}

interface Tally {
  readonly byName: Map<string, WorkByName>;
  expanded: number;
  unknownLoops: number;
}

class ProgramCounter {
  readonly #functions: ReadonlyMap<string, Func>;
  readonly #done = new Map<string, Tally>();
  readonly #open = new Set<string>();

  constructor(program: Program) {
    this.#functions = new Map(program.functions.map(func => [func.name, func]));
  }

  /** The tally of one execution of a function; each function is counted once and then reused. */
  functionTally(func: Func): Tally {
    const known = this.#done.get(func.name);
    if (known !== undefined) return known;
    if (this.#open.has(func.name)) throw new Error(`internal: @${func.name} calls itself`);
    this.#open.add(func.name);
    const counter = new FunctionCounter(func, name => {
      const callee = this.#functions.get(name);
      return callee === undefined ? undefined : this.functionTally(callee);
    });
    const tally = counter.blockTally(func.body);
    this.#open.delete(func.name);
    this.#done.set(func.name, tally);
    return tally;
  }
}

class FunctionCounter {
  readonly #func: Func;
  readonly #callee: (name: string) => Tally | undefined;
  #defining: ReadonlyMap<ValueId, Operation> | undefined;

  constructor(func: Func, callee: (name: string) => Tally | undefined) {
    this.#func = func;
    this.#callee = callee;
  }

  operationWork(operation: Operation): Work {
    if (!nestingNames.has(operation.name)) {
      return operationDefinition(operation.name)?.terminator === true ? noWork : this.#ownWork(operation);
    }
    const tally = emptyTally();
    this.#addOperation(tally, operation);
    return sumWork(tally.byName.values());
  }

  blockTally(block: Block): Tally {
    const tally = emptyTally();
    for (const operation of block.operations) this.#addOperation(tally, operation);
    return tally;
  }

  #addOperation(tally: Tally, operation: Operation): void {
    const definition = operationDefinition(operation.name);
    if (definition?.terminator === true) return;
    switch (operation.name) {
      case 'func.call': {
        const callee = this.#callee(symbolAttribute(operation, 'callee'));
        if (callee !== undefined) addTally(tally, callee, 1);
        tally.expanded++;
        return;
      }
      case 'stablehlo.while': {
        // Only loops ask for definitions, and finding them takes a walk over the whole function.
        this.#defining ??= definingOperations(this.#func);
        const trips = countTrips(this.#defining, operation);
        if (trips === undefined) tally.unknownLoops++;
        const [condition, body] = operation.regions.map(region => this.blockTally(region));
        addTally(tally, condition, (trips ?? 1) + 1);
        addTally(tally, body, trips ?? 1);
        tally.expanded++;
        return;
      }
      case 'stablehlo.if':
      case 'stablehlo.case':
        addTally(tally, this.#dearest(operation.regions), 1);
        tally.expanded++;
        return;
      default:
        addWork(tally.byName, operation.name, { operations: 1, ...this.#ownWork(operation) }, 1);
        tally.expanded++;
    }
  }

  /** Flops and bytes of an operation whose regions, if any, fold elements. */
  #ownWork(operation: Operation): Work {
    const definition = operationDefinition(operation.name);
    const { valueTypes } = this.#func;
    const context: OperationContext = {
      operation,
      operands: operation.operands.map(value => valueTypes[value]),
      results: operation.results.map(value => valueTypes[value]),
      typeOf: value => valueTypes[value],
    };
    let bytes = 0;
    for (const type of context.operands) bytes += typeBytes(type);
    for (const type of context.results) bytes += typeBytes(type);
    let flops = definition?.flops?.(context) ?? 0;
    let transcendentals = definition?.transcendental === true ? flops : 0;
    const runs = operation.regions.length === 0 ? [] : (definition?.regionRuns?.(context) ?? []);
    for (const [index, region] of operation.regions.entries()) {
      const inside = sumWork(this.blockTally(region).byName.values());
      flops += inside.flops * (runs[index] ?? 1);
      transcendentals += inside.transcendentals * (runs[index] ?? 1);
    }
    return { flops, transcendentals, bytes };
  }

  #dearest(regions: readonly Block[]): Tally {
    const tallies = regions.map(region => this.blockTally(region));
    const flops = tallies.map(tally => sumWork(tally.byName.values()).flops);
    return tallies[flops.indexOf(Math.max(...flops))] ?? emptyTally();
  }
}

/** Operations whose work is that of operations elsewhere. */
const nestingNames: ReadonlySet<string> = new Set(['func.call', 'stablehlo.while', 'stablehlo.if', 'stablehlo.case']);

const noWork: Work = { flops: 0, transcendentals: 0, bytes: 0 };

function emptyTally(): Tally {
  return { byName: new Map(), expanded: 0, unknownLoops: 0 };
}

function addTally(into: Tally, from: Tally, times: number): void {
  for (const [name, work] of from.byName) addWork(into.byName, name, work, times);
  into.expanded += from.expanded;
  into.unknownLoops += from.unknownLoops;
}

function addWork(into: Map<string, WorkByName>, name: string, work: WorkByName, times: number): void {
  const known = into.get(name) ?? { operations: 0, flops: 0, transcendentals: 0, bytes: 0 };
  into.set(name, {
    operations: known.operations + work.operations * times,
    flops: known.flops + work.flops * times,
    transcendentals: known.transcendentals + work.transcendentals * times,
    bytes: known.bytes + work.bytes * times,
  });
}

function sumWork(works: Iterable<Work>): Work {
  let [flops, transcendentals, bytes] = [0, 0, 0];
  for (const work of works) {
    flops += work.flops;
    transcendentals += work.transcendentals;
    bytes += work.bytes;
  }
  return { flops, transcendentals, bytes };
}

/** Operations of a block, without terminators and the regions that fold elements. */
function countBlock(block: Block): number {
  return block.operations.reduce((sum, operation) => {
    const definition = operationDefinition(operation.name);
    if (definition?.terminator === true) return sum;
    const regions = definition?.regionRuns === undefined ? operation.regions : [];
    return sum + 1 + regions.reduce((total, region) => total + countBlock(region), 0);
  }, 0);
}
