import { LabelHeap } from './label-heap-kernel.ts';
import { dominates, labelReals, RouteLabels } from './route-labels-kernel.ts';
import type { LandingWindow, RouteGraph, RouteLeg, RouteQuery, RouteResult } from './route-query.ts';
import { readLegs } from './route-reader.ts';

/** Costs are told apart to within a part of a second, so that ties are broken by progress and not by rounding. */
const keysPerSecond = 2 ** 20;

/**
 * Finds the cheapest 4-D route of one flight past blocked intervals: A* over labels of (leg, vertex, safe interval),
 * after Phillips and Likhachev, "SIPP: Safe Interval Path Planning for Dynamic Environments", 2011. We depart from it
 * in that take-off is part of the search, labels are sets of arrival times (see `RouteLabels`), and legs of a round
 * trip are searched as one problem. Optimal to within a millionth of a second's cost; deterministic.
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

  /** Searches until a route is found, all labels were looked at, or nodes run out. */
  search(query: RouteQuery): RouteResult {
    const { vertices, hover } = this.#graph;
    this.#query = query;
    this.#gapsOfLeg = hover.length + vertices.poolLength;
    this.#labels.begin(this.#gapsOfLeg * query.legs.length, hover.length * query.legs.length);
    this.#heap.clear();
    this.#after = restOfLegs(query.legs);
    this.#rules = {
      ground: query.groundPrice,
      hover: query.hoverPrice,
      limited: query.airSeconds < Number.POSITIVE_INFINITY,
    };
    const { base, spent, airborne } = query.begun ?? { base: -query.groundPrice * query.earliest, spent: 0 };
    if (airborne !== undefined) this.#flyOn(airborne.time, airborne.takeOff, airborne.moving, base, spent);
    else for (const [start, end] of query.takeOffs) this.#takeOff(0, start, end, base, spent, -1);
    return this.resume(query.nodes);
  }

  /** Goes on with the last search, which ran out of nodes, for so many more. Nothing may have changed in the sky. */
  resume(nodes: number): RouteResult {
    const query = this.#query as RouteQuery;
    const labels = this.#labels;
    // Where every second costs the same and air time is free, the earliest departure is all there is to know.
    const oneIsEnough = !this.#rules.limited && query.groundPrice === query.hoverPrice;
    let expansions = 0;
    for (;;) {
      if (expansions >= nodes) return { kind: 'limit', expansions };
      const label = this.#heap.pop();
      if (label < 0) return { kind: 'exhausted', expansions };
      if (labels.isDead(label)) continue;
      if (labels.leg(label) === query.legs.length) {
        const cost = this.#costAt(label, labels.low(label));
        return { kind: 'found', legs: readLegs(labels, this.#graph.hover, label), cost, expansions };
      }
      expansions++;
      if (oneIsEnough) this.#expandEarliest(label);
      else this.#expand(label);
    }
  }

  /** No route costs less, by what the last search has seen; infinity where it has seen that there is none. */
  leastCost(): number {
    return this.#heap.smallestKey() / keysPerSecond;
  }

  /** Labels at the start of a leg, one for each gap of its first vertex that the take-off window meets. */
  #takeOff(leg: number, start: number, end: number, base: number, spent: number, parent: number): void {
    const vertex = ((this.#query as RouteQuery).legs[leg] as RouteLeg).start;
    const { vertices, hover } = this.#graph;
    const labels = this.#labels;
    let time = vertices.firstFree(vertex, start);
    while (time <= end && time < Number.POSITIVE_INFINITY) {
      const gapEnd = vertices.gapEnd;
      const gap = this.#gapAt(vertex, time);
      const latest = Math.min(end, gapEnd);
      const draft = labels.draft(leg, vertex, parent);
      labels.time(draft, time, hover[vertex] === 1 ? gapEnd : latest, latest, 0, base, spent);
      this.#offer(draft, leg * this.#gapsOfLeg + gap);
      if (gapEnd === Number.POSITIVE_INFINITY) return;
      time = vertices.firstFree(vertex, nextAfter(gapEnd));
    }
  }

  /** The label of a flight that is in the air already, at the start of its leg; none if it may not be there. */
  #flyOn(time: number, takeOff: number, moving: number, base: number, spent: number): void {
    const { vertices, hover } = this.#graph;
    const vertex = ((this.#query as RouteQuery).legs[0] as RouteLeg).start;
    if (vertices.firstFree(vertex, time) > time) return;
    const labels = this.#labels;
    const draft = labels.draft(0, vertex, -1);
    labels.time(draft, time, hover[vertex] === 1 ? vertices.gapEnd : time, takeOff, moving, base, spent);
    this.#offer(draft, this.#gapAt(vertex, time));
  }

  #gapAt(vertex: number, time: number): number {
    const { vertices, hover } = this.#graph;
    const entry = vertices.entryBefore(vertex, time);
    return entry < 0 ? vertex : hover.length + (vertices.offsets[vertex] as number) + entry;
  }

  /** Goes along all edges from a label. */
  #expand(label: number): void {
    const { edgeOffsets } = this.#graph;
    const vertex = this.#labels.vertex(label);
    const edgeEnd = edgeOffsets[vertex + 1] as number;
    for (let edge = edgeOffsets[vertex] as number; edge < edgeEnd; edge++) this.#follow(label, edge);
  }

  /**
   * Goes along all edges where the earliest arrival in each gap is enough. What is read of labels and tables is read
   * from their arrays here, since calls are what such a search would spend its time on.
   */
  #expandEarliest(label: number): void {
    const { edgeOffsets, edgeTargets, edgeSeconds, hover, edges, vertices } = this.#graph;
    const labels = this.#labels;
    const { covers, heads, stamp } = labels;
    const { bounds, lengths, offsets } = vertices;
    const edgeLengths = edges.lengths;
    const at = labelReals * label;
    const low = labels.reals[at] as number;
    const high = labels.reals[at + 1] as number;
    const latest = labels.reals[at + 2] as number;
    const moving = labels.reals[at + 3] as number;
    const base = labels.reals[at + 4] as number;
    const spent = labels.reals[at + 5] as number;
    const leg = labels.leg(label);
    const places = leg * hover.length;
    const gaps = leg * this.#gapsOfLeg;
    const perMoved = 1 - this.#rules.hover;
    const vertex = labels.vertex(label);
    const edgeEnd = edgeOffsets[vertex + 1] as number;
    for (let edge = edgeOffsets[vertex] as number; edge < edgeEnd; edge++) {
      const target = edgeTargets[edge] as number;
      if (hover[target] === 0) {
        this.#follow(label, edge);
        continue;
      }
      const seconds = edgeSeconds[edge] as number;
      const moved = moving + seconds;
      const fixed = base + perMoved * moved;
      const cover = 4 * (places + target);
      const isCovered =
        covers[cover] === stamp &&
        (covers[cover + 1] as number) <= low + seconds &&
        (covers[cover + 2] as number) >= high + seconds &&
        (covers[cover + 3] as number) <= fixed;
      if (isCovered) continue;
      const intervals = lengths[target] as number;
      const offset = offsets[target] as number;
      // `entry` is the interval after which the gap lies.
      let entry = intervals === 0 ? -1 : vertices.entryBefore(target, low + seconds);
      for (; ; entry++) {
        const gapStart = entry < 0 ? Number.NEGATIVE_INFINITY : (bounds[2 * (offset + entry) + 1] as number);
        if (gapStart > high + seconds) break;
        const gapEnd = entry + 1 < intervals ? (bounds[2 * (offset + entry) + 2] as number) : Number.POSITIVE_INFINITY;
        const last = Math.min(high, gapEnd - seconds);
        let departure = Math.max(low, gapStart - seconds);
        if (departure <= last) {
          const key = gaps + (entry < 0 ? target : hover.length + offset + entry);
          const known = heads[2 * key] === stamp ? (heads[2 * key + 1] as number) : -1;
          if (known < 0 || !this.#isLate(known, departure + seconds, fixed)) {
            const isOpen = edgeLengths[edge] === 0;
            if (!isOpen) departure = edges.firstFree(edge, departure);
            if (departure <= last && departure < Number.POSITIVE_INFINITY) {
              const takeOff = Math.min(latest, (isOpen ? last : Math.min(last, edges.gapEnd)) - moving);
              const arrival = Math.max(departure + seconds, gapStart);
              if (isOpen || known < 0 || !this.#isLate(known, arrival, fixed)) {
                labels.time(labels.draft(leg, target, label), arrival, gapEnd, takeOff, moved, base, spent);
                this.#offer(labels.count, key);
              }
            }
          }
        }
        if (gapEnd === Number.POSITIVE_INFINITY) break;
      }
    }
  }

  /** True if a label of a list is as early, at no more cost: a quick test before more is looked up. */
  #isLate(first: number, arrival: number, fixed: number): boolean {
    const labels = this.#labels;
    const { reals } = labels;
    const perMoved = 1 - this.#rules.hover;
    for (let other = first; other >= 0; other = labels.next(other)) {
      const at = labelReals * other;
      if ((reals[at] as number) > arrival) continue;
      if ((reals[at + 4] as number) + perMoved * (reals[at + 3] as number) <= fixed) return true;
    }
    return false;
  }

  /** Goes along one edge, into all gaps of its target, at all departures that matter. */
  #follow(label: number, edge: number): void {
    const { edgeTargets, edgeSeconds, hover, edges, vertices } = this.#graph;
    const labels = this.#labels;
    const target = edgeTargets[edge] as number;
    const seconds = edgeSeconds[edge] as number;
    const leg = labels.leg(label);
    const low = labels.low(label);
    const high = labels.high(label);
    const latest = labels.latest(label);
    const moving = labels.moving(label);
    const { bounds } = vertices;
    const offset = vertices.offsets[target] as number;
    const intervals = vertices.lengths[target] as number;
    const canHover = hover[target] === 1;
    const isOpen = edges.lengths[edge] === 0;
    let entry = vertices.entryBefore(target, low + seconds);
    for (; ; entry++) {
      const gapStart = entry < 0 ? Number.NEGATIVE_INFINITY : (bounds[2 * (offset + entry) + 1] as number);
      if (gapStart > high + seconds) return;
      const gapEnd = entry + 1 < intervals ? (bounds[2 * (offset + entry) + 2] as number) : Number.POSITIVE_INFINITY;
      const last = Math.min(high, gapEnd - seconds);
      const gap = entry < 0 ? target : hover.length + offset + entry;
      let departure = Math.max(low, gapStart - seconds);
      while (departure <= last && gapStart <= gapEnd) {
        if (!isOpen) departure = edges.firstFree(edge, departure);
        if (departure > last || departure === Number.POSITIVE_INFINITY) break;
        // Once it has waited past its latest take-off, how long the edge stays free makes no difference.
        const settled = isOpen || (canHover && latest <= departure - moving);
        const free = settled ? Number.POSITIVE_INFINITY : edges.gapEnd;
        const until = Math.min(last, free);
        const takeOff = Math.min(latest, until - moving);
        const arrival = Math.max(departure + seconds, gapStart);
        const there = canHover ? gapEnd : until + seconds;
        const draft = labels.draft(leg, target, label);
        labels.time(draft, arrival, there, takeOff, moving + seconds, labels.base(label), labels.spent(label));
        this.#offer(draft, leg * this.#gapsOfLeg + gap);
        // Whoever waits for a later departure could as well hover at the target, unless that lets it take off later.
        if (canHover && takeOff >= latest) break;
        if (free === Number.POSITIVE_INFINITY) break;
        departure = nextAfter(free);
      }
      if (gapEnd === Number.POSITIVE_INFINITY) return;
    }
  }

  /**
   * Keeps a draft in the list of its gap unless its leg cannot be ended or another dominates it; lands it at the goal.
   */
  #offer(draft: number, key: number): void {
    const query = this.#query as RouteQuery;
    const labels = this.#labels;
    const { ground, hover: hoverPrice, limited } = this.#rules;
    const leg = labels.leg(draft);
    const vertex = labels.vertex(draft);
    const part = query.legs[leg] as RouteLeg;
    const at = labelReals * draft;
    const low = labels.reals[at] as number;
    const latest = labels.reals[at + 2] as number;
    const moving = labels.reals[at + 3] as number;
    const base = labels.reals[at + 4] as number;
    const flight = part.flight.at(vertex);
    if (flight === Number.POSITIVE_INFINITY) return;
    const { profile } = part;
    const free = low + flight;
    const first = profile === undefined ? free : Math.max(free, profile.landing(vertex, low, labels.high(draft), free));
    const landing = firstLanding(part.landings, first);
    if (landing === Number.POSITIVE_INFINITY) return;
    if (limited && labels.spent(draft) + Math.max(moving + flight, landing - latest) > query.airSeconds) return;
    if (!this.#enter(draft, key)) return;
    const { hover } = this.#graph;
    if (hover[vertex] === 1) {
      labels.cover(leg * hover.length + vertex, low, labels.high(draft), base + (1 - hoverPrice) * moving);
    }
    const after = flight + (this.#after[leg] as number);
    const takeOff = Math.min(latest, low - moving);
    let cost = base + ground * takeOff + moving + hoverPrice * (low - takeOff - moving) + after;
    const wait = landing - flight - low;
    if (wait > 0) cost += this.#waitingBound(wait, latest - (low - moving));
    this.#heap.push(Math.floor(cost * keysPerSecond), after, draft);
    if (vertex === part.goal) this.#land(draft, part);
  }

  /** Keeps a draft and drops what it dominates, or returns false since another dominates it. */
  #enter(draft: number, key: number): boolean {
    const labels = this.#labels;
    const rules = this.#rules;
    let previous = -1;
    let other = labels.first(key);
    while (other >= 0) {
      const next = labels.next(other);
      if (dominates(rules, labels, other, draft)) return false;
      if (dominates(rules, labels, draft, other)) {
        labels.bury(other);
        if (previous < 0) labels.setFirst(key, next);
        else labels.setNext(previous, next);
      } else previous = other;
      other = next;
    }
    labels.keep();
    labels.setNext(draft, labels.first(key));
    labels.setFirst(key, draft);
    return true;
  }

  /** Ends a leg at its goal: the flight is over, or the next leg begins, once for each time that the pad is free. */
  #land(label: number, part: RouteLeg): void {
    const query = this.#query as RouteQuery;
    const labels = this.#labels;
    const leg = labels.leg(label);
    const last = leg + 1 === query.legs.length;
    const { airSeconds, limitTogether, groundPrice } = query;
    for (const { start, end, padEnd } of part.landings) {
      const time = Math.max(labels.low(label), start);
      if (time > end) continue;
      if (time > labels.high(label)) return;
      const air = Math.max(labels.moving(label), time - labels.latest(label));
      const spent = labels.spent(label) + air;
      if (spent > airSeconds) return;
      const cost = this.#costAt(label, time);
      // Landing as early as the pad allows and waiting on it costs least. The parent holds when it lands.
      const landed = labels.draft(last ? leg + 1 : leg, part.goal, label);
      labels.time(landed, time, time, labels.latest(label), labels.moving(label), labels.base(label), spent);
      labels.keep();
      if (last) {
        this.#heap.push(Math.floor(cost * keysPerSecond), 0, landed);
        return;
      }
      const ready = time + part.stopSeconds;
      this.#takeOff(leg + 1, ready, padEnd, cost - groundPrice * ready, limitTogether ? spent : 0, landed);
    }
  }

  #costAt(label: number, time: number): number {
    const labels = this.#labels;
    const { ground, hover } = this.#rules;
    const moved = labels.moving(label);
    const takeOff = Math.min(labels.latest(label), time - moved);
    return labels.base(label) + ground * takeOff + moved + hover * (time - takeOff - moved);
  }

  /**
   * The least that `seconds` of waiting cost, of which take-off can still be moved by `shift`: delay on the ground so
   * long, then the cheaper of hovering and of flying a detour.
   */
  #waitingBound(seconds: number, shift: number): number {
    const { ground, hover } = this.#rules;
    const onGround = Math.min(seconds, Math.max(0, shift));
    return onGround * Math.min(ground, 1) + (seconds - onGround) * Math.min(hover, 1);
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
  for (let index = 0; index < landings.length; index++) {
    const { start, end } = landings[index] as LandingWindow;
    if (time <= end) return Math.max(time, start);
  }
  return Number.POSITIVE_INFINITY;
}

/** The next double. Blocked intervals are open, so what follows the end of a gap is looked for just after it. */
function nextAfter(time: number): number {
  const step = Math.max(Math.abs(time) * 2 ** -53, 2 ** -1074);
  return time + step > time ? time + step : time + 2 * step;
}
