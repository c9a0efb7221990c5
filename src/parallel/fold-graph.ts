import { type Func, type Operation, walkOperations } from '../ir/index.ts';
import { Labeller } from './fold-labels.ts';

/**
 * The dataflow of a function without calls as columns. Nodes are, in this order: operations in the order of
 * `walkOperations`, arguments of the function, arguments of regions in the order of their operations. Operations of
 * regions are nodes like all others, so a value from around a region is an ordinary operand.
 *
 * ```
 *   operand edges of node v: [operandStart[v], operandStart[v + 1])   producer and which of its results
 *   user edges of node v:    [userStart[v], userStart[v + 1])         user, operand position, which result of v
 *   inside operation v:      operations [v + 1, subtreeEnd[v]),
 *                            region arguments [regionArguments[v], regionArguments[subtreeEnd[v]])
 * ```
 */
export interface FoldGraph {
  readonly func: Func;
  readonly operations: readonly Operation[];
  readonly nodeCount: number;
  /** Equal where two nodes look alike from outside: name, attributes, types, and all that is inside. */
  readonly labels: Int32Array;
  /** The operation around a node; -1 for the function itself. */
  readonly parents: Int32Array;
  readonly subtreeEnd: Int32Array;
  readonly regionArguments: Int32Array;
  readonly operandStart: Int32Array;
  readonly operandNode: Int32Array;
  readonly operandResult: Int32Array;
  readonly userStart: Int32Array;
  readonly userNode: Int32Array;
  readonly userPosition: Int32Array;
  readonly userResult: Int32Array;
  /** Longest path from the inputs, in operations that depend on an argument. */
  readonly depths: Int32Array;
  /** 1 for operations that depend on no argument: constants, iotas, what is computed from them. */
  readonly closed: Uint8Array;
}

/** Reads a function into columns. O(operations + operands). */
export function buildFoldGraph(func: Func): FoldGraph {
  const operations: Operation[] = [];
  walkOperations(func.body, operation => operations.push(operation));
  const tree = readTree(func, operations);
  const edges = readEdges(operations, tree);
  const labels = readLabels(func, operations, tree, edges);
  return { func, operations, labels, ...tree, ...edges, ...readDepths(operations.length, tree, edges) };
}

interface Tree {
  readonly nodeCount: number;
  readonly parents: Int32Array;
  readonly subtreeEnd: Int32Array;
  readonly regionArguments: Int32Array;
  /** The node and the result index that define each value. */
  readonly valueNode: Int32Array;
  readonly valueResult: Int32Array;
}

function readTree(func: Func, operations: readonly Operation[]): Tree {
  const count = operations.length;
  let nodeCount = count + func.arguments.length;
  for (const operation of operations) for (const region of operation.regions) nodeCount += region.arguments.length;
  const parents = new Int32Array(nodeCount).fill(-1);
  const subtreeEnd = new Int32Array(count);
  const regionArguments = new Int32Array(count + 1);
  const valueNode = new Int32Array(func.valueTypes.length).fill(-1);
  const valueResult = new Int32Array(func.valueTypes.length);
  for (const [index, { value }] of func.arguments.entries()) valueNode[value] = count + index;
  let index = 0;
  let nextArgument = count + func.arguments.length;
  const visit = (operation: Operation, parent: number): void => {
    const own = index++;
    parents[own] = parent;
    regionArguments[own] = nextArgument;
    for (const [result, value] of operation.results.entries()) {
      valueNode[value] = own;
      valueResult[value] = result;
    }
    for (const region of operation.regions) {
      for (const value of region.arguments) {
        parents[nextArgument] = own;
        valueNode[value] = nextArgument++;
      }
    }
    for (const region of operation.regions) for (const inner of region.operations) visit(inner, own);
    subtreeEnd[own] = index;
  };
  for (const operation of func.body.operations) visit(operation, -1);
  regionArguments[count] = nextArgument;
  return { nodeCount, parents, subtreeEnd, regionArguments, valueNode, valueResult };
}

type Edges = Pick<
  FoldGraph,
  'operandStart' | 'operandNode' | 'operandResult' | 'userStart' | 'userNode' | 'userPosition' | 'userResult'
>;

function readEdges(operations: readonly Operation[], { nodeCount, valueNode, valueResult }: Tree): Edges {
  const operandStart = new Int32Array(nodeCount + 1);
  for (const [index, operation] of operations.entries()) {
    operandStart[index + 1] = operandStart[index] + operation.operands.length;
  }
  const edgeCount = operandStart[operations.length];
  operandStart.fill(edgeCount, operations.length);
  const operandNode = new Int32Array(edgeCount);
  const operandResult = new Int32Array(edgeCount);
  const userStart = new Int32Array(nodeCount + 1);
  let edge = 0;
  for (const operation of operations) {
    for (const value of operation.operands) {
      const node = valueNode[value];
      if (node < 0) throw new Error(`internal: ${operation.name} uses value ${value}, which nothing defines`);
      operandNode[edge] = node;
      operandResult[edge++] = valueResult[value];
      userStart[node + 1]++;
    }
  }
  for (let node = 0; node < nodeCount; node++) userStart[node + 1] += userStart[node];
  const filled = userStart.slice(0, nodeCount);
  const userNode = new Int32Array(edgeCount);
  const userPosition = new Int32Array(edgeCount);
  const userResult = new Int32Array(edgeCount);
  for (let user = 0; user < operations.length; user++) {
    for (let at = operandStart[user]; at < operandStart[user + 1]; at++) {
      const slot = filled[operandNode[at]]++;
      userNode[slot] = user;
      userPosition[slot] = at - operandStart[user];
      userResult[slot] = operandResult[at];
    }
  }
  return { operandStart, operandNode, operandResult, userStart, userNode, userPosition, userResult };
}

/** An operation with regions is labelled with all that is inside and how it hangs together. */
function readLabels(func: Func, operations: readonly Operation[], tree: Tree, edges: Edges): Int32Array {
  const labeller = new Labeller();
  const labels = new Int32Array(tree.nodeCount);
  const { parents, subtreeEnd, regionArguments } = tree;
  const shallow = Int32Array.from(operations, operation => labeller.operation(operation, func.valueTypes));
  labels.set(shallow);
  for (const [index, operation] of operations.entries()) {
    if (operation.regions.length === 0) continue;
    let text = `${shallow[index]}`;
    for (let inner = index + 1; inner < subtreeEnd[index]; inner++) {
      text += `|${parents[inner] - index} ${shallow[inner]}`;
      for (let edge = edges.operandStart[inner]; edge < edges.operandStart[inner + 1]; edge++) {
        const node = edges.operandNode[edge];
        if (node > index && node < subtreeEnd[index]) text += ` ${node - index}#${edges.operandResult[edge]}`;
        else if (node >= regionArguments[index] && node < regionArguments[subtreeEnd[index]])
          text += ` r${node - regionArguments[index]}`;
        else text += ' o';
      }
    }
    labels[index] = labeller.text(text);
  }
  for (const [index, { value, attributes }] of func.arguments.entries()) {
    labels[operations.length + index] = labeller.argument(func.valueTypes[value], attributes);
  }
  for (const operation of operations) {
    for (const region of operation.regions) {
      for (const value of region.arguments) {
        labels[tree.valueNode[value]] = labeller.text(`region ${labeller.type(func.valueTypes[value])}`);
      }
    }
  }
  return labels;
}

function readDepths(count: number, tree: Tree, edges: Edges): Pick<FoldGraph, 'depths' | 'closed'> {
  const depths = new Int32Array(tree.nodeCount);
  const closed = new Uint8Array(tree.nodeCount);
  for (let node = 0; node < count; node++) {
    const parent = tree.parents[node];
    let depth = parent < 0 ? -1 : depths[parent];
    let isClosed = parent < 0 && tree.subtreeEnd[node] === node + 1;
    for (let edge = edges.operandStart[node]; edge < edges.operandStart[node + 1]; edge++) {
      const producer = edges.operandNode[edge];
      if (closed[producer] === 1) continue;
      isClosed = false;
      depth = Math.max(depth, depths[producer]);
    }
    closed[node] = isClosed ? 1 : 0;
    depths[node] = depth + 1;
  }
  return { depths, closed };
}
