import { diagnosticError } from '../base/index.ts';
import { enumerationAttribute } from '../ir/index.ts';
import type { Value, ValueCall, ValueEvaluator } from './call.ts';

/** Custom calls that say where data is, not what it is. */
const identities = new Set(['Sharding', 'annotate_device_placement', 'LayoutConstraint', 'xla.sdy.FuncResultSharding']);

export const customCall: Readonly<Record<string, ValueEvaluator>> = {
  'stablehlo.custom_call': callTarget,
  'sdy.sharding_constraint': call => call.operands,
  'sdy.propagation_barrier': call => call.operands,
  'sdy.reshard': call => call.operands,
  'sdy.sharding_group': () => [],
};

function callTarget(call: ValueCall): readonly Value[] {
  const target = enumerationAttribute(call.operation, 'call_target_name');
  if (identities.has(target)) return call.operands;
  throw diagnosticError('SK3009', {
    message: `the reference interpreter does not know the custom call @${target}`,
    expected: `one of ${[...identities].join(', ')}`,
    next: 'run the program on the xla engine, or replace the call by operations of StableHLO',
  });
}
