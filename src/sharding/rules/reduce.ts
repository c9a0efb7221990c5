import {
  type Block,
  integerAttribute,
  integersAttribute,
  poolingWindow,
  type WindowDimension,
} from '../../ir/index.ts';
import { type Combiner, type FactorRule, RuleBuilder, type RuleContext } from './rule.ts';

const combiners: Readonly<Record<string, Combiner>> = {
  'stablehlo.add': 'add',
  'stablehlo.maximum': 'maximum',
  'stablehlo.minimum': 'minimum',
  'stablehlo.multiply': 'multiply',
  'stablehlo.and': 'and',
  'stablehlo.or': 'or',
};

/** The combiner of a body that is one operation on its two arguments; undefined for any other body. */
export function regionCombiner(body: Block): Combiner | undefined {
  const [operation, terminator, ...rest] = body.operations;
  if (terminator === undefined || rest.length > 0 || operation.results[0] !== terminator.operands[0]) return undefined;
  const [a, b] = operation.operands;
  const [x, y] = body.arguments;
  const direct = (a === x && b === y) || (a === y && b === x);
  return direct && body.arguments.length === 2 ? combiners[operation.name] : undefined;
}

/** `reduce(inputs..., inits...)`: kept dimensions pass through, reduced ones are reductions where the body allows. */
export function reduceRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const count = context.results.length;
  const reduced = integersAttribute(context.operation, 'dimensions');
  const combiner = regionCombiner(context.operation.regions[0]);
  let next = 0;
  for (const [dimension, size] of context.operands[0].shape.entries()) {
    const gone = reduced.includes(dimension);
    const kind = !gone ? 'passthrough' : combiner === undefined ? 'replicate' : 'reduction';
    const factor = rule.factor(size, kind, kind === 'reduction' && combiner !== undefined ? { combiner } : {});
    for (let index = 0; index < count; index++) {
      rule.operand(index, dimension, factor);
      if (!gone) rule.result(index, next, factor);
    }
    if (!gone) next++;
  }
  return rule.build(count === 1 && combiner === 'add' && context.isZero(1) ? [[0]] : []);
}

/** True where windows lie side by side, so that the dimension is (windows, places in a window). */
function tiles(window: WindowDimension, size: number): boolean {
  const undilated = window.baseDilation === 1 && window.windowDilation === 1;
  const plain = undilated && window.paddingLow === 0 && window.paddingHigh === 0;
  return plain && window.size === window.stride && size % window.size === 0;
}

/** `reduce_window(inputs..., inits...)`: windows that lie side by side pass through, others cannot be cut. */
export function reduceWindowRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const count = context.results.length;
  const windows = poolingWindow(context.operation, context.operands[0].shape.length);
  for (const [dimension, size] of context.operands[0].shape.entries()) {
    const window = windows[dimension];
    const resultSize = context.results[0].shape[dimension];
    const tiled = tiles(window, size);
    const factor = rule.factor(resultSize, tiled ? 'passthrough' : 'replicate');
    const own = tiled ? [factor, rule.factor(window.size, 'replicate')] : [rule.factor(size, 'replicate')];
    for (let index = 0; index < count; index++) {
      rule.operand(index, dimension, ...own);
      rule.result(index, dimension, factor);
    }
  }
  return rule.build();
}

/** `select_and_scatter(operand, source, init)`: like `reduce_window`, with the result as long as the operand. */
export function selectAndScatterRule(context: RuleContext): FactorRule {
  const rule = new RuleBuilder(context);
  const windows = poolingWindow(context.operation, context.operands[0].shape.length);
  for (const [dimension, size] of context.operands[0].shape.entries()) {
    const window = windows[dimension];
    const tiled = tiles(window, size);
    const sourceSize = context.operands[1].shape[dimension];
    const factor = rule.factor(sourceSize, tiled ? 'passthrough' : 'replicate');
    const whole = tiled ? [factor, rule.factor(window.size, 'replicate')] : [rule.factor(size, 'replicate')];
    rule.operand(0, dimension, ...whole);
    rule.operand(1, dimension, factor);
    rule.result(0, dimension, ...whole);
  }
  return rule.build();
}

/** `sort(inputs...)`: the sorted dimension cannot be cut. */
export function sortRule(context: RuleContext): FactorRule {
  const sorted = integerAttribute(context.operation, 'dimension', -1);
  return alongDimension(context, sorted < 0 ? sorted + context.operands[0].shape.length : sorted);
}

/** `chlo.top_k`: the last dimension cannot be cut. */
export function topKRule(context: RuleContext): FactorRule {
  return alongDimension(context, context.operands[0].shape.length - 1);
}

function alongDimension(context: RuleContext, fixed: number): FactorRule {
  const rule = new RuleBuilder(context);
  for (const [dimension, size] of context.operands[0].shape.entries()) {
    const factor = rule.factor(size, dimension === fixed ? 'replicate' : 'passthrough');
    for (const index of context.operands.keys()) rule.operand(index, dimension, factor);
    for (const [index, result] of context.results.entries()) {
      const same = result.shape[dimension] === size;
      rule.result(index, dimension, same ? factor : rule.factor(result.shape[dimension], 'replicate'));
    }
  }
  return rule.build();
}
