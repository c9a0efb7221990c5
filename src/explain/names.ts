import type { Func } from '../ir/index.ts';
import type { Fold, FoldBlock } from '../parallel/index.ts';
import { argumentNames } from '../sharding/index.ts';

/** Where in a program an operation stands, for people. */
export interface ScopeName {
  /** `h.*.mlp.c_fc`; empty where the scope says nothing. */
  readonly name: string;
  /** True for what differentiation adds. */
  readonly backward: boolean;
}

/** Short names for people. What differs between the repeats of a block alone is written `*`. */
export class Names {
  readonly #func: Func;
  readonly #operations: readonly { readonly scope?: string }[];
  /** Words that number the repeats of a block, each after the word before it: `h 0`, `h 1`. */
  readonly #counting = new Set<string>();
  readonly #root: string | undefined;

  /** `operations` are those of the entry function, as `walkOperations` visits them. */
  constructor(
    func: Func,
    fold: Fold,
    operations: readonly { readonly scope?: string }[],
    parameters: readonly number[],
  ) {
    this.#func = func;
    this.#operations = operations;
    for (const block of fold.blocks) this.#noteBlock(block);
    const roots = new Set(parameters.map(index => this.#words(index)[0]));
    this.#root = roots.size === 1 ? [...roots][0] : undefined;
  }

  /** `h.*.mlp.c_fc.w`: the name of an argument, the same for all repeats. */
  argument(index: number): string {
    const words = this.#words(index);
    const short = words.length > 1 && words[0] === this.#root ? words.slice(1) : words;
    return this.#collapsed(short).join('.');
  }

  /** `attn.c_attn.w`: the name of an argument inside its block. */
  inBlock(block: FoldBlock, role: number): string {
    const first = this.#words(block.arguments[0][role]);
    const second = block.instances.length > 1 ? this.#words(block.arguments[1][role]) : first;
    const at = first.findIndex((word, index) => word !== second[index]);
    return at < 0 || at === first.length - 1 ? this.argument(block.arguments[0][role]) : first.slice(at + 1).join('.');
  }

  /** Reads `jit(step)/transpose(jvp(h.0))/mlp/c_fc/dot_general`. */
  scope(scope: string | undefined): ScopeName {
    const parts = (scope ?? '').split('/').filter(part => !/^jit\(/.test(part));
    const backward = parts.some(part => part.startsWith('transpose('));
    const places = parts.slice(0, -1).map(innermost).filter(isPlace);
    const words = places.flatMap(splitWords).filter(word => !plumbing.has(word));
    return { name: this.#collapsed(withoutEcho(words)).join('.'), backward };
  }

  #words(index: number): string[] {
    return splitWords(argumentNames(this.#func, index)[0]);
  }

  #collapsed(words: readonly string[]): string[] {
    return words.map((word, index) =>
      this.#counting.has(`${words[index - 1] ?? ''} ${word}`) ? word.replace(/\d+/g, '*') : word,
    );
  }

  #noteBlock({ instances, arguments: given }: FoldBlock): void {
    if (instances.length < 2) return;
    for (const role of given[0].keys()) this.#noteWords(given.map(list => this.#words(list[role])));
    // Many operations of a repeat stand in one scope, and tell the same.
    const noted = new Set<string>();
    for (const role of instances[0].keys()) {
      const scopes = instances.map(list => this.#operations[list[role]]?.scope ?? '');
      const all = scopes.join('\n');
      if (noted.has(all)) continue;
      noted.add(all);
      this.#noteWords(scopes.map(scope => scope.split('/').map(innermost).flatMap(splitWords)));
    }
  }

  /** Notes the words by which lists of words differ, where they have digits. */
  #noteWords(lists: readonly (readonly string[])[]): void {
    const [first, ...others] = lists;
    for (const [at, word] of first.entries()) {
      if (!/\d/.test(word) || others.every(other => other[at] === word)) continue;
      for (const list of lists) {
        if (/\d/.test(list[at] ?? '')) this.#counting.add(`${list[at - 1] ?? ''} ${list[at]}`);
      }
    }
  }
}

/** Words of `params['h'][0].w` and of `h.0/attn`: everything between brackets, quotes, dots and slashes. */
function splitWords(text: string): string[] {
  return text.split(/[[\]'"./\s]+/).filter(word => word !== '');
}

/** Scopes of what is computed once more begin twice with the same words: `h 0 h 0 mlp` is `h 0 mlp`. */
function withoutEcho(words: readonly string[]): readonly string[] {
  for (let length = 1; 2 * length <= words.length; length++) {
    if (words.slice(0, length).every((word, index) => word === words[length + index])) return words.slice(length);
  }
  return words;
}

/** `h.0` of `transpose(jvp(h.0))`. */
function innermost(part: string): string {
  let word = part;
  for (let inner = /^\w+\((.*)\)$/.exec(word); inner !== null; inner = /^\w+\((.*)\)$/.exec(word)) word = inner[1];
  return word;
}

/** Equations of sums and conversions stand among the scopes, and are no places. */
function isPlace(part: string): boolean {
  return part !== '' && !/->|,/.test(part);
}

const plumbing: ReadonlySet<string> = new Set([
  'while',
  'body',
  'cond',
  'closed_call',
  'checkpoint',
  'rematted_computation',
]);
