import {
  billedTrips,
  type CollectiveLine,
  collectiveLines,
  groupAlongAxes,
  groupLevels,
  joinedBytes,
} from '../../cost/index.ts';
import { elementBits, elementCount, type TensorType } from '../../ir/index.ts';
import { axisNames, type CollectiveKind, layoutBytes, piecesOfAtoms, reshardSteps } from '../../sharding/index.ts';
import type { MeshProblem } from '../problem-mesh.ts';
import type { LayoutIds } from './layout-ids.ts';

/** What cannot be done costs so many seconds: more than any step, and little enough to add and subtract exactly. */
export const impossibleSeconds = 1e4;

/** A collective of a change of layout, for a tensor of any size. */
interface MoveStep {
  readonly lines: readonly CollectiveLine[];
  /** The tensor's bits over the bytes that the collective sees on one device. */
  readonly bitsPerByte: number;
  /** See `joinedBytes`. */
  readonly joinedBytes: number;
}

/** A tensor large enough that its pieces are counted exactly, whatever cuts it. */
const measureBytes = 2 ** 40;

/** Seconds of changes of layout on one mesh. Which collectives a change needs is found once for tensors of a rank. */
export class MovePrices {
  readonly #ground: MeshProblem;
  readonly #layouts: LayoutIds;
  readonly #hideableWeight: number;
  readonly #steps: (readonly MoveStep[] | null)[][] = [];
  readonly #changes = new Map<string, readonly MoveStep[] | null>();
  readonly #lines = new Map<string, readonly CollectiveLine[]>();

  /** Each second of a move that can be hidden behind computing counts `hideableWeight`. */
  constructor(ground: MeshProblem, layouts: LayoutIds, hideableWeight: number) {
    this.#ground = ground;
    this.#layouts = layouts;
    this.#hideableWeight = hideableWeight;
  }

  /** Seconds of one change; `impossibleSeconds` to a partial sum that is none before. */
  seconds(type: TensorType, from: number, to: number, hideable: boolean): number {
    const bits = elementCount(type.shape) * elementBits(type.element);
    return from === to ? 0 : this.secondsOfBits(bits, from, to, hideable);
  }

  /** The same for a tensor of so many bits. */
  secondsOfBits(bits: number, from: number, to: number, hideable: boolean): number {
    if (from === to) return 0;
    this.#steps[from] ??= [];
    const known = this.#steps[from][to];
    const steps = known === undefined ? this.#stepsOf(from, to) : known;
    if (known === undefined) this.#steps[from][to] = steps;
    if (steps === null) return impossibleSeconds;
    let sum = 0;
    for (const { lines, bitsPerByte, joinedBytes: joined } of steps) {
      const own = Math.ceil(bits / bitsPerByte);
      const bytes = hideable ? Math.max(own, joined) : own;
      let least = Number.POSITIVE_INFINITY;
      for (const line of lines) least = Math.min(least, line.latencySeconds + bytes * line.secondsPerByte);
      sum += bytes === own ? least : (least * own) / bytes;
    }
    return sum;
  }

  /** What the seconds of a change count in a step in which it is made `trips` times. */
  weight(trips: number, hideable: boolean): number {
    return billedTrips(trips, this.#ground.defects) * (hideable ? this.#hideableWeight : 1);
  }

  #stepsOf(from: number, to: number): readonly MoveStep[] | null {
    const key = this.#layouts.changeKey(from, to);
    let steps = this.#changes.get(key);
    if (steps === undefined) {
      steps = this.#findSteps(from, to);
      this.#changes.set(key, steps);
    }
    return steps;
  }

  #findSteps(from: number, to: number): readonly MoveStep[] | null {
    const { grid } = this.#ground;
    const [source, target] = [this.#layouts.layout(from), this.#layouts.layout(to)];
    if (!target.partial.every(atom => source.partial.includes(atom))) return null;
    // Any shape will do: which pieces there are follows from the layouts.
    const type: TensorType = { kind: 'tensor', shape: [measureBytes], element: 'i8' };
    const whole = layoutBytes(grid, type, []);
    return reshardSteps(grid, type, source, target).map(({ kind, atoms, bytesPerDevice }): MoveStep => {
      const { cluster } = this.#ground.problem;
      return {
        lines: this.#linesOf(kind, atoms),
        bitsPerByte: 8 * Math.round(whole / bytesPerDevice),
        joinedBytes: joinedBytes(cluster, cluster.profile.compiledAs?.[kind] ?? kind, piecesOfAtoms(grid, atoms)),
      };
    });
  }

  #linesOf(kind: CollectiveKind, atoms: readonly number[]): readonly CollectiveLine[] {
    const { mesh, grid, problem } = this.#ground;
    const key = `${kind}:${atoms.join()}`;
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const levels = groupLevels(problem.cluster, groupAlongAxes(mesh, axisNames(grid, atoms)));
    const lines = collectiveLines(problem.cluster.profile.compiledAs?.[kind] ?? kind, levels);
    this.#lines.set(key, lines);
    return lines;
  }
}
