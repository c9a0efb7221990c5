import { type MemoryProblem, roundUp } from '../../src/memory/index.ts';

/** Tensors that are views of each other, as one; or the workspace of one operator. */
export interface Buffer {
  readonly bytes: number;
  readonly alignment: number;
  readonly atStart: boolean;
  readonly atEnd: boolean;
  /** Operators that read or write it. */
  readonly users: readonly number[];
}

/** `to` may lie where `from` lies and dies, when `operator` makes it. */
export interface Reuse {
  readonly operator: number;
  readonly from: number;
  readonly to: number;
  readonly forced: boolean;
}

/** What an integer program needs to know of a problem. */
export interface IntegerFacts {
  readonly operatorCount: number;
  /** Tensors, then workspaces. */
  readonly buffers: readonly Buffer[];
  readonly reuses: readonly Reuse[];
  /** Pairs that lie at one address. */
  readonly sameAddress: readonly (readonly [from: number, to: number])[];
  readonly edges: readonly (readonly [before: number, after: number])[];
}

/** Reads the facts off a problem, by the words of docs/memory.md. */
export function readIntegerFacts(problem: MemoryProblem): IntegerFacts {
  const { tensors, operators, aliases } = problem;
  const viewOf = new Map(aliases.flatMap(({ kind, tensor, of }) => (kind === 'view' ? [[tensor, of] as const] : [])));
  const rootOf = (tensor: number): number => {
    const of = viewOf.get(tensor);
    return of === undefined ? tensor : rootOf(of);
  };
  const roots = tensors.flatMap((_, tensor) => (viewOf.has(tensor) ? [] : [tensor]));
  const bufferOf = tensors.map((_, tensor) => roots.indexOf(rootOf(tensor)));
  const buffers = roots.map((root, buffer) => readBuffer(problem, bufferOf, root, buffer));
  const workspaces = operators.flatMap(({ workspaceBytes = 0 }, operator): Buffer[] => {
    const bytes = roundUp(workspaceBytes, problem.alignmentBytes);
    if (bytes === 0) return [];
    return [{ bytes, alignment: problem.alignmentBytes, atStart: false, atEnd: false, users: [operator] }];
  });
  const maker = tensors.map((_, tensor) => operators.findIndex(({ outputs }) => outputs.includes(tensor)));
  const edges = operators.flatMap(({ inputs, after = [] }, operator) =>
    [...inputs.map(tensor => maker[tensor]), ...after].map(before => [before, operator] as const),
  );
  const reuses: Reuse[] = [];
  for (const { kind, tensor, of } of aliases) {
    const [from, to] = [bufferOf[of], bufferOf[tensor]];
    if (kind === 'view' || from === to) continue;
    const forced = kind === 'mustReuse';
    const doers = forced ? writersOf(problem, bufferOf, to) : [maker[tensor]];
    const { users } = buffers[from];
    if (forced) for (const doer of doers) edges.push(...users.map(user => [user, doer] as const));
    if (buffers[from].bytes !== buffers[to].bytes || buffers[from].atEnd || buffers[to].atStart) continue;
    // Who does not read it finds it gone, but for what nobody reads, which leaves after the first step.
    const present = doers.filter(doer => users.includes(doer) || (forced && users.length === 0));
    reuses.push(...present.map(operator => ({ operator, from, to, forced })));
  }
  return {
    operatorCount: operators.length,
    buffers: [...buffers, ...workspaces],
    reuses: withoutRepeats(reuses),
    sameAddress: aliases.flatMap(({ kind, tensor, of }) =>
      kind === 'mustReuse' ? [[bufferOf[of], bufferOf[tensor]] as const] : [],
    ),
    edges: edges.filter(([before, after]) => before >= 0 && before !== after),
  };
}

function readBuffer(
  { tensors, operators, alignmentBytes }: MemoryProblem,
  bufferOf: readonly number[],
  root: number,
  buffer: number,
): Buffer {
  const members = tensors.filter((_, tensor) => bufferOf[tensor] === buffer);
  const alignment = tensors[root].alignmentBytes ?? alignmentBytes;
  return {
    bytes: roundUp(tensors[root].sizeBytes, alignment),
    alignment,
    atStart: members.some(({ kind }) => kind !== 'made'),
    atEnd: members.some(({ kind, output }) => output === true || kind === 'kept' || kind === 'constant'),
    users: operators.flatMap(({ inputs, outputs }, operator) =>
      [...inputs, ...outputs].some(tensor => bufferOf[tensor] === buffer) ? [operator] : [],
    ),
  };
}

/** Operators that put something new into a buffer: they make a part of it and read none. */
function writersOf({ operators }: MemoryProblem, bufferOf: readonly number[], buffer: number): number[] {
  const touches = (list: readonly number[]): boolean => list.some(tensor => bufferOf[tensor] === buffer);
  return operators.flatMap(({ inputs, outputs }, operator) => (touches(outputs) && !touches(inputs) ? [operator] : []));
}

/** Each pair once, by what must be so where there is both. */
function withoutRepeats(reuses: readonly Reuse[]): Reuse[] {
  const byPair = new Map<string, Reuse>();
  for (const reuse of reuses) {
    const key = `${reuse.operator} ${reuse.from} ${reuse.to}`;
    if (reuse.forced || !byPair.has(key)) byPair.set(key, reuse);
  }
  return [...byPair.values()];
}
