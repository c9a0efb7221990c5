/** Numbers of a label: six are used of eight, the size of a cache line. */
export const labelReals = 8;
const labelLinks = 4;

/**
 * Labels of a search for one flight and which of them dominate which.
 *
 * A label is all the ways to be at a vertex, in one gap between its blocked intervals, after the same edges. It takes
 * three numbers to say them: the vehicle may be there at any time t of `[low, high]`; it then took off at
 *
 * ```
 *   f(t) = min(latest, t - moving)       take-off
 *                                          ^        ________  latest
 *                                          |      /
 *                                          |    /   as late as moving allows: delay is taken on the ground
 *                                          |  /
 *                                          +--+-----------------> t
 *                                            low              high
 * ```
 *
 * at the latest, and has moved for `moving` seconds and hovered for the rest of t - f(t). Delay on the ground costs no
 * more than hovering and no air time, so later take-offs are never worse. Cost at t is `base + ground f(t) + moving +
 * hover (t - f(t)
 * - moving)`; `base` holds the legs before this one. It never falls with t.
 *
 * One label dominates another of its gap if at each time of the other it is there too, at no more cost and, where air
 * time is limited, having spent no more of it. The difference of two f's is largest and smallest at the ends of the
 * times they share, so both are looked at there only.
 */
export class RouteLabels {
  count = 0;
  /**
   * `labelReals` numbers a label, in the order of `time`'s arguments: side by side, so that they share a cache line.
   */
  reals: Float64Array = new Float64Array(1024 * labelReals);
  #links: Int32Array = new Int32Array(1024 * labelLinks);
  /** By leg and gap: a stamp, and the first label if it is the search's. */
  heads: Int32Array = new Int32Array(0);
  /** By leg and vertex: a stamp, and when a label is there, from and to, and what it costs but for time. */
  covers: Float64Array = new Float64Array(0);
  stamp = 0;

  /** Begins a search in which gaps are numbered from 0 to `gaps`, and vertices of its legs from 0 to `places`. */
  begin(gaps: number, places: number): void {
    this.count = 0;
    this.stamp++;
    if (4 * places > this.covers.length) this.covers = new Float64Array(4 * places);
    if (2 * gaps > this.heads.length) this.heads = new Int32Array(2 * (gaps + (gaps >> 2)));
  }

  /** Makes room for one more label and returns its index. It counts once it is kept. */
  draft(leg: number, vertex: number, parent: number): number {
    const label = this.count;
    if (labelReals * label === this.reals.length) this.#grow();
    const links = this.#links;
    links[labelLinks * label] = vertex;
    links[labelLinks * label + 1] = parent;
    links[labelLinks * label + 2] = -1;
    links[labelLinks * label + 3] = 2 * leg;
    return label;
  }

  /** Says of a draft when it is there, and what it took. */
  time(label: number, low: number, high: number, latest: number, moving: number, base: number, spent: number): void {
    const reals = this.reals;
    reals[labelReals * label] = low;
    reals[labelReals * label + 1] = high;
    reals[labelReals * label + 2] = latest;
    reals[labelReals * label + 3] = moving;
    reals[labelReals * label + 4] = base;
    reals[labelReals * label + 5] = spent;
  }

  /** Keeps the label that was drafted. */
  keep(): void {
    this.count++;
  }

  low(label: number): number {
    return this.reals[labelReals * label] as number;
  }

  high(label: number): number {
    return this.reals[labelReals * label + 1] as number;
  }

  latest(label: number): number {
    return this.reals[labelReals * label + 2] as number;
  }

  moving(label: number): number {
    return this.reals[labelReals * label + 3] as number;
  }

  base(label: number): number {
    return this.reals[labelReals * label + 4] as number;
  }

  /** Air time of the legs before, where one limit holds for all. */
  spent(label: number): number {
    return this.reals[labelReals * label + 5] as number;
  }

  vertex(label: number): number {
    return this.#links[labelLinks * label] as number;
  }

  parent(label: number): number {
    return this.#links[labelLinks * label + 1] as number;
  }

  /** The next label of the same gap, -1 at the end. */
  next(label: number): number {
    return this.#links[labelLinks * label + 2] as number;
  }

  setNext(label: number, next: number): void {
    this.#links[labelLinks * label + 2] = next;
  }

  /** Which leg of the flight it is on. */
  leg(label: number): number {
    return (this.#links[labelLinks * label + 3] as number) >> 1;
  }

  /** True once another label dominates it. */
  isDead(label: number): boolean {
    return ((this.#links[labelLinks * label + 3] as number) & 1) === 1;
  }

  bury(label: number): void {
    this.#links[labelLinks * label + 3] = (this.#links[labelLinks * label + 3] as number) | 1;
  }

  /** The first label of a gap, -1 if there is none. */
  first(gap: number): number {
    return this.heads[2 * gap] === this.stamp ? (this.heads[2 * gap + 1] as number) : -1;
  }

  setFirst(gap: number, label: number): void {
    this.heads[2 * gap] = this.stamp;
    this.heads[2 * gap + 1] = label;
  }

  /** Remembers that a label is at a place from `low` to `high`; of several the one that is there longest. */
  cover(place: number, low: number, high: number, fixed: number): void {
    const covers = this.covers;
    if (covers[4 * place] === this.stamp && (covers[4 * place + 2] as number) > high) return;
    covers[4 * place] = this.stamp;
    covers[4 * place + 1] = low;
    covers[4 * place + 2] = high;
    covers[4 * place + 3] = fixed;
  }

  #grow(): void {
    const reals = new Float64Array(2 * this.reals.length);
    const links = new Int32Array(2 * this.#links.length);
    reals.set(this.reals);
    links.set(this.#links);
    this.reals = reals;
    this.#links = links;
  }
}

/** What a search goes by: prices of a second and whether air time is limited. */
export interface LabelRules {
  readonly ground: number;
  readonly hover: number;
  readonly limited: boolean;
}

/**
 * True if the first of two labels is there at every time of the second and as good then. Exact: false means that some
 * time is better served by the second.
 */
export function dominates(rules: LabelRules, labels: RouteLabels, first: number, second: number): boolean {
  const from = labels.low(second);
  const to = labels.high(second);
  if (labels.low(first) > from || labels.high(first) < to) return false;
  const { ground, hover } = rules;
  const moved1 = labels.moving(first);
  const moved2 = labels.moving(second);
  const fixed = labels.base(first) - labels.base(second) + (1 - hover) * (moved1 - moved2);
  if (!rules.limited && ground === hover) return fixed <= 0;
  const latest1 = labels.latest(first);
  const latest2 = labels.latest(second);
  // How much later the first took off, at its least.
  const early = Math.min(latest1, from - moved1) - Math.min(latest2, from - moved2);
  const last1 = Math.min(latest1, to - moved1);
  const last2 = Math.min(latest2, to - moved2);
  const late = last1 === last2 ? 0 : last1 - last2;
  // Both without end: their difference is that of what they moved.
  const atEnd = last1 === Number.POSITIVE_INFINITY && last2 === last1 ? moved2 - moved1 : late;
  const later = Math.min(early, atEnd);
  if (rules.limited && later < labels.spent(first) - labels.spent(second)) return false;
  return ground === hover ? fixed <= 0 : fixed + (ground - hover) * later <= 0;
}
