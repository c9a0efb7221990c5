/**
 * Small valid programs of one operation each, to be broken in many ways. In `body`, `$0` is the type of argument 0 and
 * `$r0` that of result 0; the results of the body are `%0`, or `%0#0`, `%0#1`.
 */
export interface VerifierCase {
  readonly family: string;
  readonly operands: readonly string[];
  readonly results: readonly string[];
  readonly body: string;
  /** Other functions of the program. */
  readonly helpers?: string;
}

/** The common attributes and types of the cases. */
export const precision = '#stablehlo<precision DEFAULT>';
export const scalar = 'tensor<f32>';
/** Regions that add, and that compare. */
export const add = region(['a', 'b'], scalar, `%s = stablehlo.add %a, %b : ${scalar}`, scalar);
export const greater = region(
  ['a', 'b'],
  scalar,
  `%s = "stablehlo.compare"(%a, %b) <{comparison_direction = #stablehlo<comparison_direction GE>, compare_type = #stablehlo<comparison_type FLOAT>}> : (${scalar}, ${scalar}) -> tensor<i1>`,
  'tensor<i1>',
);

function region(names: readonly string[], type: string, line: string, returned: string): string {
  return `({\n  ^bb0(${names.map(name => `%${name}: ${type}`).join(', ')}):\n    ${line}\n    "stablehlo.return"(%s) : (${returned}) -> ()\n  })`;
}

/** A case in the generic form, `"name"(operands) <{properties}> (regions)`, that uses each operand once. */
export function generic(
  family: string,
  name: string,
  operands: readonly string[],
  properties: string,
  results: readonly string[],
  regions = '',
): VerifierCase {
  const values = operands.map((_, index) => `%arg${index}`).join(', ');
  const types = operands.map((_, index) => `$${index}`).join(', ');
  const resultTypes = results.map((_, index) => `$r${index}`).join(', ');
  const bound = results.length === 1 ? '%0' : `%0:${results.length}`;
  const text = `${bound} = "${name}"(${values})${properties === '' ? '' : ` <{${properties}}>`}${regions === '' ? '' : ` ${regions}`}`;
  return { family, operands, results, body: `${text} : (${types}) -> (${resultTypes})` };
}

/** A case of one result in the pretty form. */
export function pretty(
  family: string,
  operands: readonly string[],
  results: readonly string[],
  body: string,
): VerifierCase {
  return { family, operands, results, body: `%0 = ${body}` };
}

export const f32 = (shape: string): string => `tensor<${shape}xf32>`;
