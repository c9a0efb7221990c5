import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { diagnosticError } from '../base/index.ts';

/**
 * A directory that appears whole or not at all: files are written beside it and moved into place by `commit`. Without
 * `force`, a directory that holds anything is refused before any work is done.
 */
export class OutputDirectory {
  readonly path: string;
  readonly #partial: string;

  private constructor(path: string) {
    this.path = path;
    this.#partial = join(dirname(path), `.${process.pid}-${Date.now().toString(36)}.partial`);
  }

  /** Throws SK9002 when `path` is in use and `force` is not set. */
  static async open(path: string, force: boolean): Promise<OutputDirectory> {
    const absolute = resolve(path);
    if (existsSync(absolute) && !force && readDirectory(absolute) !== 0) {
      throw diagnosticError('SK9002', {
        message: `${path} exists and is not empty`,
        next: 'name another directory with --out, or add --force to replace it',
      });
    }
    const directory = new OutputDirectory(absolute);
    await mkdir(directory.#partial, { recursive: true });
    return directory;
  }

  /** Where a file of the directory lies while the work goes on. */
  stage(name: string): string {
    return join(this.#partial, name);
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    await writeFile(this.stage(name), content);
  }

  /** Moves everything into place. */
  async commit(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    await rename(this.#partial, this.path);
  }

  /** Takes everything back. Does nothing after `commit`. */
  async discard(): Promise<void> {
    await rm(this.#partial, { recursive: true, force: true });
  }
}

/** Number of entries; 1 for a file. */
function readDirectory(path: string): number {
  try {
    return readdirSync(path).length;
  } catch {
    return 1;
  }
}
