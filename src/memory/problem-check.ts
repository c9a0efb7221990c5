import { type Diagnostic, type DiagnosticCode, DiagnosticError } from '../base/index.ts';
import { collectBuffers, leastCommonMultiple, viewRoots } from './buffers.ts';
import { fixedOverlaps } from './fixed-overlaps.ts';
import { createMemoryGraph, producersOf } from './graph.ts';
import {
  type Gap,
  hasFixedLifetimes,
  type Interval,
  type MemoryProblem,
  type MemoryTensor,
  roundUp,
} from './problem.ts';
import { strongComponents } from './topological-kernel.ts';

/** How many problems of one kind are told. */
const shown = 5;

/**
 * Checks that a problem means something: sizes that are whole numbers of [0, 2^53), and so their sums, indices that exist,
 * tensors that come from somewhere, one producer each, aliases that can hold, fixed addresses that do not collide, and no
 * cycle. Throws SK50.. with what is wrong, and in which file if it is of one.
 */
export function checkMemoryProblem(problem: MemoryProblem, file?: string): void {
  for (const check of [checkSizes, checkSums, checkStructure, checkAliases, checkFixed, checkCycles]) {
    const found = check(problem).slice(0, shown);
    if (found.length === 0) continue;
    const where = file === undefined ? '' : `${file}: `;
    throw new DiagnosticError(found.map(diagnostic => ({ ...diagnostic, message: where + diagnostic.message })));
  }
}

/** An SK50.. error. */
export function memoryDiagnostic(code: DiagnosticCode, message: string, next: string): Diagnostic {
  return { code, severity: 'error', message, next };
}

function checkSizes(problem: MemoryProblem): Diagnostic[] {
  const found: Diagnostic[] = [];
  const next = 'give whole numbers from 0 up to 2^53';
  const check = (what: string, value: number | undefined, least = 0): void => {
    if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
    found.push(memoryDiagnostic('SK5003', `${what} is ${value}`, next));
  };
  check('the alignment', problem.alignmentBytes, 1);
  for (const { name, sizeBytes, alignmentBytes, offsetBytes, hintBytes } of problem.tensors) {
    check(`the size of ${name}`, sizeBytes);
    check(`the alignment of ${name}`, alignmentBytes, 1);
    check(`the offset of ${name}`, offsetBytes);
    check(`the hint of ${name}`, hintBytes);
  }
  for (const { name, workspaceBytes } of problem.operators) check(`the workspace of ${name}`, workspaceBytes);
  for (const { name, capacityBytes, reserved = [] } of problem.banks) {
    check(`the capacity of bank ${name}`, capacityBytes);
    for (const { start, end } of reserved) {
      check(`a reserved range of bank ${name}`, start);
      check(`the end of a reserved range of bank ${name}`, end, start);
    }
  }
  return found;
}

/** No address is above what lies above all that is fixed or reserved, each thing as far up as its alignment may push it. */
function checkSums(problem: MemoryProblem): Diagnostic[] {
  let [total, gaps, obstacles, common] = [0, 0, 0, problem.alignmentBytes];
  const add = (bytes: number, alignment: number): void => {
    total += roundUp(bytes, alignment);
    gaps += alignment - 1;
  };
  for (const { sizeBytes, offsetBytes = 0, alignmentBytes = problem.alignmentBytes } of problem.tensors) {
    add(sizeBytes, alignmentBytes);
    obstacles = Math.max(obstacles, offsetBytes + sizeBytes);
  }
  for (const { workspaceBytes = 0 } of problem.operators) {
    if (workspaceBytes > 0) add(workspaceBytes, problem.alignmentBytes);
  }
  for (const { reserved = [] } of problem.banks) for (const { end } of reserved) obstacles = Math.max(obstacles, end);
  // What shares an address has the alignments of all.
  for (const { tensor, of } of problem.aliases) {
    for (const { alignmentBytes = 1 } of [problem.tensors[tensor] ?? {}, problem.tensors[of] ?? {}]) {
      if (common % alignmentBytes !== 0) common = leastCommonMultiple(common, alignmentBytes);
    }
    gaps += common - 1;
  }
  const wrong = (message: string, next: string): Diagnostic[] => [memoryDiagnostic('SK5003', message, next)];
  if (!Number.isSafeInteger(total)) {
    return wrong('all sizes together are 2^53 bytes or more', 'use a larger unit than bytes');
  }
  if (Number.isSafeInteger(total + gaps + obstacles)) return [];
  const next = 'use a larger unit than bytes, smaller alignments, or fix and reserve lower addresses';
  return wrong('sizes, alignments and fixed or reserved addresses together come to 2^53 or more', next);
}

function checkStructure(problem: MemoryProblem): Diagnostic[] {
  const { tensors, operators, banks } = problem;
  const found: Diagnostic[] = [];
  const wrong = (message: string, next: string): void => void found.push(memoryDiagnostic('SK5001', message, next));
  if (banks.length === 0) wrong('there is no bank', 'add one: {"name": "main"}');
  const given = hasFixedLifetimes(problem);
  const produced = new Int32Array(tensors.length).fill(-1);
  const exists = (index: number, count: number): boolean => Number.isInteger(index) && index >= 0 && index < count;
  operators.forEach(({ name, inputs, outputs, after = [], bank = 0 }, operator) => {
    const missing = [...inputs, ...outputs].find(tensor => !exists(tensor, tensors.length));
    if (missing !== undefined) wrong(`${name} names tensor ${missing}`, `there are ${tensors.length}, counted from 0`);
    const early = after.find(before => !exists(before, operators.length));
    if (early !== undefined) wrong(`${name} runs after operator ${early}`, `there are ${operators.length}`);
    if (!exists(bank, banks.length)) wrong(`${name} uses bank ${bank}`, `there are ${banks.length}`);
    for (const tensor of outputs) {
      if (!exists(tensor, tensors.length)) continue;
      if (produced[tensor] >= 0) wrong(`${tensors[tensor].name} is made twice`, 'give each operator its own outputs');
      if (tensors[tensor].kind !== 'made') wrong(`${name} makes ${tensors[tensor].name}, an input`, 'alias it instead');
      produced[tensor] = operator;
    }
  });
  tensors.forEach(({ name, kind, bank = 0, lifetime, gaps }, index) => {
    if (!exists(bank, banks.length)) wrong(`${name} lies in bank ${bank}`, `there are ${banks.length}`);
    if (given !== (lifetime !== undefined)) {
      wrong(`${name} has ${given ? 'no' : 'a'} lifetime`, 'give lifetimes to all tensors, or operators, not both');
    } else if (lifetime !== undefined && !(lifetime.start < lifetime.end && areWhole(lifetime))) {
      const next = 'let lifetimes end after they start, and be whole numbers below 2^53';
      wrong(`${name} lives from ${lifetime.start} to ${lifetime.end}`, next);
    } else if (!given && kind === 'made' && produced[index] < 0) {
      wrong(`no operator makes ${name}`, 'make it an input: "kind": "kept", "donated" or "constant"');
    }
    for (const gap of given ? misplacedGaps(problem.tensors[index]) : []) {
      wrong(
        `${name} has a gap [${gap.start}, ${gap.end})`,
        'let gaps be of whole numbers, inside the lifetime and apart, windows in the tensor',
      );
    }
    if (!given && gaps !== undefined) wrong(`${name} has gaps but no lifetime`, 'leave the gaps out');
  });
  return found;
}

function areWhole({ start, end }: Interval): boolean {
  return Number.isSafeInteger(start) && Number.isSafeInteger(end);
}

/** Gaps outside the lifetime or overlapping, and those whose window reaches past the tensor. */
function misplacedGaps({ lifetime, gaps = [], sizeBytes }: MemoryTensor): Gap[] {
  let from = lifetime?.start ?? 0;
  return [...gaps]
    .sort((a, b) => a.start - b.start)
    .filter(({ start, end, window }) => {
      const isApart = start >= from && start < end && end <= (lifetime?.end ?? 0) && areWhole({ start, end });
      from = end;
      const isInside =
        window === undefined ||
        (areWhole(window) && window.start >= 0 && window.start <= window.end && window.end <= sizeBytes);
      return !(isApart && isInside);
    });
}

function checkAliases(problem: MemoryProblem): Diagnostic[] {
  const { tensors, aliases } = problem;
  const found: Diagnostic[] = [];
  const wrong = (message: string, next: string): void => void found.push(memoryDiagnostic('SK5006', message, next));
  const viewed = new Set<number>();
  const written = new Set<number>();
  const reused = new Set<number>();
  for (const alias of aliases) {
    const { kind, tensor, of, offsetBytes = 0 } = alias;
    if (tensors[tensor] === undefined || tensors[of] === undefined || tensor === of) {
      wrong(`an alias names tensors ${tensor} and ${of}`, `name two of the ${tensors.length}, counted from 0`);
      continue;
    }
    const name = `${tensors[tensor].name}, ${kind} of ${tensors[of].name},`;
    if (!Number.isSafeInteger(offsetBytes) || offsetBytes < 0) wrong(`${name} begins at ${offsetBytes}`, 'begin at 0');
    if ((tensors[tensor].bank ?? 0) !== (tensors[of].bank ?? 0)) wrong(`${name} is in another bank`, 'use one bank');
    if (kind === 'view') {
      if (viewed.has(tensor)) wrong(`${name} is a view of something else as well`, 'keep one');
      viewed.add(tensor);
      const fits = offsetBytes + tensors[tensor].sizeBytes <= tensors[of].sizeBytes;
      if (!fits) wrong(`${name} reaches past its end`, 'let views lie inside what they view');
    } else if (kind === 'mustReuse') {
      if (written.has(tensor) || reused.has(of)) wrong(`${name} shares it with another`, 'keep one pair');
      written.add(tensor);
      reused.add(of);
    }
  }
  if (found.length > 0) return found;
  const { roots } = viewRoots(problem);
  const isView = new Set(aliases.flatMap(alias => (alias.kind === 'view' ? [alias.tensor] : [])));
  roots.forEach((root, tensor) => {
    if (isView.has(root)) wrong(`${tensors[tensor].name} is a view of itself, around a circle`, 'break the circle');
  });
  return found.length > 0 ? found : checkReuse(problem);
}

function checkReuse(problem: MemoryProblem): Diagnostic[] {
  const { tensors, aliases } = problem;
  const buffers = collectBuffers(problem);
  const { roots } = viewRoots(problem);
  const producers = producersOf(problem);
  const found: Diagnostic[] = [];
  const wrong = (message: string, next: string): void => void found.push(memoryDiagnostic('SK5006', message, next));
  tensors.forEach(({ name, alignmentBytes = 1 }, tensor) => {
    if (buffers.shiftOfTensor[tensor] % alignmentBytes === 0) return;
    wrong(`${name} begins ${buffers.shiftOfTensor[tensor]} bytes into what it views`, `align it to ${alignmentBytes}`);
  });
  for (const { kind, tensor, of } of aliases) {
    const [to, from] = [buffers.ofTensor[tensor], buffers.ofTensor[of]];
    const name = `${tensors[tensor].name}, ${kind} of ${tensors[of].name},`;
    if (kind === 'view') continue;
    if (producers[tensor] < 0) wrong(`${name} is made by no operator`, 'alias what operators make');
    if (kind === 'mayReuse') continue;
    if (buffers.atStart[to]) wrong(`${name} is a view of another input`, 'alias what operators make');
    const isNew = producers[roots[of]] >= 0 && producers[roots[of]] === producers[tensor];
    if (isNew) wrong(`${name} is made by the same operator`, 'reuse what is there before');
    if (to === from) wrong(`${name} is a view of it as well`, 'keep one of the aliases');
    if (buffers.bytes[to] !== buffers.bytes[from]) wrong(`${name} has another size`, 'reuse what has the same size');
    if (buffers.atEnd[from]) wrong(`${name} would overwrite what is kept`, 'donate the input');
  }
  return found;
}

function checkFixed(problem: MemoryProblem): Diagnostic[] {
  const { tensors } = problem;
  const found: Diagnostic[] = [];
  const buffers = collectBuffers(problem);
  tensors.forEach(({ name, offsetBytes }, tensor) => {
    if (offsetBytes === undefined) return;
    const buffer = buffers.ofTensor[tensor];
    const base = offsetBytes - buffers.shiftOfTensor[tensor];
    if (base < 0 || base % buffers.alignment[buffer] !== 0) {
      const message = `${name} is fixed at ${offsetBytes}, which is not a multiple of ${buffers.alignment[buffer]}`;
      found.push(memoryDiagnostic('SK5004', message, 'fix it at an aligned address'));
    } else if (base !== buffers.fixed[buffer]) {
      found.push(memoryDiagnostic('SK5004', `${name} and its views are fixed apart`, 'fix one of them'));
    }
  });
  for (const [a, b] of fixedOverlaps(problem, buffers)) {
    const message = `${tensors[a].name} and ${tensors[b].name} are fixed at overlapping addresses and live together`;
    found.push(memoryDiagnostic('SK5004', message, 'move one of them, or let the solver place it'));
  }
  return found;
}

function checkCycles(problem: MemoryProblem): Diagnostic[] {
  const { successors, operatorCount } = createMemoryGraph(problem);
  const component = strongComponents(successors);
  const sizes = new Int32Array(operatorCount);
  for (const number of component) sizes[number]++;
  for (let operator = 0; operator < operatorCount; operator++) {
    const loops = successors.items.subarray(successors.start[operator], successors.start[operator + 1]);
    if (sizes[component[operator]] < 2 && !loops.includes(operator)) continue;
    const members = problem.operators.filter((_, other) => component[other] === component[operator]);
    const names = members.slice(0, shown).map(({ name }) => name);
    const rest = members.length > shown ? ` and ${members.length - shown} more` : '';
    const message = `the operators ${names.join(', ')}${rest} wait for each other`;
    return [memoryDiagnostic('SK5002', message, 'break the cycle of inputs, `after` edges or mustReuse aliases')];
  }
  return [];
}
