import { aliasedResult, entryFunction, type Func, type Program } from '../ir/index.ts';
import { type Grid, type Layout, layoutKey, layoutOf, refineMesh, shardingOf, wholeLayout } from './grid.ts';
import type { Mesh } from './mesh.ts';
import { type PassInput, type PassOutput, runPass } from './pass.ts';
import type { PinnedShardings } from './pin-resolution.ts';
import type { Propagation } from './propagation-types.ts';
import { type ValueFacts, valueFacts } from './value-facts.ts';
import { findWants } from './wants.ts';

const passLimit = 8;

/**
 * Places every value of an inlined program, from the pins alone. Passes over the program in order carry shardings from
 * operands to results; each pass also notes what the readers of a value want, and the next one follows these wishes
 * where operands say nothing, above all for sums that are to be scattered. It ends when a pass changes nothing, after at
 * most eight. Arguments without a pin are whole; the result that takes an argument's buffer lies as the argument does.
 */
export function propagate(program: Program, mesh: Mesh, pinned: PinnedShardings): Propagation {
  const func = entryFunction(program);
  if (func === undefined) throw new Error('internal: a program without an entry function');
  const values = pinned.values ?? new Map();
  const shardings = [...pinned.arguments, ...pinned.results, ...values.values()].filter(found => found !== undefined);
  const grid = refineMesh(mesh, shardings);
  const facts = valueFacts(func);
  let input: PassInput = {
    grid,
    facts,
    arguments: func.arguments.map((argument, index) => pinnedLayout(grid, facts, argument.value, pinned, index)),
    results: resultLayouts(grid, func, pinned),
    pinned: new Map([...values].map(([value, sharding]) => [value, layoutOf(grid, sharding)])),
    wishes: new Map(),
    wants: new Map(),
    yields: new Map(),
  };
  let output = runPass(input);
  let passes = 1;
  for (let state = stateOf(output); passes < passLimit; ) {
    const wants = findWants(grid, facts, output.results, output.plans);
    input = { ...input, wishes: output.wishes, wants, yields: output.yields };
    output = runPass(input);
    passes++;
    const next = stateOf(output);
    if (next === state) break;
    state = next;
  }
  return {
    program,
    func,
    grid,
    shardings: func.valueTypes.map((type, value) => {
      const layout = output.layouts.get(value);
      if (type.kind !== 'tensor') return undefined;
      return shardingOf(grid, layout ?? wholeLayout(type.shape.length));
    }),
    arguments: input.arguments.map(layout => shardingOf(grid, layout)),
    results: output.results.map(layout => shardingOf(grid, layout)),
    resultLayouts: output.results,
    plans: output.plans,
    cheap: facts.cheap,
    movements: output.movements,
    conflicts: output.conflicts,
    passes,
  };
}

function pinnedLayout(grid: Grid, facts: ValueFacts, value: number, pinned: PinnedShardings, index: number): Layout {
  const sharding = pinned.arguments[index];
  return sharding === undefined ? wholeLayout(facts.tensor(value)?.shape.length ?? 0) : layoutOf(grid, sharding);
}

/** Pinned results, and results that take the buffer of an argument: these stay as the argument is. */
function resultLayouts(grid: Grid, func: Func, pinned: PinnedShardings): (Layout | undefined)[] {
  return func.results.map((result, index) => {
    const sharding = pinned.results[index];
    if (sharding !== undefined) return layoutOf(grid, sharding);
    const donor = func.arguments.some(argument => aliasedResult(argument) === index);
    return donor ? wholeLayout(result.type.kind === 'tensor' ? result.type.shape.length : 0) : undefined;
  });
}

/** Everything that a pass may change, as text. */
function stateOf(output: PassOutput): string {
  const layouts = [...output.layouts.values()].map(layoutKey).join(';');
  return `${layouts}#${output.movements.length}`;
}
