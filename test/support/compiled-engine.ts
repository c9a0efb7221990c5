import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/engine/index.ts';

/**
 * Compiles src/engine to JavaScript inside the package, for tests that need a driver process of their own.
 * Returns the path of its face and a function that removes it again.
 */
export function compileEngine(): { readonly face: string; readonly remove: () => void } {
  const root = packageRoot();
  mkdirSync(join(root, 'out'), { recursive: true });
  const folder = mkdtempSync(join(root, 'out', 'test-driver-'));
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = { rootDir: join(root, 'src'), outDir: folder, declaration: false, sourceMap: false };
  const files = [join(root, 'src', 'engine', 'index.ts')];
  writeFileSync(
    config,
    JSON.stringify({ extends: join(root, 'tsconfig.build.json'), compilerOptions, files, include: [] }),
  );
  execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', config]);
  return {
    face: join(folder, 'engine', 'index.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
