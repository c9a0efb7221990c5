import { readFileSync } from 'node:fs';
import { parseInputsSpec } from '../../src/engine/index.ts';
import { generateArgument } from '../../src/engine/reference/generate.ts';
import { evaluate, type Tensor, tensorDistance } from '../../src/eval/index.ts';
import { loadProgram, type Program, parseProgram, printProgram, verifyProgram } from '../../src/ir/index.ts';
import { inlineCalls } from '../../src/transform/index.ts';

const folder = new URL('../../examples/programs/', import.meta.url);

/** An example with its calls inlined, and inputs from the spec beside it. */
export async function loadExample(name: string): Promise<{ readonly program: Program; readonly inputs: Tensor[] }> {
  const program = inlineCalls(await loadProgram(new URL(`${name}.mlir.gz`, folder).pathname));
  const text = readFileSync(new URL(`${name}.inputs.json`, folder), 'utf8');
  const { arguments: specs } = parseInputsSpec(JSON.parse(text), name);
  return { program, inputs: specs.map((spec, index) => generateArgument(spec, 1, index)) };
}

/** What is wrong with a program when it is printed and read again; empty for a good one. */
export function complaints(program: Program): string[] {
  const source = new TextEncoder().encode(printProgram(program));
  const read = parseProgram(source, { file: 'transformed.mlir' });
  const errors = verifyProgram(read, source).filter(({ severity }) => severity === 'error');
  return errors.map(({ message, place }) => `${place?.line}: ${message}`);
}

/** The largest distance between the results of two programs on the same inputs, over the norm of each result. */
export function resultsDiffer(program: Program, other: Program, inputs: readonly Tensor[]): number {
  const [expected, found] = [evaluate(program, inputs), evaluate(other, inputs)];
  return Math.max(
    ...expected.map((result, index) => {
      const { relativeL2, mismatches } = tensorDistance(found[index], result);
      return mismatches > 0 ? Number.POSITIVE_INFINITY : relativeL2;
    }),
  );
}
