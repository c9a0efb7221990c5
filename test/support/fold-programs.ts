import type { Random } from '../../src/base/index.ts';
import {
  attributeOf,
  type Block,
  createFunctionBuilder,
  entryFunction,
  type Func,
  type FunctionBuilder,
  type Operation,
  type Program,
  programOf,
  tensorType,
  type ValueId,
} from '../../src/ir/index.ts';

const f32 = (...shape: readonly number[]) => tensorType(shape, 'f32');

/** The last dimension of `x` with dimension `dimension` of `w`. */
export function emitDot(builder: FunctionBuilder, x: ValueId, w: ValueId, dimension = 0, scope?: string): ValueId {
  const rank = builder.tensorOf(x).shape.length;
  const numbers = attributeOf.record('dot', {
    lhs_contracting_dimensions: [rank - 1],
    rhs_contracting_dimensions: [dimension],
  });
  const options = scope === undefined ? {} : { scope };
  return builder.emitOne('stablehlo.dot_general', [x, w], { dot_dimension_numbers: numbers }, options);
}

/** What `x` and `dy`, both [rows, ...], make of a weight between them. */
function emitWeightGradient(builder: FunctionBuilder, x: ValueId, dy: ValueId): ValueId {
  const numbers = attributeOf.record('dot', { lhs_contracting_dimensions: [0], rhs_contracting_dimensions: [0] });
  return builder.emitOne('stablehlo.dot_general', [x, dy], { dot_dimension_numbers: numbers });
}

/**
 * A training step of `layers` equal layers y = x + tanh(x w1) w2 with momentum: forward, backward and update, without
 * any names. Per layer four arguments, all donated, and 19 operations; the first layer needs no gradient of its input,
 * so it has two less.
 */
export function residualStep(layers: number): Program {
  const builder = createFunctionBuilder('main');
  const shapes = [f32(16, 48), f32(48, 16)];
  const numbers = Array.from({ length: layers }, (_, layer) => layer);
  const donated = (position: number) => ({ 'tf.aliasing_output': attributeOf.integer(position, 'i32') });
  const weights = numbers.map(layer =>
    shapes.map((shape, index) => builder.argument(shape, undefined, donated(2 * layer + index))),
  );
  const moments = numbers.map(layer =>
    shapes.map((shape, index) => builder.argument(shape, undefined, donated(2 * (layers + layer) + index))),
  );
  let x = builder.argument(f32(8, 16));
  const forward = weights.map(([w1, w2]) => {
    const input = x;
    const hidden = builder.emitOne('stablehlo.tanh', [emitDot(builder, x, w1)]);
    x = builder.emitOne('stablehlo.add', [x, emitDot(builder, hidden, w2)]);
    return { input, hidden };
  });
  let dx = x;
  const gradients: ValueId[][] = [];
  for (const layer of [...numbers].reverse()) {
    const { input, hidden } = forward[layer];
    const square = builder.emitOne('stablehlo.multiply', [hidden, hidden]);
    const dhidden = builder.emitOne('stablehlo.multiply', [emitDot(builder, dx, weights[layer][1], 1), square]);
    gradients[layer] = [emitWeightGradient(builder, input, dhidden), emitWeightGradient(builder, hidden, dx)];
    if (layer > 0) dx = builder.emitOne('stablehlo.add', [dx, emitDot(builder, dhidden, weights[layer][0], 1)]);
  }
  const updates = numbers.map(layer =>
    weights[layer].map((weight, index) => {
      const decay = builder.constant(shapes[index], '9.000000e-01');
      const old = builder.emitOne('stablehlo.multiply', [decay, moments[layer][index]]);
      const moment = builder.emitOne('stablehlo.add', [old, gradients[layer][index]]);
      return { weight: builder.emitOne('stablehlo.subtract', [weight, moment]), moment };
    }),
  );
  const flat = updates.flat();
  return programOf(builder.finish([...flat.map(each => each.weight), ...flat.map(each => each.moment), x]));
}

/** What each layer of a random program is made of: operations on values made before, by their numbers. */
export interface LayerRecipe {
  readonly steps: readonly { readonly name: string; readonly operands: readonly number[] }[];
}

const unary = ['tanh', 'negate', 'exponential', 'abs'];
const binary = ['add', 'multiply', 'subtract', 'maximum'];

/** A recipe of `length` elementwise steps on earlier values. */
export function randomRecipe(random: Random, length: number): LayerRecipe {
  const steps = Array.from({ length }, (_, index) => {
    const isUnary = random.next() < 0.4;
    const operands = Array.from({ length: isUnary ? 1 : 2 }, () => random.integer(Math.max(0, index - 4), index + 1));
    return { name: `stablehlo.${random.pick(isUnary ? unary : binary)}`, operands };
  });
  return { steps };
}

/** Operations of one layer of `chain` and `branches`: the steps between two products. */
export const operationsOf = (recipe: LayerRecipe): number => recipe.steps.length + 2;

function emitLayer(builder: FunctionBuilder, recipe: LayerRecipe, x: ValueId): ValueId {
  const values = [emitDot(builder, x, builder.argument(f32(8, 12)))];
  for (const { name, operands } of recipe.steps) {
    values.push(
      builder.emitOne(
        name,
        operands.map(operand => values[operand]),
      ),
    );
  }
  return emitDot(builder, values[values.length - 1], builder.argument(f32(12, 8)));
}

/** `count` layers of a recipe, each reading the one before. */
export function chain(recipe: LayerRecipe, count: number): Program {
  const builder = createFunctionBuilder('main');
  let x = builder.argument(f32(4, 8));
  for (let layer = 0; layer < count; layer++) x = emitLayer(builder, recipe, x);
  return programOf(builder.finish([x]));
}

/** `count` layers of a recipe side by side on one input; their results are concatenated. */
export function branches(recipe: LayerRecipe, count: number): Program {
  const builder = createFunctionBuilder('main');
  const x = builder.argument(f32(4, 8));
  const results = Array.from({ length: count }, () => emitLayer(builder, recipe, x));
  return programOf(
    builder.finish([builder.emitOne('stablehlo.concatenate', results, { dimension: attributeOf.integer(0) })]),
  );
}

/**
 * A chain of dense layers of one weight [8, 8] each: product, bias (an iota and a sum), an activation and a
 * sign. Five operations and one argument a layer.
 */
export function denseChain(activations: readonly string[]): Program {
  const builder = createFunctionBuilder('main');
  let x = builder.argument(f32(4, 8));
  for (const activation of activations) {
    x = emitDot(builder, x, builder.argument(f32(8, 8)));
    const bias = builder.emitOne(
      'stablehlo.iota',
      [],
      { iota_dimension: attributeOf.integer(1) },
      { resultTypes: [f32(4, 8)] },
    );
    x = builder.emitOne('stablehlo.add', [x, bias]);
    x = builder.emitOne('stablehlo.negate', [builder.emitOne(`stablehlo.${activation}`, [x])]);
  }
  return programOf(builder.finish([x]));
}

/** A loop of `trips` rounds over `layers` layers tanh(x w1) w2 + x with weights from around the loop. */
export function loopOfLayers(layers: number, trips: number): Program {
  const builder = createFunctionBuilder('main');
  const i32 = tensorType([], 'i32');
  const start = builder.argument(f32(4, 8));
  const weights = Array.from({ length: layers }, () => [builder.argument(f32(8, 12)), builder.argument(f32(12, 8))]);
  const zero = builder.constant(i32, '0');
  const types = [i32, f32(4, 8)];
  const condition = builder.region(types, ([count]) => {
    const direction = attributeOf.enumeration('comparison_direction', 'LT');
    return builder.emit('stablehlo.compare', [count, builder.constant(i32, String(trips))], {
      comparison_direction: direction,
    });
  });
  const body = builder.region(types, ([count, carried]) => {
    let x = carried;
    for (const [w1, w2] of weights) {
      const hidden = builder.emitOne('stablehlo.tanh', [emitDot(builder, x, w1)]);
      x = builder.emitOne('stablehlo.add', [emitDot(builder, hidden, w2), x]);
    }
    return [builder.emitOne('stablehlo.add', [count, builder.constant(i32, '1')]), x];
  });
  const results = builder.emit(
    'stablehlo.while',
    [zero, start],
    {},
    { regions: [condition, body], resultTypes: types },
  );
  return programOf(builder.finish([results[1]]));
}

/** One product, and beside it `count` updates of two vectors that share a scalar and nothing else. */
export function standaloneUpdates(count: number): Program {
  const builder = createFunctionBuilder('main');
  const product = emitDot(builder, builder.argument(f32(4, 8)), builder.argument(f32(8, 8)));
  const rate = builder.emitOne('stablehlo.negate', [builder.argument(f32())]);
  const results: ValueId[] = [];
  for (let index = 0; index < count; index++) {
    const [value, moment] = [builder.argument(f32(32)), builder.argument(f32(32))];
    const wide = builder.emitOne(
      'stablehlo.broadcast_in_dim',
      [rate],
      { broadcast_dimensions: attributeOf.integers([]) },
      { resultTypes: [f32(32)] },
    );
    const sum = builder.emitOne('stablehlo.add', [moment, value]);
    const change = builder.emitOne('stablehlo.multiply', [wide, sum]);
    results.push(sum, builder.emitOne('stablehlo.add', [value, change]));
  }
  return programOf(builder.finish([product, ...results]));
}

/** The program with its main function changed. */
export function withMain(program: Program, change: (func: Func) => Func): Program {
  const func = entryFunction(program);
  return { ...program, functions: program.functions.map(each => (each === func ? change(each) : each)) };
}

/** The program without scopes and argument names. */
export function withoutNames(program: Program): Program {
  const strip = (block: Block): Block => ({
    ...block,
    operations: block.operations.map(({ scope: _, ...operation }) => ({
      ...operation,
      regions: operation.regions.map(strip),
    })),
  });
  return withMain(program, func => ({
    ...func,
    arguments: func.arguments.map(({ name: _, ...argument }) => argument),
    body: strip(func.body),
  }));
}

/** The program with its values numbered at random. */
export function renumbered(program: Program, random: Random): Program {
  return withMain(program, func => {
    const numbers = shuffled([...func.valueTypes.keys()], random);
    const valueTypes = func.valueTypes.slice();
    for (const [value, type] of func.valueTypes.entries()) valueTypes[numbers[value]] = type;
    const rename = (values: readonly ValueId[]): ValueId[] => values.map(value => numbers[value]);
    const renameBlock = (block: Block): Block => ({
      arguments: rename(block.arguments),
      operations: block.operations.map(operation => ({
        ...operation,
        operands: rename(operation.operands),
        results: rename(operation.results),
        regions: operation.regions.map(renameBlock),
      })),
    });
    const args = func.arguments.map(argument => ({ ...argument, value: numbers[argument.value] }));
    return { ...func, arguments: args, body: renameBlock(func.body), valueTypes };
  });
}

/** The program with its operations in a random order in which everything is still defined before it is used. */
export function reordered(program: Program, random: Random): Program {
  return withMain(program, func => {
    const operations = func.body.operations.slice(0, -1);
    const last = func.body.operations.slice(-1);
    const makers = new Map(
      operations.flatMap(operation => operation.results.map(value => [value, operation] as const)),
    );
    const done = new Set<Operation>();
    const order: Operation[] = [];
    const place = (operation: Operation): void => {
      if (done.has(operation)) return;
      done.add(operation);
      for (const value of shuffled(valuesRead(operation), random)) {
        const maker = makers.get(value);
        if (maker !== undefined) place(maker);
      }
      order.push(operation);
    };
    for (const operation of shuffled(operations, random)) place(operation);
    return { ...func, body: { ...func.body, operations: [...order, ...last] } };
  });
}

function valuesRead(operation: Operation): ValueId[] {
  return [
    ...operation.operands,
    ...operation.regions.flatMap(region => region.operations.flatMap(inner => valuesRead(inner))),
  ];
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const copy = items.slice();
  for (let index = copy.length - 1; index > 0; index--) {
    const other = random.integer(0, index + 1);
    [copy[index], copy[other]] = [copy[other], copy[index]];
  }
  return copy;
}

/**
 * Two equal constants that nothing reads, and the same program with the second one read: in the first program they are
 * one class, in the second they are not. Operations are numbered alike.
 */
export function constantsReadAlike(): { readonly alike: Program; readonly different: Program } {
  const build = (isRead: boolean): Program => {
    const builder = createFunctionBuilder('main');
    const x = builder.argument(f32(4));
    builder.constant(f32(4), '1.000000e+00');
    const second = builder.constant(f32(4), '1.000000e+00');
    return programOf(builder.finish([builder.emitOne('stablehlo.add', [x, isRead ? second : x])]));
  };
  return { alike: build(false), different: build(true) };
}
