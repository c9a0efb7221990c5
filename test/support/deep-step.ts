import {
  attributeOf,
  createFunctionBuilder,
  type FunctionBuilder,
  type Program,
  programOf,
  tensorType,
  type ValueId,
} from '../../src/ir/index.ts';

/** A residual layer's weights and what it leaves for the backward pass. */
interface Layer {
  readonly wide: ValueId;
  readonly narrow: ValueId;
  readonly input: ValueId;
  readonly hidden: ValueId;
}

/**
 * One step of a network of residual layers, h + tanh(h a) b, with gradients of half the squared output and plain
 * descent: (a, b of each layer, x) to (new a, b of each layer, the loss). Activations [batch, 4 model] are most of it.
 */
export function deepStep(batch: number, model: number, layers: number): Program {
  const build = createFunctionBuilder('main');
  const [tall, flat] = [tensorType([model, 4 * model], 'f32'), tensorType([4 * model, model], 'f32')];
  const donated = (result: number) => ({ 'tf.aliasing_output': attributeOf.integer(result, 'i32') });
  const weights = Array.from({ length: layers }, (_, layer) => ({
    wide: build.argument(tall, `a[${layer}]`, donated(2 * layer)),
    narrow: build.argument(flat, `b[${layer}]`, donated(2 * layer + 1)),
  }));
  let value = build.argument(tensorType([batch, model], 'f32'), 'x');
  const run: Layer[] = [];
  for (const { wide, narrow } of weights) {
    const hidden = build.emitOne('stablehlo.tanh', [product(build, value, wide, 1, 0)]);
    run.push({ wide, narrow, input: value, hidden });
    value = build.emitOne('stablehlo.add', [value, product(build, hidden, narrow, 1, 0)]);
  }
  const zero = build.constant(tensorType([], 'f32'), '0.000000e+00');
  const square = build.emitOne('stablehlo.multiply', [value, value]);
  const dimensions = { dimensions: attributeOf.integers([0, 1]) };
  const regions = [build.reducer('stablehlo.add', 'f32')];
  const loss = build.emitOne('stablehlo.reduce', [square, zero], dimensions, { regions });
  const updated: ValueId[] = [];
  let gradient = value;
  for (const { wide, narrow, input, hidden } of run.reverse()) {
    const toHidden = product(build, gradient, narrow, 1, 1);
    const rest = build.emitOne('stablehlo.subtract', [
      build.constant(tensorType([batch, 4 * model], 'f32'), '1.000000e+00'),
      build.emitOne('stablehlo.multiply', [hidden, hidden]),
    ]);
    const inside = build.emitOne('stablehlo.multiply', [toHidden, rest]);
    updated.unshift(
      descend(build, wide, product(build, input, inside, 0, 0)),
      descend(build, narrow, product(build, hidden, gradient, 0, 0)),
    );
    gradient = build.emitOne('stablehlo.add', [gradient, product(build, inside, wide, 1, 1)]);
  }
  return programOf(build.finish([...updated, loss]));
}

function product(build: FunctionBuilder, left: ValueId, right: ValueId, from: number, to: number): ValueId {
  const numbers = attributeOf.record('dot', {
    lhs_batching_dimensions: [],
    rhs_batching_dimensions: [],
    lhs_contracting_dimensions: [from],
    rhs_contracting_dimensions: [to],
  });
  return build.emitOne('stablehlo.dot_general', [left, right], { dot_dimension_numbers: numbers });
}

function descend(build: FunctionBuilder, weight: ValueId, gradient: ValueId): ValueId {
  const rate = build.constant(build.tensorOf(weight), '1.000000e-03');
  const change = build.emitOne('stablehlo.multiply', [rate, gradient]);
  return build.emitOne('stablehlo.subtract', [weight, change]);
}
