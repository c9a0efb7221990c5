import { optionalAny, optionalInteger, optionalString, requiredString, requiredSymbol } from './attribute-forms.ts';
import type { Arity, OperationDefinition } from './definition.ts';
import { any, none, one } from './definition.ts';

const base = { tier: 'A', anyType: true } as const;

/** Operations whose work is written elsewhere, and those that only steer the compiler. */
export const opaqueOps: readonly OperationDefinition[] = [
  {
    ...base,
    name: 'stablehlo.composite',
    attributes: {
      name: requiredString,
      decomposition: requiredSymbol,
      composite_attributes: { form: { kind: 'dictionary' }, required: false },
      version: optionalInteger(0, 'i32'),
    },
    operands: any,
    results: any,
    regions: any,
    verify: ({ operation }, report) => {
      const { name } = operation.attributes;
      if (name?.kind === 'string' && !/^[a-zA-Z][a-zA-Z0-9_]*(\.[a-zA-Z0-9_$]+)+$/.test(name.value)) {
        report('C1', `"${name.value}" is not a name with a namespace, such as my.op`);
      }
    },
  },
  passThrough('stablehlo.optimization_barrier', any),
  passThrough('sdy.sharding_constraint', one),
  passThrough('sdy.reshard', one),
  passThrough('sdy.propagation_barrier', one),
  {
    ...base,
    name: 'sdy.sharding_group',
    attributes: { group_id: optionalAny },
    operands: one,
    results: none,
    regions: none,
  },
  {
    ...base,
    name: 'stablehlo.get_tuple_element',
    attributes: { index: { form: { kind: 'integer', type: 'i32' }, required: true } },
    operands: one,
    results: one,
    regions: none,
    infer: ({ operation, operands: [tuple] }) => {
      const { index } = operation.attributes;
      if (tuple.kind !== 'tuple' || index?.kind !== 'integer') return undefined;
      return tuple.elements.slice(index.value, index.value + 1);
    },
    verify: ({ operation, operands: [tuple] }, report) => {
      const { index } = operation.attributes;
      if (tuple.kind !== 'tuple') report('I1', 'the operand is not a tuple');
      else if (index?.kind === 'integer' && (index.value < 0 || index.value >= tuple.elements.length)) {
        report('C1', `index ${index.value} is not in [0, ${tuple.elements.length})`);
      }
    },
  },
  {
    ...base,
    name: 'stablehlo.tuple',
    attributes: {},
    operands: any,
    results: one,
    regions: none,
    infer: ({ operands }) => [{ kind: 'tuple', elements: operands }],
  },
];

/** An operation that hands its operands on. */
function passThrough(name: string, arity: Arity): OperationDefinition {
  return {
    ...base,
    name,
    attributes: name === 'stablehlo.optimization_barrier' ? {} : { sharding: optionalAny, comment: optionalString },
    operands: arity,
    results: arity,
    regions: none,
    infer: context => context.operands,
  };
}
