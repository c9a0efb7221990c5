import type { Highs } from 'highs';
import type { MemoryProblem } from '../../src/memory/index.ts';
import { IntegerProgramWriter, type Terms } from './integer-program.ts';
import { type IntegerFacts, readIntegerFacts } from './memory-integer-facts.ts';

/** What is least over all orders and all layouts. */
export interface IntegerOptimum {
  readonly peakBytes: number;
  readonly arenaBytes: number;
}

/**
 * The least peak of any order, then the least arena of any order and layout, each by an integer program of its own, in the
 * manner of MODeL (B. Steiner et al., 2023) and ROAM (H. Shu et al., 2023). Written from the words of docs/memory.md and
 * from nothing that the solver is made of. Covered is one bank without reserved ranges and fixed addresses: views of
 * whole tensors, `after` edges, workspaces, alignments that divide each other, and both kinds of reuse.
 */
export function solveByIntegerProgram(problem: MemoryProblem, highs: Highs): IntegerOptimum {
  const facts = readIntegerFacts(problem);
  const unit = unitOf(facts);
  const peak = leastPeak(facts, unit, highs);
  return { peakBytes: peak * unit, arenaBytes: leastArena(facts, unit, peak, highs) * unit };
}

/** The greatest number that divides all sizes and alignments: programs count in it, to stay near 1. */
function unitOf({ buffers }: IntegerFacts): number {
  const divide = (a: number, b: number): number => (b === 0 ? a : divide(b, a % b));
  return buffers.reduce((unit, { bytes, alignment }) => divide(divide(unit, bytes), alignment), 0) || 1;
}

/** What both programs share: an order, what is there at each step of it, and what takes over what. */
interface OrderColumns {
  readonly program: IntegerProgramWriter;
  /** Operator, step → 1 where it has run before that step; one step more than there are. */
  readonly ran: readonly (readonly number[])[];
  /** Buffer, step → 1 where it is there. */
  readonly live: readonly (readonly number[])[];
  /** Reuse, step → 1 where it happens then. */
  readonly takes: readonly (readonly number[])[];
}

function writeOrder(facts: IntegerFacts): OrderColumns {
  const { operatorCount, edges } = facts;
  const program = new IntegerProgramWriter();
  const ran = Array.from({ length: operatorCount }, () =>
    Array.from({ length: operatorCount + 1 }, (_, step) =>
      program.whole(step === operatorCount ? 1 : 0, step === 0 ? 0 : 1),
    ),
  );
  for (let step = 0; step < operatorCount; step++) {
    const [before, after] = [ran.map(own => own[step]), ran.map(own => own[step + 1])];
    // One operator at each step, and what has run has run.
    program.atLeast(1, after, before);
    program.atLeast(-1, before, after);
    for (const own of ran) program.atLeast(0, [own[step + 1]], [own[step]]);
    for (const [first, second] of edges) program.atLeast(0, [ran[first][step]], [ran[second][step + 1]]);
  }
  return { program, ran, live: writeLive(facts, program, ran), takes: writeTakes(facts, program, ran) };
}

function stepsOf({ operatorCount }: IntegerFacts): number[] {
  return Array.from({ length: Math.max(1, operatorCount) }, (_, step) => step);
}

/** A buffer is there where it has begun and is not over. */
function writeLive(facts: IntegerFacts, program: IntegerProgramWriter, ran: OrderColumns['ran']): number[][] {
  return facts.buffers.map(({ atStart, atEnd, users }) =>
    stepsOf(facts).map(step => {
      // A donated input that nothing reads is there for one step.
      const isUnread = users.length === 0 && !atEnd;
      const begun = program.number(atStart ? 1 : 0, 1);
      const over = program.number(isUnread && step > 0 ? 1 : 0, atEnd || (isUnread && step === 0) ? 0 : 1);
      for (const user of users) {
        program.atLeast(0, [begun], [ran[user][step + 1]]);
        program.atLeast(0, [ran[user][step]], [over]);
      }
      const live = program.number(0, 1);
      program.atLeast(0, [live, over], [begun]);
      return live;
    }),
  );
}

/** A reuse can happen at its operator's step, where what is taken over is read last and what takes over begins. */
function writeTakes(facts: IntegerFacts, program: IntegerProgramWriter, ran: OrderColumns['ran']): number[][] {
  const { buffers, reuses } = facts;
  const takes = reuses.map(({ operator, from, to }) =>
    stepsOf(facts).map(step => {
      const takes = program.whole(0, buffers[from].users.length === 0 && step > 0 ? 0 : 1);
      program.atLeast(0, [ran[operator][step + 1]], [ran[operator][step], takes]);
      for (const user of buffers[from].users) program.atLeast(0, [ran[user][step + 1]], [takes]);
      for (const user of buffers[to].users) program.atLeast(-1, [], [ran[user][step], takes]);
      return takes;
    }),
  );
  buffers.forEach((_, buffer) => {
    const all = (side: 'from' | 'to'): number[] => takes.flatMap((own, at) => (reuses[at][side] === buffer ? own : []));
    program.atLeast(-1, [], all('from'));
    program.atLeast(-1, [], all('to'));
  });
  return takes;
}

/** What is there at a step, in units, less than `most`. */
function limitStep(
  { buffers, reuses }: IntegerFacts,
  unit: number,
  { program, live, takes }: OrderColumns,
  step: number,
  most: number,
): void {
  const terms: Terms = [
    [1, most],
    ...buffers.map(({ bytes }, buffer) => [-bytes / unit, live[buffer][step]] as const),
    ...reuses.map(({ from }, reuse) => [buffers[from].bytes / unit, takes[reuse][step]] as const),
  ];
  program.weighted(0, terms);
}

function leastPeak(facts: IntegerFacts, unit: number, highs: Highs): number {
  const columns = writeOrder(facts);
  const { program, ran, takes } = columns;
  const peak = program.number(0, totalOf(facts, unit));
  for (const step of stepsOf(facts)) limitStep(facts, unit, columns, step, peak);
  // What must be taken over is, wherever it can be, and not what could be instead.
  facts.reuses.forEach(({ operator, from, to, forced }, reuse) => {
    const read = facts.buffers[from].users;
    const made = facts.buffers[to].users;
    for (const step of forced ? stepsOf(facts) : []) {
      if (read.length === 0 && step > 0) continue;
      program.atLeast(
        -read.length,
        [takes[reuse][step], ran[operator][step], ...made.map(user => ran[user][step])],
        [ran[operator][step + 1], ...read.map(user => ran[user][step + 1])],
      );
    }
  });
  return program.least(peak, highs) ?? Number.NaN;
}

function totalOf({ buffers }: IntegerFacts, unit: number): number {
  return buffers.reduce((total, { bytes, alignment }) => total + bytes + alignment, 0) / unit;
}

function leastArena(facts: IntegerFacts, unit: number, peak: number, highs: Highs): number {
  const { buffers, reuses, sameAddress } = facts;
  const columns = writeOrder(facts);
  const { program, takes } = columns;
  const most = totalOf(facts, unit);
  const arena = program.number(peak, most);
  for (const step of stepsOf(facts)) limitStep(facts, unit, columns, step, arena);
  const offsets = buffers.map(({ bytes, alignment }) => {
    const offset = program.number(0, most);
    const multiple = program.whole(0, Math.ceil((most * unit) / alignment));
    const terms = (sign: number): Terms => [
      [sign, offset],
      [(-sign * alignment) / unit, multiple],
    ];
    program.weighted(0, terms(1));
    program.weighted(0, terms(-1));
    program.atLeast(bytes / unit, [arena], [offset]);
    return offset;
  });
  for (const [from, to] of sameAddress) {
    program.atLeast(0, [offsets[from]], [offsets[to]]);
    program.atLeast(0, [offsets[to]], [offsets[from]]);
  }
  reuses.forEach(({ from, to }, reuse) => {
    for (const [a, b] of [
      [from, to],
      [to, from],
    ]) {
      const slack = takes[reuse].map(column => [-most, column] as const);
      program.weighted(-most, [[1, offsets[a]], [-1, offsets[b]], ...slack]);
    }
  });
  for (let a = 0; a < buffers.length; a++) {
    for (let b = 0; b < a; b++) keepApart(facts, unit, columns, offsets, [a, b], most);
  }
  return program.least(arena, highs) ?? Number.NaN;
}

/** Two buffers that are there at one step lie one above the other, unless one takes the other's address over then. */
function keepApart(
  { buffers, reuses }: IntegerFacts,
  unit: number,
  { program, live, takes }: OrderColumns,
  offsets: readonly number[],
  [a, b]: readonly [number, number],
  most: number,
): void {
  if (buffers[a].bytes === 0 || buffers[b].bytes === 0) return;
  const above = ([low, high]: readonly [number, number]): number => {
    const column = program.whole(0, 1);
    program.weighted(buffers[low].bytes / unit - most, [
      [1, offsets[high]],
      [-1, offsets[low]],
      [-most, column],
    ]);
    return column;
  };
  const either = [above([a, b]), above([b, a])];
  program.atLeast(-1, [], either);
  live[a].forEach((_, step) => {
    const taken = reuses.flatMap(({ from, to }, reuse) =>
      (from === a && to === b) || (from === b && to === a) ? [takes[reuse][step]] : [],
    );
    program.atLeast(-1, [...either, ...taken], [live[a][step], live[b][step]]);
  });
}
