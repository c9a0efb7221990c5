import { diagnosticError } from '../base/index.ts';
import { denseIntegers } from '../ir/index.ts';
import type { TensorCall, TensorEvaluator } from './call.ts';
import { resultType } from './call.ts';
import { tensor, zeros } from './tensor.ts';

/** Communication of one device with itself: the interpreter is one device, number 0. */
export const collective: Readonly<Record<string, TensorEvaluator>> = {
  'stablehlo.all_gather': alone,
  'stablehlo.all_reduce': alone,
  'stablehlo.reduce_scatter': alone,
  'stablehlo.all_to_all': alone,
  'stablehlo.collective_broadcast': alone,
  'stablehlo.collective_permute': permute,
  'stablehlo.partition_id': () => [tensor('ui32', [], [0])],
  'stablehlo.replica_id': () => [tensor('ui32', [], [0])],
};

function alone(call: TensorCall) {
  const groups = denseIntegers(call.operation, 'replica_groups') ?? [];
  if (groups.some(id => id > 0)) throw needsDevices(call, groups);
  return call.operands;
}

/** A device that nobody sends to gets zeros. */
function permute(call: TensorCall) {
  const pairs = denseIntegers(call.operation, 'source_target_pairs') ?? [];
  if (pairs.some(id => id > 0)) throw needsDevices(call, pairs);
  return pairs.length > 0 ? call.operands : [zeros(resultType(call))];
}

function needsDevices({ operation }: TensorCall, ids: readonly number[]): Error {
  return diagnosticError('SK3009', {
    message: `the reference interpreter is one device, but ${operation.name} talks to ${Math.max(...ids) + 1}`,
    next: 'give it the program before it was split, or run this one on the xla engine',
  });
}
