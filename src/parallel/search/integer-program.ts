/**
 * Numbers between 0 and 1 that make a sum of costs least, the first of them whole.
 *
 *      least costs * x      rowLower <= rows * x <= rowUpper      0 <= x <= upper      x[0 .. integers) is 0 or 1
 *
 *      row r: indices and values from starts[r] to starts[r + 1]
 */
export interface IntegerProgram {
  readonly columns: number;
  readonly integers: number;
  readonly costs: Float64Array;
  readonly upper: Float64Array;
  readonly rows: number;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

/** Collects the columns and rows of an integer program. */
export class RowWriter {
  readonly #costs: number[] = [];
  readonly #upper: number[] = [];
  readonly #rowLower: number[] = [];
  readonly #rowUpper: number[] = [];
  readonly #starts: number[] = [0];
  readonly #indices: number[] = [];
  readonly #values: number[] = [];

  get columns(): number {
    return this.#costs.length;
  }

  /** Adds a number between 0 and 1 and returns its column. */
  column(cost: number): number {
    this.#upper.push(1);
    return this.#costs.push(cost) - 1;
  }

  charge(column: number, cost: number): void {
    this.#costs[column] += cost;
  }

  /** The number of a column has to be 0. */
  forbid(column: number): void {
    this.#upper[column] = 0;
  }

  /** Adds a row: the numbers of some columns less those of others. */
  row(lower: number, upper: number, plus: Iterable<number>, minus: Iterable<number> = []): void {
    for (const column of plus) this.#entry(column, 1);
    for (const column of minus) this.#entry(column, -1);
    this.#end(lower, upper);
  }

  /** Adds a row with a weight for each column. */
  weighted(lower: number, upper: number, weights: ReadonlyMap<number, number>): void {
    for (const [column, weight] of weights) this.#entry(column, weight);
    this.#end(lower, upper);
  }

  finish(integers: number): IntegerProgram {
    return {
      columns: this.#costs.length,
      integers,
      costs: Float64Array.from(this.#costs),
      upper: Float64Array.from(this.#upper),
      rows: this.#rowLower.length,
      rowLower: Float64Array.from(this.#rowLower),
      rowUpper: Float64Array.from(this.#rowUpper),
      starts: Int32Array.from(this.#starts),
      indices: Int32Array.from(this.#indices),
      values: Float64Array.from(this.#values),
    };
  }

  #entry(column: number, value: number): void {
    this.#indices.push(column);
    this.#values.push(value);
  }

  #end(lower: number, upper: number): void {
    this.#rowLower.push(lower);
    this.#rowUpper.push(upper);
    this.#starts.push(this.#indices.length);
  }
}
