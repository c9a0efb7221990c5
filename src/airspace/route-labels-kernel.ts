/**
 * Labels of a search for one flight, in columns, and which of them dominate which.
 *
 * A label is all the ways to be at a vertex, in one gap between its blocked intervals, after the same edges. It takes three
 * numbers to say them: the vehicle may be there at any time t of `[low, high]`; it then took off at
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
 * at the latest, and has moved for `moving` seconds and hovered for the rest of t - f(t). Delay on the ground costs no more than
 * hovering and no air time, so later take-offs are never worse. Cost at t is `base + ground f(t) + moving + hover (t - f(t)
 * - moving)`; `base` holds the legs before this one. It never falls with t.
 *
 * One label dominates another of its gap if at each time of the other it is there too, at no more cost and, where air time is
 * limited, having spent no more of it. The difference of two f's is largest and smallest at the ends of the times they share,
 * so both are looked at there only.
 */
export class RouteLabels {
  count = 0;
  low: Float64Array = new Float64Array(1024);
  high: Float64Array = new Float64Array(1024);
  latest: Float64Array = new Float64Array(1024);
  moving: Float64Array = new Float64Array(1024);
  base: Float64Array = new Float64Array(1024);
  /** Air time of the legs before, where one limit holds for all. */
  spent: Float64Array = new Float64Array(1024);
  vertex: Int32Array = new Int32Array(1024);
  parent: Int32Array = new Int32Array(1024);
  /** Which leg of the flight it is on. */
  leg: Uint8Array = new Uint8Array(1024);
  /** 1 once another label dominates it. */
  dead: Uint8Array = new Uint8Array(1024);
  /** The next label of the same gap, -1 at the end. */
  next: Int32Array = new Int32Array(1024);
  /** By leg and gap: the first label, where the stamp is the search's. */
  #heads = new Int32Array(0);
  #stamps = new Int32Array(0);
  #stamp = 0;

  /** Begins a search in which gaps are numbered from 0 to `gaps`. */
  begin(gaps: number): void {
    this.count = 0;
    this.#stamp++;
    if (gaps <= this.#heads.length) return;
    this.#heads = new Int32Array(gaps + (gaps >> 2));
    this.#stamps = new Int32Array(this.#heads.length);
  }

  /** The first label of a gap, -1 if there is none. */
  first(gap: number): number {
    return this.#stamps[gap] === this.#stamp ? (this.#heads[gap] as number) : -1;
  }

  setFirst(gap: number, label: number): void {
    this.#heads[gap] = label;
    this.#stamps[gap] = this.#stamp;
  }

  /** Makes room for one more label and returns its index; its columns are the caller's to fill. */
  add(): number {
    if (this.count === this.low.length) this.#grow();
    return this.count++;
  }

  #grow(): void {
    const size = 2 * this.low.length;
    const reals = (old: Float64Array): Float64Array => {
      const larger = new Float64Array(size);
      larger.set(old);
      return larger;
    };
    const integers = (old: Int32Array): Int32Array => {
      const larger = new Int32Array(size);
      larger.set(old);
      return larger;
    };
    const bytes = (old: Uint8Array): Uint8Array => {
      const larger = new Uint8Array(size);
      larger.set(old);
      return larger;
    };
    this.low = reals(this.low);
    this.high = reals(this.high);
    this.latest = reals(this.latest);
    this.moving = reals(this.moving);
    this.base = reals(this.base);
    this.spent = reals(this.spent);
    this.vertex = integers(this.vertex);
    this.parent = integers(this.parent);
    this.next = integers(this.next);
    this.leg = bytes(this.leg);
    this.dead = bytes(this.dead);
  }
}

/** What a search goes by: prices of a second and whether air time is limited. */
export interface LabelRules {
  readonly ground: number;
  readonly hover: number;
  readonly limited: boolean;
}

/**
 * True if a label that is there from `low1` to `high1` is as good as another at every time of `low2` to `high2`. Exact: false
 * means that some time is better served by the other.
 */
export function dominates(
  rules: LabelRules,
  low1: number,
  high1: number,
  latest1: number,
  moving1: number,
  base1: number,
  spent1: number,
  low2: number,
  high2: number,
  latest2: number,
  moving2: number,
  base2: number,
  spent2: number,
): boolean {
  if (low1 > low2 || high1 < high2) return false;
  const { ground, hover } = rules;
  const fixed = base1 - base2 + (1 - hover) * (moving1 - moving2);
  if (!rules.limited && ground === hover) return fixed <= 0;
  // How much later the first took off, at its least.
  const early = Math.min(latest1, low2 - moving1) - Math.min(latest2, low2 - moving2);
  const last1 = Math.min(latest1, high2 - moving1);
  const last2 = Math.min(latest2, high2 - moving2);
  const late = last1 === last2 ? 0 : last1 - last2;
  // Both without end: their difference is that of what they moved.
  const atEnd = last1 === Number.POSITIVE_INFINITY && last2 === last1 ? moving2 - moving1 : late;
  const later = Math.min(early, atEnd);
  if (rules.limited && later < spent1 - spent2) return false;
  return ground === hover ? fixed <= 0 : fixed + (ground - hover) * later <= 0;
}
