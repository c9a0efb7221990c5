import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package: the nearest one above this file that holds the worker. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'python', 'skein_worker'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('internal: the package holds no python/skein_worker');
    folder = parent;
  }
  return folder;
}

/**
 * The Python that runs the worker: `SKEIN_PYTHON`, else `.venv` beside the package, else `.venv` in the working
 * folder, else `python3` from the path.
 */
export function findPython(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.SKEIN_PYTHON) return environment.SKEIN_PYTHON;
  const candidates = [packageRoot(), process.cwd()].map(folder => join(folder, '.venv', 'bin', 'python'));
  return candidates.find(existsSync) ?? 'python3';
}
