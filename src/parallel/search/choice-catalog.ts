import type { Operation, ValueId } from '../../ir/index.ts';
import { type FactorRule, type Layout, type OperationChoice, piecesOfAtoms } from '../../sharding/index.ts';
import type { MeshProblem } from '../problem-mesh.ts';
import { type ChoiceRules, operationChoices, valueLayouts } from '../space.ts';

/** The choices of operations and the layouts of values, listed once for all that are alike. */
export class ChoiceCatalog {
  /** Strategies that are possible at all, and choices after pruning, of all that was asked for. */
  counted = 0;
  kept = 0;
  readonly #ground: MeshProblem;
  readonly #rules: ChoiceRules;
  readonly #partial: ReadonlySet<ValueId>;
  readonly #devices: number;
  readonly #keys = new Map<FactorRule, string>();
  readonly #lists = new Map<string, { readonly choices: readonly OperationChoice[]; readonly counted: number }>();
  readonly #layouts = new Map<string, readonly Layout[]>();

  constructor(ground: MeshProblem, rules: ChoiceRules, partial: ReadonlySet<ValueId>) {
    this.#ground = ground;
    this.#rules = rules;
    this.#partial = partial;
    this.#devices = piecesOfAtoms(ground.grid, [...ground.grid.atoms.keys()]);
  }

  choicesOf(operation: Operation): readonly OperationChoice[] {
    const { facts, pinned } = this.#ground;
    const found = operation.results.some(value => pinned.values.has(value))
      ? this.#list(operation)
      : this.#shared(
          [
            operation.name === 'stablehlo.dot_general' || operation.name === 'stablehlo.convolution',
            operation.operands.map(value => (this.#partial.has(value) ? 1 : 0)).join(''),
            operation.results.some(value => (facts.readers.get(value) ?? 0) > 1),
            this.#keyOf(facts.rule(operation)),
          ].join(':'),
          operation,
        );
    this.counted += found.counted;
    this.kept += found.choices.length;
    return found.choices;
  }

  layoutsOf(value: ValueId): readonly Layout[] {
    const key = this.#ground.facts.tensor(value)?.shape.join('x') ?? '';
    const known = this.#layouts.get(key);
    if (known !== undefined) return known;
    const layouts = valueLayouts(this.#ground, value, this.#rules);
    this.#layouts.set(key, layouts);
    return layouts;
  }

  /** Equal for rules that are cut alike: of a factor counts how the mesh's axes divide it, and whether to the end. */
  #keyOf(rule: FactorRule): string {
    const known = this.#keys.get(rule);
    if (known !== undefined) return known;
    const factors = rule.factors.map(factor => {
      const common = greatestDivisor(factor.size, this.#devices);
      return { ...factor, size: factor.size === common ? common : -common };
    });
    const key = JSON.stringify({ ...rule, factors });
    this.#keys.set(rule, key);
    return key;
  }

  #shared(key: string, operation: Operation) {
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const list = this.#list(operation);
    this.#lists.set(key, list);
    return list;
  }

  #list(operation: Operation) {
    const { choices, counted } = operationChoices(this.#ground, operation, this.#partial, this.#rules);
    return { choices, counted };
  }
}

function greatestDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestDivisor(other, one % other);
}
