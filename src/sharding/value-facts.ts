import {
  elementCount,
  type Func,
  isZeroConstant,
  type Operation,
  OperationSignatures,
  type TensorType,
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
  const signatures = new OperationSignatures(func.valueTypes);
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
    if (isZeroConstant(operation)) zeros.add(operation.results[0]);
    if (isCheap(operation, cheap, tensor)) cheap.add(operation.results[0]);
  });
  /** A rule also follows from which operands are zero. */
  const ruleSignature = (operation: Operation): string | undefined => {
    let signature = signatures.of(operation);
    if (signature !== undefined && zeros.size > 0) {
      for (const value of operation.operands)
        if (zeros.has(value)) signature += ` 0:${operation.operands.indexOf(value)}`;
    }
    return signature;
  };
  const rule = (operation: Operation): FactorRule => {
    const known = rules.get(operation);
    if (known !== undefined) return known;
    const signature = ruleSignature(operation);
    const made = (signature === undefined ? undefined : shared.get(signature)) ?? factorRule(func, operation, zeros);
    if (signature !== undefined) shared.set(signature, made);
    rules.set(operation, made);
    return made;
  };
  const argumentValues = new Set(func.arguments.map(argument => argument.value));
  return { func, definitions, readers, cheap, argumentValues, rule, tensor };
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
