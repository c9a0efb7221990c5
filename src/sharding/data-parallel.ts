import { type Diagnostic, DiagnosticError, diagnosticError } from '../base/index.ts';
import { aliasedResult, entryFunction, type Func, type Program } from '../ir/index.ts';
import { findBatch, stateArguments } from './batch.ts';
import type { Mesh } from './mesh.ts';
import type { Sharding } from './notation.ts';
import { argumentNames, type PinnedShardings } from './pin-resolution.ts';
import { shardingDiagnostics } from './shape.ts';

/**
 * Cuts the batch of an inlined program along the mesh's first axis and leaves everything else whole. The batch is found
 * from the factor rules, see `findBatch`; where `pinned` decides an argument or a result already, it stays so. Throws
 * SK2010 where there is no batch, SK2004 for each input that the axis does not divide.
 */
export function dataParallelPins(program: Program, mesh: Mesh, pinned?: PinnedShardings): PinnedShardings {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('internal: a program without an entry function');
  const batch = findBatch(func);
  if (batch === undefined) throw noBatch(func);
  const args: (Sharding | undefined)[] = func.arguments.map((_, index) => pinned?.arguments[index]);
  const results: (Sharding | undefined)[] = func.results.map((_, index) => pinned?.results[index]);
  const wrong: Diagnostic[] = [];
  for (const { argument, dimension } of batch.dimensions) {
    const type = func.valueTypes[func.arguments[argument].value];
    if (type.kind !== 'tensor' || args[argument] !== undefined) continue;
    const sharding: Sharding = {
      dimensions: type.shape.map((_, index) => ({
        axes: index === dimension ? [{ axis: mesh.axes[0].name }] : [],
        open: false,
      })),
      unreduced: [],
    };
    wrong.push(...shardingDiagnostics(argumentNames(func, argument)[0], type, sharding, mesh));
    args[argument] = sharding;
    const alias = aliasedResult(func.arguments[argument]);
    if (alias >= 0) results[alias] ??= sharding;
  }
  if (wrong.length > 0) throw new DiagnosticError(wrong);
  return { ...pinned, arguments: args, results };
}

function noBatch(func: Func) {
  const state = stateArguments(func);
  const data = func.arguments.flatMap((argument, index) => {
    const type = func.valueTypes[argument.value];
    return state.has(index) || type.kind !== 'tensor'
      ? []
      : [`${argumentNames(func, index)[0]} [${type.shape.join(', ')}]`];
  });
  const shown = data.slice(0, 8).join(', ');
  const found =
    data.length === 0
      ? 'every argument is state'
      : `of ${data.length} arguments: ${shown}${data.length > 8 ? ', ...' : ''}`;
  return diagnosticError('SK2010', {
    message: `no dimension of the data is a batch (${found})`,
    expected:
      'a dimension of an argument that is not donated, which donated arguments lack, and over which their updates are summed',
    next: "donate the state of the step alone (donate_argnums), or say how the data is split: --pin 'x=[{dp}, {}]'",
  });
}
