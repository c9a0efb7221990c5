import type { MemoryOfKind, MemoryTile } from '../cost/index.ts';
import type { Operation, ValueId } from '../ir/index.ts';
import { residentBytes } from '../memory/index.ts';
import type { Propagation } from '../sharding/index.ts';
import { livenessInOrder, type ProgramLiveness, transientOf } from './device-memory.ts';
import type { PlannedBlock } from './memory-block.ts';
import { planFunction } from './memory-problem.ts';
import { MovedProgram, placedArguments } from './placed-memory.ts';

/** What a placed program holds on one device while it runs, step by step in program order. */
export interface MemoryProfile {
  /** Of the arguments, by kind: there from the first step to the last. */
  readonly arguments: readonly MemoryOfKind[];
  /** Bytes beyond arguments and constants, by step: values, gradients, outputs. Never less than 0. */
  readonly transientBytes: Float64Array;
  /** The first step at which they are most. */
  readonly peakStep: number;
  /** The operation of each step in the program; undefined for copies and changes of layout. */
  readonly operations: readonly (Operation | undefined)[];
  /** What is there at the peak beside arguments and constants, the largest first. */
  readonly atPeak: readonly PeakTensor[];
}

/** A tensor that is in memory at the peak. */
export interface PeakTensor {
  /** The value of the program that it holds; -1 for the work space of a loop or branch. */
  readonly value: ValueId;
  /** True where it was brought into another layout than it is handed on in: it was gathered, summed or cut. */
  readonly moved: boolean;
  readonly bytes: number;
}

/**
 * The memory of a placed program over time. Its most is what `placedMemory` gives for outputs and temporaries together:
 * both come from the same liveness of the same program.
 */
export function placedProfile(propagation: Propagation, tile?: MemoryTile): MemoryProfile {
  const moved = new MovedProgram(propagation);
  const { func, bytesOf } = moved;
  const block = planFunction(func, func.name, { bytesOf, bodyBytes: transientOf, materialise: 'fused' });
  const live = livenessInOrder(block.problem);
  const { graph, order, liveness } = live;
  const resident = residentBytes(graph);
  return {
    arguments: placedArguments(propagation, tile),
    transientBytes: liveness.liveBytes.map(bytes => Math.max(0, bytes - resident)),
    peakStep: liveness.peakStep,
    operations: Array.from(order, operator => {
      const operation = func.body.operations[block.operationOf[operator]];
      return operation === undefined || operation.name === moveName ? undefined : operation;
    }),
    atPeak: tensorsAt(propagation, moved, block, live, liveness.peakStep),
  };
}

const moveName = 'skein.move';

/** Tensors that are there at a step, with the values that they hold. */
function tensorsAt(
  propagation: Propagation,
  { func, originOf }: MovedProgram,
  { tensorOf }: PlannedBlock,
  { graph, order, liveness }: ProgramLiveness,
  step: number,
): PeakTensor[] {
  const { buffers } = graph;
  const holders = new Map<number, ValueId>();
  for (const { results } of func.body.operations) {
    for (const result of results) {
      const tensor = tensorOf(result);
      const buffer = tensor < 0 ? -1 : buffers.ofTensor[tensor];
      if (buffer >= 0 && !holders.has(buffer)) holders.set(buffer, result);
    }
  }
  const found: PeakTensor[] = [];
  for (let buffer = 0; buffer < buffers.count; buffer++) {
    if (buffers.atStart[buffer] || liveness.start[buffer] > step || liveness.end[buffer] <= step) continue;
    const value = holders.get(buffer) ?? -1;
    const origin = originOf(value);
    const moved = origin !== value && !propagation.cheap.has(origin);
    found.push({ value: origin, moved, bytes: buffers.bytes[buffer] });
  }
  const workspace = step < order.length ? graph.workspaceBytes[order[step]] : 0;
  if (workspace > 0) found.push({ value: -1, moved: false, bytes: workspace });
  return found.sort((a, b) => b.bytes - a.bytes);
}
