import type { Attribute, Attributes, DenseAttribute } from './attributes.ts';
import { bytes, decodeBytes } from './text-bytes.ts';
import type { TextCursor } from './text-cursor.ts';

/** The three groups of `[b, 0, f]x[0, i, o]->[b, 0, f]`: record field prefix, and the fields of its two letters. */
const groups = [
  { spatial: 'input_spatial_dimensions', letters: { b: 'input_batch_dimension', f: 'input_feature_dimension' } },
  {
    spatial: 'kernel_spatial_dimensions',
    letters: { i: 'kernel_input_feature_dimension', o: 'kernel_output_feature_dimension' },
  },
  { spatial: 'output_spatial_dimensions', letters: { b: 'output_batch_dimension', f: 'output_feature_dimension' } },
] as const;

/** Reads the dimension numbers of a convolution as the record `stablehlo.conv`. */
export function readConvolutionDimensions(cursor: TextCursor): Attribute {
  const fields: Record<string, Attribute> = {};
  for (const [index, group] of groups.entries()) {
    if (index === 1) cursor.expectWord('x');
    if (index === 2) cursor.expectArrow();
    readGroup(cursor, group.spatial, group.letters, fields);
  }
  return { kind: 'record', name: 'stablehlo.conv', fields };
}

function readGroup(
  cursor: TextCursor,
  spatial: string,
  letters: Readonly<Record<string, string>>,
  fields: Record<string, Attribute>,
): void {
  cursor.expect(bytes.openSquare);
  const positions: number[] = [];
  let dimension = 0;
  do {
    const start = cursor.position;
    if (cursor.atWord()) {
      const field = letters[cursor.word()];
      if (field === undefined || field in fields) {
        cursor.position = start;
        cursor.fail(`each of ${Object.keys(letters).join(', ')} once`);
      }
      fields[field] = { kind: 'integer', value: dimension, text: String(dimension), type: 'i64' };
    } else {
      const number = cursor.natural('a letter or the number of a spatial dimension');
      if (number > 64 || positions[number] !== undefined) cursor.fail('each spatial dimension once');
      positions[number] = dimension;
    }
    dimension++;
  } while (cursor.accept(bytes.comma));
  cursor.expect(bytes.closeSquare);
  const complete = Object.values(letters).every(field => field in fields);
  if (!complete || positions.length + 2 !== dimension) cursor.fail('every dimension of the convolution once');
  fields[spatial] = { kind: 'integers', element: 'i64', values: positions };
}

/** Prints `[b, 0, f]x[0, i, o]->[b, 0, f]`. */
export function formatConvolutionDimensions(fields: Attributes): string {
  const [input, kernel, output] = groups.map(({ spatial, letters }) => {
    const places: string[] = [];
    for (const [letter, field] of Object.entries(letters)) {
      const attribute = fields[field];
      if (attribute?.kind === 'integer') places[attribute.value] = letter;
    }
    const positions = fields[spatial];
    if (positions?.kind === 'integers') {
      for (const [index, position] of positions.values.entries()) places[position] = String(index);
    }
    return `[${places.join(', ')}]`;
  });
  return `${input}x${kernel}->${output}`;
}

/** The text of the elements of a constant. */
export function denseText(attribute: DenseAttribute): string {
  return decodeBytes(attribute.source, attribute.start, attribute.end);
}
