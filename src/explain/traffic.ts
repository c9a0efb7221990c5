import { CollectivePrices, hideableValues, joiningWithin, tellsHideable } from '../cost/index.ts';
import { type Collective, collectiveSizes, collectives } from '../sharding/index.ts';
import type { PlanSubject } from './subject.ts';

/** Collectives of one kind over the same axes, about the same tensors of all repeats. */
export interface TrafficGroup {
  readonly kind: string;
  readonly axis: string;
  /** `gradients of h.*.mlp.c_fc.w`. */
  readonly what: string;
  /** Executions in one step. */
  readonly times: number;
  /** On one device in one step. */
  readonly bytes: number;
  readonly seconds: number;
  /** Of the step, from 0 to 1. */
  readonly share: number;
}

/** Collectives of one kind over the same axes for the same reason, with numbers of repeats left away. */
export interface ReasonRow {
  readonly kind: string;
  readonly axis: string;
  readonly reason: string;
  readonly times: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Groups what a plan's ideal collectives move by tensor, most seconds first. */
export function groupTraffic(subject: PlanSubject): TrafficGroup[] {
  const groups = sumBy(subject, collective => whatMoves(subject, collective));
  const step = Math.max(subject.plan.predicted.stepSeconds, Number.MIN_VALUE);
  return groups.map(({ label, ...group }) => ({ ...group, what: label, share: group.seconds / step }));
}

/** Groups what a plan's ideal collectives move by reason, most seconds first. */
export function trafficReasons(subject: PlanSubject): ReasonRow[] {
  return sumBy(subject, ({ reason }) => reason).map(({ label, ...row }) => ({ ...row, reason: label }));
}

interface Sum {
  readonly kind: string;
  readonly axis: string;
  readonly label: string;
  readonly times: number;
  readonly bytes: number;
  readonly seconds: number;
}

function sumBy(subject: PlanSubject, labelOf: (collective: Collective) => string): Sum[] {
  const { mesh, cluster, placed } = subject;
  const prices = new CollectivePrices(mesh, joiningWithin(cluster, placed.func));
  const waiting = tellsHideable(cluster) ? hideableValues(placed.func, placed.cheap) : new Set<number>();
  const sizes = [...collectiveSizes(placed, waiting)];
  const sums = new Map<string, Sum>();
  for (const [index, collective] of collectives(placed).entries()) {
    const { kind, axes, bytesPerDevice, trips } = collective;
    const [axis, label] = [axes.join(','), labelOf(collective)];
    const key = `${kind} ${axis} ${label}`;
    const known = sums.get(key) ?? { kind, axis, label, times: 0, bytes: 0, seconds: 0 };
    sums.set(key, {
      ...known,
      times: known.times + trips,
      bytes: known.bytes + trips * bytesPerDevice,
      seconds: known.seconds + trips * prices.seconds(sizes[index]),
    });
  }
  return [...sums.values()].sort((a, b) => b.seconds - a.seconds || b.bytes - a.bytes);
}

/** Says which tensors a collective is about. */
function whatMoves(subject: PlanSubject, collective: Collective): string {
  const { value, operation } = collective;
  const sums = collective.kind === 'all-reduce' || collective.kind === 'reduce-scatter';
  return describeValue(subject, value, sums) ?? describeSite(subject, collective.scope, operation);
}

/** What a value is, where it is an argument, a gradient of one or its next value; undefined for what is in between. */
export function describeValue(subject: PlanSubject, value: number, isSum: boolean): string | undefined {
  const { flow, roles, names } = subject;
  const origin = flow.origin(value);
  if (origin >= 0) {
    const role = roles[origin];
    const name = names.argument(origin);
    return role === 'parameter' ? `weights ${name}` : `${role} ${name}`;
  }
  const updated = flow.updated(value);
  if (updated.length === 0) return undefined;
  const target = updated.find(index => roles[index] === 'parameter') ?? updated[0];
  const isUpdate = !isSum && flow.ingredients(value).some(index => roles[index] !== 'input');
  return `${isUpdate ? 'updates' : 'gradients'} of ${names.argument(target)}`;
}

/** What moves at an operation inside of the step. */
export function describeSite({ names }: PlanSubject, scope: string | undefined, operation: string): string {
  const { name, backward } = names.scope(scope);
  const short = operation.replace(/^stablehlo\./, '');
  const what = backward ? 'gradients of activations' : 'activations';
  return name === '' ? `what ${short} reads or makes` : `${what} at ${name}`;
}
