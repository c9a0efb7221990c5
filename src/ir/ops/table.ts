import { collectives } from './collectives.ts';
import { compareSelect } from './compare-select.ts';
import { constants } from './constants.ts';
import { controlFlow } from './control-flow.ts';
import { convertOps } from './convert-ops.ts';
import { convolution } from './convolution.ts';
import { customCall } from './custom-call.ts';
import type { OperationDefinition } from './definition.ts';
import { dot } from './dot.ts';
import { elementwiseBinary } from './elementwise-binary.ts';
import { elementwiseUnary } from './elementwise-unary.ts';
import { gather } from './gather.ts';
import { opaqueOps } from './opaque-ops.ts';
import { randomOps } from './random-ops.ts';
import { reduce } from './reduce.ts';
import { reduceWindow } from './reduce-window.ts';
import { scatter } from './scatter.ts';
import { shapeOps } from './shape-ops.ts';
import { sliceOps } from './slice-ops.ts';
import { sort } from './sort.ts';
import { unplannedOps } from './unplanned-ops.ts';

const families: readonly (readonly OperationDefinition[])[] = [
  elementwiseUnary,
  elementwiseBinary,
  compareSelect,
  constants,
  shapeOps,
  sliceOps,
  dot,
  reduce,
  controlFlow,
  gather,
  scatter,
  sort,
  convolution,
  reduceWindow,
  convertOps,
  randomOps,
  collectives,
  opaqueOps,
  customCall,
  unplannedOps,
];

const table: ReadonlyMap<string, OperationDefinition> = new Map(
  families.flat().map(definition => [definition.name, definition]),
);

/** What is known of the operation called `name`, with its dialect; undefined for unknown ones. */
export function operationDefinition(name: string): OperationDefinition | undefined {
  return table.get(name);
}

/** The names of all known operations, in no particular order. */
export function operationNames(): readonly string[] {
  return families.flat().map(definition => definition.name);
}
