import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../engine/index.ts';
import { formatPlan, type SplitProgram } from '../plan/index.ts';
import type { OutputDirectory } from './output-directory.ts';

/** Writes a plan, its annotated program, and the Python file that runs them without this package. */
export async function writePlanFiles(output: OutputDirectory, split: SplitProgram): Promise<void> {
  await output.write('plan.json', formatPlan(split.plan));
  await output.write('annotated.mlir', split.text);
  await output.write('runner.py', await readFile(join(packageRoot(), 'python', 'skein_runner', 'runner.py')));
}
