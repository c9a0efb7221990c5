import { DiagnosticError } from '../base/index.ts';
import { operationSeconds, operationWork, workOfPiece } from '../cost/index.ts';
import { transientBytes } from '../footprint/index.ts';
import { type Program, typeBytes } from '../ir/index.ts';
import { programFacts } from '../sharding/index.ts';
import { microBatchCounts } from '../transform/index.ts';
import { foldProgram } from './fold.ts';
import type { Fold } from './fold-types.ts';
import { createProblem, entryOf, type ShardingProblem } from './problem.ts';
import { type ShardingOptions, type ShardingOutcome, solveSharding } from './solve.ts';
import { decidingOperations } from './space-size.ts';
import { noTransform, type ProgramTransform, transformProgram } from './transforms.ts';

export interface VariantOptions extends ShardingOptions {
  /** Hears of every variant before it is searched; last of the program as it is, which is searched without limit. */
  readonly traceVariant?: (transform: ProgramTransform) => void;
}

/** A variant of a program that was looked at, because the program as it is did not fit. */
export interface TriedVariant {
  readonly transform: ProgramTransform;
  /** Seconds of a step of the best plan that fits; absent where none was found. */
  readonly stepSeconds?: number;
  /** Fewest bytes on a device of any plan that was looked at, where none fits. */
  readonly leastBytes?: number;
  /** Why the program cannot be changed so. */
  readonly refused?: string;
}

/** What a search among the variants of a program came to. */
export interface VariantOutcome {
  /** Of the best variant; of the program as it is where no plan fits. */
  readonly outcome: ShardingOutcome;
  readonly transform: ProgramTransform;
  /** The program that the outcome is about. */
  readonly program: Program;
  /** In the order in which they were tried; none where the program fits as it is. */
  readonly tried: readonly TriedVariant[];
}

/** A variant that is estimated to need more than this share of the memory is not searched before others failed. */
const slack = 1.15;

/** A plan that needs less than this share of the memory is taken not to be slower for want of it. */
const roomy = 0.9;

/**
 * Searches for the fastest plan that fits, of the program as it is and, where none of that fits, of variants with the
 * same results that need less memory: its batch done in 2, 4, 8, ... pieces, its repeated blocks rematerialized, or
 * both. Those are tried that are estimated to fit, by the memory of the whole program beside that of its smallest plan;
 * those with the least work first; and none that must take longer than what was found, or has more pieces than one whose
 * plan leaves memory free.
 *
 * The bound is on all variants. Pieces do the same work in smaller portions, which reach no larger share of a device's
 * peak, and move at least as much; rematerialized blocks do some of it twice. So each placement of a variant is one of
 * the program as it is that takes no more seconds, if more bytes, and what no plan of the program without memory limit
 * beats, no variant beats. Where the books of a variant say less, its own bound counts.
 *
 * Each variant takes a search of its own; the time limit cuts between and in them. Plans have passed
 * `validateAssignment` on the program of their variant.
 */
export async function solveVariants(problem: ShardingProblem, options: VariantOptions = {}): Promise<VariantOutcome> {
  const start = performance.now();
  const plain = await solveSharding(problem, options);
  const asItIs: VariantOutcome = { outcome: plain, transform: noTransform, program: problem.program, tried: [] };
  const { explanation } = plain;
  if (explanation === undefined || explanation.boundBytes > explanation.limitBytes) return asItIs;
  const search = new VariantSearch(problem, explanation, options, start);
  const best = await search.run();
  const { tried } = search;
  if (best === undefined) return { ...asItIs, tried };
  options.traceVariant?.(noTransform);
  const unlimited = { ...problem, memoryLimitBytes: Number.MAX_SAFE_INTEGER };
  const free = await solveSharding(unlimited, { ...search.remaining(), ...known(options) });
  const bound = Math.min(free.bound, ...search.bounds);
  const seconds = (performance.now() - start) / 1000;
  return { ...best, outcome: boundedBy(best.outcome, bound, seconds), tried };
}

/** An outcome with a bound on more than was searched for it, and with the seconds of all that was searched. */
function boundedBy(outcome: ShardingOutcome, bound: number, seconds: number): ShardingOutcome {
  const stepSeconds = outcome.solution?.cost.stepSeconds ?? bound;
  const gap = Math.max(0, 1 - bound / stepSeconds);
  const stats = { ...outcome.stats, seconds };
  return { ...outcome, status: 'feasible', bound: Math.min(bound, stepSeconds), gap, stats };
}

/** What is known of the program as it is. */
function known({ fold, facts }: ShardingOptions): ShardingOptions {
  return { ...(fold === undefined ? {} : { fold }), ...(facts === undefined ? {} : { facts }) };
}

/** A variant before it is searched. */
interface Variant {
  readonly problem: ShardingProblem;
  readonly transform: ProgramTransform;
  /** No plan of it takes fewer seconds. */
  readonly idealSeconds: number;
}

class VariantSearch {
  readonly tried: TriedVariant[] = [];
  readonly bounds: number[] = [];
  readonly #problem: ShardingProblem;
  readonly #options: VariantOptions;
  readonly #deadline: number;
  readonly #fold: Fold;
  /** Bytes of a plan's temporaries for each byte of those of the whole program, and what a plan needs beside them. */
  readonly #share: number;
  readonly #restBytes: number;
  #best: Omit<VariantOutcome, 'tried'> | undefined;

  constructor(
    problem: ShardingProblem,
    { leastBytes, boundBytes }: { readonly leastBytes: number; readonly boundBytes: number },
    options: VariantOptions,
    start: number,
  ) {
    this.#problem = problem;
    this.#options = options;
    this.#deadline = start + 1000 * (options.timeLimitSeconds ?? Number.POSITIVE_INFINITY);
    this.#fold = options.fold ?? foldProgram(problem.program);
    this.#restBytes = boundBytes;
    this.#share = (leastBytes - boundBytes) / Math.max(1, transientOf(problem.program));
  }

  /** What is left of the options for the next search, of a program that nothing is known of. */
  remaining(): ShardingOptions {
    const { fold: _, facts: __, timeLimitSeconds, ...rest } = this.#options;
    const seconds = Math.max(0.1, (this.#deadline - performance.now()) / 1000);
    return {
      ...rest,
      ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds: seconds }),
    };
  }

  async run(): Promise<Omit<VariantOutcome, 'tried'> | undefined> {
    const counts = microBatchCounts(this.#problem.program);
    const families = [
      counts.map((microBatches): ProgramTransform => ({ microBatches, rematerialized: false })),
      [1, ...counts].map((microBatches): ProgramTransform => ({ microBatches, rematerialized: true })),
    ];
    const waiting = families.map(family => new Family(family, transform => this.#prepare(transform)));
    for (;;) {
      const open = waiting.flatMap(family => {
        const next = family.next();
        return next === undefined || next.idealSeconds >= this.#seconds ? [] : [{ family, next }];
      });
      open.sort((a, b) => a.next.idealSeconds - b.next.idealSeconds);
      if (open.length === 0 || performance.now() > this.#deadline) return this.#best;
      const [{ family, next }] = open;
      family.advance(await this.#search(next));
    }
  }

  get #seconds(): number {
    return this.#best?.outcome.solution?.cost.stepSeconds ?? Number.POSITIVE_INFINITY;
  }

  /** A variant that may fit, undefined for others. */
  #prepare(transform: ProgramTransform): Variant | undefined {
    const made = transformProgram(this.#problem.program, transform, this.#fold);
    if (made.status === 'refused') {
      this.tried.push({ transform, refused: made.message });
      return undefined;
    }
    const { cluster, mesh, pins, memoryLimitBytes, batchArguments } = this.#problem;
    if (this.#restBytes + this.#share * transientOf(made.program) > slack * memoryLimitBytes) return undefined;
    const request = { cluster, pins, memoryLimitBytes, batchArguments, ...(mesh === undefined ? {} : { mesh }) };
    const problem = this.#withinPins(() => createProblem(made.program, request), transform);
    return problem === undefined ? undefined : { problem, transform, idealSeconds: idealSeconds(problem) };
  }

  /** A problem; undefined where the user's pins do not fit the variant: they may cut a batch that is smaller now. */
  #withinPins(create: () => ShardingProblem, transform: ProgramTransform): ShardingProblem | undefined {
    try {
      return create();
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      this.tried.push({ transform, refused: error.diagnostics[0]?.message ?? error.message });
      return undefined;
    }
  }

  /** Searches a variant: whether a plan fits, and whether one with still less memory may be faster. */
  async #search({ problem, transform }: Variant): Promise<'none' | 'tight' | 'enough'> {
    this.#options.traceVariant?.(transform);
    const outcome = await solveSharding(problem, this.remaining());
    this.bounds.push(outcome.bound);
    if (outcome.solution === undefined) {
      const leastBytes = outcome.explanation?.leastBytes ?? 0;
      this.tried.push({ transform, leastBytes });
      return 'none';
    }
    const { stepSeconds, memoryBytes } = outcome.solution.cost;
    this.tried.push({ transform, stepSeconds });
    if (stepSeconds >= this.#seconds) return 'enough';
    this.#best = { outcome, transform, program: problem.program };
    return memoryBytes < roomy * problem.memoryLimitBytes ? 'enough' : 'tight';
  }
}

/** Variants of one kind, each with less memory and more work than the one before. */
class Family {
  readonly #transforms: readonly ProgramTransform[];
  readonly #prepare: (transform: ProgramTransform) => Variant | undefined;
  #position = 0;
  #next: Variant | undefined;

  constructor(transforms: readonly ProgramTransform[], prepare: (transform: ProgramTransform) => Variant | undefined) {
    this.#transforms = transforms;
    this.#prepare = prepare;
  }

  /** The first that may fit of those that are left. */
  next(): Variant | undefined {
    while (this.#next === undefined && this.#position < this.#transforms.length) {
      this.#next = this.#prepare(this.#transforms[this.#position]);
      if (this.#next === undefined) this.#position++;
    }
    return this.#next;
  }

  /** Goes on to the next; ends where more of the same has stopped to help. */
  advance(result: 'none' | 'tight' | 'enough'): void {
    this.#next = undefined;
    this.#position = result === 'enough' ? this.#transforms.length : this.#position + 1;
  }
}

/** Bytes beyond arguments of a program on one device. */
function transientOf(program: Program): number {
  const func = entryOf(program);
  return transientBytes(func, value => typeBytes(func.valueTypes[value]));
}

/**
 * Seconds of a step in which every operation is cut evenly over all devices and nothing moves; see `idealSeconds` of the
 * search, which knows classes of operations as well.
 */
function idealSeconds({ program, cluster, fusedBytes }: ShardingProblem): number {
  const known = programFacts(program);
  const { func, operations, numbers, trips } = known;
  let seconds = 0;
  for (const operation of decidingOperations(known, operations)) {
    const work = operationWork(func, operation, trips[numbers.get(operation) ?? -1], fusedBytes);
    if (work !== undefined) seconds += operationSeconds(workOfPiece(work, cluster.devices), cluster);
  }
  return seconds;
}
