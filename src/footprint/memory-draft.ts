import {
  contradictoryReuse,
  type MemoryAlias,
  type MemoryOperator,
  type MemoryProblem,
  type MemoryTensor,
} from '../memory/index.ts';

/** A result that ends where an input was: the input's tensor, and the number of the result. */
export interface StateLink {
  readonly from: number;
  readonly result: number;
}

/** A memory problem while it is written, operators in program order. */
export class MemoryDraft {
  readonly #name: string;
  readonly #alignmentBytes: number;
  readonly #tensors: MemoryTensor[] = [];
  /** Bytes of each tensor, also of those that lie outside. */
  readonly #wholeBytes: number[] = [];
  readonly #operators: MemoryOperator[] = [];
  readonly #operationOf: number[] = [];
  readonly #aliases: MemoryAlias[] = [];
  /** The operator that makes each tensor, and the last that reads it. */
  readonly #producerOf: number[] = [];
  readonly #lastReaderOf: number[] = [];
  /** Tensors that may be taken over, by the one that may take them. */
  readonly #reusable = new Map<number, number[]>();

  constructor(name: string, alignmentBytes: number) {
    this.#name = name;
    this.#alignmentBytes = alignmentBytes;
  }

  get problem(): MemoryProblem {
    return {
      format: 'skein.memory/1',
      name: this.#name,
      alignmentBytes: this.#alignmentBytes,
      banks: [{ name: 'main' }],
      tensors: this.#tensors,
      operators: this.#operators,
      aliases: this.#aliases,
    };
  }

  /** By operator: what `addOperator` was told. */
  get operationOf(): readonly number[] {
    return this.#operationOf;
  }

  /** Adds a tensor. One that lies outside counts nothing. */
  addTensor(name: string, bytes: number, kind: MemoryTensor['kind'], isOutside = false): number {
    this.#wholeBytes.push(bytes);
    this.#producerOf.push(-1);
    this.#lastReaderOf.push(-1);
    return this.#tensors.push({ name, sizeBytes: isOutside ? 0 : bytes, kind }) - 1;
  }

  /** Adds an operator. `operation` is where it comes from, -1 for a copy. */
  addOperator(
    name: string,
    inputs: readonly number[],
    outputs: readonly number[],
    operation: number,
    workspace = 0,
  ): void {
    const operator = this.#operators.length;
    this.#operators.push(
      workspace > 0 ? { name, inputs, outputs, workspaceBytes: workspace } : { name, inputs, outputs },
    );
    this.#operationOf.push(operation);
    for (const tensor of outputs) this.#producerOf[tensor] = operator;
    for (const tensor of inputs) this.#lastReaderOf[tensor] = operator;
  }

  /** Says that the operator that makes `tensor` can write it over `of`, where their sizes are the same. */
  allowReuse(tensor: number, of: number): void {
    if (this.#wholeBytes[of] !== this.#wholeBytes[tensor]) return;
    this.#aliases.push({ kind: 'mayReuse', tensor, of });
    const known = this.#reusable.get(tensor);
    if (known === undefined) this.#reusable.set(tensor, [of]);
    else known.push(of);
  }

  /** True when both tensors take the same memory here. */
  isAlike(a: number, b: number): boolean {
    return this.#wholeBytes[a] === this.#wholeBytes[b];
  }

  /** A copy of a tensor. */
  copyOf(of: number): number {
    const { name } = this.#tensors[of];
    const copy = this.addTensor(`copy of ${name}`, this.#wholeBytes[of], 'made');
    this.addOperator(`copy of ${name}`, [of], [copy], -1);
    return copy;
  }

  /** Says that a tensor is read after the last operator; `isOutside`: that it lies outside, and counts nothing. */
  setOutput(tensor: number, isOutside: boolean): void {
    this.#tensors[tensor] = { ...this.#tensors[tensor], output: true, ...(isOutside ? { sizeBytes: 0 } : {}) };
  }

  /**
   * Ties results to the inputs whose place they take, by a copy where that would come too early or twice. `results` are
   * the tensors that are returned; where a copy is made it takes the tensor's place there. Returns the pairs tied.
   */
  tieState(links: readonly StateLink[], results: number[]): (readonly [number, number])[] {
    const tied = new Set<number>();
    for (const { from, result } of links) {
      const to = results[result];
      if (tied.has(to) || !this.#mayOverwrite(from, to)) results[result] = this.copyOf(to);
      else tied.add(to);
    }
    this.#copyOldValues(links, results);
    // Copies are read by nothing but their own copies, so that the second round leaves no contradiction.
    for (let round = 0; round < 2 && links.some(link => this.#isReadLate(link, results)); round++) {
      const aliases = links.map(
        ({ from, result }): MemoryAlias => ({ kind: 'mustReuse', tensor: results[result], of: from }),
      );
      for (const index of contradictoryReuse(this.#sizeless(aliases))) {
        const { result } = links[index - this.#aliases.length];
        results[result] = this.copyOf(results[result]);
      }
    }
    for (const { from, result } of links) this.#aliases.push({ kind: 'mustReuse', tensor: results[result], of: from });
    return links.map(({ from, result }) => [from, results[result]] as const);
  }

  /** Inputs that are returned as they were, though their place is taken, are copied before. */
  #copyOldValues(links: readonly StateLink[], results: number[]): void {
    const overwritten = new Set(links.map(link => link.from));
    const isTied = new Set(links.map(link => link.result));
    results.forEach((tensor, result) => {
      if (!isTied.has(result) && overwritten.has(tensor)) results[result] = this.copyOf(tensor);
    });
  }

  /** The problem with all sizes alike, so that only its edges count. */
  #sizeless(aliases: readonly MemoryAlias[]): MemoryProblem {
    return {
      ...this.problem,
      aliases: [...this.#aliases, ...aliases],
      tensors: this.#tensors.map(tensor => ({ ...tensor, sizeBytes: 0 })),
    };
  }

  /** True when the program reads an input after it makes what takes its place: then the order may contradict the state. */
  #isReadLate({ from, result }: StateLink, results: readonly number[]): boolean {
    return this.#lastReaderOf[from] > this.#producerOf[results[result]];
  }

  /** True when the operator that makes `to` may write it where `from` is. */
  #mayOverwrite(from: number, to: number): boolean {
    const producer = this.#producerOf[to];
    if (producer < 0) return false;
    if (!this.#operators[producer].inputs.includes(from)) return true;
    return this.#reusable.get(to)?.includes(from) ?? false;
  }
}
