import { operationDifference } from './fold-equal.ts';
import type { Fold, FoldBlock } from './fold-types.ts';
import type { FoldView } from './fold-view.ts';

/** Checks that classes are those of the blocks' roles, and beside them only of constants that are read alike. */
export function validateClasses(fold: Fold, view: FoldView): readonly string[] {
  const repeats = fold.blocks.filter(block => block.kind === 'repeat');
  const operations = numbering('operation', view.operations.length, fold.classOf, fold.representatives);
  const args = numbering('argument', view.func.arguments.length, fold.argumentClassOf, fold.argumentRepresentatives);
  if (operations.length + args.length > 0) return [...operations, ...args];
  return [
    ...roleProblems(
      'operation',
      fold.classOf,
      repeats.map(block => block.instances),
    ),
    ...roleProblems(
      'argument',
      fold.argumentClassOf,
      repeats.map(block => block.arguments),
    ),
    ...looseProblems(fold, view, repeats),
  ];
}

/** Classes are numbered by their first members. */
function numbering(what: string, count: number, classOf: Int32Array, representatives: Int32Array): readonly string[] {
  if (classOf.length !== count) return [`${classOf.length} ${what}s have a class, not ${count}`];
  const problems: string[] = [];
  let next = 0;
  for (let index = 0; index < count; index++) {
    if (classOf[index] > next || classOf[index] < 0) problems.push(`${what} ${index} has class ${classOf[index]}`);
    if (classOf[index] !== next) continue;
    if (representatives[next] !== index) problems.push(`${what} ${index} does not stand for class ${next}`);
    next++;
  }
  if (representatives.length !== next) problems.push(`${representatives.length} ${what}s stand for ${next} classes`);
  return problems;
}

/** The members of a role are one class, and no class has members of two roles. */
function roleProblems(
  what: string,
  classOf: Int32Array,
  groups: readonly (readonly (readonly number[])[])[],
): readonly string[] {
  const problems: string[] = [];
  const roles = new Map<number, string>();
  for (const [group, instances] of groups.entries()) {
    for (const role of instances[0].keys()) {
      const [first] = instances.map(instance => classOf[instance[role]]);
      for (const instance of instances) {
        if (classOf[instance[role]] !== first)
          problems.push(`${what} ${instance[role]} is not in the class of its role`);
      }
      const before = roles.get(first);
      if (before !== undefined) problems.push(`class ${first} of ${what}s has two roles: ${before}, ${group} ${role}`);
      roles.set(first, `${group} ${role}`);
    }
  }
  return problems;
}

/** Outside of blocks, a class has one member, or operations without inputs of equal value whose readers' classes are. */
function looseProblems(fold: Fold, view: FoldView, repeats: readonly FoldBlock[]): readonly string[] {
  const problems: string[] = [];
  const { classOf, representatives } = fold;
  const inBlock = new Set(repeats.flatMap(block => block.instances.flat()));
  const argumentsInBlock = new Set(repeats.flatMap(block => block.arguments.flat()));
  const readers = readerClasses(fold, view);
  for (const [index, operation] of view.operations.entries()) {
    const first = representatives[classOf[index]];
    if (index === first || (inBlock.has(index) && inBlock.has(first))) continue;
    const where = `operation ${index} shares class ${classOf[index]} with operation ${first}`;
    const other = view.operations[first];
    if (inBlock.has(index) || inBlock.has(first)) problems.push(`${where} across the border of a block`);
    const difference = operationDifference(view.func, other, operation);
    if (difference !== undefined) problems.push(`${where}, but has another ${difference}`);
    else if (readers[index] !== readers[first]) problems.push(`${where}, but is read by other classes`);
    else if (operation.regions.length > 0) problems.push(`${where}, but has regions`);
    const operandClasses = [operation, other].map(each => each.operands.map(value => closedClass(fold, view, value)));
    const [own, others] = operandClasses;
    if (own.some((each, position) => each === undefined || each !== others[position])) {
      problems.push(`${where}, but reads something else`);
    }
  }
  for (const [index, first] of fold.argumentClassOf.entries()) {
    const representative = fold.argumentRepresentatives[first];
    if (index !== representative && !(argumentsInBlock.has(index) && argumentsInBlock.has(representative))) {
      problems.push(`argument ${index} shares a class without a block`);
    }
  }
  return problems;
}

/** The class of an operation's result; undefined for arguments. */
function closedClass(fold: Fold, view: FoldView, value: number): string | undefined {
  const { operation, position, isRegionArgument } = view.origins[value];
  return operation < 0 || isRegionArgument ? undefined : `${fold.classOf[operation]} ${position}`;
}

/** Who reads each operation, as text: classes and operand positions, each once. */
function readerClasses(fold: Fold, view: FoldView): readonly string[] {
  const readers: Set<string>[] = view.operations.map(() => new Set());
  for (const [index, operation] of view.operations.entries()) {
    for (const [position, value] of operation.operands.entries()) {
      const origin = view.origins[value];
      if (origin.operation >= 0) readers[origin.operation].add(`${fold.classOf[index]} ${position} ${origin.position}`);
    }
  }
  return readers.map(set => [...set].sort().join());
}
