import type { EvaluationContext, Tensor } from '../../../src/eval/index.ts';
import { evaluateOperation, tensor, zeros } from '../../../src/eval/index.ts';
import type { TensorType } from '../../../src/ir/index.ts';
import { createFunctionBuilder, integerAttribute, programOf, tensorType } from '../../../src/ir/index.ts';
import type { Factor } from '../../../src/sharding/index.ts';
import {
  type Cut,
  type Device,
  devicesOf,
  type Places,
  placesOf,
  putPlaces,
  range,
  setAll,
  takePlaces,
} from './factor-cut.ts';
import { localContext } from './local-context.ts';
import { clearMissedSlices, missesUpdates, shiftIndices } from './local-indices.ts';
import { type Holding, localOperation, type RuledOperation, verifyLocal } from './local-operation.ts';

type Combiner = NonNullable<Factor['combiner']>;

/**
 * Evaluates an operation piece by piece and joins the pieces as its rule says: pieces of results stand side by side,
 * reductions are merged by their combiner. Throws when devices that should hold the same piece do not.
 */
export function evaluateCut(
  ruled: RuledOperation,
  operands: readonly Tensor[],
  cut: Cut,
  context: EvaluationContext,
): Tensor[] {
  const runs = devicesOf(cut).map(device => {
    const holding = holdingOf(ruled, cut, device);
    return { holding, results: evaluatePiece(ruled, operands, holding, context) };
  });
  return ruled.resultTypes.map((type, index) => {
    const pieces = runs.map(({ holding, results }) => ({ ...holding, piece: results[index] }));
    return joinResult(ruled, index, type, pieces);
  });
}

function holdingOf({ rule, operandTypes, resultTypes }: RuledOperation, cut: Cut, device: Device): Holding {
  const operands = operandTypes.map(({ shape }, index) =>
    placesOf(rule, rule.operands[index], shape, cut, device).map((places, dimension) =>
      widened(places, index, rule.operands[index][dimension]),
    ),
  );
  const results = resultTypes.map(({ shape }, index) => placesOf(rule, rule.results[index], shape, cut, device));
  return { cut, device, operands, results };

  /** The places with the halo of neighbours; outside of the tensor these are zeros. */
  function widened(places: readonly number[], operand: number, factors: readonly number[]): readonly number[] {
    const halos = factors.flatMap(factor => (cut[factor] > 1 ? [rule.factors[factor].halo] : []));
    const halo = halos.find(found => found?.operand === operand);
    if (halo === undefined) return places;
    return range(places[0] - halo.before, places[places.length - 1] + 1 + halo.after);
  }
}

function evaluatePiece(
  ruled: RuledOperation,
  operands: readonly Tensor[],
  holding: Holding,
  context: EvaluationContext,
): readonly Tensor[] {
  const pieces = operands.map((operand, index) => takePlaces(operand, holding.operands[index]));
  const local = shiftIndices(ruled, holding, pieces).map((piece, index) =>
    startsEmpty(ruled, holding, index) ? neutral(startCombiner(ruled, holding), piece.type) : piece,
  );
  if (missesUpdates(ruled, holding)) return local.slice(0, ruled.resultTypes.length);
  const types = ruled.resultTypes.map((type, index) => pieceType(type, holding.results[index]));
  const operation = localOperation(ruled, holding);
  const operandTypes = local.map(({ type }) => type);
  if (holding.device.every(piece => piece === 0)) verifyLocal(operation, operandTypes, types);
  const results = evaluateOperation(operation, local, types, localContext(ruled, holding, context));
  if (ruled.operation.name === 'stablehlo.iota') return results.map(result => shiftedIota(ruled, holding, result));
  if (ruled.operation.name === 'stablehlo.gather') {
    return results.map(result => clearMissedSlices(ruled, holding, pieces[1], result));
  }
  return results;
}

function pieceType({ element }: TensorType, places: Places): TensorType {
  return tensorType(
    places.map(list => list.length),
    element,
  );
}

/**
 * What an operation with a body starts from (initial values, the inputs of a scatter) counts once in a reduction: on
 * the first device. The others start from the neutral element.
 */
function startsEmpty(ruled: RuledOperation, { cut, device }: Holding, operand: number): boolean {
  if (ruled.operation.regions.length === 0) return false;
  const { factors, operands } = ruled.rule;
  const carried = operands[operand].flat();
  const reductions = factors.flatMap(({ kind }, factor) => (kind === 'reduction' && cut[factor] > 1 ? [factor] : []));
  const isStart = operand < ruled.resultTypes.length || operand >= operands.length - ruled.resultTypes.length;
  return (
    isStart && !reductions.some(factor => carried.includes(factor)) && reductions.some(factor => device[factor] > 0)
  );
}

function startCombiner({ rule }: RuledOperation, { cut }: Holding): Combiner {
  const found = rule.factors.find(({ kind }, factor) => kind === 'reduction' && cut[factor] > 1);
  return combinerOf(found);
}

function combinerOf(factor: Factor | undefined): Combiner {
  if (factor?.combiner === undefined) throw new Error('internal: a reduction without a combiner');
  return factor.combiner;
}

/** A tensor that changes nothing when it is combined with another one. */
export function neutral(combiner: Combiner, type: TensorType): Tensor {
  const result = zeros(type);
  const { data } = result;
  const bits = BigInt(/^u?i(\d+)$/.exec(type.element)?.[1] ?? 0);
  const signed = type.element.startsWith('i') && type.element !== 'i1';
  const most = bits === 0n ? Number.POSITIVE_INFINITY : 2n ** (signed ? bits - 1n : bits) - 1n;
  const least = bits === 0n ? Number.NEGATIVE_INFINITY : signed ? -(2n ** (bits - 1n)) : 0n;
  switch (combiner) {
    case 'add':
    case 'or':
      return result;
    case 'multiply':
      return tensor(type.element, type.shape, type.element.startsWith('complex') ? ones(data.length) : [1]);
    case 'maximum':
      setAll(data, least);
      return result;
    case 'minimum':
      setAll(data, most);
      return result;
    case 'and':
      setAll(data, signed ? -1 : most);
      return result;
    default:
      return combiner satisfies never;
  }
}

/** The complex number one, again and again. */
function ones(length: number): number[] {
  return Array.from({ length }, (_, index) => 1 - (index % 2));
}

/** Every device counts from where its piece starts. */
function shiftedIota({ operation }: RuledOperation, { results: [places] }: Holding, result: Tensor): Tensor {
  const [start] = places[integerAttribute(operation, 'iota_dimension')];
  const { element, shape } = result.type;
  const isComplex = element.startsWith('complex');
  const shifted = Array.from<number | bigint, number | bigint>(result.data, (value, at) =>
    typeof value === 'bigint' ? value + BigInt(start) : value + (isComplex && at % 2 === 1 ? 0 : start),
  );
  return tensor(element, shape, shifted);
}

interface Piece extends Holding {
  readonly piece: Tensor;
}

/**
 * One result of all devices: devices that differ in factors of the result hold different pieces, those that differ in
 * reductions hold parts to be merged, and those that differ in other factors hold the same.
 */
function joinResult({ rule }: RuledOperation, index: number, type: TensorType, pieces: readonly Piece[]): Tensor {
  const placed = new Set(rule.results[index].flat());
  const keyOf = (device: Device, keep: (factor: number) => boolean) => device.filter((_, f) => keep(f)).join();
  const isReduced = (factor: number) => rule.factors[factor].kind === 'reduction';
  const whole = zeros({ kind: 'tensor', shape: type.shape, element: type.element });
  for (const sharers of grouped(pieces, ({ device }) => keyOf(device, f => placed.has(f)))) {
    const copies = grouped(sharers, ({ device }) => keyOf(device, f => !isReduced(f)));
    const [first, ...others] = copies.map(mergeParts);
    const differing = others.find(other => !sameElements(other, first));
    if (differing !== undefined) throw new Error('devices disagree about a piece that all of them should hold');
    putPlaces(first, whole, sharers[0].results[index]);
  }
  return whole;

  function mergeParts(parts: readonly Piece[]): Tensor {
    const reduced = rule.factors.find((factor, f) => factor.kind === 'reduction' && parts[0].cut[f] > 1);
    return parts.map(({ piece }) => piece).reduce((merged, part) => combine(combinerOf(reduced), merged, part));
  }
}

function grouped<T>(items: readonly T[], key: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return [...groups.values()];
}

/** Applies the operation of a combiner to two tensors. */
export function combine(combiner: Combiner, a: Tensor, b: Tensor): Tensor {
  const builder = createFunctionBuilder('merge');
  const result = builder.emitOne(`stablehlo.${combiner}`, [builder.argument(a.type), builder.argument(b.type)]);
  const func = builder.finish([result]);
  return evaluateOperation(func.body.operations[0], [a, b], [a.type], { program: programOf(func), func })[0];
}

/** True when all elements are the same. */
export function sameElements(a: Tensor, b: Tensor): boolean {
  const others = b.data;
  if (a.data.length !== others.length) return false;
  for (let at = 0; at < others.length; at++) if (!sameNumber(a.data[at], others[at])) return false;
  return true;
}

/** True for equal numbers and for two NaN; a sum of pieces may turn -0 into 0. */
export function sameNumber(a: number | bigint | undefined, b: number | bigint | undefined): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}
