import { entryFunction, type Program } from '../ir/index.ts';
import { numberClasses } from './fold-classes.ts';
import { buildFoldGraph } from './fold-graph.ts';
import type { Fold, FoldBlock } from './fold-types.ts';

/**
 * The fold with one repeat cut into runs of instances that start at `starts`, so that each run may be treated in its
 * own way: another stage of a pipeline, or layers that are rematerialized where the rest are not. A run of one instance
 * is unfolded. `starts` ascend within (0, instances); the first run starts at 0. Throws an internal error otherwise.
 */
export function splitBlock(program: Program, fold: Fold, index: number, starts: readonly number[]): Fold {
  const func = entryFunction(program);
  const block = fold.blocks[index];
  if (func === undefined || block === undefined) throw new Error(`internal: there is no block ${index} to split`);
  const bounds = [0, ...starts, block.instances.length];
  if (bounds.some((bound, at) => at > 0 && bound <= bounds[at - 1])) {
    throw new Error(`internal: ${block.name} cannot be split at ${starts.join()}`);
  }
  const runs = bounds.slice(1).map((end, run): FoldBlock => {
    const start = bounds[run];
    return { ...block, instances: block.instances.slice(start, end), arguments: block.arguments.slice(start, end) };
  });
  const kept = runs.filter(run => run.instances.length > 1);
  const blocks = fold.blocks.flatMap((other, at) => (at === index ? kept : [other]));
  const repeats = blocks.filter(({ kind }) => kind === 'repeat');
  return { blocks, ...numberClasses(buildFoldGraph(func), repeats) };
}
