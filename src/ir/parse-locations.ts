import { bytes } from './text-bytes.ts';
import { type TextCursor, TextProblem } from './text-cursor.ts';

/**
 * Reads locations, of which the name scope is kept.
 *
 * `loc("jit(step)/add"(callsite(...)))` names the scope `jit(step)/add`. JAX ends the name of an operation's kind with
 * a colon and puts the scope inside, `loc("while:"("while/body"))`: there the inner name is taken. A call site has the
 * name of its callee, a fused location its first name. Files and lines have none.
 */
export class LocationReader {
  readonly #cursor: TextCursor;
  readonly #aliases: ReadonlyMap<string, number>;
  readonly #names = new Map<string, string | undefined>();
  #depth = 0;
  #undefinedAlias: { readonly alias: string; readonly offset: number } | undefined;

  constructor(cursor: TextCursor, aliases: ReadonlyMap<string, number>) {
    this.#cursor = cursor;
    this.#aliases = aliases;
  }

  /** Reads `loc(...)` when it comes next, and returns its name, if it has one. */
  trailer(): string | undefined {
    const cursor = this.#cursor;
    if (cursor.peek() !== 108 || !cursor.acceptWord('loc')) return undefined;
    cursor.expect(bytes.open);
    const name = this.#location();
    cursor.expect(bytes.close);
    return name;
  }

  /** Fails when a location was used that is not defined: they stand behind the module, where a file may be cut off. */
  checkAliases(): void {
    if (this.#undefinedAlias === undefined) return;
    const { alias, offset } = this.#undefinedAlias;
    const next = 'locations are defined at the end of the file: check that it is whole';
    throw new TextProblem('SK1008', offset, `location #${alias} is not defined`, next);
  }

  #location(): string | undefined {
    const cursor = this.#cursor;
    if (++this.#depth > 1000) cursor.fail('less nesting');
    const byte = cursor.peek();
    let name: string | undefined;
    if (byte === bytes.quote) name = this.#named();
    else if (byte === bytes.hash) name = this.#alias();
    else if (cursor.acceptWord('callsite')) name = this.#callSite();
    else if (cursor.acceptWord('fused')) name = this.#fused();
    else cursor.expectWord('unknown');
    this.#depth--;
    return name;
  }

  #named(): string | undefined {
    const cursor = this.#cursor;
    const name = cursor.string();
    if (cursor.accept(bytes.colon)) {
      this.#lineAndColumn();
      return undefined;
    }
    if (!cursor.accept(bytes.open)) return name;
    const inner = this.#location();
    cursor.expect(bytes.close);
    return name.endsWith(':') && inner !== undefined ? inner : name;
  }

  /** `1:2`, `1:2 to :4` or `1:2 to 3:4`. */
  #lineAndColumn(): void {
    const cursor = this.#cursor;
    cursor.natural('a line');
    if (cursor.accept(bytes.colon)) cursor.natural('a column');
    if (!cursor.acceptWord('to')) return;
    if (cursor.peek() !== bytes.colon) cursor.natural('a line');
    if (cursor.accept(bytes.colon)) cursor.natural('a column');
  }

  #callSite(): string | undefined {
    const cursor = this.#cursor;
    cursor.expect(bytes.open);
    const name = this.#location();
    cursor.expectWord('at');
    this.#location();
    cursor.expect(bytes.close);
    return name;
  }

  #fused(): string | undefined {
    const cursor = this.#cursor;
    if (cursor.peek() === bytes.less) cursor.skipBalanced();
    cursor.expect(bytes.openSquare);
    let name: string | undefined;
    if (cursor.accept(bytes.closeSquare)) return name;
    do {
      const next = this.#location();
      name ??= next;
    } while (cursor.accept(bytes.comma));
    cursor.expect(bytes.closeSquare);
    return name;
  }

  #alias(): string | undefined {
    const cursor = this.#cursor;
    const offset = cursor.position++;
    const alias = cursor.word('the name of a location');
    if (this.#names.has(alias)) return this.#names.get(alias);
    this.#names.set(alias, undefined);
    const target = this.#aliases.get(alias);
    if (target === undefined) {
      this.#undefinedAlias ??= { alias, offset };
      return undefined;
    }
    const end = cursor.position;
    cursor.position = target;
    const name = cursor.acceptWord('loc') ? this.#wrapped() : undefined;
    cursor.position = end;
    this.#names.set(alias, name);
    return name;
  }

  #wrapped(): string | undefined {
    this.#cursor.expect(bytes.open);
    const name = this.#location();
    this.#cursor.expect(bytes.close);
    return name;
  }
}
