import { type Attribute, type Attributes, entryFunction, type Func, type Program } from '../ir/index.ts';
import { constrainedBody } from './constraints.ts';
import { type Mesh, meshSize } from './mesh.ts';
import type { Sharding } from './notation.ts';
import type { PinnedShardings } from './pin-resolution.ts';
import type { Propagation } from './propagation-types.ts';
import { sdyMeshText, sdyShardingText } from './sdy-text.ts';

/**
 * Annotates a program for the mesh in Shardy's words: the mesh symbol, the number of partitions, and the sharding of
 * each argument and result that has one. With the outcome of `propagate` (for the same program) every value of the
 * body is constrained as well. GSPMD strings are never written, and those that were there are dropped.
 */
export function emitSharded(program: Program, mesh: Mesh, placed: PinnedShardings | Propagation): Program {
  const entry = entryFunction(program);
  if (entry === undefined) throw new Error('internal: a program without an entry function');
  const meshName = freshMeshName(program);
  const symbol = { name: meshName, operation: 'sdy.mesh', text: sdyMeshText(mesh, meshName) };
  const partitions: Attribute = { kind: 'integer', value: meshSize(mesh), text: String(meshSize(mesh)), type: 'i32' };
  const replicas: Attribute = { kind: 'integer', value: 1, text: '1', type: 'i32' };
  return {
    ...program,
    attributes: { ...program.attributes, 'mhlo.num_partitions': partitions, 'mhlo.num_replicas': replicas },
    symbols: [symbol, ...program.symbols],
    functions: program.functions.map(func => (func === entry ? annotateFunc(func, meshName, placed) : func)),
  };
}

function annotateFunc(func: Func, meshName: string, pinned: PinnedShardings | Propagation): Func {
  const constrained = 'plans' in pinned ? constrainedBody(pinned, meshName) : {};
  return {
    ...func,
    ...constrained,
    arguments: func.arguments.map((argument, index) => ({
      ...argument,
      attributes: withSharding(argument.attributes, pinned.arguments[index], meshName),
    })),
    results: func.results.map((result, index) => ({
      ...result,
      attributes: withSharding(result.attributes, pinned.results[index], meshName),
    })),
  };
}

/** Attributes with the sharding in place of any older one. */
function withSharding(attributes: Attributes, sharding: Sharding | undefined, meshName: string): Attributes {
  const kept = Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== 'mhlo.sharding'));
  if (sharding === undefined) return kept;
  return { ...kept, 'sdy.sharding': { kind: 'opaque', text: sdyShardingText(sharding, meshName) } };
}

/** `mesh`, or `mesh_1`, `mesh_2`, ... where the program has such a symbol already. */
function freshMeshName(program: Program): string {
  const taken = new Set([...program.symbols, ...program.functions].map(symbol => symbol.name));
  let name = 'mesh';
  for (let count = 1; taken.has(name); count++) name = `mesh_${count}`;
  return name;
}
