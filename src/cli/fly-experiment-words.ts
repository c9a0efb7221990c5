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
  if (value === Number.POSITIVE_INFINITY) return `not reached up to ${most}`;
  if (value === Number.NEGATIVE_INFINITY) return `below ${least}`;
  const from = Number.isFinite(low) ? low.toFixed(1) : `below ${least}`;
  const to = Number.isFinite(high) ? high.toFixed(1) : `beyond ${most}`;
  return `${value.toFixed(1)} [${from}, ${to}]`;
}

export function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A sentence for a curve: where it saturates, and what binds there. */
export function boundarySentence(curve: ExperimentCurve): string {
  const densities = curve.points.map(({ density }) => density);
  const who = `${panelName(curve.zones)}, ${modeNames[curve.mode]}`;
  const { value } = curve.boundary;
  if (!Number.isFinite(value)) {
    const where = value > 0 ? `up to ${Math.max(...densities)}` : `from ${Math.min(...densities)} on`;
    return `${who}: the boundary is not reached ${where} ${densityUnit}`;
  }
  const served = curve.falls.find(({ share }) => share === 0.95);
  const counted = served === undefined ? '' : `; 95 % are served up to ${formatEstimate(served.counted, densities)}`;
  return `${who}: the sky saturates at ${formatEstimate(curve.boundary, densities)} ${densityUnit}${counted}`;
}

/** What keeps most refused requests down from the boundary on, of what densities can change; absent where nothing does. */
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
