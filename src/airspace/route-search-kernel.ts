import { LabelHeap } from './label-heap-kernel.ts';
import { dominates, RouteLabels } from './route-labels-kernel.ts';
import type { LandingWindow, RouteGraph, RouteLeg, RouteLegTimes, RouteQuery, RouteResult } from './route-query.ts';

/** Costs are told apart to within this, so that ties are broken by progress and not by rounding. */
const keyUnit = 2 ** -20;

/** Shorter waits are what rounding leaves of none. */
const roundingSeconds = 1e-10;

/**
 * Finds the cheapest 4-D route of one flight past blocked intervals: A* over labels of (leg, vertex, safe interval), after
 * Phillips and Likhachev, "SIPP: Safe Interval Path Planning for Dynamic Environments", 2011. We depart from it in that
 * take-off is part of the search, labels are sets of arrival times (see `RouteLabels`), and legs of a round trip are
 * searched as one problem. Optimal to within a millionth of a second's cost; deterministic.
 *
 * Scratch is kept between searches; one instance serves one search at a time.
 */
export class RouteSearch {
  readonly #graph: RouteGraph;
  readonly #labels = new RouteLabels();
  readonly #heap = new LabelHeap();
  #query: RouteQuery | undefined;
  /** By leg: least seconds of flight of the legs after it. */
  #after: readonly number[] = [];
  /** Gaps of vertices are numbered: by vertex before its first interval, then by entry of the table's pools. */
  #gapsOfLeg = 0;
  #rules = { ground: 1, hover: 1, limited: false };

  constructor(graph: RouteGraph) {
    this.#graph = graph;
  }

  search(query: RouteQuery): RouteResult {
    const { vertices } = this.#graph;
    this.#query = query;
    this.#gapsOfLeg = this.#graph.hover.length + vertices.poolLength;
    this.#labels.begin(this.#gapsOfLeg * query.legs.length);
    this.#heap.clear();
    this.#after = restOfLegs(query.legs);
    this.#rules = {
      ground: query.groundPrice,
      hover: query.hoverPrice,
      limited: query.airSeconds < Number.POSITIVE_INFINITY,
    };
    for (const [start, end] of query.takeOffs) this.#takeOff(0, start, end, -query.groundPrice * query.earliest, 0, -1);
    let expansions = 0;
    for (;;) {
      const label = this.#heap.pop();
      if (label < 0) return { kind: 'exhausted', expansions };
      if (this.#labels.dead[label] === 1) continue;
      if (this.#labels.leg[label] === query.legs.length) return { ...this.#read(label), expansions };
      if (++expansions > query.nodes) return { kind: 'limit', expansions };
      this.#expand(label);
    }
  }

  /** Labels at the start of a leg, one for each gap of its first vertex that the take-off window meets. */
  #takeOff(leg: number, start: number, end: number, base: number, spent: number, parent: number): void {
    const query = this.#query as RouteQuery;
    const vertex = (query.legs[leg] as RouteLeg).start;
    const { vertices, hover } = this.#graph;
    let time = vertices.firstFree(vertex, start);
    while (time <= end && time < Number.POSITIVE_INFINITY) {
      const gapEnd = vertices.freeUntil(vertex, time);
      const latest = Math.min(end, gapEnd);
      const gap = this.#gapAt(vertex, time);
      const high = hover[vertex] === 1 ? gapEnd : latest;
      this.#add(leg, vertex, gap, time, high, latest, 0, base, spent, parent);
      if (gapEnd === Number.POSITIVE_INFINITY) return;
      time = vertices.firstFree(vertex, nextAfter(gapEnd));
    }
  }

  #gapAt(vertex: number, time: number): number {
    const { vertices, hover } = this.#graph;
    const entry = vertices.entryBefore(vertex, time);
    return entry < 0 ? vertex : hover.length + (vertices.offsets[vertex] as number) + entry;
  }

  /** Goes along all edges from a label. */
  #expand(label: number): void {
    const { edgeOffsets, edgeTargets, edgeSeconds, hover, edges, vertices } = this.#graph;
    const labels = this.#labels;
    const vertex = labels.vertex[label] as number;
    const leg = labels.leg[label] as number;
    const low = labels.low[label] as number;
    const high = labels.high[label] as number;
    const latest = labels.latest[label] as number;
    const moving = labels.moving[label] as number;
    const base = labels.base[label] as number;
    const spent = labels.spent[label] as number;
    const { ground, hover: hoverPrice, limited } = this.#rules;
    // Where every second costs the same and air time is free, the earliest departure is all there is to know.
    const oneIsEnough = !limited && ground === hoverPrice;
    const edgeEnd = edgeOffsets[vertex + 1] as number;
    for (let edge = edgeOffsets[vertex] as number; edge < edgeEnd; edge++) {
      const target = edgeTargets[edge] as number;
      const seconds = edgeSeconds[edge] as number;
      const offset = vertices.offsets[target] as number;
      const intervals = vertices.lengths[target] as number;
      const canHover = hover[target] === 1;
      // Through the gaps of the target; `entry` is the one after which the gap lies.
      let entry = intervals === 0 ? -1 : vertices.entryBefore(target, low + seconds);
      for (; ; entry++) {
        const gapStart = entry < 0 ? Number.NEGATIVE_INFINITY : (vertices.reaches[offset + entry] as number);
        if (gapStart > high + seconds) break;
        const gapEnd =
          entry + 1 < intervals ? (vertices.starts[offset + entry + 1] as number) : Number.POSITIVE_INFINITY;
        if (gapEnd < gapStart) continue;
        const first = Math.max(low, gapStart - seconds);
        const last = Math.min(high, gapEnd - seconds);
        const gap = entry < 0 ? target : hover.length + offset + entry;
        let departure = first;
        while (departure <= last) {
          if (oneIsEnough && canHover && this.#isLate(leg, gap, departure + seconds, moving + seconds, base)) break;
          departure = edges.lengths[edge] === 0 ? departure : edges.firstFree(edge, departure);
          if (departure > last || departure === Number.POSITIVE_INFINITY) break;
          // Once it has waited past its latest take-off, how long the edge stays free makes no difference.
          const settled = edges.lengths[edge] === 0 || (canHover && latest <= departure - moving);
          const free = settled ? Number.POSITIVE_INFINITY : edges.freeUntil(edge, departure);
          const until = Math.min(last, free);
          const arrival = Math.max(departure + seconds, gapStart);
          const takeOff = Math.min(latest, until - moving);
          const there = canHover ? gapEnd : until + seconds;
          this.#add(leg, target, gap, arrival, there, takeOff, moving + seconds, base, spent, label);
          // Whoever waits for a later departure could as well hover at the target, unless that lets it take off later.
          if (canHover && (oneIsEnough || takeOff >= latest)) break;
          if (free === Number.POSITIVE_INFINITY) break;
          departure = nextAfter(free);
        }
        if (gapEnd === Number.POSITIVE_INFINITY) break;
      }
    }
  }

  /** True if a gap is reached as early already, at no more cost: a quick test before anything is looked up. */
  #isLate(leg: number, gap: number, arrival: number, moving: number, base: number): boolean {
    const labels = this.#labels;
    const hover = this.#rules.hover;
    let other = labels.first(leg * this.#gapsOfLeg + gap);
    while (other >= 0) {
      const fixed = (labels.base[other] as number) - base + (1 - hover) * ((labels.moving[other] as number) - moving);
      if ((labels.low[other] as number) <= arrival && fixed <= 0) return true;
      other = labels.next[other] as number;
    }
    return false;
  }

  /** Keeps a label unless its leg cannot be ended from it or another dominates it, and lands it where it is at the goal. */
  #add(
    leg: number,
    vertex: number,
    gap: number,
    low: number,
    high: number,
    latest: number,
    moving: number,
    base: number,
    spent: number,
    parent: number,
  ): void {
    const query = this.#query as RouteQuery;
    const part = query.legs[leg] as RouteLeg;
    const flight = part.flight.at(vertex);
    if (flight === Number.POSITIVE_INFINITY) return;
    const landing = firstLanding(part.landings, low + flight);
    if (landing === Number.POSITIVE_INFINITY) return;
    if (spent + Math.max(moving + flight, landing - latest) > query.airSeconds) return;
    const labels = this.#labels;
    const key = leg * this.#gapsOfLeg + gap;
    const rules = this.#rules;
    let previous = -1;
    let other = labels.first(key);
    while (other >= 0) {
      const next = labels.next[other] as number;
      const low2 = labels.low[other] as number;
      const high2 = labels.high[other] as number;
      const latest2 = labels.latest[other] as number;
      const moving2 = labels.moving[other] as number;
      const base2 = labels.base[other] as number;
      const spent2 = labels.spent[other] as number;
      if (dominates(rules, low2, high2, latest2, moving2, base2, spent2, low, high, latest, moving, base, spent))
        return;
      if (dominates(rules, low, high, latest, moving, base, spent, low2, high2, latest2, moving2, base2, spent2)) {
        labels.dead[other] = 1;
        if (previous < 0) labels.setFirst(key, next);
        else labels.next[previous] = next;
      } else previous = other;
      other = next;
    }
    const label = this.#fill(leg, vertex, low, high, latest, moving, base, spent, parent);
    labels.next[label] = labels.first(key);
    labels.setFirst(key, label);
    const after = this.#after[leg] as number;
    const cost = this.#costAt(label, low) + this.#waitingBound(label, landing - flight - low) + flight + after;
    this.#heap.push(Math.floor(cost / keyUnit), flight + after, label);
    if (vertex === part.goal) this.#land(label, part);
  }

  #fill(
    leg: number,
    vertex: number,
    low: number,
    high: number,
    latest: number,
    moving: number,
    base: number,
    spent: number,
    parent: number,
  ): number {
    const labels = this.#labels;
    const label = labels.add();
    labels.leg[label] = leg;
    labels.vertex[label] = vertex;
    labels.low[label] = low;
    labels.high[label] = high;
    labels.latest[label] = latest;
    labels.moving[label] = moving;
    labels.base[label] = base;
    labels.spent[label] = spent;
    labels.parent[label] = parent;
    labels.dead[label] = 0;
    return label;
  }

  /** Ends a leg at its goal: the flight is over, or the next leg begins, once for each time that the pad is free. */
  #land(label: number, part: RouteLeg): void {
    const query = this.#query as RouteQuery;
    const labels = this.#labels;
    const leg = labels.leg[label] as number;
    const last = leg + 1 === query.legs.length;
    const { airSeconds, limitTogether, groundPrice } = query;
    const low = labels.low[label] as number;
    const high = labels.high[label] as number;
    for (const { start, end, padEnd } of part.landings) {
      const time = Math.max(low, start);
      if (time > end) continue;
      if (time > high) return;
      const air = Math.max(labels.moving[label] as number, time - (labels.latest[label] as number));
      const spent = (labels.spent[label] as number) + air;
      if (spent > airSeconds) return;
      const cost = this.#costAt(label, time);
      if (last) {
        const { latest, moving, base } = labels;
        const [latestHere, movingHere, baseHere] = [latest[label], moving[label], base[label]] as number[];
        const done = this.#fill(
          leg + 1,
          part.goal,
          time,
          time,
          latestHere as number,
          movingHere as number,
          baseHere as number,
          spent,
          label,
        );
        this.#heap.push(Math.floor(cost / keyUnit), 0, done);
        return;
      }
      const ready = time + part.stopSeconds;
      // Landing as early as the pad allows and waiting on it costs least. The parent holds when it lands.
      const stop = this.#fill(
        leg,
        part.goal,
        time,
        time,
        labels.latest[label] as number,
        labels.moving[label] as number,
        labels.base[label] as number,
        spent,
        label,
      );
      this.#takeOff(leg + 1, ready, padEnd, cost - groundPrice * ready, limitTogether ? spent : 0, stop);
    }
  }

  #costAt(label: number, time: number): number {
    const { latest, moving, base } = this.#labels;
    const moved = moving[label] as number;
    const takeOff = Math.min(latest[label] as number, time - moved);
    const query = this.#query as RouteQuery;
    const hovered = time - takeOff - moved;
    return (base[label] as number) + query.groundPrice * takeOff + moved + query.hoverPrice * hovered;
  }

  /**
   * The least that `seconds` of waiting cost from a label on: delay on the ground as long as take-off can be later, then the
   * cheaper of hovering and of flying a detour.
   */
  #waitingBound(label: number, seconds: number): number {
    if (seconds <= 0) return 0;
    const { latest, low, moving } = this.#labels;
    const { ground, hover } = this.#rules;
    const shift = Math.max(0, (latest[label] as number) - ((low[label] as number) - (moving[label] as number)));
    const onGround = Math.min(seconds, shift);
    return onGround * Math.min(ground, 1) + (seconds - onGround) * Math.min(hover, 1);
  }

  /** The route that ends in a label: take-offs as late as can be, then as early as can be everywhere. */
  #read(done: number): { readonly kind: 'found'; readonly legs: readonly RouteLegTimes[]; readonly cost: number } {
    const labels = this.#labels;
    const legs: RouteLegTimes[] = [];
    let end = done;
    while (end >= 0) {
      const landing = labels.low[end] as number;
      const chain: number[] = [];
      const leg = labels.leg[labels.parent[end] as number] as number;
      let label = labels.parent[end] as number;
      // A leg's chain ends where the label before it marks the stop of another leg, or nothing is before it.
      while (label >= 0 && labels.leg[label] === leg) {
        chain.push(label);
        label = labels.parent[label] as number;
      }
      chain.reverse();
      legs.unshift(this.#readLeg(chain, landing));
      end = label;
    }
    return { kind: 'found', legs, cost: this.#costAt(done, labels.low[done] as number) };
  }

  #readLeg(chain: readonly number[], landing: number): RouteLegTimes {
    const labels = this.#labels;
    const { hover } = this.#graph;
    const final = chain[chain.length - 1] as number;
    const takeOff = Math.min(labels.latest[final] as number, landing - (labels.moving[final] as number));
    const vertices = chain.map(label => labels.vertex[label] as number);
    const arrivals = chain.map(label =>
      Math.max(labels.low[label] as number, takeOff + (labels.moving[label] as number)),
    );
    const departures = arrivals.slice();
    const last = chain.length - 1;
    departures[last] = landing;
    const hovers = hover[vertices[last] as number] === 1 && landing - (arrivals[last] as number) >= roundingSeconds;
    if (!hovers) arrivals[last] = landing;
    for (let index = chain.length - 2; index >= 0; index--) {
      const here = chain[index] as number;
      const next = chain[index + 1] as number;
      const seconds = (labels.moving[next] as number) - (labels.moving[here] as number);
      const departure = (arrivals[index + 1] as number) - seconds;
      departures[index] =
        Math.abs(departure - (arrivals[index] as number)) < roundingSeconds ? (arrivals[index] as number) : departure;
      if (hover[vertices[index] as number] === 0) arrivals[index] = departures[index] as number;
    }
    return { vertices, arrivals, departures };
  }
}

/** By leg, the least seconds of flight of all later ones. */
function restOfLegs(legs: readonly RouteLeg[]): number[] {
  const rest = legs.map(() => 0);
  for (let leg = legs.length - 2; leg >= 0; leg--) {
    const next = legs[leg + 1] as RouteLeg;
    rest[leg] = (rest[leg + 1] as number) + next.flight.at(next.start);
  }
  return rest;
}

/** The first time at or after `time` at which it may land. */
function firstLanding(landings: readonly LandingWindow[], time: number): number {
  for (const { start, end } of landings) if (time <= end) return Math.max(time, start);
  return Number.POSITIVE_INFINITY;
}

/** The next double. Blocked intervals are open, so what follows the end of a gap is looked for just after it. */
function nextAfter(time: number): number {
  const step = Math.max(Math.abs(time) * 2 ** -53, 2 ** -1074);
  return time + step > time ? time + step : time + 2 * step;
}
