import { aliasedResult, type Func, type Operation, type ValueId, walkOperations } from '../ir/index.ts';
import type { FactorRule } from './rules/rule.ts';

/**
 * A part of a dimension, by the product of the sizes before it and with it: of a dimension that merges (8, 32), the
 * first part is [1, 8) and the second [8, 256).
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is one and the same dimension all through a function, by value and dimension. */
export type DimensionClass = ReadonlyMap<ValueId, readonly (readonly Span[])[]>;

/** A factor of an operation that a class runs along. */
export interface TouchedFactor {
  readonly factor: number;
  /** True where the class is the major part of each dimension, so that a mesh axis can cut it there. */
  readonly major: boolean;
}

/** What an operation shares with its neighbours: the operations that make or read a value, and values like it. */
export interface ValueLinks {
  readonly operations: ReadonlyMap<ValueId, ReadonlySet<Operation>>;
  /** Values that are the same dimension by dimension: loop state, yields of branches, donated buffers. */
  readonly twins: ReadonlyMap<ValueId, readonly ValueId[]>;
}

/** The links of an inlined function, regions included. */
export function valueLinks(func: Func): ValueLinks {
  const operations = new Map<ValueId, Set<Operation>>();
  const twins = new Map<ValueId, ValueId[]>();
  const join = (a: ValueId, b: ValueId | undefined) => {
    if (b === undefined) return;
    twins.set(a, [...(twins.get(a) ?? []), b]);
    twins.set(b, [...(twins.get(b) ?? []), a]);
  };
  walkOperations(func.body, operation => {
    for (const value of [...operation.operands, ...operation.results]) {
      const known = operations.get(value);
      if (known === undefined) operations.set(value, new Set([operation]));
      else known.add(operation);
    }
    const loops = operation.name === 'stablehlo.while';
    if (!loops && operation.name !== 'stablehlo.case' && operation.name !== 'stablehlo.if') return;
    for (const [number, region] of operation.regions.entries()) {
      for (const [index, value] of region.arguments.entries()) join(value, operation.operands[index]);
      if (loops && number === 0) continue;
      for (const [index, value] of (region.operations.at(-1)?.operands ?? []).entries())
        join(value, operation.results[index]);
    }
  });
  const returned = func.body.operations.at(-1)?.operands ?? [];
  for (const argument of func.arguments) {
    const alias = aliasedResult(argument);
    if (alias >= 0) join(argument.value, returned[alias]);
  }
  return { operations, twins };
}

/** Follows one dimension of a value through a function, both ways, along the factors that may be cut. */
export function followDimension(
  func: Func,
  links: ValueLinks,
  rule: (operation: Operation) => FactorRule,
  from: ValueId,
  dimension: number,
): DimensionClass {
  const marks = new Map<ValueId, Span[][]>();
  const pending: ValueId[] = [];
  const mark = (value: ValueId, index: number, span: Span) => {
    const type = func.valueTypes[value];
    if (type.kind !== 'tensor' || type.shape[index] % span.end !== 0) return;
    const spans = marks.get(value) ?? type.shape.map(() => []);
    if (spans[index].some(known => known.start <= span.start && span.end <= known.end)) return;
    spans[index].push(span);
    marks.set(value, spans);
    pending.push(value);
  };
  const type = func.valueTypes[from];
  if (type.kind === 'tensor') mark(from, dimension, { start: 1, end: type.shape[dimension] });
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    const spans = marks.get(value) ?? [];
    for (const twin of links.twins.get(value) ?? []) {
      for (const [index, list] of spans.entries()) for (const span of list) mark(twin, index, span);
    }
    for (const operation of links.operations.get(value) ?? []) spread(rule(operation), operation, value, spans, mark);
  }
  return marks;
}

/** Follows dimensions of the arguments of a function, each when it is first asked for. */
export class DimensionFollower {
  readonly links: ValueLinks;
  readonly #func: Func;
  readonly #rule: (operation: Operation) => FactorRule;
  readonly #found = new Map<string, DimensionClass>();

  constructor(func: Func, rule: (operation: Operation) => FactorRule) {
    this.#func = func;
    this.#rule = rule;
    this.links = valueLinks(func);
  }

  /** See `followDimension`. */
  follow(argument: number, dimension: number): DimensionClass {
    const key = `${argument}.${dimension}`;
    const { value } = this.#func.arguments[argument];
    const found = this.#found.get(key) ?? followDimension(this.#func, this.links, this.#rule, value, dimension);
    this.#found.set(key, found);
    return found;
  }
}

/** Carries the spans of one value to the other dimensions of an operation that have the same factors. */
function spread(
  rule: FactorRule,
  operation: Operation,
  value: ValueId,
  spans: readonly (readonly Span[])[],
  mark: (value: ValueId, dimension: number, span: Span) => void,
): void {
  const slots = operation.operands.length + operation.results.length;
  for (let slot = 0; slot < slots; slot++) {
    if (valueAt(operation, slot) !== value) continue;
    const own = dimensionsAt(rule, operation, slot);
    for (let dimension = 0; dimension < spans.length; dimension++) {
      if (spans[dimension].length === 0) continue;
      for (const { factor, part } of partsOf(rule, own[dimension], spans[dimension])) {
        if (rule.factors[factor].kind === 'replicate') continue;
        for (let target = 0; target < slots; target++) {
          const dimensions = dimensionsAt(rule, operation, target);
          for (let index = 0; index < dimensions.length; index++) {
            const before = startOf(rule, dimensions[index], factor);
            if (before > 0)
              mark(valueAt(operation, target), index, { start: before * part.start, end: before * part.end });
          }
        }
      }
    }
  }
}

/** An operation's operands, then its results. */
function valueAt({ operands, results }: Operation, slot: number): ValueId {
  return slot < operands.length ? operands[slot] : results[slot - operands.length];
}

function dimensionsAt(rule: FactorRule, { operands }: Operation, slot: number): readonly (readonly number[])[] {
  return slot < operands.length ? rule.operands[slot] : rule.results[slot - operands.length];
}

/** The factors of an operation that a class runs along, those that cannot be cut as well. */
export function touchedFactors(rule: FactorRule, operation: Operation, marks: DimensionClass): TouchedFactor[] {
  const major = new Map<number, boolean>();
  const slots = operation.operands.length + operation.results.length;
  for (let slot = 0; slot < slots; slot++) {
    const marked = marks.get(valueAt(operation, slot));
    if (marked === undefined) continue;
    const dimensions = dimensionsAt(rule, operation, slot);
    for (let index = 0; index < marked.length; index++) {
      if (marked[index].length === 0) continue;
      for (const { factor, part } of partsOf(rule, dimensions[index], marked[index])) {
        const first = startOf(rule, dimensions[index], factor) * part.start === 1;
        major.set(factor, first && (major.get(factor) ?? true));
      }
    }
  }
  return [...major].map(([factor, first]) => ({ factor, major: first }));
}

/** The factors of a dimension that spans lie in, with the part of each; parts that no product bounds are left out. */
function partsOf(
  rule: FactorRule,
  factors: readonly number[],
  spans: readonly Span[],
): { factor: number; part: Span }[] {
  const parts: { factor: number; part: Span }[] = [];
  let before = 1;
  for (const factor of factors) {
    const after = before * rule.factors[factor].size;
    for (const span of spans) {
      const start = Math.max(before, span.start);
      const end = Math.min(after, span.end);
      if (start < end && start % before === 0 && end % start === 0)
        parts.push({ factor, part: { start: start / before, end: end / before } });
    }
    before = after;
  }
  return parts;
}

/** Product of the sizes before a factor in a dimension; 0 where the dimension does not have it. */
function startOf(rule: FactorRule, factors: readonly number[], wanted: number): number {
  let before = 1;
  for (const factor of factors) {
    if (factor === wanted) return before;
    before *= rule.factors[factor].size;
  }
  return 0;
}
