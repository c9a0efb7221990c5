import { createAroundZones } from './around-zones.ts';
import { begunPart } from './flight-progress.ts';
import type { Planner } from './planner.ts';
import type { AirspaceProblem, Flight, FlightChange, FlightLeg, FlightPlan, Refusal, Zone } from './problem.ts';
import { type Attempt, divert, planOn, type ReplanContext } from './replan-attempts.ts';
import { changeOf, refusalOf } from './replan-causes.ts';
import { checkReplan } from './replan-check.ts';
import { createTask, type ReplanTask, readyAt } from './replan-search.ts';
import { validateFlightPlan } from './validate.ts';
import { flightsInZones } from './zone-meets.ts';

/** Zones that appear, and when they are known. */
export interface ZoneChange {
  /** Zones of names of their own. What they close before `now` is past and does not count. */
  readonly zones: readonly Zone[];
  readonly now: number;
}

export interface ReplanOptions {
  /** Labels that may be expanded in one search. Default 200,000. */
  readonly nodesPerSearch?: number;
  /** Refusals of the plan so far, which stay in it. Default: none, and requests that are not accepted are left out. */
  readonly refusals?: readonly Refusal[];
  /** False leaves the check of the plan to the caller. Default true. */
  readonly validate?: boolean;
}

export interface ReplanOutcome {
  /**
   * The problem with the zones in it and, as its accepted flights, those before the change: what the plan is valid for.
   */
  readonly problem: AirspaceProblem;
  /** All flights, those that nothing happened to included, with `changes` for those that were affected. */
  readonly plan: FlightPlan;
  /** Indices of the zones in the planner, in the order of the change. */
  readonly zones: readonly number[];
  readonly expansions: number;
}

/** How many flights that were planned again just before may be taken out for the sake of one that finds no way. */
const mostEjected = 8;

/**
 * Closes zones and plans the flights again that they meet; all others stay as they are, bit for bit. What is flown at
 * `now`, or begun, stays. Flights in the air come first, by when they would enter, then those on the ground, by take-off; one that
 * finds no way may have those planned before it taken out and put in again behind it. Docs/decisions/0022 has the
 * rules.
 *
 * The planner holds what the plan says afterwards. Deterministic. Throws SK60.. diagnostics of zones and times that are
 * wrong, with nothing changed.
 */
export function replan(planner: Planner, change: ZoneChange, options: ReplanOptions = {}): ReplanOutcome {
  const { now } = change;
  const { nodesPerSearch = 200_000, validate = true } = options;
  checkReplan(planner, change);
  const zones = change.zones.map(zone => fromNowOn(zone, now));
  const before = planner.flights();
  const zonesBefore = planner.zones();
  const indices = zones.map(zone => planner.close(zone));
  const around = createAroundZones(planner.problem.network, zones);
  const context: ReplanContext = {
    planner,
    now,
    nodes: nodesPerSearch,
    expansions: 0,
    ...(around === undefined ? {} : { around }),
  };
  const asked = new Map(planner.problem.requests.map(request => [request.name, request]));
  const tasks = flightsInZones(planner.problem, before, zones, now)
    .map(meeting => createTask(planner, asked.get(meeting.flight.name), meeting))
    .sort(byUrgency);
  const { changes, refusals } = replanTasks(context, tasks);

  const accepted = new Set(before.map(({ name }) => name));
  const refused = options.refusals ?? [];
  const known = new Set([...accepted, ...refused.map(({ request }) => request)]);
  const problem = {
    ...planner.problem,
    zones: [...zonesBefore, ...zones],
    flights: before,
    requests: planner.problem.requests.filter(({ name }) => known.has(name)),
  };
  const plan: FlightPlan = {
    format: 'skein.flights/1',
    problem: problem.name,
    epoch: problem.epoch,
    flights: planner.flights(),
    refusals: [...refused, ...refusals],
    changes,
    changedAt: now,
    appeared: zones.map(({ name }) => name),
  };
  const [violation] = validate ? validateFlightPlan(problem, plan) : [];
  if (violation !== undefined) throw new Error(`internal: ${violation.message}`);
  return { problem, plan, zones: indices, expansions: context.expansions };
}

function fromNowOn(zone: Zone, now: number): Zone {
  const windows = zone.windows
    .filter(({ end }) => end > now)
    .map(({ start, end }) => ({ start: Math.max(start, now), end }));
  return { ...zone, windows };
}

/** In the air or at a stop by when they would enter, then on the ground by take-off; by name where that is the same. */
function byUrgency(a: ReplanTask, b: ReplanTask): number {
  const rank = ({ progress }: ReplanTask): number => (progress.kind === 'waiting' ? 1 : 0);
  const time = ({ progress, entry, flight }: ReplanTask): number =>
    progress.kind === 'waiting' ? ((flight.legs[0] as FlightLeg).arrivals[0] as number) : entry;
  const [first, second] = [time(a), time(b)];
  return rank(a) - rank(b) || (first === second ? (a.flight.name < b.flight.name ? -1 : 1) : first - second);
}

/** A flight that was planned again. */
interface Placed {
  readonly task: ReplanTask;
  readonly attempt: Attempt;
}

function replanTasks(
  context: ReplanContext,
  tasks: readonly ReplanTask[],
): { readonly changes: FlightChange[]; readonly refusals: Refusal[] } {
  const { planner } = context;
  const toPlan = tasks.filter(({ entry }) => entry < Number.POSITIVE_INFINITY);
  const placed = new Map<string, Placed>();
  for (const task of toPlan) planner.withdraw(task.flight.name);
  for (const task of toPlan) holdBegun(context, task);
  const refusals: Refusal[] = [];
  const changes = new Map<string, FlightChange>();
  const note = (task: ReplanTask, attempt: Attempt): void =>
    void changes.set(task.flight.name, changeOf(planner, task, attempt));
  for (const task of tasks) {
    if (!toPlan.includes(task)) note(task, { flight: task.flight, gaveUp: false });
  }
  const failed: { readonly task: ReplanTask; readonly attempt: Attempt }[] = [];
  for (const task of toPlan) {
    const first = place(context, task, placed);
    if (first.flight !== undefined) continue;
    const attempt = ejecting(context, task, placed);
    if (attempt.flight !== undefined) continue;
    // What cannot be flown on is landed at once: later flights are planned around it.
    releaseBegun(context, task);
    const landed = task.progress.kind === 'waiting' ? attempt : divert(context, task);
    if (landed.flight !== undefined) {
      planner.accept(landed.flight);
      placed.set(task.flight.name, { task, attempt: landed });
    } else failed.push({ task, attempt: { gaveUp: first.gaveUp || landed.gaveUp } });
  }
  for (const { task, attempt } of placed.values()) note(task, attempt);
  for (const { task, attempt } of failed) {
    note(task, attempt);
    refusals.push(refusalOf(context, task, attempt.gaveUp));
  }
  return { changes: tasks.flatMap(({ flight }) => changes.get(flight.name) ?? []), refusals };
}

/** The name under which what is begun of a flight is in the sky while it is planned again. */
const heldName = ({ flight }: ReplanTask): string => `${flight.name}, begun`;

function begunOf({ planner, now }: ReplanContext, task: ReplanTask): Flight | undefined {
  const ready = task.progress.kind === 'stopped' ? readyAt(planner, task) : now;
  return begunPart(task.flight, task.progress, now, ready);
}

function holdBegun(context: ReplanContext, task: ReplanTask): void {
  const begun = begunOf(context, task);
  if (begun !== undefined) context.planner.accept({ ...begun, name: heldName(task) });
}

function releaseBegun(context: ReplanContext, task: ReplanTask): void {
  if (begunOf(context, task) !== undefined) context.planner.withdraw(heldName(task));
}

/** Plans a flight on and puts it in; where there is no way, all stays as it is. */
function place(context: ReplanContext, task: ReplanTask, placed: Map<string, Placed>): Attempt {
  releaseBegun(context, task);
  const attempt = planOn(context, task);
  if (attempt.flight === undefined) holdBegun(context, task);
  else {
    context.planner.accept(attempt.flight);
    placed.set(task.flight.name, { task, attempt });
  }
  return attempt;
}

/** Takes back what was planned for a flight. */
function unplace(context: ReplanContext, { task, attempt }: Placed, placed: Map<string, Placed>): void {
  context.planner.withdraw((attempt.flight as Flight).name);
  placed.delete(task.flight.name);
  holdBegun(context, task);
}

/**
 * Plans a flight with the nearest of those that were planned before it taken out, and these again behind it: flights in
 * the air for one in the air, flights on the ground for one on the ground. Where one of them finds no way then, all is
 * as before.
 */
function ejecting(context: ReplanContext, task: ReplanTask, placed: Map<string, Placed>): Attempt {
  const failure: Attempt = { gaveUp: false };
  const onGround = ({ progress }: ReplanTask): boolean => progress.kind === 'waiting';
  const apart = (other: ReplanTask): number => Math.abs(other.entry - task.entry);
  const out = [...placed.values()]
    .filter(other => onGround(other.task) === onGround(task) && isPlannedOn(other))
    .sort((a, b) => apart(a.task) - apart(b.task))
    .slice(0, mostEjected);
  if (out.length === 0) return failure;
  for (const other of out) unplace(context, other, placed);
  const attempt = place(context, task, placed);
  const again: Placed[] = [];
  if (attempt.flight !== undefined) {
    const isDone = out.every(other => {
      const moved = place(context, other.task, placed);
      if (moved.flight !== undefined) again.push({ task: other.task, attempt: moved });
      return moved.flight !== undefined;
    });
    if (isDone) return attempt;
    for (const other of again) unplace(context, other, placed);
    unplace(context, { task, attempt }, placed);
  }
  for (const other of out) {
    releaseBegun(context, other.task);
    context.planner.accept(other.attempt.flight as Flight);
    placed.set(other.task.flight.name, other);
  }
  return failure;
}

/** Not landed elsewhere, and not left as it was. */
function isPlannedOn({ task, attempt }: Placed): boolean {
  return attempt.flight !== task.flight && attempt.flight?.diverted === task.flight.diverted;
}
