/** The choice at the smallest edit distance from `wanted` (Levenshtein 1966); case does not count. */
export function nearestText(wanted: string, choices: readonly string[]): string | undefined {
  const ranked = choices.map(choice => ({ choice, edits: editDistance(wanted.toLowerCase(), choice.toLowerCase()) }));
  ranked.sort((a, b) => a.edits - b.edits);
  return ranked[0]?.choice;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1), row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
