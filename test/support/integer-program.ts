import loadHighs, { type Highs } from 'highs';

/** HiGHS in WebAssembly. Its types are those of a CommonJS module, which it is not for `import`. */
export function startHighs(): Promise<Highs> {
  return (loadHighs as unknown as typeof loadHighs.default)();
}

/** Multiples of columns that are summed. */
export type Terms = readonly (readonly [coefficient: number, column: number])[];

/** Collects columns and rows, some columns being whole numbers, and has the sum of costs made least. */
export class IntegerProgramWriter {
  readonly #columns: { readonly lower: number; readonly upper: number; readonly whole: boolean }[] = [];
  readonly #rows: { readonly lower: number; readonly terms: Terms }[] = [];

  /** Adds a number of `[lower, upper]`, and returns its column. */
  number(lower: number, upper: number): number {
    return this.#columns.push({ lower, upper, whole: false }) - 1;
  }

  /** Adds a whole number of `[lower, upper]`, and returns its column. */
  whole(lower: number, upper: number): number {
    return this.#columns.push({ lower, upper, whole: true }) - 1;
  }

  /** Some columns less others must come to `lower` or more. */
  atLeast(lower: number, plus: readonly number[], minus: readonly number[] = []): void {
    this.weighted(lower, [...plus.map(column => [1, column] as const), ...minus.map(column => [-1, column] as const)]);
  }

  /** The terms must come to `lower` or more. */
  weighted(lower: number, terms: Terms): void {
    this.#rows.push({ lower, terms });
  }

  /** The least value of a column, or undefined where the rows contradict each other. */
  least(column: number, highs: Highs): number | undefined {
    const { variableType, modelStatus } = highs.constants;
    const flat = this.#rows.map(({ terms }) => joinTerms(terms));
    const starts = new Int32Array(flat.length + 1);
    flat.forEach((terms, row) => {
      starts[row + 1] = starts[row] + terms.length;
    });
    const [numCols, numRows] = [this.#columns.length, flat.length];
    const indices = Int32Array.from(flat.flatMap(terms => terms.map(([at]) => at)));
    const values = Float64Array.from(flat.flatMap(terms => terms.map(([, coefficient]) => coefficient)));
    return highs.withModel(
      {
        numCols,
        numRows,
        colCost: Float64Array.from(this.#columns, (_, at) => (at === column ? 1 : 0)),
        colLower: Float64Array.from(this.#columns, ({ lower }) => lower),
        colUpper: Float64Array.from(this.#columns, ({ upper }) => upper),
        rowLower: Float64Array.from(this.#rows, ({ lower }) => lower),
        rowUpper: new Float64Array(numRows).fill(Number.POSITIVE_INFINITY),
        matrix: { format: 'csr', numRows, numCols, starts, indices, values },
        integrality: Int32Array.from(this.#columns, ({ whole }) =>
          whole ? variableType.integer : variableType.continuous,
        ),
      },
      model => {
        model.options.set({ output_flag: false, random_seed: 1, mip_rel_gap: 0 });
        model.run();
        const status = model.getModelStatus();
        if (status === modelStatus.infeasible) return undefined;
        if (status !== modelStatus.optimal) throw new Error(`HiGHS ends with status ${status}`);
        return Math.round(model.getSolution().colValue[column]);
      },
    );
  }
}

/** Column and coefficient, every column once. */
function joinTerms(terms: Terms): [column: number, coefficient: number][] {
  const sums = new Map<number, number>();
  for (const [coefficient, column] of terms) sums.set(column, (sums.get(column) ?? 0) + coefficient);
  return [...sums].filter(([, coefficient]) => coefficient !== 0).sort((a, b) => a[0] - b[0]);
}
