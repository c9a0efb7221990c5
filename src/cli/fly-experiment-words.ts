import {
  type BlockedKind,
  blockedKinds,
  type Estimate,
  type ExperimentCurve,
  type ExperimentMode,
} from '../airspace/index.ts';

/** What densities are. */
export const densityUnit = 'requests per km² and hour';

export const modeNames: Readonly<Record<ExperimentMode, string>> = {
  'first-come': 'first come, first served',
  bump: 'bump',
  batch: 'batch',
};

/** What keeps refused requests down, in words. */
export const blockedWords: Readonly<Record<BlockedKind, string>> = {
  pads: 'pads that are held, and nothing else: past all others in the air there is a way',
  air: 'others in the air, and nothing else: were pads free for all, there would be a way',
  both: 'pads and others in the air, each of them alone',
  together: 'pads and others in the air, neither of them alone',
  zones: 'closed zones, in a sky without flights',
  limits: 'their own deadlines and air time, in an empty sky',
  order: 'nothing in the finished plan: refused because of flights that were moved later',
  unknown: 'not known: the node limit was reached',
};

export function panelName(zones: boolean): string {
  return zones ? 'with zones' : 'without zones';
}

/** A density with its interval, or which side of all that were run it lies on. */
export function formatEstimate({ value, interval: [low, high] }: Estimate, densities: readonly number[]): string {
  const [least, most] = [Math.min(...densities), Math.max(...densities)];
  if (Number.isNaN(value)) return 'not told by these densities';
  if (value === Number.POSITIVE_INFINITY) return `not reached up to ${most}`;
  if (value === Number.NEGATIVE_INFINITY) return `below ${least}`;
  const from = Number.isFinite(low) ? low.toFixed(1) : `below ${least}`;
  const to = Number.isFinite(high) ? high.toFixed(1) : `beyond ${most}`;
  // One seed has no interval.
  if (low === high) return value.toFixed(1);
  return `${value.toFixed(1)} [${from}, ${to}]`;
}

export function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Short names for tables. */
export const shortNames: Readonly<Record<ExperimentMode, string>> = {
  'first-come': 'first come',
  bump: 'bump',
  batch: 'batch',
};

/**
 * Where the sky saturates for all ways of planning over the same, what binds there, and what others serve beyond first
 * come.
 */
export function findingsOf(curves: readonly ExperimentCurve[]): string[] {
  return [false, true].flatMap(zones => {
    const mine = curves.filter(curve => curve.zones === zones);
    if (mine.length === 0) return [];
    const begin = zones ? 'With zones' : 'Without zones';
    const boundaries = mine.map(({ mode, boundary, points }) => {
      const densities = points.map(({ density }) => density);
      return `${shortNames[mode]} ${formatEstimate(boundary, densities)}`;
    });
    return [
      `${begin} the sky saturates, in ${densityUnit}: ${boundaries.join('; ')}.`,
      ...bindingSentence(mine),
      ...boundSentence(mine),
      ...mine.flatMap(gainSentence),
    ];
  });
}

function bindingSentence(curves: readonly ExperimentCurve[]): string[] {
  const words = curves.flatMap(curve => {
    const binding = bindingOf(curve);
    return binding === undefined ? [] : `${formatShare(binding.share)} by ${binding.kind} (${shortNames[curve.mode]})`;
  });
  return words.length === 0
    ? []
    : [`Kept down beyond that, those apart whom zones or their own limits do: ${words.join(', ')}.`];
}

/** The bound at the highest density, and which resource makes it. */
function boundSentence([curve]: readonly ExperimentCurve[]): string[] {
  const point = curve?.points.at(-1);
  if (point === undefined) return [];
  const { asked, flyable, padBound, laneBound, bound, density } = point;
  const resource = bound === flyable ? 'nothing shared' : padBound <= laneBound ? 'pads' : 'lanes';
  return [
    `At ${density} no plan serves more than ${formatShare(bound / asked)}, and what binds is ${resource}: ` +
      `pads have time for ${formatShare(padBound / asked)}, lanes let ${formatShare(laneBound / asked)} through, ` +
      `alone in the sky ${formatShare(flyable / asked)} could be served.`,
  ];
}

function gainSentence({ mode, gain, points }: ExperimentCurve): string[] {
  const rescued = points.flatMap(point => (point.rescued === undefined ? [] : point));
  if (gain === undefined || rescued.length === 0) return [];
  const parts = rescued.map(point => `${formatShare(point.rescued ?? 0)} at ${point.density}`);
  const cells = `${signed(gain.least)} to ${signed(gain.most)} requests in single cells`;
  return [`Of what first come refuses, ${shortNames[mode]} serves ${parts.join(', ')}; ${cells}.`];
}

function signed(count: number): string {
  return count > 0 ? `+${count}` : `${count}`;
}

/**
 * What keeps most refused requests down from the boundary on, of what densities can change; absent where nothing does.
 */
export function bindingOf(curve: ExperimentCurve): { readonly kind: BlockedKind; readonly share: number } | undefined {
  const beyond = curve.points.filter(({ density }) => density >= curve.boundary.value);
  const points = beyond.length > 0 ? beyond : curve.points;
  const kinds = blockedKinds.filter(kind => kind !== 'zones' && kind !== 'limits' && kind !== 'unknown');
  const sums = kinds.map(kind => points.reduce((sum, { blocked }) => sum + blocked[kind], 0));
  const total = sums.reduce((sum, value) => sum + value, 0);
  const most = sums.indexOf(Math.max(...sums));
  const kind = kinds[most];
  return total === 0 || kind === undefined ? undefined : { kind, share: (sums[most] as number) / total };
}
