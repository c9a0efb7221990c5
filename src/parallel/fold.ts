import { entryFunction, type Program, tripCount } from '../ir/index.ts';
import { type Draft, draftBlocks } from './fold-blocks.ts';
import { numberClasses } from './fold-classes.ts';
import { buildFoldGraph, type FoldGraph } from './fold-graph.ts';
import { Growth } from './fold-growth.ts';
import { hashSurroundings } from './fold-hash.ts';
import { nameBlock } from './fold-names.ts';
import { readOrbits } from './fold-orbits.ts';
import { anchorNodes, findAttempts } from './fold-seeds.ts';
import type { Fold, FoldBlock } from './fold-types.ts';

/** How far around an operation is looked to tell its role, in steps along operands and users. */
const hashRadius = 8;
/** An instance smaller than this is not worth a block. */
const leastOperations = 4;

/**
 * Finds the repeated subgraphs of an inlined program by structure alone: forward, backward and optimizer together, with
 * the weights and their state. Names of scopes and arguments only name what was found. Follows the idea of TAP (Shi et
 * al., 2023, TAP: accelerating large-scale DNN training through tensor automatic parallelisation), which folds by the
 * names of scopes; here a matching of the dataflow graph with itself is grown from pairs of matrix products and
 * convolutions that look alike, and its orbits are the roles.
 *
 * Deterministic, and near linear in the operations. Throws an internal error on a program without an entry function.
 */
export function foldProgram(program: Program): Fold {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('internal: a program without an entry function');
  const graph = buildFoldGraph(func);
  const drafts = findRepeats(graph);
  const blocks = drafts.map(draft => repeatBlock(graph, draft));
  return { blocks: [...blocks, ...loopBlocks(graph)].sort(byFirstOperation), ...numberClasses(graph, blocks) };
}

/** Accepts the largest matchings first, until no more are found in what is left. */
function findRepeats(graph: FoldGraph): readonly Draft[] {
  const hashes = hashSurroundings(graph, hashRadius);
  const taken = new Uint8Array(graph.nodeCount);
  const growth = new Growth(graph, hashes, taken);
  const found: Draft[] = [];
  let anchors = anchorNodes(graph);
  for (;;) {
    const before = found.length;
    for (const { seeds } of findAttempts(graph, hashes, growth, anchors)) {
      growth.grow(seeds);
      const orbits = readOrbits(graph, growth);
      growth.clear();
      if (orbits.instanceCount < 2) continue;
      for (const draft of keepLarge(graph, draftBlocks(graph, orbits), anchors)) {
        found.push(draft);
        for (const nodes of draft.roles) for (const node of nodes) taken[node] = 1;
      }
    }
    if (found.length === before) return found;
    anchors = anchors.filter(anchor => taken[anchor] === 0);
  }
}

/** Nothing when the main block is small or has no anchor; else the main block and those beside it that are not empty. */
function keepLarge(graph: FoldGraph, drafts: readonly Draft[], anchors: readonly number[]): readonly Draft[] {
  const isAnchor = new Set(anchors);
  const [main] = drafts;
  if (main === undefined) return [];
  const operations = main.roles.filter(([node]) => node < graph.operations.length);
  if (operations.length < leastOperations || !operations.some(([node]) => isAnchor.has(node))) return [];
  return drafts.filter(({ roles }) => roles.some(([node]) => node < graph.operations.length));
}

function repeatBlock(graph: FoldGraph, { roles, instanceCount }: Draft): FoldBlock {
  const count = graph.operations.length;
  const argumentEnd = count + graph.func.arguments.length;
  const operationRoles = roles.filter(([node]) => node < count);
  const argumentRoles = roles.filter(([node]) => node >= count && node < argumentEnd);
  const numbers = Array.from({ length: instanceCount }, (_, instance) => instance);
  const instances = numbers.map(instance => operationRoles.map(nodes => nodes[instance]));
  const args = numbers.map(instance => argumentRoles.map(nodes => nodes[instance] - count));
  return { kind: 'repeat', name: nameBlock(graph, instances, args), instances, arguments: args, trips: 1 };
}

/** The body of each loop is a block that is folded as it stands. */
function loopBlocks(graph: FoldGraph): readonly FoldBlock[] {
  const blocks: FoldBlock[] = [];
  for (const [index, operation] of graph.operations.entries()) {
    if (operation.name !== 'stablehlo.while') continue;
    const instance: number[] = [];
    const body = new Set(operation.regions[1].operations);
    for (let inner = index + 1; inner < graph.subtreeEnd[index]; inner++) {
      const parent = graph.parents[inner];
      if (body.has(graph.operations[inner]) || instance.includes(parent)) instance.push(inner);
    }
    const name = nameBlock(graph, [instance], [[]]);
    const trips = tripCount(graph.func, operation);
    blocks.push({ kind: 'loop', name, instances: [instance], arguments: [[]], trips });
  }
  return blocks;
}

function byFirstOperation(a: FoldBlock, b: FoldBlock): number {
  return a.instances[0][0] - b.instances[0][0] || b.instances[0].length - a.instances[0].length;
}
