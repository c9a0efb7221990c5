import { attributeOf, type ElementType } from '../../../src/ir/index.ts';
import { builtCase } from './build-case.ts';
import type { RuleCase } from './case.ts';

const { integer, integers } = attributeOf;

/** Convolutions and poolings: halos, dilations, groups, weight gradients, windows that lie side by side. */
export function windowCases(): RuleCase[] {
  return [...poolingCases(), ...forwardCases(), ...transposedCases(), ...gradientCases(), ...groupCases()];
}

function poolingCases(): RuleCase[] {
  const window = (sizes: readonly number[], strides: readonly number[], padding: readonly (readonly number[])[]) => ({
    window_dimensions: integers(sizes),
    window_strides: integers(strides),
    padding: attributeOf.denseRows(padding),
  });
  const none = [
    [0, 0],
    [0, 0],
  ];
  const windows = [
    window([2, 1], [2, 1], none),
    window([2, 3], [2, 3], none),
    window(
      [1, 3],
      [1, 1],
      [
        [0, 0],
        [1, 1],
      ],
    ),
    window([3, 2], [2, 2], none),
  ];
  const reduce = (body: string, element: ElementType) =>
    windows.map(attributes =>
      builtCase('stablehlo.reduce_window', [`${element}[8, 6]`, `${element}[]`], attributes, {
        regions: builder => [builder.reducer(`stablehlo.${body}`, element)],
      }),
    );
  return [...reduce('add', 'f32'), ...reduce('maximum', 'i32'), ...selectionCases()];
}

/** The gradient of maximum pooling with windows side by side, along one or both dimensions. */
function selectionCases(): RuleCase[] {
  const greater = { comparison_direction: attributeOf.enumeration('comparison_direction', 'GE') };
  const scalar = { kind: 'tensor', shape: [], element: 'f32' } as const;
  return [
    ['f32[4, 6]', [2, 1]],
    ['f32[4, 2]', [2, 3]],
  ].map(([source, sizes]) =>
    builtCase(
      'stablehlo.select_and_scatter',
      ['f32[8, 6]', String(source), 'f32[]'],
      { window_dimensions: integers(sizes as number[]), window_strides: integers(sizes as number[]) },
      {
        regions: builder => [
          builder.region([scalar, scalar], values => builder.emit('stablehlo.compare', values, greater)),
          builder.reducer('stablehlo.add', 'f32'),
        ],
      },
    ),
  );
}

interface Convolution {
  readonly input?: readonly [batch: number, features: number];
  /** Input features per group and output features of the kernel. */
  readonly kernel?: readonly [input: number, output: number];
  readonly sizes: readonly number[];
  readonly window: readonly number[];
  readonly strides?: readonly number[];
  readonly padding?: readonly (readonly [number, number])[];
  readonly inputDilation?: readonly number[];
  readonly kernelDilation?: readonly number[];
  readonly reversal?: readonly boolean[];
  readonly featureGroups?: number;
  readonly batchGroups?: number;
  readonly element?: ElementType;
}

/** A convolution with the layout that JAX gives images: batch and features around the spatial dimensions. */
function convolution(options: Convolution): RuleCase {
  const {
    sizes,
    window,
    input = [2, 2],
    kernel = [2, 4],
    element = 'f32',
    featureGroups = 1,
    batchGroups = 1,
  } = options;
  const spatial = sizes.map((_, index) => index + 1);
  const last = sizes.length + 1;
  const ones = sizes.map(() => 1);
  const shape = (list: readonly number[]) => `${element}[${list.join()}]`;
  return builtCase('stablehlo.convolution', [shape([input[0], ...sizes, input[1]]), shape([...window, ...kernel])], {
    dimension_numbers: attributeOf.record('conv', {
      input_batch_dimension: 0,
      input_feature_dimension: last,
      input_spatial_dimensions: spatial,
      kernel_input_feature_dimension: sizes.length,
      kernel_output_feature_dimension: last,
      kernel_spatial_dimensions: sizes.map((_, index) => index),
      output_batch_dimension: 0,
      output_feature_dimension: last,
      output_spatial_dimensions: spatial,
    }),
    window_strides: integers(options.strides ?? ones),
    padding: attributeOf.denseRows(options.padding ?? sizes.map(() => [0, 0])),
    lhs_dilation: integers(options.inputDilation ?? ones),
    rhs_dilation: integers(options.kernelDilation ?? ones),
    window_reversal: attributeOf.booleans(options.reversal ?? sizes.map(() => false)),
    feature_group_count: integer(featureGroups),
    batch_group_count: integer(batchGroups),
  });
}

/** As many results as inputs, or as strides leave: pieces need the edges of their neighbours. */
function forwardCases(): RuleCase[] {
  return [
    convolution({ sizes: [8], window: [3], padding: [[1, 1]] }),
    convolution({ sizes: [8], window: [3], padding: [[1, 1]], element: 'i32' }),
    convolution({ sizes: [8], window: [3], padding: [[2, 0]] }),
    convolution({ sizes: [8], window: [3], padding: [[-1, 3]] }),
    convolution({ sizes: [8], window: [5], padding: [[2, 2]], reversal: [true] }),
    convolution({ sizes: [8], window: [3], padding: [[2, 2]], kernelDilation: [2] }),
    convolution({ sizes: [8], window: [3], padding: [[1, 0]], strides: [2] }),
    convolution({ sizes: [8], window: [2], strides: [2] }),
    convolution({ sizes: [8], window: [1] }),
    convolution({ sizes: [8], window: [7], padding: [[2, 3]], strides: [2] }),
    convolution({
      sizes: [4, 6],
      window: [3, 3],
      padding: [
        [1, 1],
        [1, 1],
      ],
    }),
    convolution({
      sizes: [4, 6],
      window: [3, 3],
      padding: [
        [0, 0],
        [1, 1],
      ],
    }),
  ];
}

/** Gradients with respect to the input of a strided convolution. */
function transposedCases(): RuleCase[] {
  return [
    convolution({ sizes: [4], window: [3], padding: [[1, 2]], inputDilation: [2] }),
    convolution({ sizes: [4], window: [3], padding: [[2, 1]], inputDilation: [2] }),
    convolution({ sizes: [4], window: [2], padding: [[1, 1]], inputDilation: [2], reversal: [true] }),
    convolution({ sizes: [4], window: [4], padding: [[2, 2]], inputDilation: [2] }),
    convolution({ sizes: [4], window: [3], padding: [[1, 3]], inputDilation: [2], strides: [1], kernelDilation: [1] }),
  ];
}

/** Gradients with respect to the kernel: a window nearly as long as the input is contracted. */
function gradientCases(): RuleCase[] {
  return [
    convolution({ sizes: [8], window: [8], padding: [[1, 1]] }),
    convolution({ sizes: [8], window: [8] }),
    convolution({ sizes: [8], window: [8], padding: [[2, 0]], element: 'i32' }),
    convolution({ sizes: [8], window: [4], padding: [[1, 1]], kernelDilation: [2] }),
    convolution({ sizes: [8], window: [4], padding: [[0, 1]], kernelDilation: [2] }),
    convolution({ sizes: [8], window: [8], padding: [[1, 1]], strides: [2] }),
    convolution({
      sizes: [4, 6],
      window: [4, 6],
      padding: [
        [1, 1],
        [0, 1],
      ],
    }),
    convolution({ sizes: [8], window: [8], padding: [[1, 1]], reversal: [true] }),
  ];
}

function groupCases(): RuleCase[] {
  const plain = { sizes: [4], window: [3], padding: [[1, 1]] } as const;
  return [
    convolution({ ...plain, input: [2, 8], kernel: [2, 8], featureGroups: 4 }),
    convolution({ ...plain, input: [2, 4], kernel: [1, 4], featureGroups: 4 }),
    convolution({ ...plain, input: [2, 4], kernel: [1, 8], featureGroups: 4 }),
    convolution({ ...plain, input: [8, 2], kernel: [2, 8], batchGroups: 4 }),
    convolution({ ...plain, input: [4, 2], kernel: [2, 4], batchGroups: 4 }),
  ];
}
