import type { BuiltModel } from './build-model.ts';
import type { GraphEdge, Penalty } from './message-graph.ts';

/** How much all ties together may weigh, as a share of the least that a step can take. */
const weight = 2e-5;

/** A penalty that tells plans of equal seconds apart, and the most that it can come to. */
export interface Ties {
  readonly penalty: Penalty;
  readonly most: number;
}

/**
 * Of plans that take equally long, the one with fewer bytes of arguments on a device is better, and then the one with
 * fewer changes of layout, local slices among them. The penalty is small enough to change nothing else.
 */
export function breakTies({ model, skeleton, layouts, homes }: BuiltModel, edges: readonly GraphEdge[]): Ties {
  let least = 0;
  for (const { seconds } of model.variables) least += Math.min(...seconds);
  const variables: (Float64Array | undefined)[] = model.variables.map(() => undefined);
  let bytes = 0;
  for (const { home, bits, madeAt } of skeleton.lives) {
    if (madeAt >= 0) continue;
    const producer = skeleton.homes[home].variable;
    const own = variables[producer] ?? new Float64Array(homes[home].length);
    variables[producer] = own.map((sum, state) => sum + layouts.bytes(homes[home][state], bits));
    bytes += bits / 8;
  }
  const perByte = bytes === 0 ? 0 : (weight * least) / bytes;
  const counts = edges.map(({ parts }) => parts.reduce((sum, { value }) => sum + model.values[value].count, 0));
  const perChange =
    (weight * least) /
    Math.max(
      1,
      counts.reduce((sum, count) => sum + count, 0),
    );
  const changes = edges.map(({ rowLayouts, columnLayouts, columns }, index) => {
    const cost = counts[index] * perChange;
    const place = (_: unknown, at: number): number =>
      rowLayouts[Math.floor(at / columns)] === columnLayouts[at % columns] ? 0 : cost;
    return Float64Array.from({ length: rowLayouts.length * columns }, place);
  });
  return {
    penalty: {
      variables: variables.map(own => own?.map(sum => sum * perByte)),
      edges: new Map(changes.entries()),
    },
    most: 2 * weight * least,
  };
}

/** Two penalties as one. */
export function addPenalties(one: Penalty, other: Penalty): Penalty {
  const variables = Array.from({ length: Math.max(one.variables.length, other.variables.length) }, (_, index) =>
    added(one.variables[index], other.variables[index]),
  );
  const edges = new Map(one.edges);
  for (const [edge, extra] of other.edges) edges.set(edge, added(edges.get(edge), extra) ?? extra);
  return { variables, edges };
}

function added(one: Float64Array | undefined, other: Float64Array | undefined): Float64Array | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.map((own, index) => own + other[index]);
}
