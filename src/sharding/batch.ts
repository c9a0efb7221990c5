import {
  aliasedResult,
  type Block,
  equalTypes,
  type Func,
  type Operation,
  operationCounter,
  tripCount,
  type ValueId,
  type Work,
} from '../ir/index.ts';
import { type DimensionClass, DimensionFollower, touchedFactors, type ValueLinks } from './dimension-flow.ts';
import { type ValueFacts, valueFacts } from './value-facts.ts';

/** A dimension of an argument, by position. */
export interface ArgumentDimension {
  readonly argument: number;
  readonly dimension: number;
}

/** The batch of a program: the dimensions of its data that are one and the same, and can be cut alike. */
export interface Batch {
  readonly dimensions: readonly ArgumentDimension[];
  readonly size: number;
  /** Share of all FLOPs, from 0 to 1, in operations that can be cut along it. */
  readonly flopsShare: number;
  /** Share of the donated results, from 0 to 1, that come from sums over it; 1 where nothing is donated. */
  readonly reducedShare: number;
}

/** An operation with arithmetic, and its FLOPs in one execution of the function. */
interface WeighedOperation {
  readonly operation: Operation;
  readonly flops: number;
}

/**
 * Finds the batch of an inlined function from the factor rules alone; undefined where there is none. Each dimension of
 * an argument that is no state is followed through the function. The batch never becomes a dimension of the state,
 * most of the state is updated by sums over it, and it is what cuts the most FLOPs: of operations that have it once,
 * need no neighbours' edges and can be cut along it. So a sequence, which meets itself in attention, loses to it, and
 * so does the height of an image. Where several cut as much, the first one wins. `facts` and `follower` are those of the
 * function, where they are there already.
 */
export function findBatch(
  func: Func,
  facts: ValueFacts = valueFacts(func),
  follower: DimensionFollower = new DimensionFollower(func, facts.rule),
): Batch | undefined {
  const weighed = [...weighOperations(func, operationCounter(func), func.body, 1)];
  const state = stateArguments(func);
  const stateValues = [...state].map(index => func.arguments[index].value);
  const taken = new Set<string>();
  let best: Batch | undefined;
  for (const [argument, { value }] of func.arguments.entries()) {
    const type = func.valueTypes[value];
    if (state.has(argument) || type.kind !== 'tensor') continue;
    for (const [dimension, size] of type.shape.entries()) {
      if (size < 2 || taken.has(`${argument}.${dimension}`)) continue;
      const marks = follower.follow(argument, dimension);
      const dimensions = wholeDimensions(func, marks);
      for (const found of dimensions) taken.add(`${found.argument}.${found.dimension}`);
      if (stateValues.some(own => marks.has(own))) continue;
      const flopsShare = cutShare(facts, weighed, marks);
      if (flopsShare <= (best?.flopsShare ?? 0)) continue;
      const reducedShare = shareOfReduced(func, facts, follower.links, marks);
      if (reducedShare >= 0.5) best = { dimensions, size, flopsShare, reducedShare };
    }
  }
  return best;
}

/**
 * The arguments that a step updates, by position: those that are donated. Where none is, those of a float type that
 * some result has as well.
 */
export function stateArguments(func: Func): ReadonlySet<number> {
  const positions = [...func.arguments.keys()];
  const donated = positions.filter(index => {
    const argument = func.arguments[index];
    return aliasedResult(argument) >= 0 || argument.attributes['jax.buffer_donor'] !== undefined;
  });
  if (donated.length > 0) return new Set(donated);
  return new Set(
    positions.filter(index => {
      const type = func.valueTypes[func.arguments[index].value];
      const likeResult = func.results.some(result => equalTypes(result.type, type));
      return likeResult && type.kind === 'tensor' && type.shape.length > 0 && /^b?f\d/.test(type.element);
    }),
  );
}

/** The dimensions of arguments of which the class is the major part. */
function wholeDimensions(func: Func, marks: DimensionClass): ArgumentDimension[] {
  return func.arguments.flatMap(({ value }, argument) =>
    (marks.get(value) ?? []).flatMap((spans, dimension) =>
      spans.some(span => span.start === 1) ? [{ argument, dimension }] : [],
    ),
  );
}

const controlNames: ReadonlySet<string> = new Set(['stablehlo.while', 'stablehlo.case', 'stablehlo.if']);

function* weighOperations(
  func: Func,
  count: (operation: Operation) => Work,
  block: Block,
  trips: number,
): Generator<WeighedOperation> {
  for (const operation of block.operations) {
    if (controlNames.has(operation.name)) {
      const inner = trips * (tripCount(func, operation) ?? 1);
      for (const region of operation.regions) yield* weighOperations(func, count, region, inner);
      continue;
    }
    const flops = count(operation).flops * trips;
    if (flops > 0) yield { operation, flops };
  }
}

/** Share of the FLOPs in operations that can be cut along the class: one factor, major, without edges to exchange. */
function cutShare(facts: ValueFacts, weighed: readonly WeighedOperation[], marks: DimensionClass): number {
  let cut = 0;
  let all = 0;
  for (const { operation, flops } of weighed) {
    all += flops;
    if (!operation.operands.some(value => marks.has(value)) && !operation.results.some(value => marks.has(value)))
      continue;
    const rule = facts.rule(operation);
    const [touched, ...others] = touchedFactors(rule, operation, marks);
    if (touched === undefined || others.length > 0 || !touched.major) continue;
    const { kind } = rule.factors[touched.factor];
    if (kind === 'passthrough' || kind === 'reduction') cut += flops;
  }
  return all === 0 ? 0 : cut / all;
}

/** Share of the donated results that depend on a reduction over the class. */
function shareOfReduced(func: Func, facts: ValueFacts, links: ValueLinks, marks: DimensionClass): number {
  const returned = func.body.operations.at(-1)?.operands ?? [];
  const donated = func.arguments.flatMap(argument => {
    const alias = aliasedResult(argument);
    const type = func.valueTypes[argument.value];
    return alias >= 0 && type.kind === 'tensor' && type.shape.length > 0 ? [returned[alias]] : [];
  });
  if (donated.length === 0) return 1;
  const reached = new Set<ValueId>();
  const pending: ValueId[] = [];
  const reach = (values: readonly ValueId[]) => {
    for (const value of values) {
      if (reached.has(value)) continue;
      reached.add(value);
      pending.push(value);
    }
  };
  const isReduction = (operation: Operation): boolean => {
    const rule = facts.rule(operation);
    return touchedFactors(rule, operation, marks).some(({ factor }) => rule.factors[factor].kind === 'reduction');
  };
  for (const value of marks.keys()) {
    for (const operation of links.operations.get(value) ?? [])
      if (operation.operands.includes(value) && isReduction(operation)) reach(operation.results);
  }
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    reach(links.twins.get(value) ?? []);
    for (const operation of links.operations.get(value) ?? [])
      if (operation.operands.includes(value)) reach(operation.results);
  }
  return donated.filter(value => reached.has(value)).length / donated.length;
}
