import { attributeText, type HloComputation, type HloInstruction } from './hlo-text.ts';
import { loopTrips } from './loop-bounds.ts';

/** How often a computation runs in one run of the program. */
export interface Executions {
  readonly trips: number;
  /** False where a trip count on the way is not told by the text; it counts as one. */
  readonly known: boolean;
}

interface Call {
  readonly callee: string;
  readonly executions: Executions;
}

const once: Executions = { trips: 1, known: true };

/**
 * The computations that run, callers before callees, with how often. A computation called from several places gets the
 * sum. `untoldTrips` is taken for loops whose trips the text does not tell; without it they count as one and as not known.
 * Throws an internal error where there is no entry computation.
 */
export function countExecutions(
  computations: ReadonlyMap<string, HloComputation>,
  untoldTrips?: number,
): ReadonlyMap<HloComputation, Executions> {
  const entry = [...computations.values()].find(computation => computation.entry);
  if (entry === undefined) throw new Error('internal: HLO text without an entry computation');
  const calls = new Map<string, Call[]>();
  const order: HloComputation[] = [];
  const visit = (computation: HloComputation): void => {
    if (calls.has(computation.name)) return;
    const own = [...computation.instructions.values()].flatMap(instruction =>
      callsOf(instruction, computation, computations, untoldTrips),
    );
    calls.set(computation.name, own);
    for (const { callee } of own) {
      const target = computations.get(callee);
      if (target !== undefined) visit(target);
    }
    order.push(computation);
  };
  visit(entry);
  order.reverse();
  const totals = new Map<string, Executions>([[entry.name, once]]);
  for (const { name } of order) {
    const outer = totals.get(name) ?? { trips: 0, known: true };
    for (const { callee, executions } of calls.get(name) ?? []) {
      const sum = totals.get(callee) ?? { trips: 0, known: true };
      const trips = sum.trips + outer.trips * executions.trips;
      totals.set(callee, { trips, known: sum.known && outer.known && executions.known });
    }
  }
  return new Map(order.map(computation => [computation, totals.get(computation.name) ?? once]));
}

function callsOf(
  instruction: HloInstruction,
  caller: HloComputation,
  computations: ReadonlyMap<string, HloComputation>,
  untoldTrips: number | undefined,
): Call[] {
  const { opcode, attributes } = instruction;
  if (opcode === 'while') {
    const [condition, body] = [calleeOf(instruction, 'condition'), calleeOf(instruction, 'body')];
    const executions = loopExecutions(instruction, caller, computations, untoldTrips);
    return [condition, body].flatMap(callee => (callee === undefined ? [] : [{ callee, executions }]));
  }
  // Their start has named the same computation already.
  if (opcode === 'async-done' || opcode === 'async-update') return [];
  const names = ['calls', 'to_apply', 'true_computation', 'false_computation'];
  const single = names.flatMap(name => calleeOf(instruction, name) ?? []);
  const several = ['branch_computations', 'called_computations'].flatMap(name =>
    attributes.includes(`${name}=`)
      ? [...(attributeText(instruction, name) ?? '').matchAll(/[\w.-]+/g)].map(match => match[0])
      : [],
  );
  return [...single, ...several].map(callee => ({ callee, executions: once }));
}

function calleeOf(instruction: HloInstruction, name: string): string | undefined {
  if (!instruction.attributes.includes(`${name}=`)) return undefined;
  return new RegExp(`(?:^|[\\s,])${name}=%?([\\w.-]+)`).exec(instruction.attributes)?.[1];
}

/** A loop's trips: what the compiler noted, else what its condition and its step say. */
function loopExecutions(
  loop: HloInstruction,
  caller: HloComputation,
  computations: ReadonlyMap<string, HloComputation>,
  untoldTrips: number | undefined,
): Executions {
  const noted = /"known_trip_count":\s*\{\s*"n":\s*"(\d+)"/.exec(loop.attributes)?.[1];
  if (noted !== undefined) return { trips: Number(noted), known: true };
  const [condition, body] = ['condition', 'body'].map(name => computations.get(calleeOf(loop, name) ?? ''));
  const told =
    condition === undefined || body === undefined ? undefined : loopTrips(loop, caller, condition, body, computations);
  const trips = told ?? untoldTrips;
  return trips === undefined ? { trips: 1, known: false } : { trips, known: true };
}
