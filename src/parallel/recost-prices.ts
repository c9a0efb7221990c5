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
  movesInside,
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
  /** By operation and number of pieces the seconds of the work alone. */
  readonly #pieces = new Map<Operation, Map<number, number>>();

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
    const { grid, facts, trips, numbers, defects } = this.#ground;
    const often = trips[numbers.get(operation) ?? -1] ?? 1;
    const working = this.#working(operation, often, piecesOfStrategy(grid, choice.strategy));
    if (working === undefined) return 0;
    const { factors } = facts.rule(operation);
    if (!factors.some(movesInside)) return computing * working;
    return computing * working + billedTrips(often, defects) * this.#inner(operation, choice);
  }

  /** Seconds of the work of one piece; undefined for what is no work. */
  #working(operation: Operation, often: number, pieces: number): number | undefined {
    let known = this.#pieces.get(operation);
    const found = known?.get(pieces);
    if (found !== undefined) return found;
    const whole = this.#wholeWork(operation, often);
    if (whole === undefined) return undefined;
    const seconds = operationSeconds(workOfPiece(whole, pieces), this.#ground.problem.cluster);
    known ??= new Map();
    known.set(pieces, seconds);
    this.#pieces.set(operation, known);
    return seconds;
  }

  /** Seconds of the collectives that are part of an operation, once. */
  #inner(operation: Operation, choice: OperationChoice): number {
    const { grid, facts } = this.#ground;
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
    return steps.reduce((sum, step) => sum + this.#step(step), 0);
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
