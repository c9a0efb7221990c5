import { aliasedResult, entryFunction, equalTypes, type Program, type ValueId } from '../ir/index.ts';
import { operationDifference } from './fold-equal.ts';
import type { Fold, FoldBlock } from './fold-types.ts';
import { validateClasses } from './fold-validate-classes.ts';
import { type FoldView, viewFunction } from './fold-view.ts';

/**
 * What is wrong with a fold of an inlined program, one sentence each; empty when the fold holds. Checks from the
 * program alone that the operations of each role have the same name, attributes, types and regions; that each operand
 * is made by one role of the same instance in all instances or by none in any; the same for arguments and the results
 * that take over their buffers; that instances do not overlap; and that classes say what the blocks say. Shares no code
 * with the search for the fold. O(operations + operands).
 */
export function validateFold(program: Program, fold: Fold): readonly string[] {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('internal: a program without an entry function');
  const view = viewFunction(func);
  const broken = fold.blocks.flatMap(block => outlineProblems(block, view));
  if (broken.length > 0) return broken;
  const repeats = fold.blocks.filter(block => block.kind === 'repeat');
  return [
    ...overlapProblems(repeats),
    ...repeats.flatMap(block => new BlockCheck(block, view).problems()),
    ...validateClasses(fold, view),
  ];
}

function outlineProblems(block: FoldBlock, view: FoldView): readonly string[] {
  const { name, kind, instances, arguments: args } = block;
  if (kind === 'repeat' ? instances.length < 2 : instances.length !== 1) {
    return [`${name}: ${instances.length} instances of a ${kind}`];
  }
  if (instances.length !== args.length) return [`${name}: arguments of ${args.length} instances`];
  if (instances[0].length === 0) return [`${name}: no operations`];
  const isEven = instances.every((roles, index) => {
    return roles.length === instances[0].length && args[index].length === args[0].length;
  });
  if (!isEven) return [`${name}: instances of different size`];
  const unknown = [
    ...instances.flat().filter(index => view.operations[index] === undefined),
    ...args.flat().filter(position => view.func.arguments[position] === undefined),
  ];
  return unknown.map(index => `${name}: there is no operation or argument ${index}`);
}

function overlapProblems(blocks: readonly FoldBlock[]): readonly string[] {
  const owners = new Map<string, string>();
  const problems: string[] = [];
  const claim = (thing: string, owner: string): void => {
    const before = owners.get(thing);
    if (before !== undefined) problems.push(`${thing} is in ${before} and in ${owner}`);
    owners.set(thing, owner);
  };
  for (const { name, instances, arguments: args } of blocks) {
    for (const instance of instances.keys()) {
      for (const index of instances[instance]) claim(`operation ${index}`, `instance ${instance} of ${name}`);
      for (const position of args[instance]) claim(`argument ${position}`, `instance ${instance} of ${name}`);
    }
  }
  return problems;
}

/** Compares the instances of a block with its first, role by role. */
class BlockCheck {
  readonly #block: FoldBlock;
  readonly #view: FoldView;
  readonly #roleOf: readonly ReadonlyMap<number, number>[];
  readonly #argumentRoleOf: readonly ReadonlyMap<number, number>[];

  constructor(block: FoldBlock, view: FoldView) {
    this.#block = block;
    this.#view = view;
    this.#roleOf = block.instances.map(roles => new Map(roles.map((index, role) => [index, role])));
    this.#argumentRoleOf = block.arguments.map(roles => new Map(roles.map((position, role) => [position, role])));
  }

  problems(): readonly string[] {
    const { name, instances, arguments: args } = this.#block;
    const found: string[] = [];
    for (const instance of instances.keys()) {
      for (const [role, index] of instances[instance].entries()) {
        const where = `${name}: operation ${index} in role ${role} of instance ${instance}`;
        found.push(...this.#operationProblems(instance, role).map(problem => `${where} ${problem}`));
      }
      for (const [role, position] of args[instance].entries()) {
        const where = `${name}: argument ${position} in role ${role} of instance ${instance}`;
        found.push(...this.#argumentProblems(instance, role).map(problem => `${where} ${problem}`));
      }
    }
    return found;
  }

  #operationProblems(instance: number, role: number): readonly string[] {
    const { instances } = this.#block;
    const { func, operations, parents } = this.#view;
    const [first, own] = [instances[0][role], instances[instance][role]];
    const [expected, actual] = [operations[first], operations[own]];
    const difference = operationDifference(func, expected, actual);
    if (difference !== undefined) return [`has another ${difference} than operation ${first}`];
    const problems: string[] = [];
    for (const [position, operand] of actual.operands.entries()) {
      const [maker, wanted] = [this.#maker(operand, instance), this.#maker(expected.operands[position], 0)];
      if (maker !== wanted) problems.push(`reads ${maker} as operand ${position}, in instance 0 ${wanted}`);
    }
    const around = this.#roleOf[instance].get(parents[own]);
    const isSamePlace =
      around === undefined ? parents[own] === parents[first] : own - parents[own] === first - parents[first];
    if (around !== this.#roleOf[0].get(parents[first]) || !isSamePlace) problems.push('stands in another region');
    else if (around === undefined && this.#isPartial(own, instance))
      problems.push('has a region outside of its instance');
    return problems;
  }

  /** True when an operation has regions of which something is not in the same instance. */
  #isPartial(index: number, instance: number): boolean {
    const { operations, parents } = this.#view;
    for (let inner = index + 1; inner < operations.length && parents[inner] >= index; inner++) {
      if (!this.#roleOf[instance].has(inner)) return true;
    }
    return false;
  }

  #argumentProblems(instance: number, role: number): readonly string[] {
    const { func, returned } = this.#view;
    const [expected, actual] = [0, instance].map(each => func.arguments[this.#block.arguments[each][role]]);
    if (!equalTypes(func.valueTypes[expected.value], func.valueTypes[actual.value])) return ['has another type'];
    const [wanted, taker] = [
      this.#taker(returned[aliasedResult(expected)], 0),
      this.#taker(returned[aliasedResult(actual)], instance),
    ];
    return wanted === taker ? [] : [`gives its buffer to ${taker}, in instance 0 to ${wanted}`];
  }

  #taker(value: ValueId | undefined, instance: number): string {
    return value === undefined ? 'nothing' : this.#maker(value, instance);
  }

  /** What makes a value, seen from an instance: a role of it with its result, or `something outside`. */
  #maker(value: ValueId, instance: number): string {
    const { operation, position, isRegionArgument } = this.#view.origins[value];
    if (operation < 0) {
      const role = this.#argumentRoleOf[instance].get(position);
      return role === undefined ? 'something outside' : `argument role ${role}`;
    }
    const role = this.#roleOf[instance].get(operation);
    if (role === undefined) return 'something outside';
    return `${isRegionArgument ? 'region argument' : 'result'} ${position} of role ${role}`;
  }
}
