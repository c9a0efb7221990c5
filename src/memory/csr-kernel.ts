/** Lists of numbers in one array: list `i` is `items[start[i]]` up to `items[start[i + 1]]`. */
export interface Csr {
  /** Length: number of lists + 1. */
  readonly start: Int32Array;
  readonly items: Int32Array;
}

/** Packs pairs (list, item) into lists, keeping the order of equal lists. O(lists + pairs). */
export function packPairs(listCount: number, lists: Int32Array, items: Int32Array, count: number): Csr {
  const start = new Int32Array(listCount + 1);
  for (let pair = 0; pair < count; pair++) start[lists[pair] + 1]++;
  for (let list = 0; list < listCount; list++) start[list + 1] += start[list];
  const next = start.slice(0, listCount);
  const packed = new Int32Array(count);
  for (let pair = 0; pair < count; pair++) packed[next[lists[pair]]++] = items[pair];
  return { start, items: packed };
}

/** Packs lists of numbers, each without repetitions. `itemCount` is one past the largest number. */
export function packLists(lists: readonly (readonly number[])[], itemCount: number): Csr {
  const start = new Int32Array(lists.length + 1);
  let total = 0;
  for (const list of lists) total += list.length;
  const items = new Int32Array(total);
  const stamp = new Int32Array(itemCount).fill(-1);
  let end = 0;
  lists.forEach((list, index) => {
    for (const item of list) {
      if (stamp[item] === index) continue;
      stamp[item] = index;
      items[end++] = item;
    }
    start[index + 1] = end;
  });
  return { start, items: items.slice(0, end) };
}

/** The same relation from the other side: list `j` holds every `i` whose list holds `j`. */
export function transpose(csr: Csr, itemCount: number): Csr {
  const listCount = csr.start.length - 1;
  const lists = new Int32Array(csr.items.length);
  for (let list = 0; list < listCount; list++) lists.fill(list, csr.start[list], csr.start[list + 1]);
  return packPairs(itemCount, csr.items, lists, csr.items.length);
}
