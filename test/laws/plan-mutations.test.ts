import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createRandom, DiagnosticError, type Random } from '../../src/base/index.ts';
import { parseCluster } from '../../src/cost/index.ts';
import { loadProgram, type Program, parseProgram, verifyProgram } from '../../src/ir/index.ts';
import {
  formatPlan,
  type Plan,
  type PlannedDecision,
  parsePlan,
  planByPins,
  planDecided,
  type SplitProgram,
  validatePlan,
} from '../../src/plan/index.ts';
import { parseMesh, parsePins } from '../../src/sharding/index.ts';
import { inlineCalls } from '../../src/transform/index.ts';

/*
 * Any one change of a valid plan is refused with diagnostics that have a code, a place and a next step, or it makes
 * another plan that can be carried out and read again.
 */
const path = (name: string): string => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
const cluster = parseCluster('cpu:4');

interface Case {
  readonly program: Program;
  readonly inlined: Program;
  readonly plan: Plan;
}

/** A program split by a pins file, or by the batch that the rules find. */
async function openCase(name: string, axes: string, file?: string): Promise<Case> {
  const program = await loadProgram(path(`programs/${name}.mlir.gz`));
  const inlined = inlineCalls(program);
  const placement =
    file === undefined
      ? { pins: [], strategy: 'data' as const }
      : { pins: parsePins(readFileSync(path(file), 'utf8'), file).pins };
  const { plan } = planByPins(program, inlined, { cluster, mesh: parseMesh(axes), ...placement });
  return { program, inlined, plan };
}

type Change = (random: Random, plan: Plan) => Plan;

const without = <T>(list: readonly T[], index: number): T[] => list.filter((_, at) => at !== index);
const replaced = <T>(list: readonly T[], index: number, entry: T): T[] =>
  list.map((old, at) => (at === index ? entry : old));
const anyIndex = (random: Random, list: readonly unknown[]): number => random.integer(0, list.length);

/** Every layout and strategy that the plan has, and some that it has not. */
function anyText(random: Random, plan: Plan): string {
  const { operands, results, finals, strategy } = random.pick(plan.decisions);
  const axis = random.pick(plan.mesh.axes)[0];
  return random.pick([
    ...operands,
    ...results,
    ...finals,
    strategy,
    `[{${axis}}]`,
    `[{}, {${axis}}]`,
    `[{${axis}}, {}] unreduced{${axis}}`,
    `[{}, {}] unreduced{${axis}}`,
    `[{${axis}:(1)2}, {}]`,
    '[{nowhere}]',
    '[{',
  ]);
}

/** A decision with one text changed, dropped, doubled, or with two lists in each other's place. */
function changedDecision(random: Random, plan: Plan, decision: PlannedDecision): PlannedDecision {
  const key = random.pick(['operands', 'results', 'finals'] as const);
  const list = decision[key];
  const index = anyIndex(random, list);
  switch (random.integer(0, 7)) {
    case 0:
      return { ...decision, strategy: anyText(random, plan) };
    case 1:
      return { ...decision, [key]: without(list, index) };
    case 2:
      return { ...decision, [key]: [...list, ...list] };
    case 3:
      return { ...decision, [key]: list.toReversed() };
    case 4:
      return { ...decision, operands: decision.results, results: decision.operands };
    case 5:
      return { ...decision, finals: decision.finals.map(text => text.replace(/ unreduced.*/, '')) };
    default:
      return { ...decision, [key]: replaced(list, index, anyText(random, plan)) };
  }
}

const changes: Readonly<Record<string, Change>> = {
  'a decision is changed for all': (random, plan) => {
    const index = anyIndex(random, plan.decisions);
    const changed = changedDecision(random, plan, plan.decisions[index]);
    return { ...plan, decisions: replaced(plan.decisions, index, changed) };
  },
  'a decision is changed for one': (random, plan) => {
    const index = anyIndex(random, plan.assigned);
    const [operation, decision] = plan.assigned[index];
    const changed = changedDecision(random, plan, plan.decisions[decision]);
    return {
      ...plan,
      decisions: [...plan.decisions, changed],
      assigned: replaced(plan.assigned, index, [operation, plan.decisions.length] as const),
    };
  },
  'another decision is taken': (random, plan) => {
    const index = anyIndex(random, plan.assigned);
    const [operation, decision] = plan.assigned[index];
    const { operation: name } = plan.decisions[decision];
    const alike = plan.decisions.flatMap((other, at) => (other.operation === name ? [at] : []));
    const taken = random.integer(0, 4) === 0 ? random.integer(0, plan.decisions.length + 2) : random.pick(alike);
    return { ...plan, assigned: replaced(plan.assigned, index, [operation, taken] as const) };
  },
  'an entry is dropped, doubled or moved': (random, plan) => {
    const index = anyIndex(random, plan.assigned);
    const [operation, decision] = plan.assigned[index];
    const moved = [random.integer(0, operation + 5), decision] as const;
    const entries = [without(plan.assigned, index), [...plan.assigned, plan.assigned[index]]];
    return { ...plan, assigned: random.pick([...entries, replaced(plan.assigned, index, moved)]) };
  },
  'a decision is dropped': (random, plan) => ({
    ...plan,
    decisions: without(plan.decisions, anyIndex(random, plan.decisions)),
  }),
  'an input or output lies otherwise': (random, plan) => {
    const key = random.pick(['inputs', 'outputs'] as const);
    const index = anyIndex(random, plan[key]);
    return { ...plan, [key]: replaced(plan[key], index, { ...plan[key][index], sharding: anyText(random, plan) }) };
  },
  'the mesh is changed': (random, plan) => {
    const index = anyIndex(random, plan.mesh.axes);
    const [name, size] = plan.mesh.axes[index];
    const axis = random.pick([
      [name, size * 2],
      [name, 3],
      [`${name}x`, size],
    ] as const);
    const parts = random.pick(plan.mesh.axes)[0];
    return random.pick([
      { ...plan, mesh: { ...plan.mesh, axes: replaced(plan.mesh.axes, index, axis) } },
      { ...plan, mesh: { ...plan.mesh, parts: `[{${parts}:(1)2}]` } },
      { ...plan, mesh: { ...plan.mesh, parts: `[{${parts}:(1)3}]` } },
    ]);
  },
};

/** Reads a changed plan back; undefined with checked diagnostics where it is refused. */
function tryPlan({ program, inlined }: Case, plan: Plan): SplitProgram | undefined {
  const source = { file: 'plan.json', text: formatPlan(plan) };
  try {
    return planDecided(program, cluster, validatePlan(parsePlan(source.text, source.file), program, inlined, source));
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    for (const { code, message, next, place } of error.diagnostics) {
      expect(code).toMatch(/^SK(20|22)/);
      expect(message.length * next.length).toBeGreaterThan(0);
      expect(place?.file).toBe('plan.json');
      expect(place?.line).toBeGreaterThan(1);
    }
    return undefined;
  }
}

test.each([
  [140, 'mlp', 'dp=4', undefined],
  [42, 'gpt2-tiny', 'dp=2,tp=2', 'placements/megatron-sp.json'],
  [42, 'gpt2-tiny-scan', 'dp=4', 'placements/dp.json'],
])('%i changes of a plan of %s on %s are refused or make another plan', async (rounds, name, axes, file) => {
  const found = await openCase(name, axes, file);
  const counts = { refused: 0, kept: 0 };
  for (const [index, [title, change]] of Object.entries(changes).entries()) {
    for (let round = 0; round < rounds / Object.keys(changes).length; round++) {
      const seed = 1000 * index + round;
      const changed = change(createRandom(seed), found.plan);
      try {
        const split = tryPlan(found, changed);
        counts[split === undefined ? 'refused' : 'kept']++;
        if (split === undefined) continue;
        expect(tryPlan(found, split.plan)?.text).toBe(split.text);
        const annotated = parseProgram(new TextEncoder().encode(split.text), { file: 'annotated.mlir' });
        expect(verifyProgram(annotated)).toEqual([]);
      } catch (error) {
        throw new Error(`${title}, seed ${seed}: ${error instanceof Error ? error.stack : error}`);
      }
    }
  }
  expect(counts.refused).toBeGreaterThan(rounds / 4);
  expect(counts.kept).toBeGreaterThan(0);
});
