import {
  type Attributes,
  elementCount,
  type Func,
  type Operation,
  type TensorType,
  type Type,
  type ValueId,
  walkOperations,
} from '../ir/index.ts';
import { elementwiseNames } from './rules/elementwise.ts';
import type { FactorRule } from './rules/rule.ts';
import { factorRule } from './rules/table.ts';

/** What a program says about its values before any of them is placed. */
export interface ValueFacts {
  readonly func: Func;
  readonly definitions: ReadonlyMap<ValueId, Operation>;
  /** Number of operations that read a value. */
  readonly readers: ReadonlyMap<ValueId, number>;
  readonly cheap: ReadonlySet<ValueId>;
  readonly argumentValues: ReadonlySet<ValueId>;
  rule(operation: Operation): FactorRule;
  tensor(value: ValueId): TensorType | undefined;
}

const alwaysCheap = new Set(['stablehlo.constant', 'chlo.constant', 'stablehlo.iota']);
const cheapOfCheap = new Set([
  ...elementwiseNames,
  'stablehlo.broadcast_in_dim',
  'stablehlo.reshape',
  'stablehlo.transpose',
]);

export function valueFacts(func: Func): ValueFacts {
  const definitions = new Map<ValueId, Operation>();
  const readers = new Map<ValueId, number>();
  const cheap = new Set<ValueId>();
  const zeros = new Set<ValueId>();
  const rules = new Map<Operation, FactorRule>();
  const signatures = new RuleSignatures(func, zeros);
  const shared = new Map<string, FactorRule>();
  const tensor = (value: ValueId) => {
    const type = func.valueTypes[value];
    return type.kind === 'tensor' ? type : undefined;
  };
  walkOperations(func.body, operation => {
    for (const result of operation.results) definitions.set(result, operation);
    for (const [index, operand] of operation.operands.entries()) {
      if (operation.operands.indexOf(operand) === index) readers.set(operand, (readers.get(operand) ?? 0) + 1);
    }
    if (isZero(operation)) zeros.add(operation.results[0]);
    if (isCheap(operation, cheap, tensor)) cheap.add(operation.results[0]);
  });
  const rule = (operation: Operation): FactorRule => {
    const known = rules.get(operation);
    if (known !== undefined) return known;
    const signature = signatures.of(operation);
    const made = (signature === undefined ? undefined : shared.get(signature)) ?? factorRule(func, operation, zeros);
    if (signature !== undefined) shared.set(signature, made);
    rules.set(operation, made);
    return made;
  };
  const argumentValues = new Set(func.arguments.map(argument => argument.value));
  return { func, definitions, readers, cheap, argumentValues, rule, tensor };
}

/** What the rule of an operation follows from, where that is short to say. */
class RuleSignatures {
  readonly #func: Func;
  readonly #zeros: ReadonlySet<ValueId>;
  readonly #numbers = new Map<Type | Attributes, number>();

  constructor(func: Func, zeros: ReadonlySet<ValueId>) {
    this.#func = func;
    this.#zeros = zeros;
  }

  /**
   * Equal for operations of one rule: by name, types, which operands are zero, and attributes that are one object, as
   * those are that were read from one text. Undefined with regions.
   */
  of({ name, operands, results, attributes, regions }: Operation): string | undefined {
    if (regions.length > 0) return undefined;
    const { valueTypes } = this.#func;
    let text = name;
    for (const value of operands) text += `${this.#zeros.has(value) ? ' 0:' : ' '}${this.#numberOf(valueTypes[value])}`;
    for (const value of results) text += `>${this.#numberOf(valueTypes[value])}`;
    for (const _ in attributes) return `${text}#${this.#numberOf(attributes)}`;
    return text;
  }

  #numberOf(part: Type | Attributes): number {
    const known = this.#numbers.get(part);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(part, number);
    return number;
  }
}

/** Cheap: constants and counters, broadcasts that grow their operand, and elementwise work on nothing but such. */
function isCheap(
  operation: Operation,
  cheap: ReadonlySet<ValueId>,
  tensor: (value: ValueId) => TensorType | undefined,
): boolean {
  if (operation.results.length !== 1 || operation.regions.length > 0) return false;
  const result = tensor(operation.results[0]);
  if (result === undefined) return false;
  if (alwaysCheap.has(operation.name)) return true;
  if (operation.name === 'stablehlo.broadcast_in_dim') {
    const operand = tensor(operation.operands[0]);
    if (operand !== undefined && elementCount(operand.shape) < elementCount(result.shape)) return true;
  }
  return cheapOfCheap.has(operation.name) && operation.operands.every(operand => cheap.has(operand));
}

const [digitZero, digitNine] = [0x30, 0x39];

/** True for a constant of which every element is zero, as far as its text shows. */
function isZero(operation: Operation): boolean {
  const value = operation.attributes.value;
  if (operation.name !== 'stablehlo.constant' || value?.kind !== 'dense' || value.form !== 'splat') return false;
  const { source, start, end } = value;
  if (source[start] > digitZero && source[start] <= digitNine) return false;
  const text = new TextDecoder().decode(source.subarray(start, end)).trim();
  return /^-?0(\.0*)?(e[+-]?\d+)?$/i.test(text);
}
