import { describe, expect, it } from 'vitest';
import type { MemoryAlias, MemoryPlan, MemoryProblem, MemoryTensor } from './problem.ts';
import { checkMemoryProblem } from './problem-check.ts';
import { solveNow } from './solve.ts';
import { arenaBytesOf, type Violation, validateMemoryPlan } from './validate.ts';

/**
 * ```
 *        x ─▶ o0 ─▶ a ─▶ o1 ─▶ b ─┐
 *        x ─▶ o2 ─▶ c ─▶ o3 ─▶ d ─┴▶ o4 ─▶ y
 * ```
 * a and c take 256 bytes, the rest 64.
 */
const tensor = (name: string, sizeBytes: number, more: Partial<MemoryTensor> = {}): MemoryTensor => ({
  name,
  sizeBytes,
  kind: 'made',
  ...more,
});
const diamond = (aliases: readonly MemoryAlias[] = [], more: Partial<MemoryProblem> = {}): MemoryProblem => {
  const problem: MemoryProblem = {
    format: 'skein.memory/1',
    name: 'diamond',
    alignmentBytes: 64,
    banks: [{ name: 'main' }],
    tensors: [
      tensor('x', 64, { kind: 'donated' }),
      tensor('a', 256),
      tensor('b', 64),
      tensor('c', 256),
      tensor('d', 64),
      tensor('y', 64, { output: true }),
    ],
    operators: [
      { name: 'o0', inputs: [0], outputs: [1] },
      { name: 'o1', inputs: [1], outputs: [2] },
      { name: 'o2', inputs: [0], outputs: [3] },
      { name: 'o3', inputs: [3], outputs: [4] },
      { name: 'o4', inputs: [2, 4], outputs: [5] },
    ],
    aliases,
    ...more,
  };
  checkMemoryProblem(problem);
  return problem;
};

/** x, then a and c in one place, as they take turns. */
const plan: MemoryPlan = {
  order: [0, 1, 2, 3, 4],
  offsets: [0, 128, 64, 128, 384, 0],
  workspaceOffsets: [0, 0, 0, 0, 0],
};
const rules = (problem: MemoryProblem, changed: Partial<MemoryPlan>): Violation['rule'][] =>
  validateMemoryPlan(problem, { ...plan, ...changed }).map(({ rule }) => rule);

describe('the validator of memory plans', () => {
  it('accepts a valid plan', () => {
    expect(validateMemoryPlan(diamond(), plan)).toEqual([]);
    expect(arenaBytesOf(diamond(), plan)).toEqual([448]);
  });

  it('catches a shifted offset', () => {
    expect(validateMemoryPlan(diamond(), { ...plan, offsets: [0, 128, 0, 128, 384, 0] })).toEqual([
      { rule: 'overlap', message: 'x at [0, 64) and b at [0, 64) share bytes during [1, 3)' },
    ]);
    expect(rules(diamond(), { offsets: [0, 128, 64, 128, 416, 0] })).toEqual(['alignment']);
    expect(rules(diamond(), { offsets: [0, 128, 64, 128, -64, 0] })).toEqual(['address']);
  });

  it('catches a swap that breaks a dependency', () => {
    expect(rules(diamond(), { order: [0, 2, 1, 4, 3] })).toContain('dependency');
    expect(rules(diamond(), { order: [0, 1, 2, 3] })).toEqual(['order']);
    expect(rules(diamond(), { order: [0, 1, 2, 3, 3] })).toEqual(['order']);
  });

  it('catches a swap that keeps dependencies but makes two placed tensors overlap', () => {
    expect(validateMemoryPlan(diamond(), { ...plan, order: [0, 2, 1, 3, 4] })).toEqual([
      { rule: 'overlap', message: 'a at [128, 384) and c at [128, 384) share bytes during [1, 3)' },
    ]);
  });

  it('catches control edges that are not kept', () => {
    const { operators } = diamond();
    const problem = diamond([], { operators: operators.map(o => (o.name === 'o0' ? { ...o, after: [3] } : o)) });
    expect(rules(problem, {})).toEqual(['dependency']);
    expect(rules(problem, { order: [2, 3, 0, 1, 4], offsets: [0, 128, 64, 128, 384, 0] })).toEqual([]);
  });

  it('catches forgotten aliases', () => {
    const state = diamond([{ kind: 'mustReuse', tensor: 5, of: 0 }]);
    expect(validateMemoryPlan(state, plan)).toEqual([]);
    expect(rules(state, { offsets: [0, 128, 64, 128, 384, 512] })).toEqual(['alias']);
    const view = diamond([{ kind: 'view', tensor: 2, of: 1, offsetBytes: 64 }]);
    // b is part of a, which therefore lives as long: c can no longer take its place.
    expect(rules(view, { offsets: [0, 128, 64, 128, 384, 0] })).toEqual(['alias', 'overlap']);
    expect(rules(view, { offsets: [0, 128, 192, 448, 64, 0] })).toEqual([]);
  });

  it('catches readers of state after it was written over', () => {
    const state = diamond([{ kind: 'mustReuse', tensor: 2, of: 0 }]);
    expect(rules(state, { offsets: [0, 128, 0, 128, 384, 64] })).toContain('dependency');
    const late = { order: [0, 2, 1, 3, 4], offsets: [0, 128, 0, 384, 64, 128] };
    expect(rules(state, late)).toEqual([]);
  });

  it('lets an output take over an input that dies, where an alias allows it', () => {
    const inPlace = { offsets: [0, 128, 64, 128, 384, 64] };
    expect(rules(diamond(), inPlace)).toEqual(['overlap']);
    expect(rules(diamond([{ kind: 'mayReuse', tensor: 5, of: 2 }]), inPlace)).toEqual([]);
    expect(rules(diamond([{ kind: 'mayReuse', tensor: 5, of: 4 }]), inPlace)).toEqual(['overlap']);
    // a, made by o0, may not take over x, which o2 reads later.
    expect(rules(diamond([{ kind: 'mayReuse', tensor: 2, of: 1 }]), { offsets: [0, 64, 64, 128, 384, 0] })).toEqual([
      'overlap',
    ]);
  });

  it('lets nothing take over two inputs, though both leave at the first step', () => {
    const problem: MemoryProblem = {
      ...diamond(),
      tensors: [...['x', 'y'].map(name => tensor(name, 64, { kind: 'donated' })), tensor('z', 64, { output: true })],
      operators: [{ name: 'add', inputs: [0, 1], outputs: [2] }],
      aliases: [0, 1].map(of => ({ kind: 'mayReuse', tensor: 2, of })),
    };
    const at = (...offsets: number[]): unknown[] =>
      validateMemoryPlan(problem, { order: [0], offsets, workspaceOffsets: [0] });
    expect([at(0, 64, 0), at(0, 64, 64)]).toEqual([[], []]);
    expect(at(0, 0, 0)).toMatchObject([{ rule: 'overlap' }]);
  });

  it('keeps to capacities, reserved ranges, fixed addresses and workspaces', () => {
    expect(rules(diamond([], { banks: [{ name: 'main', capacityBytes: 447 }] }), {})).toEqual(['capacity']);
    const reserved = [{ start: 400, end: 401 }];
    expect(rules(diamond([], { banks: [{ name: 'main', reserved }] }), {})).toEqual(['reserved']);
    const { tensors, operators } = diamond();
    const fixed = diamond([], { tensors: tensors.map(t => (t.name === 'y' ? { ...t, offsetBytes: 64 } : t)) });
    expect(rules(fixed, {})).toEqual(['fixed address']);
    const working = diamond([], { operators: operators.map(o => (o.name === 'o1' ? { ...o, workspaceBytes: 1 } : o)) });
    expect(rules(working, {})).toEqual(['overlap']);
    expect(rules(working, { workspaceOffsets: [0, 384, 0, 0, 0] })).toEqual([]);
  });

  it('keeps banks apart', () => {
    const { tensors, operators } = diamond();
    const banks = [{ name: 'fast' }, { name: 'slow' }];
    const problem = diamond([], {
      banks,
      operators,
      tensors: tensors.map(t => (t.name === 'a' ? { ...t, bank: 1 } : t)),
    });
    expect(rules(problem, { offsets: [0, 0, 64, 128, 384, 0] })).toEqual([]);
    const { stats, solution } = solveNow(problem);
    expect(stats.banks.map(({ arenaBytes, boundBytes }) => [arenaBytes, boundBytes])).toEqual([
      [320, 320],
      [256, 256],
    ]);
    expect(solution && validateMemoryPlan(problem, solution)).toEqual([]);
  });
});
