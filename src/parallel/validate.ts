import type { Operation, ValueId } from '../ir/index.ts';
import {
  dimensionsOf,
  equalLayouts,
  type Layout,
  piecesOfAtoms,
  reductionsOf,
  shardingOf,
  wholeLayout,
} from '../sharding/index.ts';
import type { Assignment, OperationChoice } from './assignment.ts';
import { type MeshProblem, operationRole } from './problem-mesh.ts';
import { type AssignmentCost, recostAssignment } from './recost.ts';

/** A promise that an assignment breaks. */
export interface Violation {
  readonly kind: 'missing' | 'uneven' | 'twice' | 'rule' | 'partial' | 'pin' | 'affinity' | 'loop' | 'memory';
  readonly message: string;
}

/**
 * Everything that is wrong with an assignment; empty when it is valid. Checked from the rules of the operations alone,
 * whatever found it: each layout is even and uses an atom once, layouts follow from strategies, partial sums are handed
 * through linear operations only and come from where they are made, pins hold, state stays where it is, what a loop
 * carries keeps its layout, and a device's memory suffices. `cost` is what `recostAssignment` says of the assignment;
 * it is asked where it is left out.
 */
export function validateAssignment(
  ground: MeshProblem,
  assignment: Assignment,
  cost?: Pick<AssignmentCost, 'memoryBytes'>,
): Violation[] {
  const checker = new Checker(ground, assignment);
  checker.check();
  if (checker.violations.length > 0) return checker.violations;
  const { memoryBytes } = cost ?? recostAssignment(ground, assignment);
  const limit = ground.problem.memoryLimitBytes;
  if (memoryBytes <= limit) return [];
  return [{ kind: 'memory', message: `a device needs ${memoryBytes} bytes of ${limit}` }];
}

/** Names what is wrong, in the words of a message. Only asked for where something is. */
type Name = () => string;

class Checker {
  readonly violations: Violation[] = [];
  readonly #ground: MeshProblem;
  readonly #assignment: Assignment;
  /** The layout in which each value is handed on. */
  readonly #homes = new Map<ValueId, Layout>();

  constructor(ground: MeshProblem, assignment: Assignment) {
    this.#ground = ground;
    this.#assignment = assignment;
  }

  check(): void {
    const { func, pinned, donors } = this.#ground;
    const { arguments: given, results } = this.#assignment;
    if (given.length !== func.arguments.length || results.length !== func.results.length) {
      this.#say('missing', `${given.length} arguments and ${results.length} results are placed`);
      return;
    }
    for (const [index, { value }] of func.arguments.entries()) {
      const what: Name = () => `argument ${index}`;
      this.#checkLayout(what, value, given[index]);
      this.#checkWhole(what, given[index]);
      this.#checkPin(what, pinned.arguments[index], given[index]);
      this.#homes.set(value, given[index]);
    }
    this.#checkBlock(func.body.operations);
    for (const [index, value] of (func.body.operations.at(-1)?.operands ?? []).entries()) {
      const what: Name = () => `result ${index}`;
      this.#checkLayout(what, value, results[index]);
      this.#checkWhole(what, results[index]);
      this.#checkPin(what, pinned.results[index], results[index]);
      const donor = donors[index];
      if (donor >= 0 && !equalLayouts(given[donor], results[index]))
        this.#say('affinity', `result ${index} takes the buffer of argument ${donor} and lies otherwise`);
    }
  }

  #say(kind: Violation['kind'], message: string): void {
    this.violations.push({ kind, message });
  }

  #checkBlock(operations: readonly Operation[]): void {
    for (let index = 0; index < operations.length - 1; index++) this.#checkOperation(operations[index]);
  }

  #checkOperation(operation: Operation): void {
    const number = this.#ground.numbers.get(operation) ?? -1;
    const what: Name = () => `operation ${number} (${operation.name})`;
    const role = operationRole(this.#ground, operation);
    if (role === 'cheap') return;
    const choice = this.#assignment.choices[number];
    if (choice === undefined) {
      this.#say('missing', `${what()} has no choice`);
      return;
    }
    if (!this.#checkLengths(operation, choice, what)) return;
    for (const [index, value] of operation.operands.entries()) {
      const name: Name = () => `operand ${index} of ${what()}`;
      this.#checkLayout(name, value, choice.operands[index]);
      this.#checkSource(name, choice.operands[index], this.#homes.get(value));
    }
    if (role === 'loop' || role === 'branch') this.#checkControl(operation, choice, what);
    else if (role === 'follower') this.#checkFollower(choice, what);
    else this.#checkStrategy(operation, choice, what);
    for (const [index, value] of operation.results.entries()) {
      const name: Name = () => `result ${index} of ${what()}`;
      const handedOn: Name = () => `${name()}, handed on`;
      this.#checkLayout(name, value, choice.results[index]);
      this.#checkLayout(handedOn, value, choice.finals[index]);
      this.#checkSource(handedOn, choice.finals[index], choice.results[index]);
      this.#checkPin(name, this.#ground.pinned.values.get(value), choice.finals[index]);
      this.#homes.set(value, choice.finals[index]);
    }
  }

  /** False where a choice does not have a layout for each operand and result. */
  #checkLengths({ operands, results }: Operation, choice: OperationChoice, what: Name): boolean {
    const lengths = [choice.operands.length, choice.results.length, choice.finals.length];
    const wanted = [operands.length, results.length, results.length];
    if (lengths.every((length, index) => length === wanted[index])) return true;
    this.#say('missing', `${what()} has ${lengths.join(', ')} layouts instead of ${wanted.join(', ')}`);
    return false;
  }

  /** Layouts must be those that the strategy gives through the operation's rule. */
  #checkStrategy(operation: Operation, choice: OperationChoice, what: Name): void {
    const { grid, facts } = this.#ground;
    const rule = facts.rule(operation);
    const { strategy } = choice;
    if (strategy.length !== rule.factors.length) {
      this.#say('rule', `${what()} has ${rule.factors.length} factors, its strategy ${strategy.length}`);
      return;
    }
    const used = strategy.flat();
    if (hasRepeats(used)) this.#say('twice', `${what()} uses an axis for two factors`);
    for (const [index, { size, kind }] of rule.factors.entries()) {
      const pieces = piecesOfAtoms(grid, strategy[index]);
      if (kind === 'replicate' && pieces > 1) this.#say('rule', `${what()} cuts factor ${index}, which cannot be cut`);
      if (size % pieces !== 0) this.#say('uneven', `${what()} cuts factor ${index} of ${size} into ${pieces}`);
    }
    const carried = this.#carriedSums(choice, rule.linear, used, what);
    const partial = [...new Set([...reductionsOf(rule, strategy).sums, ...carried])].sort((a, b) => a - b);
    const compare = (kind: string, index: number, tensor: (typeof rule.operands)[number], layout: Layout) => {
      const dimensions = dimensionsOf(grid, rule, tensor, strategy);
      if (dimensions === undefined) this.#say('rule', `${kind} ${index} of ${what()} would not be contiguous`);
      else if (!equalLayouts({ dimensions, partial: [] }, { dimensions: layout.dimensions, partial: [] }))
        this.#say('rule', `${kind} ${index} of ${what()} does not follow from its strategy`);
    };
    for (const [index, tensor] of rule.operands.entries()) compare('operand', index, tensor, choice.operands[index]);
    for (const [index, tensor] of rule.results.entries()) {
      compare('result', index, tensor, choice.results[index]);
      const own = [...choice.results[index].partial].sort((a, b) => a - b);
      if (own.length !== partial.length || own.some((atom, place) => atom !== partial[place]))
        this.#say('partial', `result ${index} of ${what()} is partial along ${own}`);
    }
  }

  /** Atoms along which partial operands are handed through; each must be carried by one linear set and be idle. */
  #carriedSums(
    choice: OperationChoice,
    linear: readonly (readonly number[])[],
    used: readonly number[],
    what: Name,
  ): number[] {
    const atoms = [...new Set(choice.operands.flatMap(({ partial }) => partial))];
    for (const atom of atoms) {
      const carriers = choice.operands.flatMap(({ partial }, index) => (partial.includes(atom) ? [index] : []));
      const fits = linear.some(set => set.length === carriers.length && set.every(index => carriers.includes(index)));
      if (!fits || used.includes(atom)) this.#say('partial', `${what()} cannot hand on a partial sum along ${atom}`);
    }
    return atoms;
  }

  #checkFollower(choice: OperationChoice, what: Name): void {
    for (const [index, layout] of choice.results.entries()) {
      if (!equalLayouts(layout, choice.operands[index]) || layout.partial.length > 0)
        this.#say('rule', `result ${index} of ${what()} is not what operand ${index} is`);
    }
  }

  #checkControl(operation: Operation, choice: OperationChoice, what: Name): void {
    const loop = operation.name === 'stablehlo.while';
    if (loop && choice.operands.some((layout, index) => !equalLayouts(layout, choice.results[index])))
      this.#say('loop', `${what()} carries a value that changes its layout`);
    if (!loop && !equalLayouts(choice.operands[0], wholeLayout(0)))
      this.#say('rule', `${what()} needs its condition whole`);
    if (choice.results.some(({ partial }) => partial.length > 0))
      this.#say('partial', `${what()} hands on partial sums`);
    for (const region of operation.regions) {
      for (const [index, value] of region.arguments.entries()) this.#homes.set(value, choice.results[index]);
      this.#checkBlock(region.operations);
    }
  }

  /** A layout fits its tensor: as many dimensions, even, each atom once. */
  #checkLayout(what: Name, value: ValueId, layout: Layout): void {
    const { grid, facts } = this.#ground;
    const shape = facts.tensor(value)?.shape ?? [];
    if (layout.dimensions.length !== shape.length) {
      this.#say('rule', `${what()} has ${shape.length} dimensions, its layout ${layout.dimensions.length}`);
      return;
    }
    const atoms = atomsOf(layout);
    if (atoms.length === 0) return;
    if (hasRepeats(atoms)) this.#say('twice', `${what()} uses an axis twice`);
    if (atoms.some(atom => grid.atoms[atom] === undefined)) this.#say('rule', `${what()} uses an unknown axis`);
    else if (layout.dimensions.some((list, index) => shape[index] % piecesOfAtoms(grid, list) !== 0))
      this.#say(
        'uneven',
        `${what()} of ${shape.join('x')} is cut unevenly: ${JSON.stringify(shardingOf(grid, layout))}`,
      );
  }

  #checkWhole(what: Name, layout: Layout): void {
    if (layout.partial.length > 0) this.#say('partial', `${what()} is a partial sum`);
  }

  /** Partial sums can be completed on the way, but not come from nowhere. */
  #checkSource(what: Name, layout: Layout, home: Layout | undefined): void {
    if (layout.partial.some(atom => home?.partial.includes(atom) !== true))
      this.#say('partial', `${what()} is read as a partial sum that nothing makes`);
  }

  #checkPin(what: Name, pin: Layout | undefined, layout: Layout): void {
    if (pin !== undefined && !equalLayouts(pin, layout)) this.#say('pin', `${what()} is pinned otherwise`);
  }
}

/** The atoms of all dimensions, and those along which a layout is partial. */
function atomsOf({ dimensions, partial }: Layout): number[] {
  const atoms = [...partial];
  for (const list of dimensions) for (const atom of list) atoms.push(atom);
  return atoms;
}

function hasRepeats(atoms: readonly number[]): boolean {
  return atoms.some((atom, index) => atoms.indexOf(atom) !== index);
}
