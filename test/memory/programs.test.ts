import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/engine/index.ts';
import { type MemoryOutcome, parseMemoryProblem, solveNow, validateMemoryPlan } from '../../src/memory/index.ts';

const folder = join(packageRoot(), 'test/memory/programs');

function readProblem(name: string) {
  return parseMemoryProblem(gunzipSync(readFileSync(join(folder, `${name}.json.gz`))).toString(), name);
}

const line = ({ status, stats }: MemoryOutcome): string =>
  `${status}: bound ${stats.boundBytes}, peak ${stats.peakBytes}, arena ${stats.arenaBytes}, ${stats.nodes} nodes`;

/** Bytes and nodes are the same on any machine: what changes them changes plans, or the work that they take. */
const counters = {
  'alexnet-1': '',
  'alexnet-32': '',
  'vgg11-1': '',
  'vgg11-32': '',
  'mnasnet0_5-1': '',
  'mnasnet0_5-32': '',
  'mobilenet_v2-32': '',
  'vit_b_16-32': '',
  'roberta_base-32': '',
};

describe('training steps of PyTorch models', () => {
  it.each(Object.entries(counters))('%s is packed in as many bytes and nodes as before', (name, expected) => {
    const problem = readProblem(name);
    const outcome = solveNow(problem, { rivals: true });
    expect(line(outcome)).toBe(expected);
    expect(outcome.solution && validateMemoryPlan(problem, outcome.solution)).toEqual([]);
    for (const rival of outcome.stats.rivals) {
      expect(rival.arenaBytes).toBeGreaterThanOrEqual(outcome.stats.arenaBytes);
      expect(validateMemoryPlan(problem, rival.plan)).toEqual([]);
    }
  });
});
