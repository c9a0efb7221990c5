import type { Plan } from '../plan/index.ts';
import type { ExtrapolatedWork, Judgement, TooLarge } from '../verify/index.ts';

/** A program placed, compiled and judged; or too large for the chips. */
export interface JudgedSplit {
  readonly path: string;
  readonly topology: string;
  readonly split: Plan;
  readonly outcome: ({ readonly kind: 'judged' } & Judgement) | TooLarge;
}

/** What a plan predicted of a judged program. */
export interface JudgeForecast {
  readonly argumentBytes: number;
  readonly temporaryBytes: number;
  readonly neededBytes: number;
  readonly computeSeconds: number;
  readonly communicationSeconds: number;
  readonly stepSeconds: number;
  /** Ideal collectives by kind and mesh axis. */
  readonly collectives: readonly { readonly kind: string; readonly axis: string; readonly bytesPerDevice: number }[];
}

/** What `skein judge` found: the JSON document that it prints. */
export interface JudgeResult {
  readonly program: string;
  readonly topology: string;
  readonly mesh: string;
  readonly fits: boolean;
  readonly predicted: JudgeForecast;
  /** Absent where the compiler found no way to fit the program. */
  readonly judged?: Judgement;
  readonly tooLarge?: Omit<TooLarge, 'kind'>;
  /** Of the program at full depth, from the unrolled ones. */
  readonly extrapolated?: ExtrapolatedWork;
}

/** Puts together what is printed. */
export function judgeResult(
  { path, topology, split, outcome }: JudgedSplit,
  extrapolated?: ExtrapolatedWork,
): JudgeResult {
  const common = {
    program: path,
    topology,
    mesh: split.mesh.axes.map(([name, size]) => `${name}=${size}`).join(','),
    predicted: forecast(split),
  };
  if (outcome.kind === 'too large') {
    const { kind: _, ...tooLarge } = outcome;
    return { ...common, fits: false, tooLarge };
  }
  const { kind: _, ...judged } = outcome;
  return { ...common, fits: judged.fits, judged, ...(extrapolated === undefined ? {} : { extrapolated }) };
}

function forecast({ memory, predicted, collectives }: Plan): JudgeForecast {
  const bytes = (kinds: readonly string[]): number =>
    memory.reduce((sum, { kind, bytesPerDevice }) => (kinds.includes(kind) ? sum + bytesPerDevice : sum), 0);
  const rows = new Map<string, { kind: string; axis: string; bytesPerDevice: number }>();
  for (const { kind, axes, bytesPerDevice, trips } of collectives.ideal) {
    const axis = [...axes].sort().join(',');
    const row = rows.get(`${kind} ${axis}`) ?? { kind, axis, bytesPerDevice: 0 };
    rows.set(`${kind} ${axis}`, { ...row, bytesPerDevice: row.bytesPerDevice + bytesPerDevice * trips });
  }
  return {
    argumentBytes: bytes(['parameters', 'optimizer state', 'other state', 'inputs']),
    temporaryBytes: bytes(['temporaries']),
    neededBytes: memory.reduce((sum, { bytesPerDevice }) => sum + bytesPerDevice, 0),
    computeSeconds: predicted.computeSeconds,
    communicationSeconds: predicted.communicationSeconds,
    stepSeconds: predicted.stepSeconds,
    collectives: [...rows.values()],
  };
}
