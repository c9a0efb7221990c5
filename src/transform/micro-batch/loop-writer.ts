import type { Block, Func, Operation, ValueId } from '../../ir/index.ts';
import type { Classification } from './classify.ts';
import type { PieceWriter } from './piece-writer.ts';

/** True for an operation that is done once for each piece. */
export function carriesPieces({ kinds }: Classification, { results }: Operation): boolean {
  return results.some(result => kinds[result]?.kind === 'cut' || kinds[result]?.kind === 'sum');
}

/** Writes the operations of a loop over pieces, with the loops inside. */
export class LoopWriter {
  readonly #writer: PieceWriter;
  readonly #classes: Classification;

  constructor(writer: PieceWriter, classes: Classification) {
    this.#writer = writer;
    this.#classes = classes;
  }

  /** Takes the piece out of an argument with the batch. */
  argument(func: Func, argument: number, dimension: number): void {
    const { value } = func.arguments[argument];
    this.#writer.name(value, this.#writer.part(value, dimension));
  }

  operation(operation: Operation): void {
    if (operation.name === 'stablehlo.while') this.#loop(operation);
    else this.#writer.operation(operation);
  }

  #loop(operation: Operation): void {
    const writer = this.#writer;
    const operands = operation.operands.map((operand, index) => this.#carried(operand, operation.results[index]));
    const regions = operation.regions.map((region, index) =>
      this.#region(region, index === 1 ? operation.results : []),
    );
    const results = operation.results.map(result => {
      const fresh = writer.draft.value(writer.localType(result));
      writer.name(result, fresh);
      return fresh;
    });
    writer.append({ ...operation, operands, results, regions });
  }

  /** `like` are the loop's results, whose kinds are those of what the region hands on; none for a condition. */
  #region(region: Block, like: readonly ValueId[]): Block {
    const writer = this.#writer;
    writer.open(region);
    const args = region.arguments.map(argument => {
      const fresh = writer.draft.value(writer.localType(argument));
      writer.name(argument, fresh);
      return fresh;
    });
    const last = region.operations.at(-1);
    if (last === undefined) throw new Error('internal: an empty block');
    for (const operation of region.operations)
      if (operation !== last && carriesPieces(this.#classes, operation)) this.operation(operation);
    const operands = last.operands.map((value, index) =>
      like.length === 0 ? writer.demand(value) : this.#carried(value, like[index]),
    );
    writer.append({ ...last, operands });
    return { arguments: args, operations: writer.close() };
  }

  /** A value where one of the kind of `like` is carried: of a whole value the part that the piece has. */
  #carried(value: ValueId, like: ValueId): ValueId {
    const [own, target] = [this.#classes.kinds[value], this.#classes.kinds[like]];
    return own?.kind === 'whole' && target?.kind === 'cut'
      ? this.#writer.part(value, target.dimension)
      : this.#writer.demand(value);
  }
}
