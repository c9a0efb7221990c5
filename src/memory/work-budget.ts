/** How solving is limited. */
export interface SolveOptions {
  /** Begins nothing more after it; without a limit in nodes searches end as well. 0 leaves the first plan found. */
  readonly timeLimitSeconds?: number;
  /** Limit of operators scheduled, blocks placed and ranges searched. The same limit gives the same plan on any machine. */
  readonly nodes?: number;
  /** How many search addresses; 1: none but the caller's. Changes nothing but the time. Default: all cores, at most 4. */
  readonly threads?: number;
  /** Tries only the layout strategy of this name. */
  readonly strategy?: string;
  /** True: the whole budget is for an order of a low peak, which is laid out by one strategy, `strategy` or the first. */
  readonly orderOnly?: boolean;
  /** True: also runs what other tools do, for comparison. */
  readonly rivals?: boolean;
  /** Told what was tried, one line each. */
  readonly trace?: (line: string) => void;
}

/** Work done and left. Mutable; one per solve. */
export interface WorkBudget {
  nodes: number;
  /** True where the caller says how much may be done. */
  readonly isLimited: boolean;
  /** Milliseconds since 1970 after which searches end wherever they are; infinite where nodes are limited. */
  readonly deadline: number;
  readonly strategy: string | undefined;
  /** True where addresses do not matter. */
  readonly orderOnly: boolean;
  readonly trace: (line: string) => void;
  nodesLeft(): number;
  secondsLeft(): number;
  /** True when nothing more may begin. */
  isSpent(): boolean;
  elapsedSeconds(): number;
}

export function createBudget(options: SolveOptions): WorkBudget {
  const { timeLimitSeconds = Number.POSITIVE_INFINITY, nodes = Number.POSITIVE_INFINITY } = options;
  const begun = performance.now();
  const elapsedSeconds = (): number => (performance.now() - begun) / 1000;
  return {
    nodes: 0,
    isLimited: options.nodes !== undefined || options.timeLimitSeconds !== undefined,
    deadline: options.nodes === undefined ? Date.now() + 1000 * timeLimitSeconds : Number.POSITIVE_INFINITY,
    strategy: options.strategy,
    orderOnly: options.orderOnly ?? false,
    trace: options.trace ?? (() => {}),
    nodesLeft() {
      return Math.max(0, nodes - this.nodes);
    },
    secondsLeft: () => Math.max(0, timeLimitSeconds - elapsedSeconds()),
    isSpent() {
      return this.nodes >= nodes || elapsedSeconds() >= timeLimitSeconds;
    },
    elapsedSeconds,
  };
}

/** The same work, of which only a share of what is left may be done. */
export function shareOf(budget: WorkBudget, share: number): WorkBudget {
  const end = budget.nodes + share * budget.nodesLeft();
  const endSeconds = budget.elapsedSeconds() + share * budget.secondsLeft();
  return {
    ...budget,
    get nodes() {
      return budget.nodes;
    },
    set nodes(count) {
      budget.nodes = count;
    },
    nodesLeft: () => Math.max(0, end - budget.nodes),
    secondsLeft: () => Math.max(0, endSeconds - budget.elapsedSeconds()),
    isSpent: () => budget.isSpent() || budget.nodes >= end || budget.elapsedSeconds() >= endSeconds,
  };
}
