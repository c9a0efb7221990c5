import type { Diagnostic } from '../base/index.ts';
import { OperationSignatures } from './operation-signatures.ts';
import { operationDefinition } from './ops/table.ts';
import type { Block, Func, FuncArgument, Operation, Program, ValueId } from './program.ts';
import { aliasedResult } from './program.ts';
import { equalTypes, formatType, type Type } from './types.ts';
import { verifyCall } from './verify-calls.ts';
import type { Finding } from './verify-operation.ts';
import { constraint, finding, verifyOperation } from './verify-operation.ts';
import { createPlaceFinder } from './verify-place.ts';

/**
 * Checks a whole program: symbols, the dominance of definitions over uses, terminators, calls, donated arguments, and
 * every operation by `verifyOperation`. Returns errors and warnings in program order, empty for a clean program.
 * `source` is the text that was parsed; with it, places have lines and columns. O(values + operations).
 */
export function verifyProgram(program: Program, source?: Uint8Array): readonly Diagnostic[] {
  const trusted = new Set<string>();
  const found: Diagnostic[] = [];
  const findPlace = createPlaceFinder(program.file, source);
  const report = (item: Finding, offset: number): void => {
    if (item.code === 'SK1103') {
      if (trusted.has(item.message)) return;
      trusted.add(item.message);
    }
    found.push({ ...item, place: findPlace(offset) });
  };
  verifySymbols(program, report);
  for (const func of program.functions) new FunctionVerifier(program, func, report).run();
  return found;
}

type ReportFinding = (item: Finding, offset: number) => void;

function verifySymbols(program: Program, report: ReportFinding): void {
  const seen = new Set<string>();
  const names = [...program.functions, ...program.symbols].map(symbol => symbol.name);
  for (const name of names) {
    if (seen.has(name)) report(finding('SK1009', `@${name} is defined twice`, 'rename one of the two'), -1);
    seen.add(name);
  }
}

/** The walk over one function, with the set of values that are visible where it stands. */
class FunctionVerifier {
  readonly #program: Program;
  readonly #func: Func;
  readonly #report: ReportFinding;
  /** 1 for each value that is defined before the current operation and still in scope. */
  readonly #visible: Uint8Array;
  readonly #signatures: OperationSignatures;
  /** Signatures of operations in which nothing is wrong. */
  readonly #clean = new Set<string>();

  constructor(program: Program, func: Func, report: ReportFinding) {
    this.#program = program;
    this.#func = func;
    this.#report = report;
    this.#visible = new Uint8Array(func.valueTypes.length);
    this.#signatures = new OperationSignatures(func.valueTypes);
  }

  run(): void {
    for (const argument of this.#func.arguments) {
      this.#visible[argument.value] = 1;
      this.#verifyAlias(argument);
    }
    if (isDeclaration(this.#func)) return;
    this.#verifyBlock(this.#func.body, this.#offsetOf(this.#func.body), 'func.return');
    this.#verifyReturn();
  }

  #verifyBlock(block: Block, offset: number, terminator: string): void {
    const { operations } = block;
    const last = operations.at(-1);
    if (last === undefined || operationDefinition(last.name)?.terminator !== true) {
      const message = `a block of @${this.#func.name} does not end with ${terminator}`;
      this.#report(finding('SK1101', message, `add the ${terminator} that hands on the block's values`), offset);
    }
    for (const [index, operation] of operations.entries()) {
      this.#verifyOperation(operation);
      const definition = operationDefinition(operation.name);
      if (definition?.terminator !== true) continue;
      if (index !== operations.length - 1)
        this.#tell(constraint(operation.name, 'place', 'ends a block in the middle'), operation);
      // JAX ends some comparators, which are functions, with stablehlo.return; jaxlib takes them.
      if (operation.name === 'func.return' && terminator !== 'func.return') {
        this.#tell(constraint(operation.name, 'place', `${terminator} ends this block`), operation);
      }
    }
    for (const operation of operations) this.#mark(operation.results, 0);
    this.#mark(block.arguments, 0);
  }

  #verifyOperation(operation: Operation): void {
    const hidden = operation.operands.findIndex(value => this.#visible[value] !== 1);
    if (hidden !== -1) {
      const message = `operand ${hidden} of ${operation.name} is not defined before its use`;
      this.#tell(finding('SK1008', message, 'define the value before, in the same block or one around it'), operation);
    }
    for (const region of operation.regions) {
      this.#mark(region.arguments, 1);
      this.#verifyBlock(region, operation.offset, terminatorName(operation));
    }
    const signature = this.#signatures.of(operation);
    if (signature === undefined || !this.#clean.has(signature)) this.#verifyAlone(operation, signature);
    this.#mark(operation.results, 1);
  }

  /** What does not depend on where an operation stands; noted by its signature where nothing is wrong. */
  #verifyAlone(operation: Operation, signature: string | undefined): void {
    const { valueTypes } = this.#func;
    const context = {
      operation,
      operands: operation.operands.map(value => valueTypes[value]),
      results: operation.results.map(value => valueTypes[value]),
      typeOf: (value: ValueId): Type => valueTypes[value],
    };
    const wrong = [...verifyOperation(context), ...verifyCall(this.#program, context)];
    for (const item of wrong) this.#tell(item, operation);
    if (wrong.length === 0 && signature !== undefined) this.#clean.add(signature);
  }

  #verifyReturn(): void {
    const last = this.#func.body.operations.at(-1);
    if (last?.name !== 'func.return' && last?.name !== 'stablehlo.return') return;
    const returned = last.operands.map(value => this.#func.valueTypes[value]);
    const declared = this.#func.results.map(result => result.type);
    if (returned.length === declared.length && returned.every((type, index) => equalTypes(type, declared[index])))
      return;
    const message = `returns (${returned.map(formatType).join(', ')}) from @${this.#func.name}`;
    const expected = `(${declared.map(formatType).join(', ')})`;
    this.#tell({ ...constraint(last.name, 'type', message), expected }, last);
  }

  #verifyAlias(argument: FuncArgument): void {
    const alias = aliasedResult(argument);
    if (alias === -1) return;
    const type = this.#func.valueTypes[argument.value];
    const result = this.#func.results[alias];
    const name = argument.name ?? `%arg${this.#func.arguments.indexOf(argument)}`;
    if (result === undefined) {
      const message = `tf.aliasing_output of ${name} is ${alias}, @${this.#func.name} has ${this.#func.results.length} results`;
      this.#report(
        finding('SK1101', message, 'name the result that takes the buffer over'),
        this.#offsetOf(this.#func.body),
      );
    } else if (!equalTypes(type, result.type)) {
      const message = `${name} of ${formatType(type)} is donated to result ${alias} of ${formatType(result.type)}`;
      this.#report(finding('SK1101', message, 'donate to a result of the same type'), this.#offsetOf(this.#func.body));
    }
  }

  #mark(values: readonly ValueId[], visible: 0 | 1): void {
    for (const value of values) this.#visible[value] = visible;
  }

  #tell(item: Finding, operation: Operation): void {
    this.#report(item, operation.offset);
  }

  #offsetOf(block: Block): number {
    return block.operations[0]?.offset ?? -1;
  }
}

/** A private function without a body: its name stands for something outside. */
function isDeclaration(func: Func): boolean {
  return func.visibility === 'private' && func.body.operations.length === 0;
}

function terminatorName(operation: Operation): string {
  return operation.name.startsWith('sdy.') ? 'sdy.return' : 'stablehlo.return';
}
