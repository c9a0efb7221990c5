import type { ArgumentSpec } from '../engine/index.ts';
import type { DeviceGroups } from './calibration-groups.ts';

/** Collectives that are measured, as HLO names them. */
export const calibratedCollectives = [
  'all-reduce',
  'all-gather',
  'reduce-scatter',
  'all-to-all',
  'collective-permute',
] as const;

export type CalibratedCollective = (typeof calibratedCollectives)[number];

/** A program that does one kind of work over and over on every device, and what is fed to it. */
export interface CalibrationProgram {
  readonly text: string;
  readonly arguments: readonly ArgumentSpec[];
  /** True where the result takes the place of the first argument. */
  readonly donates?: boolean;
}

/** Writes the operations of one device: gets the names of its arguments, returns the name of the result. */
type Body = (lines: string[], values: readonly string[]) => string;

interface LocalType {
  readonly shape: readonly number[];
  readonly element: string;
}

/** Nothing at all: what a step costs before it does anything. */
export function emptyProgram(devices: number): CalibrationProgram {
  const type = tensor([8]);
  return sharded(devices, [type], type, (_, [value]) => value);
}

/**
 * `repeats` products of two n x n matrices, each of the one before: as forward passes have them, and with the left or
 * the right matrix transposed, as backward passes do.
 */
export function productProgram(devices: number, n: number, repeats: number, element = 'f32'): CalibrationProgram {
  const type = tensor([n, n], element);
  const forms = ['[1] x [0]', '[1] x [1]', '[0] x [0]'];
  return sharded(devices, [type, type], type, (lines, [first, weight]) =>
    chain(repeats, first, (value, k) => {
      const types = `(${print(type)}, ${print(type)}) -> ${print(type)}`;
      lines.push(`%y${k} = stablehlo.dot_general ${value}, ${weight}, contracting_dims = ${forms[k % 3]} : ${types}`);
      return `%y${k}`;
    }),
  );
}

/** `repeats` 3x3 convolutions of one image of `size` x `size` pixels with as many channels in as out. */
export function convolutionProgram(
  devices: number,
  size: number,
  channels: number,
  repeats: number,
): CalibrationProgram {
  const [image, kernel] = [tensor([2, size, size, channels]), tensor([3, 3, channels, channels])];
  return sharded(devices, [image, kernel], image, (lines, [first, weight]) =>
    chain(repeats, first, (value, k) => {
      const form = 'dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {pad = [[1, 1], [1, 1]]}';
      const counts = '{batch_group_count = 1 : i64, feature_group_count = 1 : i64}';
      const types = `(${print(image)}, ${print(kernel)}) -> ${print(image)}`;
      lines.push(`%y${k} = stablehlo.convolution(${value}, ${weight}) ${form} ${counts} : ${types}`);
      return `%y${k}`;
    }),
  );
}

/**
 * `repeats` sums of two vectors of `elements`, each a kernel of its own on memory of its own: pieces of long vectors, of
 * which a loop adds one after the other. What a step touches once, such as parameters and moments, no cache holds.
 * Written in place, as donated state is.
 */
export function sumProgram(devices: number, elements: number, repeats: number): CalibrationProgram {
  const [all, piece] = [tensor([elements * repeats]), tensor([elements])];
  const cut = (value: string): string =>
    `stablehlo.dynamic_slice ${value}, %at, sizes = [${elements}] : (${print(all)}, tensor<i32>) -> ${print(piece)}`;
  const written = `(${print(all)}, ${print(piece)}, tensor<i32>) -> ${print(all)}`;
  const program = sharded(devices, [all, all], all, (lines, [first, other]) => {
    lines.push(
      '%zero = stablehlo.constant dense<0> : tensor<i32>',
      '%one = stablehlo.constant dense<1> : tensor<i32>',
      `%trips = stablehlo.constant dense<${repeats}> : tensor<i32>`,
      `%length = stablehlo.constant dense<${elements}> : tensor<i32>`,
      `%r:2 = stablehlo.while(%i = %zero, %v = ${first}) : tensor<i32>, ${print(all)}`,
      'cond {',
      '  %more = stablehlo.compare LT, %i, %trips, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>',
      '  stablehlo.return %more : tensor<i1>',
      '} do {',
      '  %next = stablehlo.add %i, %one : tensor<i32>',
      '  %at = stablehlo.multiply %i, %length : tensor<i32>',
      `  %left = ${cut('%v')}`,
      `  %right = ${cut(other)}`,
      `  %sum = stablehlo.add %left, %right : ${print(piece)}`,
      `  %new = stablehlo.dynamic_update_slice %v, %sum, %at : ${written}`,
      `  stablehlo.return %next, %new : tensor<i32>, ${print(all)}`,
      '}',
    );
    return '%r#1';
  });
  const text = program.text.replace(/%x0: tensor<[^>]*>/, found => `${found} {tf.aliasing_output = 0 : i32}`);
  return { ...program, text, donates: true };
}

/** Functions of one element that take many instructions, with a chain of each that stays among normal numbers. */
export const calibratedFunctions = {
  'stablehlo.divide': (value: string, other: string) => [
    `stablehlo.add ${value}, ${other}`,
    `stablehlo.divide ${other}, $`,
  ],
  'stablehlo.sqrt': (value: string) => [`stablehlo.sqrt ${value}`],
  'stablehlo.rsqrt': (value: string) => [`stablehlo.rsqrt ${value}`],
  'stablehlo.exponential': (value: string) => [`stablehlo.negate ${value}`, 'stablehlo.exponential $'],
  'stablehlo.log': (value: string, other: string) => [
    `stablehlo.multiply ${value}, ${value}`,
    `stablehlo.add $, ${other}`,
    'stablehlo.log $',
  ],
  'stablehlo.tanh': (value: string) => [`stablehlo.tanh ${value}`],
  'stablehlo.logistic': (value: string) => [`stablehlo.logistic ${value}`],
} as const satisfies Record<string, (value: string, other: string) => readonly string[]>;

export type CalibratedFunction = keyof typeof calibratedFunctions;

/** `repeats` applications of a function to a vector of `elements`, all in one kernel. */
export function functionProgram(
  devices: number,
  name: CalibratedFunction,
  elements: number,
  repeats: number,
): CalibrationProgram {
  const type = tensor([elements]);
  const program = sharded(devices, [type, type], type, (lines, [first, other]) =>
    chain(repeats, first, (value, k) => {
      // `$` is the result of the line before.
      let last = value;
      for (const [index, line] of calibratedFunctions[name](value, other).entries()) {
        lines.push(`%y${k}_${index} = ${line.replace('$', last)} : ${print(type)}`);
        last = `%y${k}_${index}`;
      }
      return last;
    }),
  );
  const ranged = program.arguments.map(
    ({ name: argument, shape, dtype }): ArgumentSpec => ({
      ...{ name: argument, shape, dtype },
      ...{ distribution: 'uniform', low: 0.5, high: 1.5 },
    }),
  );
  return { ...program, arguments: ranged };
}

/** Operations over windows: sliding sums, and gradients of max pools. */
export const calibratedWindows = ['stablehlo.reduce_window', 'stablehlo.select_and_scatter'] as const;

/** `repeats` of an operation over windows of two images of `size` x `size` pixels with 32 channels. */
export function windowProgram(
  devices: number,
  name: (typeof calibratedWindows)[number],
  size: number,
  repeats: number,
): CalibrationProgram {
  const [image, pooled] = [tensor([2, size, size, 32]), tensor([2, size / 2, size / 2, 32])];
  const scalars = '%p: tensor<f32>, %q: tensor<f32>';
  return sharded(devices, [image, pooled], image, (lines, [first, source]) => {
    lines.push('%zero = stablehlo.constant dense<0.0> : tensor<f32>');
    return chain(repeats, first, (value, k) => {
      if (name === 'stablehlo.reduce_window') {
        const window = 'padding = dense<[[0, 0], [1, 1], [1, 1], [0, 0]]> : tensor<4x2xi64>, window_dimensions';
        const attributes = `<{${window} = array<i64: 1, 3, 3, 1>}>`;
        const types = `(${print(image)}, tensor<f32>) -> ${print(image)}`;
        lines.push(`%y${k} = "${name}"(${value}, %zero) ${attributes} (${summing}) : ${types}`);
      } else {
        const windows = 'window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>';
        const greater = `%s = stablehlo.compare GE, %p, %q : (tensor<f32>, tensor<f32>) -> tensor<i1>`;
        const select = `{ ^bb0(${scalars}): ${greater} stablehlo.return %s : tensor<i1> }`;
        const types = `(${print(image)}, ${print(pooled)}, tensor<f32>) -> ${print(image)}`;
        lines.push(`%y${k} = "${name}"(${value}, ${source}, %zero) <{${windows}}> (${select}, ${summing}) : ${types}`);
      }
      return `%y${k}`;
    });
  });
}

/**
 * `repeats` collectives, each of what the one before brought, so that the compiler neither joins nor drops any.
 * `elements` is the larger of operand and result on one device; the size of the groups divides it.
 */
export function collectiveProgram(
  devices: number,
  kind: CalibratedCollective,
  groups: DeviceGroups,
  elements: number,
  repeats: number,
): CalibrationProgram {
  const [whole, part] = [tensor([elements]), tensor([elements / groups.size])];
  const type = kind === 'all-gather' ? part : whole;
  return sharded(devices, [type], type, (lines, [first]) =>
    chain(repeats, first, (value, k) => {
      const channel = `channel_handle = #stablehlo.channel_handle<handle = ${k + 1}, type = 1>`;
      const members = `replica_groups = ${printGroups(groups.groups)}`;
      const many = `${channel}, ${members}, use_global_device_ids`;
      switch (kind) {
        case 'all-reduce':
          lines.push(`%y${k} = "stablehlo.all_reduce"(${value}) <{${many}}> (${summing}) : ${map(whole, whole)}`);
          return `%y${k}`;
        case 'all-gather':
          lines.push(
            `%g${k} = "stablehlo.all_gather"(${value}) <{all_gather_dim = 0 : i64, ${many}}> : ${map(part, whole)}`,
          );
          lines.push(`%y${k} = stablehlo.slice %g${k} [0:${part.shape[0]}] : ${map(whole, part)}`);
          return `%y${k}`;
        case 'reduce-scatter': {
          const attributes = `<{scatter_dimension = 0 : i64, ${many}}>`;
          lines.push(`%s${k} = "stablehlo.reduce_scatter"(${value}) ${attributes} (${summing}) : ${map(whole, part)}`);
          lines.push(`%i${k} = stablehlo.constant dense<0> : tensor<i32>`);
          const types = `(${print(whole)}, ${print(part)}, tensor<i32>) -> ${print(whole)}`;
          lines.push(`%y${k} = stablehlo.dynamic_update_slice ${value}, %s${k}, %i${k} : ${types}`);
          return `%y${k}`;
        }
        case 'all-to-all': {
          const split = `split_dimension = 0 : i64, concat_dimension = 0 : i64, split_count = ${groups.size} : i64`;
          lines.push(
            `%y${k} = "stablehlo.all_to_all"(${value}) <{${split}, ${channel}, ${members}}> : ${map(whole, whole)}`,
          );
          return `%y${k}`;
        }
        case 'collective-permute': {
          const pairs = groups.groups.flatMap(group =>
            group.map((device, member) => [device, group[(member + 1) % group.length]]),
          );
          const attributes = `<{${channel}, source_target_pairs = ${printGroups(pairs)}}>`;
          lines.push(`%y${k} = "stablehlo.collective_permute"(${value}) ${attributes} : ${map(whole, whole)}`);
          return `%y${k}`;
        }
        default:
          return kind satisfies never;
      }
    }),
  );
}

const summing =
  '{ ^bb0(%p: tensor<f32>, %q: tensor<f32>): %s = stablehlo.add %p, %q : tensor<f32> stablehlo.return %s : tensor<f32> }';

function chain(repeats: number, first: string, link: (value: string, k: number) => string): string {
  return Array.from({ length: repeats }, (_, k) => k).reduce(link, first);
}

/** A program whose body each device runs on pieces of its own; arguments are cut along their first dimension. */
function sharded(devices: number, types: readonly LocalType[], result: LocalType, body: Body): CalibrationProgram {
  const whole = types.map(({ shape: [rows, ...rest], element }) => ({ shape: [devices * rows, ...rest], element }));
  const lines: string[] = [];
  const value = body(
    lines,
    types.map((_, index) => `%a${index}`),
  );
  const cut = (type: LocalType): string => `<@mesh, [{"x"}${', {}'.repeat(type.shape.length - 1)}]>`;
  const named = (prefix: string, list: readonly LocalType[]): string =>
    list.map((type, index) => `%${prefix}${index}: ${print(type)}`).join(', ');
  const [rows, ...rest] = result.shape;
  const wholeResult = print({ ...result, shape: [devices * rows, ...rest] });
  const operands = types.map((_, index) => `%x${index}`).join(', ');
  const text = `module @calibration {
  sdy.mesh @mesh = <["x"=${devices}]>
  func.func public @main(${named('x', whole)}) -> ${wholeResult} {
    %0 = sdy.manual_computation(${operands}) in_shardings=[${types.map(cut).join(', ')}]
        out_shardings=[${cut(result)}] manual_axes={"x"} (${named('a', types)}) {
      ${lines.join('\n      ')}
      sdy.return ${value} : ${print(result)}
    } : (${whole.map(print).join(', ')}) -> ${wholeResult}
    return %0 : ${wholeResult}
  }
}`;
  return { text, arguments: whole.map(({ shape, element }, index) => argumentOf(`x${index}`, shape, element)) };
}

/** Small enough that long chains of products neither overflow nor reach denormal numbers, which are slow. */
function argumentOf(name: string, shape: readonly number[], dtype: string): ArgumentSpec {
  const std = (shape.length === 4 ? 9 * (shape.at(-1) ?? 1) : (shape.at(-1) ?? 1)) ** -0.5;
  return { name, shape: [...shape], dtype, distribution: 'normal', mean: 0, std: shape.length === 1 ? 1e-3 : std };
}

const tensor = (shape: readonly number[], element = 'f32'): LocalType => ({ shape, element });
const print = ({ shape, element }: LocalType): string => `tensor<${[...shape, element].join('x')}>`;
const map = (from: LocalType, to: LocalType): string => `(${print(from)}) -> ${print(to)}`;

function printGroups(groups: readonly (readonly number[])[]): string {
  const rows = groups.map(group => `[${group.join(', ')}]`).join(', ');
  return `dense<[${rows}]> : tensor<${groups.length}x${groups[0].length}xi64>`;
}
