/**
 * The oracle of one flight: everything at whole seconds, one step after another, nothing clever. It takes blocked
 * intervals, not geometry. Whole numbers are enough: constraints are on differences of times, so that some best answer
 * has whole times where all data is whole.
 */
export interface WholeCase {
  readonly vertices: number;
  readonly hover: readonly boolean[];
  readonly edges: readonly { readonly from: number; readonly to: number; readonly seconds: number }[];
  /** Open intervals, by edge (departures), by vertex and by pad; pads have the numbers of their vertices. */
  readonly blockedEdges: readonly Blocked[][];
  readonly blockedVertices: readonly Blocked[][];
  readonly blockedPads: readonly Blocked[][];
  readonly legs: readonly { readonly from: number; readonly to: number; readonly deadline: number }[];
  readonly earliest: number;
  readonly service: number;
  readonly stop: number;
  readonly ground: number;
  readonly hoverPrice: number;
  readonly airSeconds: number;
  readonly together: boolean;
  /** Present where it is in the air already: at the start of its first leg at `time`, after `moved` seconds of moving. */
  readonly begun?: {
    readonly time: number;
    readonly takeOff: number;
    readonly moved: number;
    /** Air time of a leg before. */
    readonly spent: number;
  };
  /** Nothing happens after it. */
  readonly horizon: number;
}

export type Blocked = readonly [start: number, end: number];

interface State {
  readonly leg: number;
  readonly vertex: number;
  readonly time: number;
  /** In the air since then; -1 on the ground. */
  readonly takeOff: number;
  readonly spent: number;
}

/** The least cost of a case, infinity if there is no route. */
export function leastCost(problem: WholeCase): number {
  const best = new Map<string, number>();
  const waiting: { readonly state: State; readonly cost: number }[] = [];
  let answer = Number.POSITIVE_INFINITY;
  const reach = (state: State, cost: number): void => {
    const key = `${state.leg} ${state.vertex} ${state.time} ${state.takeOff} ${state.spent}`;
    if (state.time > problem.horizon || cost >= (best.get(key) ?? Number.POSITIVE_INFINITY)) return;
    best.set(key, cost);
    waiting.push({ state, cost });
  };
  const ready = { leg: 0, vertex: problem.legs[0]?.from ?? 0, takeOff: -1, spent: 0 };
  const { begun, ground, hoverPrice } = problem;
  if (begun === undefined) reach({ ...ready, time: problem.earliest }, 0);
  else if (isFree(problem.blockedVertices[ready.vertex] ?? [], begun.time)) {
    const { time, takeOff, moved, spent } = begun;
    const cost = ground * (takeOff - problem.earliest) + moved + hoverPrice * (time - takeOff - moved);
    reach({ ...ready, time, takeOff, spent }, cost);
  }
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    const { state, cost } = item;
    const { leg, vertex, time, takeOff, spent } = state;
    const part = problem.legs[leg];
    if (part === undefined) continue;
    if (takeOff < 0) {
      // On the ground: wait, on the pad only between legs, or take off.
      const onPad = leg > 0 && touches(problem.blockedPads[vertex] ?? [], time, time + 1);
      if (!onPad) reach({ ...state, time: time + 1 }, cost + problem.ground);
      const held = leg === 0 && touches(problem.blockedPads[vertex] ?? [], time - problem.service, time);
      if (!held && isFree(problem.blockedVertices[vertex] ?? [], time)) reach({ ...state, takeOff: time }, cost);
      continue;
    }
    if (spent + time - takeOff > problem.airSeconds) continue;
    if (vertex === part.to && time <= part.deadline) {
      const last = leg + 1 === problem.legs.length;
      const until = time + (last ? problem.service : problem.stop);
      if (!touches(problem.blockedPads[vertex] ?? [], time, until)) {
        if (last) answer = Math.min(answer, cost);
        else {
          const flown = problem.together ? spent + time - takeOff : 0;
          reach({ leg: leg + 1, vertex, time: until, takeOff: -1, spent: flown }, cost);
        }
      }
    }
    const blocked = problem.blockedVertices[vertex] ?? [];
    if (problem.hover[vertex] === true && !touches(blocked, time, time + 1)) {
      reach({ ...state, time: time + 1 }, cost + problem.hoverPrice);
    }
    problem.edges.forEach((edge, index) => {
      if (edge.from !== vertex || !isFree(problem.blockedEdges[index] ?? [], time)) return;
      const arrival = time + edge.seconds;
      if (!isFree(problem.blockedVertices[edge.to] ?? [], arrival)) return;
      reach({ ...state, vertex: edge.to, time: arrival }, cost + edge.seconds);
    });
  }
  return answer;
}

function isFree(blocked: readonly Blocked[], time: number): boolean {
  return blocked.every(([start, end]) => time <= start || time >= end);
}

/** True if an open interval meets the one from `from` to `to`. */
function touches(blocked: readonly Blocked[], from: number, to: number): boolean {
  return from < to && blocked.some(([start, end]) => start < to && from < end);
}
