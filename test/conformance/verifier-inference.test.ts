import { describe, expect, it } from 'vitest';
import type { Func, Operation, OperationContext, Type } from '../../src/ir/index.ts';
import { formatType, operationDefinition, parseProgram, walkOperations } from '../../src/ir/index.ts';
import { verifierCases } from './verifier-cases.ts';
import { printCase } from './verifier-mutations.ts';

/** The operations of all cases, with their functions. */
const operations = verifierCases.flatMap(base => {
  const program = parseProgram(new TextEncoder().encode(printCase(base)), { file: 'case.mlir' });
  const found: { func: Func; operation: Operation }[] = [];
  for (const func of program.functions) walkOperations(func.body, operation => found.push({ func, operation }));
  return found;
});

function inferAlone(func: Func, operation: Operation): readonly Type[] | undefined {
  const typeOf = (value: number): Type => func.valueTypes[value];
  const context: OperationContext = { operation, operands: operation.operands.map(typeOf), results: [], typeOf };
  return operationDefinition(operation.name)?.infer?.(context);
}

describe('type inference', () => {
  it('finds the declared types without being told, and else the shapes', () => {
    const names = new Set<string>();
    for (const { func, operation } of operations) {
      const inferred = inferAlone(func, operation);
      if (inferred === undefined) continue;
      names.add(operation.name);
      const declared = operation.results.map(value => func.valueTypes[value]);
      // Operands leave the element type of these open: a product of bf16 may be wanted in f32.
      const isOpen = operation.name === 'stablehlo.dot_general';
      const print = (type: Type): string =>
        formatType(isOpen && type.kind === 'tensor' ? { ...type, element: 'f32' } : type);
      expect(inferred.map(print), operation.name).toEqual(declared.map(print));
    }
    expect(names.size).toBeGreaterThan(40);
  });

  it('has a definition for every operation, and counts no negative work', () => {
    for (const { func, operation } of operations) {
      const definition = operationDefinition(operation.name);
      expect(definition, operation.name).toBeDefined();
      const typeOf = (value: number): Type => func.valueTypes[value];
      const operands = operation.operands.map(typeOf);
      const context = { operation, operands, results: operation.results.map(typeOf), typeOf };
      expect(definition?.flops?.(context) ?? 0, operation.name).toBeGreaterThanOrEqual(0);
      for (const runs of definition?.regionRuns?.(context) ?? []) expect(runs, operation.name).toBeGreaterThan(0);
    }
  });
});
