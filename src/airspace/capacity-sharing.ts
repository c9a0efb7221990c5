/** Requests that use two places, and how many of those who use a place must be refused at least. */
export interface PlaceNeeds {
  /** By place. */
  readonly refused: readonly number[];
  /** Pairs of different places, one for every request that uses two. */
  readonly pairs: readonly (readonly [a: number, b: number])[];
}

/**
 * At least so many requests are refused in all.
 *
 * Of the refused requests choose, for each place, as many as must be refused there. One request is chosen by at most
 * two places, so that there are at least the sum of all needs less those chosen twice. Those chosen twice join pairs
 * of places, no place more than it needs, no two places more often than requests use both. Sent along each both ways,
 * from the places on one side to their copies on the other, they are a flow: no more than half a largest flow, rounded
 * down, are chosen twice.
 */
export function fewestRefused({ refused, pairs }: PlaceNeeds): number {
  const count = refused.length;
  let needed = 0;
  for (const need of refused) needed += need;
  if (needed === 0) return 0;
  const [source, sink] = [2 * count, 2 * count + 1];
  const flow = createFlow(2 * count + 2);
  for (let place = 0; place < count; place++) {
    flow.join(source, place, refused[place] as number);
    flow.join(count + place, sink, refused[place] as number);
  }
  const between = new Map<number, number>();
  for (const [a, b] of pairs) {
    if (refused[a] === 0 || refused[b] === 0) continue;
    const key = Math.min(a, b) * count + Math.max(a, b);
    between.set(key, (between.get(key) ?? 0) + 1);
  }
  for (const [key, most] of between) {
    const a = Math.floor(key / count);
    const b = key - a * count;
    flow.join(a, count + b, most);
    flow.join(b, count + a, most);
  }
  return needed - Math.floor(flow.most(source, sink) / 2);
}

interface Flow {
  join(from: number, to: number, most: number): void;
  /** The largest flow. */
  most(source: number, sink: number): number;
}

/** Largest flows by shortest ways that have room (Dinitz, 1970). */
function createFlow(count: number): Flow {
  const arcs: number[][] = Array.from({ length: count }, () => []);
  const targets: number[] = [];
  const room: number[] = [];
  const level = new Int32Array(count);
  const next = new Int32Array(count);
  const measure = (source: number, sink: number): boolean => {
    level.fill(-1);
    level[source] = 0;
    const queue = [source];
    for (const place of queue) {
      for (const arc of arcs[place] as number[]) {
        const target = targets[arc] as number;
        if (room[arc] === 0 || level[target] !== -1) continue;
        level[target] = (level[place] as number) + 1;
        queue.push(target);
      }
    }
    return level[sink] !== -1;
  };
  const send = (place: number, sink: number, amount: number): number => {
    if (place === sink) return amount;
    const out = arcs[place] as number[];
    for (; (next[place] as number) < out.length; next[place] = (next[place] as number) + 1) {
      const arc = out[next[place] as number] as number;
      const target = targets[arc] as number;
      if (room[arc] === 0 || level[target] !== (level[place] as number) + 1) continue;
      const sent = send(target, sink, Math.min(amount, room[arc] as number));
      if (sent === 0) continue;
      room[arc] = (room[arc] as number) - sent;
      room[arc ^ 1] = (room[arc ^ 1] as number) + sent;
      return sent;
    }
    return 0;
  };
  return {
    join: (from, to, most) => {
      (arcs[from] as number[]).push(targets.push(to) - 1);
      (arcs[to] as number[]).push(targets.push(from) - 1);
      room.push(most, 0);
    },
    most: (source, sink) => {
      let total = 0;
      while (measure(source, sink)) {
        next.fill(0);
        for (let sent = 1; sent > 0; total += sent) sent = send(source, sink, Number.POSITIVE_INFINITY);
      }
      return total;
    },
  };
}
