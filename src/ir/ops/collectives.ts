import { integerAttribute } from '../access.ts';
import type { Type } from '../types.ts';
import { elementCount, equalTypes, formatType, tensorType } from '../types.ts';
import { optionalAny, requiredAny, requiredInteger } from './attribute-forms.ts';
import type { AttributeDefinition, OperationContext, OperationDefinition, Report } from './definition.ts';
import { isUnique, none, one, operandTensor, resultTensor, some } from './definition.ts';
import { denseIntegers, denseRows } from './dense-integers.ts';
import { reducerElements } from './reduce.ts';
import { verifyReducer } from './reducer.ts';

const channel: Readonly<Record<string, AttributeDefinition>> = { channel_handle: optionalAny };
const groups: Readonly<Record<string, AttributeDefinition>> = { ...channel, replica_groups: requiredAny };

/** Communication between devices. JAX writes these under `shard_map`; one device's programs hold none. */
export const collectives: readonly OperationDefinition[] = [
  {
    name: 'stablehlo.all_gather',
    tier: 'A',
    attributes: { ...groups, all_gather_dim: requiredInteger, use_global_device_ids: optionalAny },
    operands: some,
    results: some,
    regions: none,
    verify: verifyAllGather,
  },
  {
    name: 'stablehlo.all_reduce',
    tier: 'A',
    attributes: { ...groups, use_global_device_ids: optionalAny },
    operands: some,
    results: some,
    regions: one,
    infer: context => context.operands.map((_, index) => reducedType(context, operandTensor(context, index).shape)),
    verify: (context, report) => {
      verifyGroups(context, report, true);
      const first = operandTensor(context, 0);
      verifyReducer(context, context.operation.regions[0], [first], [], 'C5', report);
    },
    regionRuns: context => [totalElements(context)],
  },
  {
    name: 'stablehlo.reduce_scatter',
    tier: 'A',
    attributes: { ...groups, scatter_dimension: requiredInteger, use_global_device_ids: optionalAny },
    operands: one,
    results: one,
    regions: one,
    verify: verifyReduceScatter,
    regionRuns: context => [totalElements(context)],
  },
  {
    name: 'stablehlo.all_to_all',
    tier: 'A',
    attributes: {
      ...groups,
      split_dimension: requiredInteger,
      concat_dimension: requiredInteger,
      split_count: requiredInteger,
    },
    operands: some,
    results: some,
    regions: none,
    infer: inferAllToAll,
    verify: verifyAllToAll,
  },
  {
    name: 'stablehlo.collective_permute',
    tier: 'A',
    attributes: { ...channel, source_target_pairs: { form: { kind: 'denseIntegers' }, required: true } },
    operands: one,
    results: one,
    regions: none,
    infer: context => context.operands,
    verify: verifyPermute,
  },
  {
    name: 'stablehlo.collective_broadcast',
    tier: 'A',
    attributes: groups,
    operands: one,
    results: one,
    regions: none,
    infer: context => context.operands,
    verify: (context, report) => verifyGroups(context, report),
  },
  ...['stablehlo.partition_id', 'stablehlo.replica_id'].map(
    (name): OperationDefinition => ({
      name,
      tier: 'A',
      attributes: {},
      operands: none,
      results: one,
      regions: none,
      infer: () => [tensorType([], 'ui32')],
    }),
  ),
];

function totalElements(context: OperationContext): number {
  return context.operands.reduce((sum, _, index) => sum + elementCount(operandTensor(context, index).shape), 0);
}

/** The type of a reduced tensor: its elements are those that the region computes. */
function reducedType(context: OperationContext, shape: readonly number[]): Type {
  const [element] = reducerElements(context);
  return tensorType(shape, element ?? operandTensor(context, 0).element);
}

/** Replica groups: no id twice, ids from 0 on without a hole; -1 fills up short groups where groups may be `uneven`. */
function verifyGroups(context: OperationContext, report: Report, uneven = false): void {
  const {
    channel_handle: channelHandle,
    use_global_device_ids: isGlobal,
    replica_groups: attribute,
  } = context.operation.attributes;
  const handle = channelHandle?.kind === 'record' ? channelHandle.fields.handle : undefined;
  if (isGlobal !== undefined && handle?.kind === 'integer' && handle.value < 0) {
    report('C5', `global device ids need a channel, but its handle is ${handle.value}`);
  }
  if (attribute?.kind !== 'dense') return;
  if (attribute.type.shape.length !== 2) {
    report('I3', `replica_groups is ${formatType(attribute.type)}, not a table of groups`);
    return;
  }
  const ids = (denseIntegers(context.operation, 'replica_groups') ?? []).filter(id => !uneven || id !== -1);
  if (!isUnique(ids)) report('C2', 'replica_groups name a replica twice');
  else if (ids.some(id => id < 0 || id >= ids.length)) report('C3', 'replica_groups leave out a replica');
}

function verifyAllGather(context: OperationContext, report: Report): void {
  verifyGroups(context, report);
  const dimension = integerAttribute(context.operation, 'all_gather_dim');
  if (context.operands.length !== context.results.length) {
    report('C6', `${context.operands.length} operands and ${context.results.length} results`);
    return;
  }
  for (const index of context.operands.keys()) {
    const [operand, result] = [operandTensor(context, index), resultTensor(context, index)];
    if (dimension < 0 || dimension >= operand.shape.length) {
      report('C1', `all_gather_dim ${dimension} is not in [0, ${operand.shape.length})`);
      return;
    }
    verifyScaled(operand, result, dimension, 'C6', report);
  }
}

function verifyReduceScatter(context: OperationContext, report: Report): void {
  verifyGroups(context, report);
  const dimension = integerAttribute(context.operation, 'scatter_dimension');
  const [operand, result] = [operandTensor(context, 0), resultTensor(context, 0)];
  if (dimension < 0 || dimension >= operand.shape.length) {
    report('C2', `scatter_dimension ${dimension} is not in [0, ${operand.shape.length})`);
    return;
  }
  verifyScaled(tensorType(result.shape, operand.element), operand, dimension, 'C8', report);
  const computed = reducedType(context, result.shape);
  if (!equalTypes(computed, result))
    report('C9', `the region computes ${formatType(computed)}, not ${formatType(result)}`);
  verifyReducer(context, context.operation.regions[0], [operand], [], 'C7', report);
}

type Tensor = ReturnType<typeof operandTensor>;

/**
 * Checks that `large` is `small` with one dimension some times as long. The specification wants it as many times as a
 * group has members; that is left to the compiler, as jaxlib does, since the mode of the groups decides who is one.
 */
function verifyScaled(small: Tensor, large: Tensor, dimension: number, label: string, report: Report): void {
  const fits =
    small.shape.length === large.shape.length &&
    small.element === large.element &&
    small.shape.every((size, index) => {
      if (index !== dimension) return size === large.shape[index];
      return size === 0 || large.shape[index] % size === 0;
    });
  if (!fits) {
    report(label, `${formatType(large)} is not ${formatType(small)} with a multiple of dimension ${dimension}`);
  }
}

function groupSize(context: OperationContext): number | undefined {
  const attribute = context.operation.attributes.replica_groups;
  return attribute?.kind === 'dense' ? attribute.type.shape[1] : undefined;
}

function verifyAllToAll(context: OperationContext, report: Report): void {
  const { operation } = context;
  verifyGroups(context, report);
  const split = integerAttribute(operation, 'split_dimension');
  const concat = integerAttribute(operation, 'concat_dimension');
  const count = integerAttribute(operation, 'split_count');
  if (count <= 0) report('C4', `split_count is ${count}`);
  const size = groupSize(context);
  if (size !== undefined && size !== count) report('C8', `split_count ${count} is not the group size ${size}`);
  for (const index of context.operands.keys()) {
    const { shape } = operandTensor(context, index);
    if (split < 0 || split >= shape.length) report('C1', `split_dimension ${split} is not in [0, ${shape.length})`);
    else if (count > 0 && shape[split] % count !== 0) report('C2', `size ${shape[split]} is no multiple of ${count}`);
    if (concat < 0 || concat >= shape.length) report('C3', `concat_dimension ${concat} is not in [0, ${shape.length})`);
  }
}

function inferAllToAll(context: OperationContext): readonly Type[] {
  const { operation } = context;
  const count = integerAttribute(operation, 'split_count');
  return context.operands.map((_, index) => {
    const { shape, element } = operandTensor(context, index);
    const sizes = [...shape];
    sizes[integerAttribute(operation, 'split_dimension')] /= count;
    sizes[integerAttribute(operation, 'concat_dimension')] *= count;
    return tensorType(sizes, element);
  });
}

function verifyPermute(context: OperationContext, report: Report): void {
  const attribute = context.operation.attributes.source_target_pairs;
  if (attribute?.kind !== 'dense') return;
  const { shape } = attribute.type;
  if (shape.length !== 2 || shape[1] !== 2) {
    report('C1', `source_target_pairs is ${formatType(attribute.type)}, not a table of pairs`);
    return;
  }
  const pairs = denseRows(attribute);
  if (!isUnique(pairs.map(pair => pair[0]))) report('C2', 'a device sends twice');
  if (!isUnique(pairs.map(pair => pair[1]))) report('C3', 'a device receives twice');
  if (pairs.flat().some(id => id < 0)) report('C4', 'a device id is negative');
}
