import type { Operation } from '../../ir/index.ts';

/**
 * Why a program cannot be done piece by piece with the same results.
 *
 * `no-batch`: no dimension of its data is a batch. `uneven`: the batch is no multiple of the number of pieces.
 * `whole-batch`: an operation needs the batch as a whole: a sort or a maximum along it, a sum of it in the next layer
 * (batch normalization). `unsupported`: it could be done, but is not.
 */
export interface MicroBatchRefusal {
  readonly kind: 'no-batch' | 'uneven' | 'whole-batch' | 'unsupported';
  /** One sentence without a full stop. */
  readonly message: string;
  /** Where the operation that is to blame stands, if one is. */
  readonly place?: OperationPlace;
}

/** An operation in words: its name, its name scope where the text has one, its byte offset in the file or -1. */
export interface OperationPlace {
  readonly operation: string;
  readonly scope?: string;
  readonly offset: number;
}

/** Refuses because of an operation; its name starts the message. */
export function refuse(kind: MicroBatchRefusal['kind'], operation: Operation, why: string): MicroBatchRefusal {
  const { name, scope, offset } = operation;
  const place: OperationPlace = { operation: name, ...(scope === undefined ? {} : { scope }), offset };
  return { kind, message: `${name}${scope === undefined ? '' : ` at ${scope}`} ${why}`, place };
}
