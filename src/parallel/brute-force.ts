import { hideableValues, overlapOf, tellsHideable } from '../cost/index.ts';
import type { Operation, ValueId } from '../ir/index.ts';
import {
  type Assignment,
  type Layout,
  type LayoutChange,
  layoutBytes,
  type OperationChoice,
  operationRole,
  ValueVersions,
} from '../sharding/index.ts';
import { listMeshes, type MeshRules, meshRules } from './meshes.ts';
import { dimensionSizes, entryOf, type ShardingProblem } from './problem.ts';
import { type MeshProblem, problemOnMesh } from './problem-mesh.ts';
import { recostAssignment } from './recost.ts';
import { Prices } from './recost-prices.ts';
import { overlapWeights, plainWeights, type StepWeights } from './search/overlap-weights.ts';
import { type ChoiceRules, exactChoiceRules, operationChoices, partialOnMesh, valueLayouts } from './space.ts';
import { decidingOperations, spaceSize } from './space-size.ts';

/** What an exhaustive search finds. */
export interface BruteForceResult {
  /** Undefined where nothing fits into memory. */
  readonly best:
    | { readonly ground: MeshProblem; readonly assignment: Assignment; readonly seconds: number }
    | undefined;
  readonly meshes: number;
  /** Assignments on all meshes together, in closed form; see `spaceSize`. */
  readonly assignments: bigint;
  /** Partial assignments that were looked at, and full ones that were cheaper than any that fits before them. */
  readonly nodes: number;
  readonly leaves: number;
}

/** Most operations and devices of a problem that is small enough. */
export const bruteForceLimits = { operations: 8, devices: 4 } as const;

/**
 * Looks at every assignment on every mesh, but for those that a partial one shows to be no cheaper than the best so far
 * or too large: an oracle for searches, slow and plain. Exact with exact rules. Throws an internal error for a problem
 * beyond `bruteForceLimits` or with loops, branches and barriers.
 */
export function bruteForce(
  problem: ShardingProblem,
  rules: ChoiceRules = exactChoiceRules,
  meshes: MeshRules = meshRules,
): BruteForceResult {
  const dimensions = dimensionSizes(entryOf(problem.program));
  const candidates =
    problem.mesh === undefined
      ? listMeshes(problem.cluster, dimensions, meshes).candidates.map(({ mesh }) => mesh)
      : [problem.mesh];
  let best: BruteForceResult['best'];
  let [assignments, nodes, leaves] = [0n, 0, 0];
  for (const mesh of candidates) {
    const ground = problemOnMesh(problem, mesh);
    assignments += spaceSize(ground).assignments;
    const search = new Exhaustion(ground, rules, best?.seconds ?? Number.POSITIVE_INFINITY);
    search.run();
    nodes += search.nodes;
    leaves += search.leaves;
    if (search.best !== undefined) best = { ground, assignment: search.best, seconds: search.seconds };
  }
  return { best, meshes: candidates.length, assignments, nodes, leaves };
}

/** One thing to decide, in the order in which a program is walked: an argument right before it is read first. */
type Decision =
  | { readonly kind: 'argument'; readonly index: number; readonly layouts: readonly Layout[] }
  | { readonly kind: 'result'; readonly index: number; readonly layouts: readonly Layout[] }
  | { readonly kind: 'operation'; readonly operation: Operation; readonly choices: readonly PricedChoice[] };

interface PricedChoice {
  readonly choice: OperationChoice;
  readonly seconds: number;
}

class Exhaustion {
  best: Assignment | undefined;
  seconds: number;
  nodes = 0;
  leaves = 0;
  readonly #ground: MeshProblem;
  readonly #prices: Prices;
  readonly #versions: ValueVersions;
  readonly #decisions: readonly Decision[];
  /** Least seconds of all that is decided from a decision on. */
  readonly #rest: readonly number[];
  readonly #arguments: Layout[];
  readonly #results: Layout[];
  readonly #choices: (OperationChoice | undefined)[];
  readonly #returned: ReadonlySet<ValueId>;
  /** Values whose moves can be hidden behind computing, and sums that are no more than a step where there are some. */
  readonly #hideable: ReadonlySet<ValueId>;
  readonly #weights: StepWeights;
  #argumentBytes = 0;

  constructor(ground: MeshProblem, rules: ChoiceRules, seconds: number) {
    this.seconds = seconds;
    this.#ground = ground;
    this.#prices = new Prices(ground);
    this.#versions = new ValueVersions(ground.grid, ground.facts);
    const overlap = overlapOf(ground.problem.cluster.profile);
    this.#hideable = tellsHideable(ground.problem.cluster)
      ? hideableValues(ground.func, ground.facts.cheap)
      : new Set();
    this.#weights = overlap.share > 0 ? overlapWeights(overlap, 0.5) : plainWeights;
    this.#decisions = decisionsOf(ground, this.#prices, rules, this.#weights);
    const rest = [0];
    for (const decision of [...this.#decisions].reverse()) {
      const least = decision.kind === 'operation' ? Math.min(...decision.choices.map(({ seconds: own }) => own)) : 0;
      rest.unshift(rest[0] + least);
    }
    this.#rest = rest;
    this.#returned = new Set(ground.func.body.operations.at(-1)?.operands);
    this.#arguments = [];
    this.#results = [];
    this.#choices = ground.operations.map(() => undefined);
  }

  run(): void {
    this.#decide(0, 0);
  }

  #decide(depth: number, seconds: number): void {
    this.nodes++;
    const decision = this.#decisions[depth];
    if (decision === undefined) this.#finish(seconds);
    else if (decision.kind === 'argument') this.#decideArgument(depth, seconds, decision.index, decision.layouts);
    else if (decision.kind === 'result') this.#decideResult(depth, seconds, decision.index, decision.layouts);
    else this.#decideOperation(depth, seconds, decision.operation, decision.choices);
  }

  /** True when nothing below can be better. */
  #hopeless(depth: number, seconds: number): boolean {
    return seconds + this.#rest[depth] >= this.seconds * (1 - 1e-12);
  }

  #decideArgument(depth: number, seconds: number, index: number, layouts: readonly Layout[]): void {
    const { value } = this.#ground.func.arguments[index];
    for (const layout of layouts) {
      const bytes = this.#bytes(value, layout);
      if (this.#argumentBytes + bytes > this.#ground.problem.memoryLimitBytes) continue;
      this.#argumentBytes += bytes;
      this.#arguments[index] = layout;
      this.#versions.place(value, layout);
      this.#decide(depth + 1, seconds);
      this.#argumentBytes -= bytes;
    }
  }

  #decideOperation(depth: number, seconds: number, operation: Operation, choices: readonly PricedChoice[]): void {
    const number = this.#ground.numbers.get(operation) ?? -1;
    const options: { readonly priced: PricedChoice; readonly seconds: number }[] = [];
    for (const priced of choices) {
      const mark = this.#versions.mark();
      const moved = this.#read(operation.operands, priced.choice.operands);
      this.#versions.takeBack(mark);
      const own = seconds + moved + priced.seconds + this.#finals(operation, priced.choice);
      if (!this.#hopeless(depth + 1, own)) options.push({ priced, seconds: own });
    }
    options.sort((a, b) => a.seconds - b.seconds);
    for (const option of options) {
      if (this.#hopeless(depth + 1, option.seconds)) return;
      const { choice } = option.priced;
      const mark = this.#versions.mark();
      this.#read(operation.operands, choice.operands);
      for (const [index, value] of operation.results.entries()) this.#versions.place(value, choice.finals[index]);
      this.#choices[number] = choice;
      this.#decide(depth + 1, option.seconds);
      this.#versions.takeBack(mark);
    }
  }

  #decideResult(depth: number, seconds: number, index: number, layouts: readonly Layout[]): void {
    const value = this.#ground.func.body.operations.at(-1)?.operands[index] ?? -1;
    const donor = this.#ground.donors[index];
    for (const layout of donor >= 0 ? [this.#arguments[donor]] : layouts) {
      const mark = this.#versions.mark();
      const own = seconds + this.#read([value], [layout]);
      if (!this.#hopeless(depth + 1, own)) {
        this.#results[index] = layout;
        this.#decide(depth + 1, own);
      }
      this.#versions.takeBack(mark);
    }
  }

  #finish(seconds: number): void {
    this.leaves++;
    const { mesh, problem } = this.#ground;
    const assignment: Assignment = {
      mesh,
      arguments: [...this.#arguments],
      results: [...this.#results],
      choices: [...this.#choices],
      microBatches: 1,
      pipeline: null,
    };
    const { memoryBytes, stepSeconds } = recostAssignment(this.#ground, assignment);
    if (memoryBytes > problem.memoryLimitBytes) return;
    // With moves that hide, what was added up on the way is only the least that a step can take.
    const taken = overlapOf(this.#ground.problem.cluster.profile).share > 0 ? stepSeconds : seconds;
    if (taken >= this.seconds) return;
    this.best = assignment;
    this.seconds = taken;
  }

  /** Seconds to have values in layouts; infinite where they cannot be there, or not together with the arguments. */
  #read(values: readonly ValueId[], layouts: readonly Layout[]): number {
    let seconds = 0;
    let bytes = this.#argumentBytes;
    for (const [index, value] of values.entries()) {
      const changes = this.#versions.demand(value, layouts[index]);
      if (changes === undefined) return Number.POSITIVE_INFINITY;
      for (const change of changes) {
        seconds += this.#change(change);
        // What is returned may lie in a donated buffer, which counts already.
        if (!this.#returned.has(change.value)) bytes += this.#bytes(change.value, change.to);
      }
    }
    return bytes > this.#ground.problem.memoryLimitBytes ? Number.POSITIVE_INFINITY : seconds;
  }

  #finals(operation: Operation, { results, finals }: OperationChoice): number {
    return operation.results.reduce(
      (sum, value, index) => sum + this.#change({ value, from: results[index], to: finals[index] }),
      0,
    );
  }

  #change({ value, from, to }: LayoutChange): number {
    const hideable = this.#hideable.has(value);
    const weight = hideable ? this.#weights.hideable : 1;
    return from === to ? 0 : weight * this.#prices.change(this.#versions.typeOf(value), from, to, hideable);
  }

  #bytes(value: ValueId, layout: Layout): number {
    return layoutBytes(this.#ground.grid, this.#versions.typeOf(value), layout.dimensions);
  }
}

/** All decisions of a program without loops, branches and barriers. */
function decisionsOf(ground: MeshProblem, prices: Prices, rules: ChoiceRules, weights: StepWeights): Decision[] {
  const { func, operations, pinned, problem } = ground;
  const open = decidingOperations(ground, operations);
  const { operations: most, devices } = bruteForceLimits;
  if (
    open.length > most ||
    problem.cluster.devices > devices ||
    open.some(one => operationRole(ground, one) !== 'free')
  )
    throw new Error(`internal: brute force takes ${most} plain operations and ${devices} devices at most`);
  const partial = partialOnMesh(ground);
  const decisions: Decision[] = [];
  const decided = new Set<number>();
  const decideArguments = (values: readonly ValueId[]): void => {
    for (const [index, { value }] of func.arguments.entries()) {
      if (decided.has(index) || !values.includes(value)) continue;
      const pin = pinned.arguments[index];
      decisions.push({
        kind: 'argument',
        index,
        layouts: pin === undefined ? valueLayouts(ground, value, rules) : [pin],
      });
      decided.add(index);
    }
  };
  for (const operation of func.body.operations) {
    decideArguments(operation.operands);
    if (!open.includes(operation)) continue;
    const { choices } = operationChoices(ground, operation, partial, rules);
    const priced = choices.map(choice => ({ choice, seconds: prices.operation(operation, choice, weights.computing) }));
    decisions.push({ kind: 'operation', operation, choices: priced });
  }
  decideArguments(func.arguments.map(({ value }) => value));
  const returned = func.body.operations.at(-1)?.operands ?? [];
  for (const [index, value] of returned.entries()) {
    const pin = pinned.results[index];
    decisions.push({ kind: 'result', index, layouts: pin === undefined ? valueLayouts(ground, value, rules) : [pin] });
  }
  return decisions;
}
