import type { FoldGraph } from './fold-graph.ts';
import { Interner } from './fold-labels.ts';
import type { Fold, FoldBlock } from './fold-types.ts';

/**
 * Numbers the classes of a fold: the operations of each role are one class. Outside of blocks, operations that depend
 * on no argument, have the same value and are read by the same classes in the same place are one as well: otherwise
 * constants that are made anew for each layer, but stand outside of the layers, would grow with their number.
 */
export function numberClasses(graph: FoldGraph, repeats: readonly FoldBlock[]): Omit<Fold, 'blocks'> {
  const leaders = leadersOf(
    graph.operations.length,
    repeats.map(block => block.instances),
  );
  mergeConstants(graph, repeats, leaders);
  const operations = numberLeaders(leaders);
  const args = numberLeaders(
    leadersOf(
      graph.func.arguments.length,
      repeats.map(block => block.arguments),
    ),
  );
  return {
    classOf: operations.classOf,
    representatives: operations.representatives,
    argumentClassOf: args.classOf,
    argumentRepresentatives: args.representatives,
    ratio: graph.operations.length / Math.max(1, operations.representatives.length),
  };
}

/** The first member of the role of each thing; itself outside of blocks. */
function leadersOf(count: number, groups: readonly (readonly (readonly number[])[])[]): Int32Array {
  const leaders = Int32Array.from({ length: count }, (_, index) => index);
  for (const instances of groups) {
    for (let role = 0; role < instances[0].length; role++) {
      let first = instances[0][role];
      for (const instance of instances) first = Math.min(first, instance[role]);
      for (const instance of instances) leaders[instance[role]] = first;
    }
  }
  return leaders;
}

/** Readers come after what they read, so going backwards the classes of all readers are known. */
function mergeConstants(graph: FoldGraph, repeats: readonly FoldBlock[], leaders: Int32Array): void {
  const { operations, closed, userStart, userNode, userPosition, userResult } = graph;
  const inBlock = new Uint8Array(operations.length);
  for (const { instances } of repeats) for (const roles of instances) for (const index of roles) inBlock[index] = 1;
  const values = constantValues(graph);
  const groups = new Map<string, number[]>();
  for (let node = operations.length - 1; node >= 0; node--) {
    if (closed[node] === 0 || inBlock[node] === 1) continue;
    const readers = new Set<string>();
    for (let edge = userStart[node]; edge < userStart[node + 1]; edge++) {
      readers.add(`${leaders[userNode[edge]]} ${userPosition[edge]} ${userResult[edge]}`);
    }
    const key = `${values[node]}: ${[...readers].sort().join()}`;
    const members = groups.get(key) ?? [];
    if (members.length === 0) groups.set(key, members);
    members.push(node);
    leaders[node] = members[0];
  }
  for (const members of groups.values()) {
    const first = members[members.length - 1];
    for (const member of members) leaders[member] = first;
  }
}

/** A number for the value of each operation that depends on no argument, equal where label and operands' values are. */
function constantValues(graph: FoldGraph): Int32Array {
  const { operations, closed, labels, operandStart, operandNode, operandResult } = graph;
  const values = new Int32Array(operations.length).fill(-1);
  const interner = new Interner();
  for (let node = 0; node < operations.length; node++) {
    if (closed[node] === 0) continue;
    let text = `${labels[node]}`;
    for (let edge = operandStart[node]; edge < operandStart[node + 1]; edge++) {
      text += ` ${values[operandNode[edge]]}#${operandResult[edge]}`;
    }
    values[node] = interner.number(text);
  }
  return values;
}

function numberLeaders(leaders: Int32Array) {
  const classOf = new Int32Array(leaders.length);
  const representatives: number[] = [];
  for (let index = 0; index < leaders.length; index++) {
    classOf[index] = leaders[index] === index ? representatives.push(index) - 1 : classOf[leaders[index]];
  }
  return { classOf, representatives: Int32Array.from(representatives) };
}
