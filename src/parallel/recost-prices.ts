import {
  billedTrips,
  CollectivePrices,
  type DeviceWork,
  type FusedBytes,
  operationSeconds,
  operationWork,
  piecesOfStrategy,
  workOfPiece,
} from '../cost/index.ts';
import type { Operation, TensorType } from '../ir/index.ts';
import {
  axisNames,
  halosOf,
  type Layout,
  layoutBytes,
  layoutKey,
  type OperationChoice,
  reductionsOf,
  reshardSteps,
  type Step,
} from '../sharding/index.ts';
import type { MeshProblem } from './problem-mesh.ts';

/** Seconds of the parts of an assignment, each reckoned once. Their sum is what `recostAssignment` finds. */
export class Prices {
  readonly #ground: MeshProblem;
  readonly #collectives: CollectivePrices;
  readonly #steps = new Map<string, number>();
  readonly #changes = new Map<string, number>();
  readonly #fused: FusedBytes | undefined;
  readonly #works = new Map<Operation, DeviceWork | undefined>();

  constructor(ground: MeshProblem) {
    this.#ground = ground;
    this.#fused = ground.problem.fusedBytes;
    this.#collectives = new CollectivePrices(ground.mesh, ground.problem.cluster);
  }

  /** Seconds of one change of layout, of a value that can wait or not. */
  change(type: TensorType, from: Layout, to: Layout, hideable = false): number {
    const key = `${hideable}:${type.element}${type.shape}:${layoutKey(from)}>${layoutKey(to)}`;
    const known = this.#changes.get(key);
    if (known !== undefined) return known;
    const steps = reshardSteps(this.#ground.grid, type, from, to);
    const seconds = steps.reduce((sum, step) => sum + this.#step(step, hideable), 0);
    this.#changes.set(key, seconds);
    return seconds;
  }

  /**
   * Seconds of an operation in one step: its work on one device, of which each second counts `computing`, and collectives
   * that are part of it.
   */
  operation(operation: Operation, choice: OperationChoice, computing = 1): number {
    const { grid, facts, trips, numbers, problem, defects } = this.#ground;
    const often = trips[numbers.get(operation) ?? -1] ?? 1;
    const whole = this.#wholeWork(operation, often);
    if (whole === undefined) return 0;
    const work = workOfPiece(whole, piecesOfStrategy(grid, choice.strategy));
    const rule = facts.rule(operation);
    const type = (value: number): TensorType => facts.tensor(value) ?? { kind: 'tensor', shape: [], element: 'i1' };
    const halos = halosOf(grid, rule, choice.strategy, operation.operands.map(type), choice.operands);
    const { others } = reductionsOf(rule, choice.strategy);
    const steps: Step[] = halos.map(({ atoms, bytes }) => ({
      kind: 'collective-permute',
      atoms,
      bytesPerDevice: bytes,
    }));
    if (others.length > 0) {
      for (const [index, value] of operation.results.entries()) {
        const bytesPerDevice = layoutBytes(grid, type(value), choice.results[index].dimensions);
        steps.push({ kind: 'all-reduce', atoms: others, bytesPerDevice });
      }
    }
    const inner = steps.reduce((sum, step) => sum + this.#step(step), 0);
    return computing * operationSeconds(work, problem.cluster) + billedTrips(often, defects) * inner;
  }

  /** What an operation asks of one device where nothing is cut. */
  #wholeWork(operation: Operation, often: number): DeviceWork | undefined {
    if (this.#works.has(operation)) return this.#works.get(operation);
    const { func, defects } = this.#ground;
    const work = operationWork(func, operation, often, this.#fused, defects);
    this.#works.set(operation, work);
    return work;
  }

  #step(step: Step, hideable = false): number {
    const key = `${hideable}:${step.kind}:${step.atoms}:${step.bytesPerDevice}`;
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    const { kind, atoms, bytesPerDevice } = step;
    const seconds = this.#collectives.seconds({
      kind,
      axes: axisNames(this.#ground.grid, atoms),
      bytesPerDevice,
      hideable,
    });
    this.#steps.set(key, seconds);
    return seconds;
  }
}
