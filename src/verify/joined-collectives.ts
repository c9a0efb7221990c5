import { CollectiveOrder } from './collective-order.ts';
import type { CompiledCollective } from './compiled-collectives.ts';
import { attributeText, type HloComputation, readHloText } from './hlo-text.ts';

/** How far a compiler joins collectives. */
export interface JoinLimits {
  /** Bytes on one device of what a joined collective gives: of a reduce-scatter that is the slice. */
  readonly bytes: number;
  /** Tensors in a joined collective. */
  readonly count: number;
}

/**
 * The defaults of XLA:GPU: `kDefault{AllReduce,AllGather,ReduceScatter}CombineThreshold` in
 * xla/service/collective_utils.h, and the count that its `RunPostFusionPasses` hands to the combiners.
 */
export const gpuJoinLimits: JoinLimits = { bytes: 30 * 1024 * 1024 + 7, count: 256 };

const joinedKinds: ReadonlySet<string> = new Set(['all-reduce', 'all-gather', 'reduce-scatter']);

/**
 * Joins collectives of a compiled program as XLA:GPU's combiners do: those of one computation, kind and group, and of one
 * element type and reduction where they are sums, of which none waits for another. Greedily in the order of the program: one
 * that no longer fits, or waits for one that is in, begins the next. One that is larger than the limit stays alone.
 *
 * The rule is that of `CombineInstructionsByKey` (openxla/xla, xla/service/collective_combiner_utils.h). We depart in the
 * order, which is that of the text and not a post-order of its own, and in that permutes are left as they are.
 * `collectives` may have several of one name, which wait for the same.
 */
export function joinCollectives(
  collectives: readonly CompiledCollective[],
  hloText: string | Iterable<string>,
  limits = gpuJoinLimits,
): CompiledCollective[] {
  const computations = readHloText(hloText);
  return [...groupBy(collectives, ({ computation }) => computation)].flatMap(([name, members]) => {
    const computation = computations.get(name);
    if (computation === undefined) return members;
    const order = new CollectiveOrder(computation, new Set(members.map(member => member.name)));
    const groups = groupBy(members, member => keyOf(member, computation, computations));
    return [...groups.values()].flatMap(group => joinGroup(group, order, limits));
  });
}

/** Collectives with different keys are never joined. */
function keyOf(
  { kind, name, groups, elementTypes }: CompiledCollective,
  { instructions }: HloComputation,
  computations: ReadonlyMap<string, HloComputation>,
): string {
  if (!joinedKinds.has(kind)) return `${kind} ${name}`;
  const key = `${kind} ${groups.map(group => group.join()).join(' ')}`;
  const instruction = instructions.get(name);
  if (kind === 'all-gather' || instruction === undefined) return key;
  const reducer = /^%?([\w.-]+)/.exec(attributeText(instruction, 'to_apply') ?? '')?.[1] ?? '';
  const body = [...(computations.get(reducer)?.instructions.values() ?? [])];
  return `${key} ${elementTypes} ${body.find(({ root }) => root)?.opcode ?? reducer}`;
}

function joinGroup(
  group: readonly CompiledCollective[],
  order: CollectiveOrder,
  limits: JoinLimits,
): CompiledCollective[] {
  const joined: CompiledCollective[] = [];
  let open: CompiledCollective[] = [];
  let bytes = 0;
  const close = (): void => {
    if (open.length === 0) return;
    order.join([...new Set(open.map(({ name }) => name))]);
    joined.push(sumOf(open));
    [open, bytes] = [[], 0];
  };
  for (const collective of group) {
    const own = givenBytes(collective);
    if (!joinedKinds.has(collective.kind) || own > limits.bytes) {
      joined.push(collective);
      continue;
    }
    const isFull = open.length >= limits.count || bytes + own > limits.bytes;
    if (isFull || open.some(({ name }) => order.isOrdered(name, collective.name))) close();
    open.push(collective);
    bytes += own;
  }
  close();
  return joined;
}

/** Bytes of what a collective gives one device. */
function givenBytes({ kind, bytesPerDevice, groups }: CompiledCollective): number {
  return kind === 'reduce-scatter' ? bytesPerDevice / Math.max(1, groups[0]?.length ?? 1) : bytesPerDevice;
}

function sumOf(parts: readonly CompiledCollective[]): CompiledCollective {
  const [first] = parts;
  const sum = (of: (part: CompiledCollective) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return {
    ...first,
    bytesPerDevice: sum(part => part.bytesPerDevice),
    count: sum(part => part.count),
    elementTypes: [...new Set(parts.flatMap(({ elementTypes }) => elementTypes))],
    native: {
      bytesPerDevice: sum(part => part.native.bytesPerDevice),
      slicedBytesPerDevice: sum(part => part.native.slicedBytesPerDevice),
      tensors: parts.flatMap(({ native }) => native.tensors),
    },
  };
}

function groupBy<T>(items: readonly T[], keyOfItem: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
