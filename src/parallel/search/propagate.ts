import type { Random } from '../../base/index.ts';
import type { Terrain } from './improve.ts';
import { sumBelief } from './message-kernel.ts';
import { statesOf } from './model.ts';
import { impossibleSeconds } from './move-prices.ts';

/** States of a variable that are tried: those that the messages hold for the cheapest. */
const triedStates = 16;

/**
 * How much those count that have not followed yet, when a variable follows: the less, the farther a change goes. One of
 * them for each change, by chance.
 */
const weightsOfOthers = [0, 0.01, 0.1, 0.5];

/** A change that makes a step longer by this share is not looked at further. */
const hopeless = 0.1;

/**
 * Improves states by changes that propagate: one variable takes another state, and whoever would now move more than
 * before follows with the state that suits those that have changed, and so on, as compilers propagate what a user pins.
 * Where that is cheaper in the end, it stays. It finds what neither single variables nor forests do: whole regions that
 * are cut another way, with cycles in them. Ends when `patience` changes in a row have gained nothing. To be called after
 * a pass of messages. Writes into `states`; returns their seconds.
 */
export function improveByPropagation(terrain: Terrain, states: Int32Array, random: Random, patience: number): number {
  const { model, labels } = terrain;
  const open = model.variables.flatMap((variable, index) => (statesOf(variable) > 1 ? [index] : []));
  let least = labels.cost(states);
  if (open.length === 0) return least;
  const propagation = new Propagation(terrain);
  const tried = open.map(variable => cheapestStates(terrain, variable));
  for (let failures = 0; failures < patience; failures++) {
    const index = random.integer(0, open.length);
    const state = tried[index][random.integer(0, tried[index].length)];
    const weight = weightsOfOthers[random.integer(0, weightsOfOthers.length)];
    if (state === states[open[index]]) continue;
    const changed = states.slice();
    const followers = propagation.run(states, changed, open[index], state, weight);
    if (labels.cost(changed) > (1 + hopeless) * least) continue;
    labels.descend(changed, undefined, followers);
    const cost = labels.cost(changed);
    if (cost >= least * (1 - 1e-9)) continue;
    least = cost;
    states.set(changed);
    failures = 0;
  }
  return least;
}

/** The states of a variable by what messages say of them, the cheapest first. */
function cheapestStates({ model, graph, scratch }: Terrain, variable: number): number[] {
  const { belief } = scratch;
  sumBelief(graph, variable, belief);
  return Array.from({ length: statesOf(model.variables[variable]) }, (_, state) => state)
    .sort((a, b) => belief[a] - belief[b])
    .slice(0, triedStates);
}

class Propagation {
  readonly #terrain: Terrain;
  /** For each variable its edges to others. */
  readonly #incident: readonly (readonly number[])[];
  readonly #shares: readonly Float64Array[];

  constructor(terrain: Terrain) {
    const incident: number[][] = terrain.model.variables.map(() => []);
    for (const [edge, { producer, reader }] of terrain.edges.entries()) {
      if (producer === reader) continue;
      incident[producer].push(edge);
      incident[reader].push(edge);
    }
    this.#terrain = terrain;
    this.#incident = incident;
    this.#shares = terrain.labels.equalShares();
  }

  /** Changes `states`, which are as `old`, from a variable on. Returns what has changed, in order. */
  run(old: Int32Array, states: Int32Array, start: number, state: number, weight: number): readonly number[] {
    const { edges } = this.#terrain;
    states[start] = state;
    const inside = new Uint8Array(states.length);
    inside[start] = 1;
    const changed = [start];
    for (let next = 0; next < changed.length; next++) {
      for (const edge of this.#incident[changed[next]]) {
        const { producer, reader } = edges[edge];
        const other = producer === changed[next] ? reader : producer;
        if (inside[other] === 1 || this.#seconds(edge, states) <= this.#seconds(edge, old) * (1 + 1e-9)) continue;
        if (!this.#follow(other, states, inside, weight)) continue;
        inside[other] = 1;
        changed.push(other);
      }
    }
    return changed;
  }

  /** Gives a variable the state that suits those inside; false where that is the one it has. */
  #follow(variable: number, states: Int32Array, inside: Uint8Array, weight: number): boolean {
    const { model, edges } = this.#terrain;
    const { seconds } = model.variables[variable];
    const old = states[variable];
    let [best, least] = [old, Number.POSITIVE_INFINITY];
    for (let state = 0; state < seconds.length; state++) {
      states[variable] = state;
      let cost = seconds[state];
      for (const edge of this.#incident[variable]) {
        if (cost >= least) break;
        const { producer, reader } = edges[edge];
        const other = producer === variable ? reader : producer;
        cost += (inside[other] === 1 ? 1 : weight) * this.#seconds(edge, states);
      }
      if (cost < least) [best, least] = [state, cost];
    }
    states[variable] = best;
    return best !== old;
  }

  #seconds(edge: number, states: Int32Array): number {
    const { producer, reader, homes, reads, columns, seconds } = this.#terrain.edges[edge];
    const column = reads[states[reader]];
    const own = seconds[homes[states[producer]] * columns + column];
    return own >= impossibleSeconds ? own : own * this.#shares[edge][column];
  }
}
