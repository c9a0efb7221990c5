import type { FoldGraph } from './fold-graph.ts';

/**
 * A name for a block, from what its instances' scopes have in common: `jit(step)/jvp(h.0)/attn/dot` and
 * `jit(step)/jvp(h.1)/attn/dot` give `h.*`. Without scopes, from the names of its arguments: `params['h'][*]`. Without
 * any names, `block`. A single instance, a loop's body, is named by the scope of its loop.
 */
export function nameBlock(
  graph: FoldGraph,
  instances: readonly (readonly number[])[],
  args: readonly (readonly number[])[],
): string {
  const { operations, func } = graph;
  const scopes = instances.map(instance => instance.map(node => operations[node].scope));
  if (instances.length === 1) return loopName(graph, instances[0]);
  const names = args.map(instance => instance.map(position => func.arguments[position].name));
  return mostFrequent(scopes, scopePattern) ?? mostFrequent(names, argumentPattern) ?? 'block';
}

function loopName(graph: FoldGraph, instance: readonly number[]): string {
  const scope = graph.operations[graph.parents[instance[0]]]?.scope;
  const words = scope === undefined ? [] : scope.split('/').map(unwrap);
  return words.findLast(word => word !== 'while' && word !== 'body' && word !== '') ?? 'loop';
}

/** The pattern that most pairs of neighbouring instances give; of several, the first in the order of roles. */
function mostFrequent(
  texts: readonly (readonly (string | undefined)[])[],
  pattern: (a: string, b: string) => string | undefined,
): string | undefined {
  const counts = new Map<string, number>();
  for (const [role, first] of texts[0].entries()) {
    const second = texts[1][role];
    const found = first === undefined || second === undefined ? undefined : pattern(first, second);
    if (found !== undefined) counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  let best: { name?: string; count: number } = { count: 0 };
  for (const [name, count] of counts) if (count > best.count) best = { name, count };
  return best.name;
}

/** `h.*` of two scopes whose first difference is in digits only; `down.0~up.1` of others, `h/*` of mere numbers. */
function scopePattern(a: string, b: string): string | undefined {
  const left = a.split('/');
  const right = b.split('/');
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    if (left[index] !== right[index]) {
      const [a, b] = [unwrap(left[index]), unwrap(right[index])];
      const pattern = digitPattern(a, b) ?? `${a}~${b}`;
      return pattern === '*' && index > 0 ? `${unwrap(left[index - 1])}/*` : pattern;
    }
  }
  return undefined;
}

function argumentPattern(a: string, b: string): string | undefined {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  while (start > 0 && /\d/.test(a[start - 1])) start--;
  const [left] = /^\d+/.exec(a.slice(start)) ?? [''];
  const [right] = /^\d+/.exec(b.slice(start)) ?? [''];
  if (left === right) return undefined;
  const after = a.slice(start + left.length);
  return `${a.slice(0, start)}*${after.startsWith(']') ? ']' : ''}`;
}

function digitPattern(a: string, b: string): string | undefined {
  const left = a.split(/(\d+)/);
  const right = b.split(/(\d+)/);
  if (a === b || left.length !== right.length) return undefined;
  const merged = left.map((part, index) => (part === right[index] ? part : index % 2 === 1 ? '*' : undefined));
  return merged.includes(undefined) ? undefined : merged.join('');
}

/** `h.0` of `transpose(jvp(h.0))`. */
function unwrap(component: string): string {
  let word = component;
  for (let inner = /^\w+\((.*)\)$/.exec(word); inner !== null; inner = /^\w+\((.*)\)$/.exec(word)) word = inner[1];
  return word;
}
