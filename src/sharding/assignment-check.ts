import type { Operation, ValueId } from '../ir/index.ts';
import type { Assignment, OperationChoice } from './assignment.ts';
import { dimensionsOf, reductionsOf } from './factor-layout.ts';
import { axisNames, equalLayouts, type Layout, piecesOfAtoms, reducedLayout, shardingOf, wholeLayout } from './grid.ts';
import { formatSharding } from './notation.ts';
import { type OperationRole, operationRole, type ProgramOnMesh } from './program-on-mesh.ts';
import type { FactorRule } from './rules/rule.ts';

/** A promise that an assignment breaks. */
export interface AssignmentFault {
  readonly kind: 'missing' | 'needless' | 'uneven' | 'twice' | 'rule' | 'partial' | 'affinity' | 'loop';
  readonly message: string;
  readonly subject: FaultSubject;
}

/** What breaks a promise: an operation by its number, an argument or a result by its position, or the whole. */
export type FaultSubject =
  | { readonly kind: 'operation' | 'argument' | 'result'; readonly index: number }
  | { readonly kind: 'assignment' };

/**
 * Everything that is wrong with an assignment; empty when it can be carried out. Checked from the rules of the operations
 * alone, whatever found it: each layout is even and uses an atom once, layouts follow from strategies, partial sums are
 * handed through linear operations only and come from where they are made, state stays where it is, and what a loop
 * carries keeps its layout. Strategies must name atoms of the grid.
 */
export function checkAssignment(ground: ProgramOnMesh, assignment: Assignment): AssignmentFault[] {
  const checker = new Checker(ground, assignment);
  checker.check();
  return checker.faults;
}

class Checker {
  readonly faults: AssignmentFault[] = [];
  readonly #ground: ProgramOnMesh;
  readonly #assignment: Assignment;
  /** The layout in which each value is handed on. */
  readonly #homes = new Map<ValueId, Layout>();
  /** Choices that keep what the rule of their operation asks: members of a class have both in common. */
  readonly #kept = new Map<OperationChoice, FactorRule>();
  /** The numbers of operations that are placed. */
  readonly #placed = new Set<number>();
  /** What is looked at. */
  #subject: FaultSubject = { kind: 'assignment' };

  constructor(ground: ProgramOnMesh, assignment: Assignment) {
    this.#ground = ground;
    this.#assignment = assignment;
  }

  check(): void {
    const { func, donors } = this.#ground;
    const { arguments: given, results } = this.#assignment;
    if (given.length !== func.arguments.length || results.length !== func.results.length) {
      this.#say('missing', `${given.length} arguments and ${results.length} results are placed`);
      return;
    }
    for (const [index, { value }] of func.arguments.entries()) {
      this.#subject = { kind: 'argument', index };
      this.#checkLayout(`argument ${index}`, value, given[index]);
      this.#checkWhole(`argument ${index}`, given[index]);
      this.#homes.set(value, given[index]);
    }
    this.#checkBlock(func.body.operations);
    for (const [index, value] of (func.body.operations.at(-1)?.operands ?? []).entries()) {
      this.#subject = { kind: 'result', index };
      this.#checkLayout(`result ${index}`, value, results[index]);
      this.#checkWhole(`result ${index}`, results[index]);
      const donor = donors[index];
      if (donor >= 0 && !equalLayouts(given[donor], results[index]))
        this.#say('affinity', `result ${index} takes the buffer of argument ${donor} and lies otherwise`);
    }
    this.#checkNeedless();
  }

  #say(kind: AssignmentFault['kind'], message: string): void {
    this.faults.push({ kind, message, subject: this.#subject });
  }

  /** Choices for operations where nothing is to choose: cheap ones, terminators, and what folds elements. */
  #checkNeedless(): void {
    const { operations } = this.#ground;
    for (const [number, choice] of this.#assignment.choices.entries()) {
      if (choice === undefined || this.#placed.has(number)) continue;
      this.#subject = { kind: 'operation', index: number };
      const name = operations[number]?.name;
      this.#say(
        'needless',
        name === undefined
          ? `there is no operation ${number}`
          : `nothing is to decide for operation ${number} (${name})`,
      );
    }
  }

  #axes(atoms: readonly number[]): string {
    const known = atoms.filter(atom => this.#ground.grid.atoms[atom] !== undefined);
    return known.length === 0 ? 'nothing' : axisNames(this.#ground.grid, known).join(', ');
  }

  #checkBlock(operations: readonly Operation[]): void {
    for (const operation of operations.slice(0, -1)) this.#checkOperation(operation);
  }

  #checkOperation(operation: Operation): void {
    const role = operationRole(this.#ground, operation);
    if (role === 'cheap') return;
    const number = this.#ground.numbers.get(operation) ?? -1;
    this.#placed.add(number);
    const choice = this.#assignment.choices[number];
    const rule = role === 'free' ? this.#ground.facts.rule(operation) : undefined;
    if (choice !== undefined && rule !== undefined && this.#kept.get(choice) === rule) {
      this.#checkSources(operation, number, choice);
      for (const [index, value] of operation.results.entries()) this.#homes.set(value, choice.finals[index]);
      return;
    }
    const before = this.faults.length;
    this.#checkChoice(operation, number, role, choice);
    if (rule !== undefined && choice !== undefined && this.faults.length === before) this.#kept.set(choice, rule);
  }

  #checkChoice(operation: Operation, number: number, role: OperationRole, choice: OperationChoice | undefined): void {
    const what = nameOf(operation, number);
    const subject: FaultSubject = { kind: 'operation', index: number };
    this.#subject = subject;
    if (choice === undefined) {
      this.#say('missing', `${what} is not decided`);
      return;
    }
    const lists = [choice.operands, choice.results, choice.finals].map(list => list.length);
    const wanted = [operation.operands.length, operation.results.length, operation.results.length];
    if (lists.some((length, index) => length !== wanted[index])) {
      this.#say('missing', `${what} has ${lists.join(', ')} layouts instead of ${wanted.join(', ')}`);
      return;
    }
    for (const [index, value] of operation.operands.entries())
      this.#checkLayout(`operand ${index} of ${what}`, value, choice.operands[index]);
    this.#checkSources(operation, number, choice);
    if (role === 'loop' || role === 'branch') this.#checkControl(operation, choice, what);
    else if (role === 'follower') this.#checkFollower(operation, choice, what);
    else this.#checkStrategy(operation, choice, what);
    this.#subject = subject;
    for (const [index, value] of operation.results.entries()) {
      this.#checkLayout(`result ${index} of ${what}`, value, choice.results[index]);
      this.#checkLayout(`result ${index} of ${what}, handed on`, value, choice.finals[index]);
      this.#checkSource(`result ${index} of ${what}, handed on`, choice.finals[index], choice.results[index]);
      this.#homes.set(value, choice.finals[index]);
    }
  }

  /** Operands that are read as partial sums are partial sums where they come from. */
  #checkSources(operation: Operation, number: number, { operands }: OperationChoice): void {
    for (const [index, layout] of operands.entries()) {
      if (layout.partial.length === 0) continue;
      this.#subject = { kind: 'operation', index: number };
      const home = this.#homes.get(operation.operands[index]);
      this.#checkSource(`operand ${index} of ${nameOf(operation, number)}`, layout, home);
    }
  }

  /** Layouts must be those that the strategy gives through the operation's rule. */
  #checkStrategy(operation: Operation, choice: OperationChoice, what: string): void {
    const { grid, facts } = this.#ground;
    const rule = facts.rule(operation);
    const { strategy } = choice;
    const used = strategy.flat();
    if (strategy.length !== rule.factors.length) {
      this.#say('rule', `${what} has ${rule.factors.length} factors, its strategy ${strategy.length}`);
      return;
    }
    if (new Set(used).size !== used.length) this.#say('twice', `${what} uses an axis for two factors`);
    for (const [index, { size, kind }] of rule.factors.entries()) {
      const pieces = piecesOfAtoms(grid, strategy[index]);
      if (kind === 'replicate' && pieces > 1) this.#say('rule', `${what} cuts factor ${index}, which cannot be cut`);
      if (size % pieces !== 0) this.#say('uneven', `${what} cuts factor ${index} of ${size} into ${pieces}`);
    }
    const carried = this.#carriedSums(choice, rule.linear, used, what);
    const partial = [...new Set([...reductionsOf(rule, strategy).sums, ...carried])].sort((a, b) => a - b);
    const compare = (name: string, tensor: (typeof rule.operands)[number], layout: Layout) => {
      const dimensions = dimensionsOf(grid, rule, tensor, strategy);
      if (dimensions === undefined) this.#say('rule', `${name} of ${what} would not be contiguous`);
      else if (!equalLayouts({ dimensions, partial: [] }, reducedLayout(layout)))
        this.#say('rule', `${name} of ${what} does not follow from its strategy`);
    };
    for (const [index, tensor] of rule.operands.entries()) compare(`operand ${index}`, tensor, choice.operands[index]);
    for (const [index, tensor] of rule.results.entries()) {
      compare(`result ${index}`, tensor, choice.results[index]);
      const own = [...choice.results[index].partial].sort((a, b) => a - b);
      if (own.join() !== partial.join())
        this.#say(
          'partial',
          `result ${index} of ${what} is partial along ${this.#axes(own)} instead of ${this.#axes(partial)}`,
        );
    }
  }

  /** Atoms along which partial operands are handed through; each must be carried by one linear set and be idle. */
  #carriedSums(
    choice: OperationChoice,
    linear: readonly (readonly number[])[],
    used: readonly number[],
    what: string,
  ): number[] {
    const atoms = [...new Set(choice.operands.flatMap(({ partial }) => partial))];
    for (const atom of atoms) {
      const carriers = choice.operands.flatMap(({ partial }, index) => (partial.includes(atom) ? [index] : []));
      const fits = linear.some(set => set.length === carriers.length && set.every(index => carriers.includes(index)));
      if (!fits || used.includes(atom))
        this.#say('partial', `${what} cannot hand on a partial sum along ${this.#axes([atom])}`);
    }
    return atoms;
  }

  /** Nothing moves in a follower, and one axis may cut several of its factors, since no tensor has two of them. */
  #checkFollower(operation: Operation, choice: OperationChoice, what: string): void {
    const { grid, facts } = this.#ground;
    const rule = facts.rule(operation);
    const { strategy } = choice;
    if (strategy.length !== rule.factors.length) {
      this.#say('rule', `${what} has ${rule.factors.length} factors, its strategy ${strategy.length}`);
      return;
    }
    for (const [index, tensor] of rule.results.entries()) {
      const dimensions = dimensionsOf(grid, rule, tensor, strategy) ?? [];
      if (!equalLayouts({ dimensions, partial: [] }, reducedLayout(choice.results[index])))
        this.#say('rule', `result ${index} of ${what} does not follow from its strategy`);
    }
    for (const [index, layout] of choice.results.entries()) {
      if (!equalLayouts(layout, choice.operands[index]) || layout.partial.length > 0)
        this.#say('rule', `result ${index} of ${what} is not what operand ${index} is`);
    }
  }

  #checkControl(operation: Operation, choice: OperationChoice, what: string): void {
    const loop = operation.name === 'stablehlo.while';
    if (choice.strategy.length > 0) this.#say('rule', `${what} has no factors, its strategy ${choice.strategy.length}`);
    if (choice.finals.some((layout, index) => !equalLayouts(layout, choice.results[index])))
      this.#say('rule', `${what} hands on results otherwise than they come out`);
    if (loop && choice.operands.some((layout, index) => !equalLayouts(layout, choice.results[index])))
      this.#say('loop', `${what} carries a value that changes its layout`);
    if (!loop && !equalLayouts(choice.operands[0], wholeLayout(0)))
      this.#say('rule', `${what} needs its condition whole`);
    if (choice.results.some(({ partial }) => partial.length > 0)) this.#say('partial', `${what} hands on partial sums`);
    for (const region of operation.regions) {
      for (const [index, value] of region.arguments.entries()) this.#homes.set(value, choice.results[index]);
      this.#checkBlock(region.operations);
    }
  }

  /** A layout fits its tensor: as many dimensions, even, each atom once. */
  #checkLayout(what: string, value: ValueId, layout: Layout): void {
    const { grid, facts } = this.#ground;
    const shape = facts.tensor(value)?.shape ?? [];
    if (layout.dimensions.length !== shape.length) {
      this.#say('rule', `${what} has ${shape.length} dimensions, its layout ${layout.dimensions.length}`);
      return;
    }
    if (this.#fits(shape, layout)) return;
    const atoms = [...layout.dimensions.flat(), ...layout.partial];
    if (new Set(atoms).size !== atoms.length) this.#say('twice', `${what} uses an axis twice`);
    if (atoms.some(atom => grid.atoms[atom] === undefined)) this.#say('rule', `${what} uses an unknown axis`);
    else if (layout.dimensions.some((list, index) => shape[index] % piecesOfAtoms(grid, list) !== 0))
      this.#say('uneven', `${what} of ${shape.join('x')} is cut unevenly: ${formatSharding(shardingOf(grid, layout))}`);
  }

  /** The same in short: most layouts are right, and there are many. */
  #fits(shape: readonly number[], { dimensions, partial }: Layout): boolean {
    const { atoms } = this.#ground.grid;
    let used = 0;
    const take = (atom: number): boolean => {
      const bit = atom < 31 ? 1 << atom : 0;
      if (atoms[atom] === undefined || bit === 0 || (used & bit) !== 0) return false;
      used |= bit;
      return true;
    };
    for (let index = 0; index < dimensions.length; index++) {
      let pieces = 1;
      for (const atom of dimensions[index]) {
        if (!take(atom)) return false;
        pieces *= atoms[atom].size;
      }
      if (shape[index] % pieces !== 0) return false;
    }
    return partial.every(take);
  }

  #checkWhole(what: string, layout: Layout): void {
    if (layout.partial.length > 0) this.#say('partial', `${what} is a partial sum`);
  }

  /** Partial sums can be completed on the way, but not come from nowhere. */
  #checkSource(what: string, layout: Layout, home: Layout | undefined): void {
    if (layout.partial.some(atom => home?.partial.includes(atom) !== true))
      this.#say('partial', `${what} is read as a partial sum that nothing makes`);
  }
}

const nameOf = ({ name }: Operation, number: number): string => `operation ${number} (${name})`;
