import { entryFunction, type Program, tripCount } from '../ir/index.ts';
import { anchorNodes } from './fold-anchors.ts';
import { type Draft, draftBlocks, joinDraft } from './fold-blocks.ts';
import { numberClasses } from './fold-classes.ts';
import { buildFoldGraph, type FoldGraph } from './fold-graph.ts';
import { Growth, type NodePair } from './fold-growth.ts';
import { type FoldHashes, hashGraph } from './fold-hash.ts';
import { nameBlock } from './fold-names.ts';
import { readOrbits } from './fold-orbits.ts';
import { findAttempts } from './fold-seeds.ts';
import { findTwins } from './fold-twins.ts';
import type { Fold, FoldBlock } from './fold-types.ts';
import { countWeights } from './fold-weights.ts';

/** How far around an operation is looked to tell its role, in steps along operands and users. */
const hashRadius = 8;
const coneRadius = 4;
/** An instance smaller than this is not worth a block. */
const leastOperations = 4;
/** How many numbers of instances are tried for one matching. */
const mostCounts = 3;

export interface FoldOptions {
  /**
   * Weights that an instance must have, 2 unless given. Repeats with fewer are joined: a chain of equal dense layers
   * folds into pairs, so that a search may split one by columns and the next by rows. Repeats too few to join stay
   * unfolded; those without any weights stay as they are.
   */
  readonly leastWeights?: number;
}

/**
 * Finds the repeated subgraphs of an inlined program by structure alone: forward, backward and optimizer together, with
 * the weights and their state. Names of scopes and arguments only name what was found. Follows the idea of TAP (Shi et
 * al., 2023, TAP: accelerating large-scale DNN training through tensor automatic parallelisation), which folds by the
 * names of scopes; here a matching of the dataflow graph with itself is grown from pairs of matrix products and
 * convolutions that look alike, and its orbits are the roles.
 *
 * Deterministic, and near linear in the operations. Throws an internal error on a program without an entry function.
 */
export function foldProgram(program: Program, options: FoldOptions = {}): Fold {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('internal: a program without an entry function');
  const graph = buildFoldGraph(func);
  const finder = new Finder(graph, options.leastWeights ?? 2);
  finder.findRepeats();
  finder.findTwins();
  const blocks = finder.found.map(draft => repeatBlock(graph, draft));
  return { blocks: [...blocks, ...loopBlocks(graph)].sort(byFirstOperation), ...numberClasses(graph, blocks) };
}

/** Blocks as they are found, and the nodes that are in them. */
class Finder {
  readonly #graph: FoldGraph;
  readonly #leastWeights: number;
  readonly #hashes: FoldHashes;
  readonly #taken: Uint8Array;
  readonly #growth: Growth;
  readonly found: Draft[] = [];

  constructor(graph: FoldGraph, leastWeights: number) {
    this.#graph = graph;
    this.#leastWeights = leastWeights;
    this.#hashes = hashGraph(graph, hashRadius, coneRadius);
    this.#taken = new Uint8Array(graph.nodeCount);
    this.#growth = new Growth(graph, this.#hashes, this.#taken);
  }

  /** Accepts the largest matchings of anchors first, until no more are found in what is left. */
  findRepeats(): void {
    let anchors = anchorNodes(this.#graph);
    for (let before = -1; before < this.found.length; ) {
      before = this.found.length;
      for (const { seeds } of findAttempts(this.#graph, this.#hashes.around, this.#growth, anchors)) {
        this.#accept(seeds, new Set(anchors));
      }
      anchors = anchors.filter(anchor => this.#taken[anchor] === 0);
    }
  }

  findTwins(): void {
    for (const seeds of findTwins(this.#graph, this.#hashes.around[hashRadius], this.#taken)) this.#accept(seeds);
  }

  #accept(seeds: readonly NodePair[], anchors?: ReadonlySet<number>): void {
    this.#growth.grow(seeds);
    const { members, counts } = readOrbits(this.#graph, this.#growth);
    this.#growth.clear();
    for (const { instances } of counts.slice(0, mostCounts)) {
      const drafts = this.#choose(draftBlocks(this.#graph, members, instances), anchors);
      if (drafts.length === 0) continue;
      for (const draft of drafts) {
        this.found.push(draft);
        for (const nodes of draft.roles) for (const node of nodes) this.#taken[node] = 1;
      }
      return;
    }
  }

  /** The drafts that are worth it, with the main one joined where its instances have too few weights. */
  #choose([main, ...others]: readonly Draft[], anchors: ReadonlySet<number> | undefined): readonly Draft[] {
    if (main === undefined || !this.#isLarge(main, anchors)) return [];
    const weights = [main, ...others].reduce((sum, draft) => sum + countWeights(this.#graph, draft), 0);
    const joined = weights === 0 ? 1 : Math.ceil(this.#leastWeights / weights);
    // However small, what some instances lack must fold too, or it would grow with their number.
    if (joined === 1) return [main, ...others.filter(draft => this.#operations(draft) > 0)];
    return main.instanceCount < 2 * joined ? [] : [joinDraft(this.#graph, main, joined)];
  }

  #isLarge(draft: Draft, anchors?: ReadonlySet<number>): boolean {
    if (this.#operations(draft) < leastOperations) return false;
    return anchors === undefined || draft.roles.some(([node]) => anchors.has(node));
  }

  #operations({ roles }: Draft): number {
    return roles.filter(([node]) => node < this.#graph.operations.length).length;
  }
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
    const body = new Set<number>();
    const roots = new Set(operation.regions[1].operations);
    for (let inner = index + 1; inner < graph.subtreeEnd[index]; inner++) {
      if (roots.has(graph.operations[inner]) || body.has(graph.parents[inner])) body.add(inner);
    }
    const instance = [...body];
    const name = nameBlock(graph, [instance], [[]]);
    const trips = tripCount(graph.func, operation);
    blocks.push({ kind: 'loop', name, instances: [instance], arguments: [[]], trips });
  }
  return blocks;
}

function byFirstOperation(a: FoldBlock, b: FoldBlock): number {
  return a.instances[0][0] - b.instances[0][0] || b.instances[0].length - a.instances[0].length;
}
