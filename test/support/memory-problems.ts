import { createRandom, DiagnosticError, type Random } from '../../src/base/index.ts';
import {
  checkMemoryProblem,
  type MemoryAlias,
  type MemoryOperator,
  type MemoryProblem,
  type MemoryTensor,
} from '../../src/memory/index.ts';

/** What a random problem may contain. */
export interface RandomProblemOptions {
  readonly operators: number;
  /** Alias kinds to use; default: all. */
  readonly aliases?: readonly MemoryAlias['kind'][];
}

/** A random problem that passes its check: a graph with inputs of all kinds, workspaces, control edges and aliases. */
export function randomMemoryProblem(seed: number, options: RandomProblemOptions): MemoryProblem {
  const random = createRandom(seed);
  for (;;) {
    const problem = draftProblem(random, options);
    try {
      checkMemoryProblem(problem);
      return problem;
    } catch (error) {
      // Random aliases may contradict each other or the edges: draw again.
      if (!(error instanceof DiagnosticError)) throw error;
    }
  }
}

const sizes = [0, 8, 64, 100, 128, 128, 192, 256];

function draftProblem(random: Random, { operators: count, aliases: kinds }: RandomProblemOptions): MemoryProblem {
  const tensors: MemoryTensor[] = [];
  const operators: MemoryOperator[] = [];
  const aliases: MemoryAlias[] = [];
  const uses = (kind: MemoryAlias['kind']): boolean => kinds === undefined || kinds.includes(kind);
  const alignment = (): object => (random.next() < 0.2 ? { alignmentBytes: random.pick([16, 32, 128]) } : {});
  const inputs = random.integer(1, 4);
  for (let input = 0; input < inputs; input++) {
    const kind = random.pick(['kept', 'donated', 'donated', 'constant'] as const);
    tensors.push({ name: `in${input}`, sizeBytes: random.pick(sizes), kind, ...alignment() });
  }
  for (let operator = 0; operator < count; operator++) {
    const read = pickSome(random, tensors.length, random.integer(1, 4));
    const outputs: number[] = [];
    for (let output = random.next() < 0.2 ? 2 : 1; output > 0; output--) {
      const source = random.pick(read);
      const same = random.next() < 0.6 ? tensors[source].sizeBytes : random.pick(sizes);
      const tensor = tensors.length;
      const isOutput = random.next() < 0.2 ? { output: true } : {};
      const isView = uses('view') && random.next() < 0.15 && outputs.length === 0;
      tensors.push({ name: `t${tensor}`, sizeBytes: same, kind: 'made', ...isOutput, ...(isView ? {} : alignment()) });
      outputs.push(tensor);
      if (isView) aliases.push({ kind: 'view', tensor, of: source });
      else if (uses('mayReuse') && random.next() < 0.5) {
        for (const of of read) if (random.next() < 0.7) aliases.push({ kind: 'mayReuse', tensor, of });
      }
    }
    const workspace = random.next() < 0.2 ? { workspaceBytes: random.pick(sizes) } : {};
    const after = operator > 0 && random.next() < 0.1 ? { after: [random.integer(0, operator)] } : {};
    operators.push({ name: `o${operator}`, inputs: read, outputs, ...workspace, ...after });
  }
  if (uses('mustReuse')) aliases.push(...drawState(random, tensors));
  const banks = [{ name: 'main' }];
  return { format: 'skein.memory/1', name: 'random', alignmentBytes: 64, banks, tensors, operators, aliases };
}

/** State: outputs that end where donated inputs were, sometimes by way of a chain. */
function drawState(random: Random, tensors: readonly MemoryTensor[]): MemoryAlias[] {
  const aliases: MemoryAlias[] = [];
  const made = tensors.flatMap(({ kind }, index) => (kind === 'made' ? [index] : []));
  tensors.forEach(({ kind, sizeBytes, alignmentBytes }, of) => {
    if (kind !== 'donated' || random.next() < 0.4) return;
    const fitting = made.filter(
      tensor => tensors[tensor].sizeBytes === sizeBytes && tensors[tensor].alignmentBytes === alignmentBytes,
    );
    if (fitting.length > 0) aliases.push({ kind: 'mustReuse', tensor: random.pick(fitting), of });
  });
  return aliases;
}

function pickSome(random: Random, count: number, wanted: number): number[] {
  const picked = new Set<number>();
  while (picked.size < Math.min(count, wanted)) picked.add(count - 1 - Math.floor(random.next() ** 2 * count));
  return [...picked];
}
