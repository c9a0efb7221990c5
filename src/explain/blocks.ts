import { typeBytes } from '../ir/index.ts';
import type { FoldBlock } from '../parallel/index.ts';
import { formatSharding } from '../sharding/index.ts';
import { groupProducts, type ProductGroup } from './products.ts';
import type { PlanSubject } from './subject.ts';

/** Tensors that lie alike. */
export interface PlacementGroup {
  /** `[{}, {tp}]`. */
  readonly sharding: string;
  readonly names: readonly string[];
  /** Of all of them, whole, in all repeats. */
  readonly bytes: number;
}

/** How a repeated part of a program is laid out, or what lies outside of these. */
export interface BlockExplanation {
  /** `h.*`; empty for what lies outside of all blocks. */
  readonly name: string;
  readonly repeats: number;
  readonly weights: readonly PlacementGroup[];
  /** Optimizer state that lies otherwise than its weights, by their names. */
  readonly otherState: readonly PlacementGroup[];
  /** Everything else that goes in. */
  readonly inputs: readonly PlacementGroup[];
  /** Of the weights, whether some of them have state that lies as they do. */
  readonly stateAsWeights: boolean;
  /** Of one repeat. */
  readonly products: readonly ProductGroup[];
  /** Arguments of the first repeat. */
  readonly arguments: readonly number[];
}

/** Says how each block of the program's fold is laid out, most bytes first, then what lies outside of them. */
export function explainBlocks(subject: PlanSubject): BlockExplanation[] {
  const { fold, func, operations } = subject;
  const inBlocks = new Set<number>();
  const argumentsInBlocks = new Set<number>();
  const blocks = fold.blocks.map(block => {
    for (const number of block.instances.flat()) inBlocks.add(number);
    for (const argument of block.arguments.flat()) argumentsInBlocks.add(argument);
    return explainBlock(subject, block);
  });
  const roles = func.arguments.flatMap((_, index) => (argumentsInBlocks.has(index) ? [] : [[index]]));
  const outside = operations.flatMap((_, number) => (inBlocks.has(number) ? [] : [number]));
  const rest: FoldBlock = {
    kind: 'repeat',
    name: '',
    instances: [outside],
    arguments: [roles.flat()],
    trips: 1,
  };
  const telling = blocks.filter(
    ({ weights, inputs, products }) => weights.length + inputs.length + products.length > 0,
  );
  const bytes = (block: BlockExplanation): number => block.weights.reduce((sum, group) => sum + group.bytes, 0);
  return [...telling.sort((a, b) => bytes(b) - bytes(a)), explainBlock(subject, rest)];
}

function explainBlock(subject: PlanSubject, block: FoldBlock): BlockExplanation {
  const { roles, ownerOf, names, placed } = subject;
  const [weights, otherState, inputs] = [new Groups(subject), new Groups(subject), new Groups(subject)];
  const textOf = (argument: number): string => formatSharding(placed.arguments[argument]);
  let stateAsWeights = false;
  for (const role of block.arguments[0].keys()) {
    const members = block.arguments.map(list => list[role]);
    const [first] = members;
    const name = (argument: number): string =>
      argument === first && block.name !== '' ? names.inBlock(block, role) : names.argument(argument);
    if (roles[first] === 'parameter') weights.add(name(first), members);
    else if (roles[first] === 'optimizer state' && ownerOf[first] >= 0) {
      const other = members.filter(member => textOf(member) !== textOf(ownerOf[member]));
      stateAsWeights ||= other.length < members.length;
      const owner = block.arguments[0].indexOf(ownerOf[first]);
      const ownName = owner < 0 || block.name === '' ? names.argument(ownerOf[first]) : names.inBlock(block, owner);
      otherState.add(ownName, other);
    } else inputs.add(name(first), members);
  }
  return {
    name: block.name,
    repeats: block.kind === 'loop' ? (block.trips ?? 1) : block.instances.length,
    weights: weights.list(),
    otherState: otherState.list(),
    inputs: inputs.list(),
    stateAsWeights,
    products: groupProducts(subject, block.instances[0]),
    arguments: block.arguments[0],
  };
}

/** Arguments by sharding. */
class Groups {
  readonly #subject: PlanSubject;
  readonly #groups = new Map<string, { names: string[]; bytes: number }>();

  constructor(subject: PlanSubject) {
    this.#subject = subject;
  }

  /** Adds what plays one role in all repeats, under one name. */
  add(name: string, members: readonly number[]): void {
    const { func, placed } = this.#subject;
    for (const member of members) {
      const text = formatSharding(placed.arguments[member]);
      const group = this.#groups.get(text) ?? { names: [], bytes: 0 };
      this.#groups.set(text, group);
      group.bytes += typeBytes(func.valueTypes[func.arguments[member].value]);
      if (!group.names.includes(name)) group.names.push(name);
    }
  }

  list(): PlacementGroup[] {
    return [...this.#groups]
      .map(([sharding, { names, bytes }]) => ({ sharding, names, bytes }))
      .sort((a, b) => b.bytes - a.bytes);
  }
}
