import { existsSync } from 'node:fs';
import { type Diagnostic, diagnosticError } from '../base/index.ts';
import { type InputsSpec, parseInputsSpec } from '../engine/index.ts';
import type { Program } from '../ir/index.ts';
import { defaultInputs, type RunInputs } from '../verify/index.ts';
import { readText } from './placement.ts';

/** What a run is fed with, and what the user should know of it. */
export interface ReadInputs {
  readonly inputs: RunInputs;
  readonly warnings: readonly Diagnostic[];
}

/**
 * What a run is fed with: a `.safetensors` or `.npz` file, a spec named by the user, the spec that an exporter wrote
 * beside the program, or else defaults found from the program. `inlined` has its calls inlined.
 */
export async function readRunInputs(
  programPath: string,
  file: string | undefined,
  seed: number,
  inlined: Program,
  names: readonly string[],
): Promise<ReadInputs> {
  if (file !== undefined && !/\.(json|npz|safetensors)$/.test(file)) {
    throw diagnosticError('SK9003', {
      message: `--inputs ${file} is no inputs file`,
      expected: 'a .safetensors or .npz file with the arguments by name, or an inputs spec (.json)',
      next: 'name such a file, or leave --inputs away',
    });
  }
  const beside = `${programPath.replace(/\.mlir(\.gz)?$/, '')}.inputs.json`;
  const specFile = file?.endsWith('.json') ? file : existsSync(beside) ? beside : undefined;
  const spec = specFile === undefined ? defaultInputs(inlined, names) : await readSpec(specFile);
  checkSpec(spec, inlined, specFile ?? programPath);
  const blind = specFile === undefined && file === undefined;
  const inputs = { spec, seed, ...(file === undefined || file === specFile ? {} : { file }) };
  return { inputs, warnings: blind ? [blindWarning(programPath, beside)] : [] };
}

function blindWarning(programPath: string, beside: string): Diagnostic {
  return {
    code: 'SK1203',
    severity: 'warning',
    message: `no spec says what the inputs of ${programPath} are like; all floats are uniform in [0.01, 1)`,
    next: `export ${beside} with skein_export, or give --inputs: gradients may vanish on such inputs and hide a wrong split`,
  };
}

async function readSpec(path: string): Promise<InputsSpec> {
  const text = await readText(path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw diagnosticError('SK9001', { message: `${path} is no JSON: ${why}`, next: 'export the program again' });
  }
  return parseInputsSpec(json, path);
}

/** The spec must be of this program: as many arguments, of the same shapes and types. */
function checkSpec(spec: InputsSpec, program: Program, file: string): void {
  const [func] = program.functions;
  const differing = func.arguments.findIndex(({ value }, index) => {
    const type = func.valueTypes[value];
    const entry = spec.arguments[index];
    return type.kind !== 'tensor' || entry?.dtype !== type.element || entry.shape.join() !== type.shape.join();
  });
  if (differing < 0 && spec.arguments.length === func.arguments.length) return;
  throw diagnosticError('SK1201', {
    message: `${file} does not fit the program: argument ${Math.max(differing, 0)} of ${func.arguments.length} differs`,
    expected: 'one entry for each argument of the program, with its shape and type',
    next: 'export the program again, so that both are written together',
  });
}
