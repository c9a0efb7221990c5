import type { JudgedCollectives } from './judge-seconds.ts';

/** What grows with a program's depth. */
export interface DepthWork {
  readonly flops: number;
  readonly accessedBytes: number;
  readonly cycles: number;
  readonly computeSeconds: number;
  readonly collectives: readonly JudgedCollectives[];
}

/** `DepthWork` with its sums. */
export interface ExtrapolatedWork extends DepthWork {
  readonly depth: number;
  readonly collectiveSeconds: number;
  readonly judgedSeconds: number;
}

/**
 * The work of a program of `depth` layers from that of the same program unrolled with 2 and with 4 layers: what two
 * layers more cost, as often as there are two layers more. Linear in every figure, so a quantity that does not grow with
 * depth stays, and none becomes negative. Compilers choose by size, so it holds best where 2 layers already choose as
 * many do.
 */
export function extrapolate(depth2: DepthWork, depth4: DepthWork, depth: number): ExtrapolatedWork {
  const line = (at2: number, at4: number): number => Math.max(0, at2 + ((at4 - at2) / 2) * (depth - 2));
  const keyOf = ({ kind, axis }: JudgedCollectives): string => `${kind} ${axis}`;
  const none = { count: 0, bytesPerDevice: 0, seconds: 0 };
  const rows = new Map([...depth2.collectives, ...depth4.collectives].map(row => [keyOf(row), row]));
  const collectives = [...rows.values()].map(({ kind, axis }): JudgedCollectives => {
    const find = (work: DepthWork) => work.collectives.find(row => row.kind === kind && row.axis === axis) ?? none;
    const [at2, at4] = [find(depth2), find(depth4)];
    return {
      kind,
      axis,
      count: line(at2.count, at4.count),
      bytesPerDevice: line(at2.bytesPerDevice, at4.bytesPerDevice),
      seconds: line(at2.seconds, at4.seconds),
    };
  });
  collectives.sort((a, b) => b.seconds - a.seconds);
  const collectiveSeconds = collectives.reduce((sum, row) => sum + row.seconds, 0);
  const computeSeconds = line(depth2.computeSeconds, depth4.computeSeconds);
  return {
    depth,
    flops: line(depth2.flops, depth4.flops),
    accessedBytes: line(depth2.accessedBytes, depth4.accessedBytes),
    cycles: line(depth2.cycles, depth4.cycles),
    computeSeconds,
    collectives,
    collectiveSeconds,
    judgedSeconds: computeSeconds + collectiveSeconds,
  };
}
