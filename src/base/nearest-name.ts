/**
 * The name that is nearest to `wanted` by edits (Wagner and Fischer 1974), for suggestions; case does not count, and of
 * equally near names the first wins. Undefined when none is within `mostEdits`. O(names x length^2).
 */
export function nearestName(
  wanted: string,
  names: Iterable<string>,
  mostEdits: number = Number.POSITIVE_INFINITY,
): string | undefined {
  let best: string | undefined;
  let least = mostEdits + 1;
  for (const name of new Set(names)) {
    const edits = countEdits(wanted.toLowerCase(), name.toLowerCase());
    if (edits < least) {
      least = edits;
      best = name;
    }
  }
  return best;
}

/** How many insertions, deletions and replacements make one text of the other. */
function countEdits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = row[j] + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, row[j + 1] + 1, next[j] + 1));
    }
    row = next;
  }
  return row[b.length];
}
