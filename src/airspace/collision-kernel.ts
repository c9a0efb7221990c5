/**
 * When vehicles that move in straight lines come too close: exact geometry of moving cylinders, in closed form.
 *
 * A move starts at (x, y, z), goes with velocity (vx, vy, vz) and lasts `seconds`: seven numbers of a
 * `Float64Array`.
 */
export const moveSize = 7;

/**
 * Less than this is no conflict: a nanometre's half, so that vehicles that touch by plan do not collide by rounding. What
 * it forgives is half of what validators forgive.
 */
const touchMetres = 5e-10;

/**
 * Finds by how much later than move A move B must start for the two to collide. The colliding pairs (t, u) of own times
 * are a convex set: a box, cut by a strip where they are close in height and by an ellipse or strip where they are close on
 * the plane. The difference t - u is linear on it, so it takes an interval, whose ends lie on an edge of the polygon that
 * box and strip make, or where a line of equal difference touches the ellipse.
 *
 * @param radius horizontal distance below which they collide; `height` vertical.
 * @param shifts the interval, `[low, high]`, is written here.
 * @returns false if they never collide.
 */
export function collidingShifts(
  movesA: Float64Array,
  a: number,
  movesB: Float64Array,
  b: number,
  radius: number,
  height: number,
  shifts: Float64Array,
): boolean {
  const reach = radius - touchMetres;
  const tall = height - touchMetres;
  if (reach <= 0 || tall <= 0) return false;
  const x = (movesA[a] as number) - (movesB[b] as number);
  const y = (movesA[a + 1] as number) - (movesB[b + 1] as number);
  const z = (movesA[a + 2] as number) - (movesB[b + 2] as number);
  const ax = movesA[a + 3] as number;
  const ay = movesA[a + 4] as number;
  const az = movesA[a + 5] as number;
  const bx = movesB[b + 3] as number;
  const by = movesB[b + 4] as number;
  const bz = movesB[b + 5] as number;
  const lastA = movesA[a + 6] as number;
  const lastB = movesB[b + 6] as number;

  // The polygon of own times, as corners t, u.
  let corners = [0, 0, lastA, 0, lastA, lastB, 0, lastB];
  if (az === 0 && bz === 0) {
    if (Math.abs(z) > tall) return false;
  } else {
    corners = clip(corners, az, -bz, tall - z);
    corners = clip(corners, -az, bz, tall + z);
    if (corners.length === 0) return false;
  }

  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let corner = 0; corner < corners.length; corner += 2) {
    const next = corner + 2 < corners.length ? corner + 2 : 0;
    const t = corners[corner] as number;
    const u = corners[corner + 1] as number;
    const dt = (corners[next] as number) - t;
    const du = (corners[next + 1] as number) - u;
    // Along this edge of the polygon the distance is that of a moving point from the origin.
    const px = x + ax * t - bx * u;
    const py = y + ay * t - by * u;
    const qx = ax * dt - bx * du;
    const qy = ay * dt - by * du;
    const square = qx * qx + qy * qy;
    const rest = px * px + py * py - reach * reach;
    let first = 0;
    let last = 1;
    if (square > 0) {
      const half = px * qx + py * qy;
      const discriminant = half * half - square * rest;
      if (discriminant < 0) continue;
      const root = Math.sqrt(discriminant);
      first = Math.max(0, (-half - root) / square);
      last = Math.min(1, (-half + root) / square);
      if (first > last) continue;
    } else if (rest > 0) continue;
    const one = t - u + (dt - du) * first;
    const other = t - u + (dt - du) * last;
    low = Math.min(low, one, other);
    high = Math.max(high, one, other);
  }

  const cross = ax * by - ay * bx;
  if (cross !== 0) {
    const wx = ax - bx;
    const wy = ay - by;
    const speed = Math.sqrt(wx * wx + wy * wy);
    const offset = x * wy - y * wx;
    for (const side of [-reach * speed, reach * speed]) {
      // The line of equal difference on which the vehicles pass at just the distance `reach`.
      const shift = (offset - side) / cross;
      const u = -((x + ax * shift) * wx + (y + ay * shift) * wy) / (speed * speed);
      if (!isInside(corners, u + shift, u)) continue;
      low = Math.min(low, shift);
      high = Math.max(high, shift);
    }
  }
  shifts[0] = low;
  shifts[1] = high;
  return low <= high;
}

/**
 * Finds the own times of a move at which it is within `radius` and `height` of a point.
 *
 * @param times the interval is written here.
 * @returns false if it never is.
 */
export function timesNear(
  moves: Float64Array,
  move: number,
  x: number,
  y: number,
  z: number,
  radius: number,
  height: number,
  times: Float64Array,
): boolean {
  const reach = radius - touchMetres;
  const tall = height - touchMetres;
  if (reach <= 0 || tall <= 0) return false;
  let first = 0;
  let last = moves[move + 6] as number;
  const up = moves[move + 5] as number;
  const above = (moves[move + 2] as number) - z;
  if (up === 0) {
    if (Math.abs(above) > tall) return false;
  } else {
    const enter = (-tall - above) / up;
    const leave = (tall - above) / up;
    first = Math.max(first, Math.min(enter, leave));
    last = Math.min(last, Math.max(enter, leave));
  }
  const px = (moves[move] as number) - x;
  const py = (moves[move + 1] as number) - y;
  const vx = moves[move + 3] as number;
  const vy = moves[move + 4] as number;
  const square = vx * vx + vy * vy;
  const rest = px * px + py * py - reach * reach;
  if (square > 0) {
    const half = px * vx + py * vy;
    const discriminant = half * half - square * rest;
    if (discriminant < 0) return false;
    const root = Math.sqrt(discriminant);
    first = Math.max(first, (-half - root) / square);
    last = Math.min(last, (-half + root) / square);
  } else if (rest > 0) return false;
  times[0] = first;
  times[1] = last;
  return first <= last;
}

/** What of a convex polygon satisfies `t * byT + u * byU <= limit`. */
function clip(corners: readonly number[], byT: number, byU: number, limit: number): number[] {
  const kept: number[] = [];
  for (let corner = 0; corner < corners.length; corner += 2) {
    const next = corner + 2 < corners.length ? corner + 2 : 0;
    const t = corners[corner] as number;
    const u = corners[corner + 1] as number;
    const nextT = corners[next] as number;
    const nextU = corners[next + 1] as number;
    const excess = t * byT + u * byU - limit;
    const nextExcess = nextT * byT + nextU * byU - limit;
    if (excess <= 0) kept.push(t, u);
    if (excess < 0 === nextExcess < 0 || excess === 0 || nextExcess === 0) continue;
    const part = excess / (excess - nextExcess);
    kept.push(t + (nextT - t) * part, u + (nextU - u) * part);
  }
  return kept;
}

/** True if a point lies in a convex polygon whose corners go round to the left. */
function isInside(corners: readonly number[], t: number, u: number): boolean {
  for (let corner = 0; corner < corners.length; corner += 2) {
    const next = corner + 2 < corners.length ? corner + 2 : 0;
    const dt = (corners[next] as number) - (corners[corner] as number);
    const du = (corners[next + 1] as number) - (corners[corner + 1] as number);
    if (dt * (u - (corners[corner + 1] as number)) - du * (t - (corners[corner] as number)) < 0) return false;
  }
  return true;
}
