import {
  type Block,
  elementBits,
  elementCount,
  type Operation,
  type TensorType,
  type ValueId,
} from '../../ir/index.ts';
import { claimsOf, type Layout, wholeLayout } from '../../sharding/index.ts';
import type { OperationChoice } from '../assignment.ts';
import type { Fold } from '../fold-types.ts';
import { type MeshProblem, operationRole } from '../problem-mesh.ts';
import { Prices } from '../recost-prices.ts';
import { type ChoiceRules, partialValues } from '../space.ts';
import { decidingOperations } from '../space-size.ts';
import { CheapReads } from './cheap-reads.ts';
import { ChoiceCatalog } from './choice-catalog.ts';
import { LayoutIds } from './layout-ids.ts';
import type { SearchModel, SearchRead, SearchValue, SearchVariable } from './model.ts';
import { impossibleSeconds, MovePrices } from './move-prices.ts';

/** A model with what its numbers mean. */
export interface BuiltModel {
  readonly model: SearchModel;
  readonly layouts: LayoutIds;
  readonly moves: MovePrices;
  /** The variable of each operation that has one of its own, by number; -1 elsewhere. */
  readonly operationVariables: Int32Array;
  /** For loops, branches and barriers the variables of their carried values, by number of the operation. */
  readonly slotVariables: ReadonlyMap<number, readonly number[]>;
  readonly argumentVariables: readonly number[];
  /** The variable of each result; that of the argument where it takes the argument's buffer. */
  readonly resultVariables: readonly number[];
  readonly choices: { readonly counted: number; readonly kept: number };
  /** Every value outside of regions that some operation reads, one by one. */
  readonly lives: readonly ValueLife[];
}

/** When a value is there, and what decides how many bytes it takes. Times are positions in the function's body. */
export interface ValueLife {
  readonly value: ValueId;
  readonly producer: number;
  readonly homes: Int32Array;
  readonly home: number;
  readonly bits: number;
  readonly madeAt: number;
  readonly readAt: number;
  /** Who reads it last. */
  readonly lastRead: SearchRead;
}

/** Builds the model of a problem on a mesh. Operations that the fold puts into one class are decided as one. */
export function buildModel(ground: MeshProblem, fold: Fold, rules: ChoiceRules): BuiltModel {
  return new ModelBuilder(ground, fold, rules).build();
}

/** A value's producer, and its home by the producer's state. */
interface Home {
  readonly number: number;
  readonly variable: number;
  readonly layouts: Int32Array;
  /** Position in the function's body; -1 for arguments, undefined inside regions. */
  readonly madeAt: number | undefined;
}

interface DraftVariable extends Omit<SearchVariable, 'seconds'> {
  /** Seconds of one member in one run, by state. */
  readonly own: Float64Array;
  members: number;
}

class ModelBuilder {
  readonly #ground: MeshProblem;
  readonly #fold: Fold;
  readonly #layouts: LayoutIds;
  readonly #moves: MovePrices;
  readonly #prices: Prices;
  readonly #cheap: CheapReads;
  readonly #catalog: ChoiceCatalog;
  readonly #deciding: ReadonlySet<Operation>;
  readonly #variables: DraftVariable[] = [];
  readonly #variableOf = new Map<string, number>();
  readonly #homes = new Map<ValueId, Home>();
  readonly #reads = new Map<ValueId, SearchRead[]>();
  readonly #mapNumbers = new Map<string, SearchRead>();
  readonly #homeMaps = new Map<string, Pick<Home, 'number' | 'layouts'>>();
  readonly #operationVariables: Int32Array;
  readonly #slotVariables = new Map<number, readonly number[]>();
  /** For each value that is read: by whom last, and where. */
  readonly #lastReads = new Map<ValueId, { readonly read: SearchRead; readonly at: number }>();
  /** The region that is visited, 0 outside of all, and where it is in the function's body. */
  #region = 0;
  #regions = 1;
  #position = -1;

  constructor(ground: MeshProblem, fold: Fold, rules: ChoiceRules) {
    this.#ground = ground;
    this.#fold = fold;
    this.#layouts = new LayoutIds(ground.grid);
    this.#moves = new MovePrices(ground, this.#layouts);
    this.#prices = new Prices(ground);
    this.#cheap = new CheapReads(ground);
    this.#catalog = new ChoiceCatalog(ground, rules, classPartials(ground, fold));
    this.#deciding = new Set(decidingOperations(ground, ground.operations));
    this.#operationVariables = new Int32Array(ground.operations.length).fill(-1);
  }

  build(): BuiltModel {
    const { func, pinned, donors } = this.#ground;
    const argumentVariables = func.arguments.map(({ value }, index) => {
      const pin = pinned.arguments[index];
      const variable = this.#layoutVariable(
        'argument',
        index,
        0,
        `argument ${this.#fold.argumentClassOf[index]} ${this.#pinKey(pin)}`,
        pin === undefined ? this.#catalog.layoutsOf(value) : [pin],
      );
      this.#place(value, variable, 0);
      return variable;
    });
    const end = this.#visitBlock(func.body);
    const resultVariables = end.operands.map((value, index) => {
      const donor = donors[index];
      const pin = pinned.results[index];
      const variable =
        donor >= 0
          ? argumentVariables[donor]
          : this.#layoutVariable(
              'result',
              index,
              0,
              `result ${index}`,
              pin === undefined ? this.#catalog.layoutsOf(value) : [pin],
            );
      this.#readBySlot(value, variable, 1);
      return variable;
    });
    return {
      model: { variables: this.#variables.map(finish), values: this.#values() },
      layouts: this.#layouts,
      moves: this.#moves,
      operationVariables: this.#operationVariables,
      slotVariables: this.#slotVariables,
      argumentVariables,
      resultVariables,
      choices: { counted: this.#catalog.counted, kept: this.#catalog.kept },
      lives: this.#lives(),
    };
  }

  /** Visits all operations but the terminator, which is returned. */
  #visitBlock(block: Block): Operation {
    const last = block.operations.at(-1);
    if (last === undefined) throw new Error('internal: an empty block');
    for (const operation of block.operations.slice(0, -1)) {
      if (this.#region === 0) this.#position++;
      this.#visit(operation);
    }
    if (this.#region === 0) this.#position++;
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
    const number = this.#number(operation);
    const variable = this.#operationVariable(operation, number);
    this.#operationVariables[number] = variable;
    const { choices } = this.#variables[variable];
    for (const [index, value] of operation.operands.entries()) {
      for (const { value: root, path } of this.#cheap.rootsOf(value)) {
        const key = `${variable}:${index}:${path}:${this.#ground.trips[number]}:${this.#region}`;
        this.#addRead(
          root,
          this.#read(key, variable, number, () =>
            choices.map(({ operands }) => this.#layouts.idOf(this.#cheap.layoutAt(path, operands[index]))),
          ),
        );
      }
    }
    for (const [index, value] of operation.results.entries()) this.#place(value, variable, index);
  }

  /** Carried values keep one layout: outside, in the condition and in the body. */
  #visitLoop(operation: Operation): void {
    const number = this.#number(operation);
    const slots = this.#slots(operation, number, index => [
      operation.results[index],
      ...operation.regions.flatMap(region => region.arguments[index] ?? []),
    ]);
    for (const [index, value] of operation.operands.entries())
      this.#readBySlot(value, slots[index], this.#ground.trips[number]);
    for (const [which, region] of operation.regions.entries()) {
      for (const [index, value] of region.arguments.entries()) this.#place(value, slots[index], 0);
      this.#visitRegion(region, which === 0 ? undefined : slots);
    }
    for (const [index, value] of operation.results.entries()) this.#place(value, slots[index], 0);
  }

  #visitBranches(operation: Operation): void {
    const number = this.#number(operation);
    const slots = this.#slots(operation, number, index => [operation.results[index]]);
    this.#readWhole(operation.operands[0], this.#ground.trips[number]);
    for (const region of operation.regions) this.#visitRegion(region, slots);
    for (const [index, value] of operation.results.entries()) this.#place(value, slots[index], 0);
  }

  /** Visits a region whose terminator is read by slots, or whole where there are none: a condition. */
  #visitRegion(region: Block, slots: readonly number[] | undefined): void {
    const outer = this.#region;
    this.#region = this.#regions++;
    const end = this.#visitBlock(region);
    const trips = this.#ground.trips[this.#number(end)];
    for (const [index, value] of end.operands.entries()) {
      if (slots === undefined) this.#readWhole(value, trips);
      else this.#readBySlot(value, slots[index], trips);
    }
    this.#region = outer;
  }

  #visitFollower(operation: Operation): void {
    const number = this.#number(operation);
    const slots = this.#slots(operation, number, index => [operation.results[index]]);
    for (const [index, value] of operation.operands.entries())
      this.#readBySlot(value, slots[index], this.#ground.trips[number]);
    for (const [index, value] of operation.results.entries()) this.#place(value, slots[index], 0);
  }

  /** A variable for each carried value; `valuesOf` are all values that lie as it does. */
  #slots(operation: Operation, number: number, valuesOf: (index: number) => readonly ValueId[]): readonly number[] {
    const found = operation.results.map((value, index) => {
      const pin = valuesOf(index)
        .map(own => this.#ground.pinned.values.get(own))
        .find(own => own !== undefined);
      const key = `slot ${this.#fold.classOf[number]} ${index} ${this.#pinKey(pin)}`;
      return this.#layoutVariable(
        'slot',
        number,
        index,
        key,
        pin === undefined ? this.#catalog.layoutsOf(value) : [pin],
      );
    });
    this.#slotVariables.set(number, found);
    return found;
  }

  #layoutVariable(
    kind: 'slot' | 'argument' | 'result',
    subject: number,
    slot: number,
    key: string,
    layouts: readonly Layout[],
  ): number {
    return this.#variable(key, () => ({
      kind,
      subject,
      slot,
      choices: [],
      layouts,
      own: new Float64Array(layouts.length),
      members: 0,
    }));
  }

  #operationVariable(operation: Operation, number: number): number {
    const { pinned, trips } = this.#ground;
    const pins = operation.results.map(value => this.#pinKey(pinned.values.get(value))).join(' ');
    const key = `operation ${this.#fold.classOf[number]} ${trips[number]} ${pins}`;
    return this.#variable(key, () => {
      const choices = this.#catalog.choicesOf(operation);
      if (choices.length === 0) throw new Error(`internal: ${operation.name} has no choice`);
      const own = Float64Array.from(choices, choice => this.#ownSeconds(operation, number, choice));
      return { kind: 'operation', subject: number, slot: 0, choices, layouts: [], own, members: 0 };
    });
  }

  /** Seconds of one member: its work, collectives inside it, and bringing its results home. */
  #ownSeconds(operation: Operation, number: number, choice: OperationChoice): number {
    let seconds = this.#prices.operation(operation, choice);
    for (const [index, value] of operation.results.entries()) {
      const type = this.#ground.facts.tensor(value);
      if (type === undefined || choice.finals[index] === choice.results[index]) continue;
      const [from, to] = [this.#layouts.idOf(choice.results[index]), this.#layouts.idOf(choice.finals[index])];
      seconds += this.#ground.trips[number] * this.#moves.seconds(type, from, to);
    }
    for (const [index, value] of operation.operands.entries()) {
      if (choice.operands[index].partial.length > 0 && this.#ground.facts.cheap.has(value))
        seconds += impossibleSeconds;
    }
    return seconds;
  }

  #variable(key: string, make: () => DraftVariable): number {
    const known = this.#variableOf.get(key);
    const variable = known ?? this.#variables.push(make()) - 1;
    this.#variableOf.set(key, variable);
    this.#variables[variable].members++;
    return variable;
  }

  #place(value: ValueId, variable: number, result: number): void {
    if (this.#ground.facts.tensor(value) === undefined) return;
    const key = `${variable}:${result}`;
    let map = this.#homeMaps.get(key);
    if (map === undefined) {
      const { choices, layouts: own } = this.#variables[variable];
      const homes = own.length > 0 ? own : choices.map(({ finals }) => finals[result]);
      const layouts = Int32Array.from(homes, layout => this.#layouts.idOf(layout));
      map = { number: this.#homeMaps.size, layouts };
      this.#homeMaps.set(key, map);
    }
    this.#homes.set(value, { variable, ...map, madeAt: this.#region === 0 ? this.#position : undefined });
  }

  #readBySlot(value: ValueId, variable: number, trips: number): void {
    for (const { value: root, path } of this.#cheap.rootsOf(value)) {
      const key = `${variable}:slot:${path}:${trips}:${this.#region}`;
      const { layouts } = this.#variables[variable];
      this.#addRead(
        root,
        this.#readWith(key, variable, trips, () =>
          layouts.map(layout => this.#layouts.idOf(this.#cheap.layoutAt(path, layout))),
        ),
      );
    }
  }

  /** A read that nothing decides: the value has to be whole. */
  #readWhole(value: ValueId, trips: number): void {
    const rank = this.#ground.facts.tensor(value)?.shape.length ?? 0;
    const variable = this.#layoutVariable('slot', -1, 0, `whole ${rank}`, [wholeLayout(rank)]);
    this.#readBySlot(value, variable, trips);
  }

  #read(key: string, variable: number, number: number, layouts: () => readonly number[]): SearchRead {
    return this.#readWith(key, variable, this.#ground.trips[number], layouts);
  }

  #readWith(key: string, reader: number, trips: number, layouts: () => readonly number[]): SearchRead {
    const known = this.#mapNumbers.get(key);
    if (known !== undefined) return known;
    const found = Int32Array.from(layouts());
    const content = `${reader}:${trips}:${this.#region}:${found.join()}`;
    const same = this.#mapNumbers.get(content);
    const read = same ?? { reader, layouts: found, trips, region: this.#region, map: this.#mapNumbers.size };
    this.#mapNumbers.set(key, read);
    this.#mapNumbers.set(content, read);
    return read;
  }

  #addRead(value: ValueId, read: SearchRead): void {
    const reads = this.#reads.get(value);
    this.#lastReads.set(value, { read, at: this.#position });
    if (reads === undefined) this.#reads.set(value, [read]);
    else if (!reads.includes(read)) reads.push(read);
  }

  /** Values with the same home and the same reads, counted. */
  #values(): SearchValue[] {
    const groups = new Map<string, { home: Home; type: TensorType; reads: readonly SearchRead[]; count: number }>();
    for (const [value, reads] of this.#reads) {
      const home = this.#homes.get(value);
      const type = this.#ground.facts.tensor(value);
      if (home === undefined || type === undefined) continue;
      reads.sort((a, b) => a.map - b.map);
      const key = `${home.number}:${reads.map(({ map }) => map).join()}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { home, type, reads, count: 1 });
      else group.count++;
    }
    return [...groups.values()].map(({ home, type, reads, count }) => ({
      producer: home.variable,
      homes: home.layouts,
      home: home.number,
      type,
      count,
      reads,
    }));
  }

  #lives(): ValueLife[] {
    const lives: ValueLife[] = [];
    for (const [value, { read, at }] of this.#lastReads) {
      const home = this.#homes.get(value);
      const type = this.#ground.facts.tensor(value);
      if (home?.madeAt === undefined || type === undefined) continue;
      const bits = elementCount(type.shape) * elementBits(type.element);
      const { variable: producer, layouts: homes, number, madeAt } = home;
      lives.push({ value, producer, homes, home: number, bits, madeAt, readAt: at, lastRead: read });
    }
    return lives;
  }

  #pinKey(pin: Layout | undefined): string {
    return pin === undefined ? '' : `${this.#layouts.idOf(pin)}`;
  }

  #number(operation: Operation): number {
    return this.#ground.numbers.get(operation) ?? -1;
  }
}

function finish({ own, members, ...variable }: DraftVariable): SearchVariable {
  return { ...variable, seconds: own.map(seconds => seconds * members) };
}

/** The values that can be partial sums, closed under classes: where one member's operand can be, all members' can. */
function classPartials(ground: MeshProblem, fold: Fold): ReadonlySet<ValueId> {
  const partial = new Set(partialValues(ground));
  for (const [number, operation] of ground.operations.entries()) {
    const first = ground.operations[fold.representatives[fold.classOf[number]]];
    for (const [index, value] of operation.operands.entries())
      if (partial.has(value)) partial.add(first.operands[index]);
  }
  return partial;
}

/** The strategy by which a barrier hands its operands on: each pair of tensors by its own factors. */
export function pairwiseStrategy(ground: MeshProblem, operation: Operation, layouts: readonly Layout[]): number[][] {
  const rule = ground.facts.rule(operation);
  const strategy: number[][] = rule.factors.map(() => []);
  for (const [index, { dimensions }] of layouts.entries()) {
    for (const { atom, factor } of claimsOf(ground.grid, rule, rule.operands[index], dimensions))
      strategy[factor].push(atom);
  }
  return strategy;
}
