import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diagnosticError } from '../base/index.ts';
import type { ComparedOutput, Comparison, SavedOutput } from './engine.ts';

const manifestName = 'outputs.json';
const manifestFormat = 'skein.outputs/1';

/** What a comparison of two files measures. */
export type OutputNorms = Omit<ComparedOutput, 'name' | 'dtype' | 'shape' | 'l2Error'>;

/**
 * Makes a directory where there is none, and removes its list of outputs: from then on it counts as incomplete.
 * Throws SK3008 where that is not allowed.
 */
export function prepareDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    rmSync(join(directory, manifestName), { force: true });
  } catch (error) {
    throw fileError(`outputs cannot be saved in ${directory}`, error);
  }
}

/** SK3008 for an error of the file system. */
export function fileError(what: string, error: unknown): Error {
  return diagnosticError('SK3008', {
    message: `${what}: ${error instanceof Error ? error.message : String(error)}`,
    next: 'check that the folder exists, can be written, and has room',
  });
}

/** Writes the list of outputs, last of all, which makes the directory complete. */
export function writeManifest(directory: string, outputs: readonly SavedOutput[]): void {
  const text = JSON.stringify({ format: manifestFormat, outputs }, null, 1);
  writeFileSync(join(directory, manifestName), `${text}\n`);
}

/** Reads the list of outputs of a directory. Throws SK3011 where there is none or it is not complete. */
export function readManifest(directory: string): readonly SavedOutput[] {
  const path = join(directory, manifestName);
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isManifest(manifest)) return manifest.outputs;
  } catch {
    // Reported below.
  }
  throw diagnosticError('SK3011', {
    message: `${directory} holds no complete set of saved outputs`,
    next: `save outputs there first; ${manifestName} is written last`,
  });
}

function isManifest(value: unknown): value is { outputs: readonly SavedOutput[] } {
  if (typeof value !== 'object' || value === null) return false;
  const { format, outputs } = value as Record<string, unknown>;
  return format === manifestFormat && Array.isArray(outputs);
}

/** Pairs the outputs of two directories by position. Throws SK3011 where their number, types or shapes differ. */
export function matchOutputs(
  references: readonly SavedOutput[],
  candidates: readonly SavedOutput[],
  directory: string,
): readonly { readonly reference: SavedOutput; readonly candidate: SavedOutput }[] {
  const refuse = (message: string): Error =>
    diagnosticError('SK3011', { message, next: 'compare outputs of the same program' });
  if (references.length !== candidates.length) {
    throw refuse(`${directory} holds ${candidates.length} outputs, the reference ${references.length}`);
  }
  return references.map((reference, index) => {
    const candidate = candidates[index];
    if (candidate === undefined) throw new Error('internal: outputs of different length');
    if (typeText(reference) !== typeText(candidate)) {
      throw refuse(`output ${index} is ${typeText(candidate)}, in the reference ${typeText(reference)}`);
    }
    return { reference, candidate };
  });
}

/** Joins the norms of single outputs into the errors that a judge looks at. */
export function summarizeComparison(
  outputs: readonly SavedOutput[],
  norms: readonly OutputNorms[],
): Omit<Comparison, 'seconds'> {
  const compared = outputs.map(({ name, dtype, shape }, index): ComparedOutput => {
    const norm = norms[index];
    if (norm === undefined) throw new Error('internal: an output was not compared');
    return { name, dtype, shape, l2Error: ratio(norm.differenceNorm, norm.referenceNorm), ...norm };
  });
  const dtypes = [...new Set(compared.map(output => output.dtype))];
  const pooledErrors = Object.fromEntries(
    dtypes.map(dtype => {
      const ofType = compared.filter(output => output.dtype === dtype);
      const differenceNorm = Math.hypot(...ofType.map(output => output.differenceNorm));
      return [dtype, ratio(differenceNorm, Math.hypot(...ofType.map(output => output.referenceNorm)))];
    }),
  );
  return { outputs: compared, pooledErrors };
}

function ratio(difference: number, reference: number): number {
  return difference === 0 ? 0 : difference / reference;
}

function typeText({ dtype, shape }: SavedOutput): string {
  return `${dtype}[${shape.join(', ')}]`;
}
