import type { TensorEvaluator, ValueEvaluator } from './call.ts';
import { tensorsOf } from './call.ts';
import { collective } from './collective.ts';
import { compare } from './compare.ts';
import { constant } from './constant.ts';
import { control } from './control.ts';
import { convert } from './convert.ts';
import { convolution } from './convolution.ts';
import { customCall } from './custom-call.ts';
import { dot } from './dot.ts';
import { elementwiseBinary } from './elementwise-binary.ts';
import { elementwiseUnary } from './elementwise-unary.ts';
import { gather } from './gather.ts';
import { normalization } from './normalization.ts';
import { random } from './random.ts';
import { reduce } from './reduce.ts';
import { reduceWindow } from './reduce-window.ts';
import { scatter } from './scatter.ts';
import { shape } from './shape.ts';
import { slice } from './slice.ts';
import { sort } from './sort.ts';

const tensorFamilies: readonly Readonly<Record<string, TensorEvaluator>>[] = [
  elementwiseUnary,
  elementwiseBinary,
  compare,
  constant,
  convert,
  shape,
  slice,
  dot,
  reduce,
  gather,
  scatter,
  reduceWindow,
  convolution,
  sort,
  normalization,
  random,
  collective,
];

const evaluators: ReadonlyMap<string, ValueEvaluator> = new Map([
  ...tensorFamilies.flatMap(family =>
    Object.entries(family).map(([name, evaluator]) => [name, onTensors(evaluator)] as const),
  ),
  ...Object.entries(control),
  ...Object.entries(customCall),
]);

/** How the operation called `name` is evaluated; undefined when the interpreter does not know it. */
export function evaluatorNamed(name: string): ValueEvaluator | undefined {
  return evaluators.get(name);
}

/** The names of all operations that can be evaluated, terminators apart. */
export function evaluatedOperations(): readonly string[] {
  return [...evaluators.keys()];
}

function onTensors(evaluator: TensorEvaluator): ValueEvaluator {
  return call => evaluator({ ...call, operands: tensorsOf(call.operands) });
}
