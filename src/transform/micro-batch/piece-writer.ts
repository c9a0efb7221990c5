import {
  attributeOf,
  type Block,
  type Func,
  integerAttribute,
  type Operation,
  type TensorType,
  type Type,
  type ValueId,
} from '../../ir/index.ts';
import type { ValueFacts } from '../../sharding/index.ts';
import { FunctionDraft } from '../function-draft.ts';
import type { Classification } from './classify.ts';
import { pieceAttributes, pieceType } from './local-operation.ts';

/** A block that is being written: level 0 is the function, level 1 the loop over pieces, then loops inside. */
interface Scope {
  /** What it is written from; undefined for the loop over pieces, which is new. */
  readonly block: Block | undefined;
  readonly operations: Operation[];
  readonly names: Map<ValueId, ValueId>;
  /** Parts of values that are the same for all pieces, by value and dimension. */
  readonly parts: Map<string, ValueId>;
}

/** What a piece is: one of `count`, each with every `count`th example of a batch. */
export interface Pieces {
  readonly batchSize: number;
  readonly count: number;
}

/**
 * Writes a function that works on pieces. Values that are the same for all pieces are written where they are first
 * needed, so that what only the optimizer reads comes after the loop. What costs nothing to make is made inside, of the
 * size that is needed there.
 *
 * Example b of a batch is row b / count of piece b % count: so a batch that a mesh axis cuts gives pieces that it cuts
 * alike, and no device needs the data of another.
 */
export class PieceWriter {
  readonly draft: FunctionDraft;
  readonly #func: Func;
  readonly #facts: ValueFacts;
  readonly #classes: Classification;
  readonly #pieces: Pieces;
  readonly #scopes: Scope[] = [];
  readonly #homes = new Map<ValueId, Block>();
  /** The number of the piece; known inside of the loop. */
  #index: ValueId = -1;

  constructor(func: Func, facts: ValueFacts, classes: Classification, pieces: Pieces) {
    this.#func = func;
    this.#facts = facts;
    this.#classes = classes;
    this.#pieces = pieces;
    this.draft = new FunctionDraft(func);
    const visit = (block: Block): void => {
      for (const argument of block.arguments) this.#homes.set(argument, block);
      for (const { results, regions } of block.operations) {
        for (const result of results) this.#homes.set(result, block);
        for (const region of regions) visit(region);
      }
    };
    visit(func.body);
  }

  open(block?: Block): void {
    this.#scopes.push({ block, operations: [], names: new Map(), parts: new Map() });
  }

  /** Ends the innermost block; returns what was written into it. */
  close(): readonly Operation[] {
    return this.#scopes.pop()?.operations ?? [];
  }

  setIndex(index: ValueId): void {
    this.#index = index;
  }

  /** Says what a value is called in the innermost block. */
  name(value: ValueId, fresh: ValueId): void {
    this.#innermost.names.set(value, fresh);
  }

  append(operation: Operation): void {
    this.#innermost.operations.push(operation);
  }

  /** Appends a new operation with one result to the innermost block, and returns the result. */
  emit(name: string, operands: readonly ValueId[], type: Type, attributes = {}, scope?: string): ValueId {
    return this.#emitAt(this.#scopes.length - 1, name, operands, type, attributes, scope);
  }

  constant(type: TensorType, text: string): ValueId {
    return this.emit('stablehlo.constant', [], type, { value: attributeOf.dense(type, text) });
  }

  tensor(value: ValueId): TensorType {
    const type = this.#facts.tensor(value);
    if (type === undefined) throw new Error(`internal: value ${value} is no tensor`);
    return type;
  }

  /** The type that a value has inside of the loop. */
  localType(value: ValueId): Type {
    const own = this.#classes.kinds[value];
    const type = this.#func.valueTypes[value];
    if (own?.kind !== 'cut' || type.kind !== 'tensor') return type;
    return pieceType(type, own.dimension, this.#pieces.count);
  }

  /** What a value is called here; one that is the same for all pieces is written now if it was not yet. */
  demand(value: ValueId): ValueId {
    return this.#demandAt(value, this.#scopes.length - 1);
  }

  /** The piece's part of a value that is the same for all pieces. */
  part(value: ValueId, dimension: number): ValueId {
    return this.#partAt(value, dimension, this.#scopes.length - 1);
  }

  /**
   * The shape of a value with its batch in two dimensions, rows and pieces, and the number of the second one:
   * [b * r, d] is [rows, count, r, d], without r where it is 1.
   */
  spread(type: TensorType, dimension: number): { readonly type: TensorType; readonly pieces: number } {
    const { batchSize, count } = this.#pieces;
    const rest = type.shape[dimension] / batchSize;
    const middle = rest === 1 ? [batchSize / count, count] : [batchSize / count, count, rest];
    const shape = [...type.shape.slice(0, dimension), ...middle, ...type.shape.slice(dimension + 1)];
    return { type: { ...type, shape }, pieces: dimension + 1 };
  }

  /** Where a piece starts in a spread value: zeros, and its number. */
  starts(rank: number, pieces: number): readonly ValueId[] {
    return this.#startsAt(this.#scopes.length - 1, rank, pieces);
  }

  get #innermost(): Scope {
    const scope = this.#scopes.at(-1);
    if (scope === undefined) throw new Error('internal: no block is open');
    return scope;
  }

  #emitAt(
    level: number,
    name: string,
    operands: readonly ValueId[],
    type: Type,
    attributes = {},
    scope?: string,
  ): ValueId {
    const { operation, result } = this.draft.make(name, operands, type, attributes, scope);
    this.#scopes[level].operations.push(operation);
    return result;
  }

  #demandAt(value: ValueId, level: number): ValueId {
    const alias = this.#classes.aliases.get(value);
    if (alias !== undefined) return this.#demandAt(alias, level);
    for (let own = level; own >= 0; own--) {
      const known = this.#scopes[own].names.get(value);
      if (known !== undefined) return known;
    }
    const operation = this.#facts.definitions.get(value);
    const kind = this.#classes.kinds[value]?.kind;
    // What comes after the loop is copied in its order; it can only be asked for once it is there.
    if (operation === undefined || kind !== 'whole')
      throw new Error(`internal: value ${value} (${kind}) is read before it is made`);
    const home = this.#levelOf(value);
    const isRemade = this.#facts.cheap.has(value) && isSmallText(operation);
    const target = Math.min(level, isRemade ? Math.max(home, 1) : home);
    const { operations, names } = this.#scopes[target];
    const copy = this.draft.copy(operation, inner => this.#demandAt(inner, target), names);
    operations.push(copy);
    return copy.results[operation.results.indexOf(value)];
  }

  /** The block in which a value is written: that in which it was made, or the loop over pieces. */
  #levelOf(value: ValueId): number {
    const home = this.#homes.get(value);
    const level = this.#scopes.findIndex(({ block }) => block !== undefined && block === home);
    return Math.max(level, this.#classes.inner.has(value) ? 1 : 0);
  }

  #partAt(value: ValueId, dimension: number, level: number): ValueId {
    const alias = this.#classes.aliases.get(value);
    if (alias !== undefined) return this.#partAt(alias, dimension, level);
    const home = Math.max(1, this.#levelOf(value));
    const key = `${value}:${dimension}`;
    const known = this.#scopes[home].parts.get(key);
    if (known !== undefined) return known;
    const part = this.#smallCopy(value, dimension, home) ?? this.#sliced(value, dimension, home);
    this.#scopes[home].parts.set(key, part);
    return part;
  }

  /** A constant, a counter, a broadcast or what is made of such, of the size of a piece. */
  #smallCopy(value: ValueId, dimension: number, level: number): ValueId | undefined {
    const operation = this.#facts.definitions.get(value);
    if (operation === undefined || !this.#facts.cheap.has(value)) return undefined;
    const type = pieceType(this.tensor(value), dimension, this.#pieces.count);
    const { name, scope } = operation;
    if (name === 'stablehlo.constant') {
      const dense = operation.attributes.value;
      if (dense?.kind !== 'dense' || dense.form !== 'splat') return undefined;
      return this.#emitAt(level, name, [], type, { ...operation.attributes, value: { ...dense, type } }, scope);
    }
    if (name === 'stablehlo.iota') {
      if (integerAttribute(operation, 'iota_dimension') === dimension) return undefined;
      return this.#emitAt(level, name, [], type, operation.attributes, scope);
    }
    const rule = this.#facts.rule(operation);
    const factor = rule.results[0]?.[dimension]?.[0];
    if (factor === undefined || rule.factors[factor].size % this.#pieces.batchSize !== 0) return undefined;
    const places = rule.operands.map(dimensions => dimensions.findIndex(factors => factors.includes(factor)));
    if (places.some((place, index) => place >= 0 && rule.operands[index][place][0] !== factor)) return undefined;
    const operands = operation.operands.map((operand, index) =>
      places[index] < 0 ? this.#demandAt(operand, level) : this.#partAt(operand, places[index], level),
    );
    return this.#emitAt(level, name, operands, type, operation.attributes, scope);
  }

  /** A piece cut out of the whole value: spread outside of the loop where it can be, sliced by the piece's number. */
  #sliced(value: ValueId, dimension: number, level: number): ValueId {
    const type = this.tensor(value);
    const { type: spread, pieces } = this.spread(type, dimension);
    const home = this.#levelOf(value);
    const source = this.#demandAt(value, home);
    const whole = this.#emitAt(home, 'stablehlo.reshape', [source], spread);
    const sizes = spread.shape.map((size, index) => (index === pieces ? 1 : size));
    const starts = this.#startsAt(level, spread.shape.length, pieces);
    const attributes = { slice_sizes: attributeOf.integers(sizes) };
    const slice = { ...spread, shape: sizes };
    const one = this.#emitAt(level, 'stablehlo.dynamic_slice', [whole, ...starts], slice, attributes);
    return this.#emitAt(level, 'stablehlo.reshape', [one], pieceType(type, dimension, this.#pieces.count));
  }

  #startsAt(level: number, rank: number, pieces: number): readonly ValueId[] {
    const { parts } = this.#scopes[level];
    const scalar: TensorType = { kind: 'tensor', shape: [], element: 'i32' };
    const zero =
      parts.get('zero') ??
      this.#emitAt(level, 'stablehlo.constant', [], scalar, { value: attributeOf.dense(scalar, '0') });
    parts.set('zero', zero);
    return Array.from({ length: rank }, (_, index) => (index === pieces ? this.#index : zero));
  }

  /** An operation on pieces, or on sums of them, appended to the innermost block. */
  operation(operation: Operation): void {
    const parts = this.#classes.parts.get(operation);
    const operands = operation.operands.map((operand, index) => {
      const dimension = parts?.get(index);
      return dimension === undefined ? this.demand(operand) : this.part(operand, dimension);
    });
    const names = this.#innermost.names;
    const regions = operation.regions.map((region): Block => {
      const wrapper: Operation = { ...operation, operands: [], results: [], regions: [region] };
      return this.draft.copy(wrapper, value => this.demand(value), names).regions[0];
    });
    const results = operation.results.map(result => {
      const fresh = this.draft.value(this.localType(result));
      this.name(result, fresh);
      return fresh;
    });
    this.append({
      ...operation,
      operands,
      results,
      regions,
      attributes: this.#attributes(operation, operands, results),
    });
  }

  #attributes(operation: Operation, operands: readonly ValueId[], results: readonly ValueId[]) {
    const [operand] = operation.operands;
    const [whole, piece] = [this.#func.valueTypes[operand], this.draft.types[operands[0]]];
    const result = this.draft.types[results[0]];
    if (whole?.kind !== 'tensor' || piece?.kind !== 'tensor' || result?.kind !== 'tensor') return operation.attributes;
    return pieceAttributes(operation, { whole, piece }, result);
  }
}

/** False for constants with many elements, which are written once. */
function isSmallText({ name, attributes }: Operation): boolean {
  const { value } = attributes;
  return name !== 'stablehlo.constant' || (value?.kind === 'dense' && value.form === 'splat');
}
