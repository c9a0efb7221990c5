import {
  type Block,
  elementBits,
  elementCount,
  type Operation,
  type TensorType,
  type ValueId,
} from '../../ir/index.ts';
import { type Layout, layoutKey, operationRole } from '../../sharding/index.ts';
import type { Fold } from '../fold-types.ts';
import type { MeshProblem } from '../problem-mesh.ts';
import { decidingOperations } from '../space-size.ts';
import { CheapReads } from './cheap-reads.ts';

/** What a search decides and what depends on it, before any mesh is known: see `SearchModel`. */
export interface Skeleton {
  readonly variables: readonly SkeletonVariable[];
  readonly values: readonly SkeletonValue[];
  readonly reads: readonly SkeletonRead[];
  readonly homes: readonly SkeletonHome[];
  /** Every value outside of regions that some operation reads, one by one. */
  readonly lives: readonly ValueLife[];
  readonly cheap: CheapReads;
  /** Values whose moves can be hidden behind computing; none where the device hides nothing. */
  readonly hideable: ReadonlySet<ValueId>;
  /** The variable of each operation that has one of its own, by number; -1 elsewhere. */
  readonly operationVariables: Int32Array;
  /** For loops, branches and barriers the variables of their carried values, by number of the operation. */
  readonly slotVariables: ReadonlyMap<number, readonly number[]>;
  readonly argumentVariables: readonly number[];
  /** The variable of each result; that of the argument where it takes the argument's buffer. */
  readonly resultVariables: readonly number[];
}

/**
 * One decision for all members of a class. `operation`: how it is cut. `argument`, `result`: how it lies. `slot`: how
 * what a loop carries, a branch makes or a barrier hands on lies. `whole`: nothing to decide.
 */
export interface SkeletonVariable {
  readonly kind: 'operation' | 'slot' | 'argument' | 'result' | 'whole';
  /** Number of the first member: of an operation, an argument or a result of the function; the rank of what is whole. */
  readonly subject: number;
  /** Of slots: which of the operation's results; else 0. */
  readonly slot: number;
  /** All values that lie as a slot does. */
  readonly values: readonly ValueId[];
  readonly members: number;
  /** Of operations: members that move as many bytes where chains are one kernel, by the first of them. */
  readonly kernels: readonly Kernel[];
}

/** Members of a class of operations that ask the same of a device. */
export interface Kernel {
  /** Number of the first. */
  readonly operation: number;
  readonly members: number;
}

/** Where the values of one producer are handed on: a result of an operation, or the value that a layout is chosen for. */
export interface SkeletonHome {
  readonly variable: number;
  readonly result: number;
}

/** One way to read: an operand of an operation, or -1 where a value is read as the reader lies. */
export interface SkeletonRead {
  readonly number: number;
  readonly reader: number;
  readonly operand: number;
  readonly path: number;
  /** How often the reader runs in a step. */
  readonly trips: number;
  /** The region in which it is read, 0 outside of all. */
  readonly region: number;
  /** Whether moves for it can be hidden behind computing. */
  readonly hideable: boolean;
}

/** Values with one home that are read in the same ways. */
export interface SkeletonValue {
  readonly home: number;
  readonly type: TensorType;
  readonly count: number;
  readonly reads: readonly number[];
}

/** When a value is there. Times are positions in the function's body; arguments are made at -1. */
export interface ValueLife {
  readonly value: ValueId;
  readonly home: number;
  readonly bits: number;
  readonly madeAt: number;
  readonly readAt: number;
  /** The number of the read that is last. */
  readonly lastRead: number;
}

/** Finds what there is to decide. Operations that the fold puts into one class are decided as one. O(operations). */
export function buildSkeleton(ground: MeshProblem, fold: Fold, hideable: ReadonlySet<ValueId>): Skeleton {
  return new SkeletonBuilder(ground, fold, hideable).build();
}

interface DraftVariable extends Omit<SkeletonVariable, 'members' | 'kernels'> {
  members: number;
  readonly kernels: { readonly operation: number; readonly bytes: number | undefined; members: number }[];
}

class SkeletonBuilder {
  readonly #ground: MeshProblem;
  readonly #fold: Fold;
  readonly #hideable: ReadonlySet<ValueId>;
  readonly #cheap: CheapReads;
  readonly #deciding: ReadonlySet<Operation>;
  readonly #variables: DraftVariable[] = [];
  readonly #variableOf = new Map<string, number>();
  readonly #homes: SkeletonHome[] = [];
  readonly #homeNumbers = new Map<number, number>();
  readonly #reads: SkeletonRead[] = [];
  readonly #readsOf: SkeletonRead[][] = [];
  /** For each value its home and where it is made; undefined where it is made inside a region. */
  readonly #made = new Map<ValueId, { readonly home: number; readonly at: number | undefined }>();
  readonly #readBy = new Map<ValueId, number[]>();
  readonly #lastReads = new Map<ValueId, { readonly read: number; readonly at: number }>();
  readonly #operationVariables: Int32Array;
  readonly #slotVariables = new Map<number, readonly number[]>();
  /** The region that is visited, 0 outside of all, and where it is in the function's body. */
  #region = 0;
  #regions = 1;
  #position = -1;

  constructor(ground: MeshProblem, fold: Fold, hideable: ReadonlySet<ValueId>) {
    this.#ground = ground;
    this.#fold = fold;
    this.#hideable = hideable;
    this.#cheap = new CheapReads(ground.facts);
    this.#deciding = new Set(decidingOperations(ground, ground.operations));
    this.#operationVariables = new Int32Array(ground.operations.length).fill(-1);
  }

  build(): Skeleton {
    const { func, pinned, donors } = this.#ground;
    const argumentVariables = func.arguments.map(({ value }, index) => {
      const key = `argument ${this.#fold.argumentClassOf[index]} ${pinKey(pinned.arguments[index])}`;
      const variable = this.#variable(key, 'argument', index, 0, [value]);
      this.#place(value, variable, 0);
      return variable;
    });
    const end = this.#visitBlock(func.body);
    const resultVariables = end.operands.map((value, index) => {
      const donor = donors[index];
      const variable =
        donor >= 0 ? argumentVariables[donor] : this.#variable(`result ${index}`, 'result', index, 0, [value]);
      this.#readAsIs(value, variable, 1);
      return variable;
    });
    return {
      variables: this.#variables,
      values: this.#values(),
      reads: this.#reads,
      homes: this.#homes,
      lives: this.#lives(),
      cheap: this.#cheap,
      hideable: this.#hideable,
      operationVariables: this.#operationVariables,
      slotVariables: this.#slotVariables,
      argumentVariables,
      resultVariables,
    };
  }

  /** Visits all operations but the terminator, which is returned. */
  #visitBlock(block: Block): Operation {
    const last = block.operations.at(-1);
    if (last === undefined) throw new Error('internal: an empty block');
    for (const operation of block.operations) {
      if (this.#region === 0) this.#position++;
      if (operation !== last) this.#visit(operation);
    }
    return last;
  }

  #visit(operation: Operation): void {
    const role = operationRole(this.#ground, operation);
    if (role === 'cheap' || !this.#deciding.has(operation)) return;
    if (role === 'loop') this.#visitLoop(operation);
    else if (role === 'branch') this.#visitBranches(operation);
    else if (role === 'follower') this.#visitFollower(operation);
    else this.#visitFree(operation);
  }

  #visitFree(operation: Operation): void {
    const { pinned, trips } = this.#ground;
    const number = this.#number(operation);
    const pins = pinned.values.size === 0 ? '' : operation.results.map(value => pinKey(pinned.values.get(value)));
    let hides = '';
    if (this.#hideable.size > 0) for (const value of operation.results) hides += this.#hideable.has(value) ? '1' : '0';
    const key = `operation ${this.#fold.classOf[number]} ${trips[number]} ${pins} ${hides}`;
    const variable = this.#variable(key, 'operation', number, 0, []);
    this.#operationVariables[number] = variable;
    this.#countKernel(variable, operation, number);
    for (const [index, value] of operation.operands.entries()) this.#readAs(value, variable, index, trips[number]);
    for (const [index, value] of operation.results.entries()) this.#place(value, variable, index);
  }

  /** Repeats are alike, but at their ends values may be read by other kernels, and pass through memory or not. */
  #countKernel(variable: number, operation: Operation, number: number): void {
    const bytes = this.#ground.problem.fusedBytes?.get(operation);
    const { kernels } = this.#variables[variable];
    const known = kernels.find(kernel => kernel.bytes === bytes);
    if (known === undefined) kernels.push({ operation: number, bytes, members: 1 });
    else known.members++;
  }

  /** Carried values keep one layout: outside, in the condition and in the body. */
  #visitLoop(operation: Operation): void {
    const number = this.#number(operation);
    const slots = this.#slots(operation, number, index =>
      operation.regions.flatMap(region => region.arguments[index] ?? []),
    );
    this.#readBySlots(operation.operands, slots, this.#ground.trips[number]);
    for (const [which, region] of operation.regions.entries()) {
      for (const [index, value] of region.arguments.entries()) this.#place(value, slots[index], 0, false);
      this.#visitRegion(region, which === 0 ? undefined : slots);
    }
    for (const [index, value] of operation.results.entries()) this.#place(value, slots[index], 0);
  }

  #visitBranches(operation: Operation): void {
    const number = this.#number(operation);
    const slots = this.#slots(operation, number, () => []);
    this.#readWhole(operation.operands[0], this.#ground.trips[number]);
    for (const region of operation.regions) this.#visitRegion(region, slots);
    for (const [index, value] of operation.results.entries()) this.#place(value, slots[index], 0);
  }

  #visitFollower(operation: Operation): void {
    const number = this.#number(operation);
    const slots = this.#slots(operation, number, () => []);
    this.#readBySlots(operation.operands, slots, this.#ground.trips[number]);
    for (const [index, value] of operation.results.entries()) this.#place(value, slots[index], 0);
  }

  /** Visits a region whose terminator is read by slots, or whole where there are none: a condition. */
  #visitRegion(region: Block, slots: readonly number[] | undefined): void {
    const outer = this.#region;
    this.#region = this.#regions++;
    const end = this.#visitBlock(region);
    const trips = this.#ground.trips[this.#number(end)];
    if (slots === undefined) for (const value of end.operands) this.#readWhole(value, trips);
    else this.#readBySlots(end.operands, slots, trips);
    this.#region = outer;
  }

  /** A variable for each result; `alsoOf` are further values that lie as it does. */
  #slots(operation: Operation, number: number, alsoOf: (index: number) => readonly ValueId[]): readonly number[] {
    const { pinned } = this.#ground;
    const slots = operation.results.map((value, index) => {
      const values = [value, ...alsoOf(index)];
      const pins = values.map(own => pinKey(pinned.values.get(own)));
      return this.#variable(`slot ${this.#fold.classOf[number]} ${index} ${pins}`, 'slot', number, index, values);
    });
    this.#slotVariables.set(number, slots);
    return slots;
  }

  #variable(
    key: string,
    kind: SkeletonVariable['kind'],
    subject: number,
    slot: number,
    values: readonly ValueId[],
  ): number {
    const known = this.#variableOf.get(key);
    const variable = known ?? this.#variables.push({ kind, subject, slot, values, members: 0, kernels: [] }) - 1;
    if (known === undefined) this.#variableOf.set(key, variable);
    this.#variables[variable].members++;
    return variable;
  }

  #place(value: ValueId, variable: number, result: number, outside = this.#region === 0): void {
    if (this.#ground.facts.tensor(value) === undefined) return;
    const key = variable * 4096 + result;
    let home = this.#homeNumbers.get(key);
    if (home === undefined) {
      home = this.#homes.push({ variable, result }) - 1;
      this.#homeNumbers.set(key, home);
    }
    this.#made.set(value, { home, at: outside ? this.#position : undefined });
  }

  #readBySlots(values: readonly ValueId[], slots: readonly number[], trips: number): void {
    for (const [index, value] of values.entries()) this.#readAsIs(value, slots[index], trips);
  }

  /** A read that nothing decides: the value has to be whole. */
  #readWhole(value: ValueId, trips: number): void {
    const rank = this.#ground.facts.tensor(value)?.shape.length ?? 0;
    this.#readAsIs(value, this.#variable(`whole ${rank}`, 'whole', rank, 0, []), trips);
  }

  #readAsIs(value: ValueId, reader: number, trips: number): void {
    this.#readAs(value, reader, -1, trips);
  }

  #readAs(value: ValueId, reader: number, operand: number, trips: number): void {
    for (const { value: root, path } of this.#cheap.rootsOf(value)) {
      const hideable = this.#region === 0 && this.#hideable.has(root);
      const number = this.#readNumber(reader, operand, path, trips, hideable);
      this.#lastReads.set(root, { read: number, at: this.#position });
      const reads = this.#readBy.get(root);
      if (reads === undefined) this.#readBy.set(root, [number]);
      else if (!reads.includes(number)) reads.push(number);
    }
  }

  /** The number of a way to read: a reader has few of them. */
  #readNumber(reader: number, operand: number, path: number, trips: number, hideable: boolean): number {
    this.#readsOf[reader] ??= [];
    const own = this.#readsOf[reader];
    const region = this.#region;
    for (const read of own) {
      if (read.operand === operand && read.path === path && read.trips === trips && read.region === region) {
        if (read.hideable === hideable) return read.number;
      }
    }
    const read = { number: this.#reads.length, reader, operand, path, trips, region, hideable };
    this.#reads.push(read);
    own.push(read);
    return read.number;
  }

  #values(): SkeletonValue[] {
    const groups = new Map<string, { home: number; type: TensorType; reads: readonly number[]; count: number }>();
    for (const [value, reads] of this.#readBy) {
      const made = this.#made.get(value);
      const type = this.#ground.facts.tensor(value);
      if (made === undefined || type === undefined) continue;
      reads.sort((a, b) => a - b);
      const key = `${made.home}:${reads}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { home: made.home, type, reads, count: 1 });
      else group.count++;
    }
    return [...groups.values()];
  }

  #lives(): ValueLife[] {
    const lives: ValueLife[] = [];
    for (const [value, { read: lastRead, at: readAt }] of this.#lastReads) {
      const made = this.#made.get(value);
      const type = this.#ground.facts.tensor(value);
      if (made?.at === undefined || type === undefined) continue;
      const bits = elementCount(type.shape) * elementBits(type.element);
      lives.push({ value, home: made.home, bits, madeAt: made.at, readAt, lastRead });
    }
    return lives;
  }

  #number(operation: Operation): number {
    return this.#ground.numbers.get(operation) ?? -1;
  }
}

function pinKey(pin: Layout | undefined): string {
  return pin === undefined ? '' : layoutKey(pin);
}
