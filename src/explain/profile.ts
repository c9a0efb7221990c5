import { type MemoryProfile, placedProfile } from '../footprint/index.ts';
import type { Operation } from '../ir/index.ts';
import type { PlanSubject } from './subject.ts';
import { describeSite, describeValue } from './traffic.ts';

/** Memory of one device over a step, and what is there where it is most. */
export interface ProfileExplanation {
  /** Arguments by kind: there all the time. */
  readonly arguments: MemoryProfile['arguments'];
  readonly transientBytes: Float64Array;
  readonly peakStep: number;
  /** Where in the program the peak is. */
  readonly peakPlace: string;
  /** What takes most at the peak beside the arguments, repeats of one kind together. */
  readonly largest: readonly { readonly name: string; readonly count: number; readonly bytes: number }[];
  /** Where the steps are, for marks below a chart: first step of every block's forward and backward part. */
  readonly marks: readonly { readonly step: number; readonly name: string }[];
}

/** The memory of a plan over time, in the words of its program. */
export function explainProfile(subject: PlanSubject, most = 5): ProfileExplanation {
  const profile = placedProfile(subject.placed, subject.cluster.profile.memoryTile);
  const { operations, peakStep } = profile;
  const makers = new Map<number, Operation>();
  for (const operation of subject.operations) for (const result of operation.results) makers.set(result, operation);
  const sums = new Map<string, { count: number; bytes: number }>();
  for (const { value, moved, bytes } of profile.atPeak) {
    const name = nameOf(subject, value, makers.get(value), moved);
    const known = sums.get(name) ?? { count: 0, bytes: 0 };
    sums.set(name, { count: known.count + 1, bytes: known.bytes + bytes });
  }
  const largest = [...sums].map(([name, sum]) => ({ name, ...sum })).sort((a, b) => b.bytes - a.bytes);
  const near = operations.slice(0, peakStep + 1).findLast(operation => operation !== undefined);
  return {
    arguments: profile.arguments,
    transientBytes: profile.transientBytes,
    peakStep,
    peakPlace: near === undefined ? 'the start' : placeOf(subject, near),
    largest: largest.slice(0, most),
    marks: marksOf(subject, operations),
  };
}

function nameOf(subject: PlanSubject, value: number, maker: Operation | undefined, moved: boolean): string {
  if (value < 0) return 'work space of a loop or branch';
  const known = describeValue(subject, value, false);
  const place = known ?? describeSite(subject, maker?.scope, maker?.name ?? 'the program');
  const short = maker?.name.replace(/^(stablehlo|chlo)\./, '');
  const made = known === undefined && short !== undefined ? `${place} (${short})` : place;
  return moved ? `${made}, in another layout` : made;
}

function placeOf({ names }: PlanSubject, { scope, name }: Operation): string {
  const where = names.scope(scope);
  if (where.name === '') return name;
  return where.backward ? `${where.name}, backward` : where.name;
}

/** The first step of each part of the program: of all repeats of a block forward, then backward, and so on. */
function marksOf(
  { names }: PlanSubject,
  operations: readonly (Operation | undefined)[],
): { readonly step: number; readonly name: string }[] {
  const seen = new Set<string>();
  return operations.flatMap((operation, step) => {
    if (operation?.scope === undefined) return [];
    const { name, backward } = names.scope(operation.scope);
    const [first, second] = name.split('.');
    if (first === undefined || first === '') return [];
    const part = `${second === '*' ? `${first}.*` : first}${backward ? ' backward' : ''}`;
    if (seen.has(part)) return [];
    seen.add(part);
    return [{ step, name: part }];
  });
}
