import type { ElementType } from '../ir/index.ts';
import type { Tensor } from './tensor.ts';
import { tensor } from './tensor.ts';

/** Prints a tensor on one line: `f32[2, 3] 1 2 3 4 5 6`. Complex numbers are two numbers. */
export function formatTensor({ type, data }: Tensor): string {
  const values: string[] = [];
  for (const value of data) values.push(Object.is(value, -0) ? '-0' : String(value));
  return [`${type.element}[${type.shape.join(', ')}]`, ...values].join(' ');
}

/**
 * Reads what `formatTensor` prints. One number alone fills the tensor; `NaN`, `Infinity` and `-Infinity` are numbers.
 * Throws on text of another form: this is a notation for tests and logs, not for users' files.
 */
export function parseTensor(text: string): Tensor {
  const match = /^([^[]+)\[([^\]]*)\](.*)$/.exec(text.trim());
  if (match === null) throw new Error(`internal: no tensor: ${text}`);
  const element = match[1] as ElementType;
  const shape = match[2].split(',').filter(size => size.trim() !== '');
  const words = match[3].split(' ').filter(word => word !== '');
  const big = /^u?i64$/.test(element);
  return tensor(
    element,
    shape.map(Number),
    words.map(word => (big ? BigInt(word) : Number(word))),
  );
}
