import { type Diagnostic, DiagnosticError } from '../base/index.ts';
import { formatJsonPath, type JsonPath, type JsonSource, jsonPlace } from './json-place.ts';

/** Most complaints that are told at once. */
const mostTold = 20;

/** Collects what is wrong with a document, each thing with its path and, where the text is known, its place. */
export class Complaints {
  readonly #source: JsonSource | undefined;
  readonly #all: { readonly path: JsonPath; readonly diagnostic: Diagnostic }[] = [];

  constructor(source: JsonSource | undefined) {
    this.#source = source;
  }

  add(path: JsonPath, diagnostic: Diagnostic): void {
    this.#all.push({ path, diagnostic });
  }

  /** What `work` returns; undefined where it throws diagnostics, which are added. */
  gather<T>(path: JsonPath, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      for (const diagnostic of error.diagnostics) this.add(path, diagnostic);
      return undefined;
    }
  }

  /** Throws all that was added, the first ones with their places; does nothing where nothing was. */
  throwAny(): void {
    const { length } = this.#all;
    if (length === 0) return;
    const told = this.#all.slice(0, mostTold).map(({ path, diagnostic }) => this.#placed(path, diagnostic));
    const last = told[told.length - 1];
    const more = length - told.length;
    if (more > 0) told[told.length - 1] = { ...last, message: `${last.message} (and ${more} more complaints)` };
    throw new DiagnosticError(told);
  }

  #placed(path: JsonPath, diagnostic: Diagnostic): Diagnostic {
    const message = `${formatJsonPath(path)}: ${diagnostic.message}`;
    return { ...diagnostic, message, ...(this.#source === undefined ? {} : { place: jsonPlace(this.#source, path) }) };
  }
}
