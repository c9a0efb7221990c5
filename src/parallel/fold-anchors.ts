import type { FoldGraph } from './fold-graph.ts';

/** True for matrix products, convolutions, loops and the like: the operations that a network is built around. */
export function isAnchor(graph: FoldGraph, node: number): boolean {
  return node < graph.operations.length && heavyNames.has(graph.operations[node].name);
}

/** The operations by which repeats are found: anchors, or in a program without any all that depend on an argument. */
export function anchorNodes(graph: FoldGraph): readonly number[] {
  const open = [...graph.operations.keys()].filter(node => graph.closed[node] === 0);
  const anchors = open.filter(node => isAnchor(graph, node));
  return anchors.length > 0 ? anchors : open.filter(node => graph.operations[node].results.length > 0);
}

const heavyNames: ReadonlySet<string> = new Set([
  'stablehlo.dot_general',
  'stablehlo.dot',
  'stablehlo.convolution',
  'stablehlo.while',
  'stablehlo.fft',
  'stablehlo.triangular_solve',
  'stablehlo.cholesky',
  'chlo.ragged_dot',
]);
