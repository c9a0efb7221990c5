import type { Mutation } from './verifier-mutations.ts';

const unary = `abs cbrt ceil cosine count_leading_zeros exponential exponential_minus_one floor imag is_finite log
  log_plus_one logistic negate not popcnt real round_nearest_afz round_nearest_even rsqrt sign sine sqrt tan tanh`;
const binary = `add and atan2 complex divide maximum minimum multiply or power remainder shift_left
  shift_right_arithmetic shift_right_logical subtract xor`;
const chloUnary = `square erf erfc erf_inv lgamma digamma acos acosh asin asinh atan atanh bessel_i1e conj cosh sinh tan
  is_inf is_neg_inf is_pos_inf`;
const chloBinary = 'next_after polygamma zeta mulhi';

const elements = 'i1 i4 i32 ui8 bf16 f32 f64 f8E4M3FN complex<f32> complex<f64>'.split(' ');

/** Every elementwise operation on every kind of element, with each result type that some operation could give. */
export function elementPrograms(): readonly Mutation[] {
  return [
    ...programs('stablehlo', unary, 1),
    ...programs('stablehlo', binary, 2),
    ...programs('chlo', chloUnary, 1),
    ...programs('chlo', chloBinary, 2),
  ];
}

function programs(dialect: string, names: string, arity: number): readonly Mutation[] {
  return names.split(/\s+/).flatMap(name =>
    elements.flatMap(operand =>
      [...new Set([operand, 'i1', 'f32', 'complex<f32>'])].map(result => {
        const type = `tensor<2x${operand}>`;
        const values = Array.from({ length: arity }, () => '%arg0').join(', ');
        const types = Array.from({ length: arity }, () => type).join(', ');
        const line = `"${dialect}.${name}"(${values}) : (${types}) -> tensor<2x${result}>`;
        return {
          name: `${dialect}.${name} ${operand} ${result}`,
          family: 'elements',
          change: `${operand} to ${result}`,
          text: `func.func @main(%arg0: ${type}) {\n  %0 = ${line}\n  return\n}\n`,
        };
      }),
    ),
  );
}
