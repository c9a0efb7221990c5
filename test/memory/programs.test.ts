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
  'alexnet-1': 'optimal: bound 884861632, peak 884861632, arena 884861632, 1135 nodes',
  'alexnet-32': 'optimal: bound 905177984, peak 905177984, arena 905177984, 999 nodes',
  'vgg11-1': 'optimal: bound 2006122304, peak 2006122304, arena 2006122304, 1473 nodes',
  'vgg11-32': 'feasible: bound 3167881216, peak 3172665344, arena 3172665344, 647103 nodes',
  'mnasnet0_5-1': 'feasible: bound 52520320, peak 52529472, arena 52529472, 94223 nodes',
  'mnasnet0_5-32': 'optimal: bound 839017664, peak 839017664, arena 839017664, 5086 nodes',
  'mobilenet_v2-32': 'optimal: bound 2560779648, peak 2560779648, arena 2560779648, 5260 nodes',
  'vit_b_16-32': 'optimal: bound 6015813504, peak 6015813504, arena 6015813504, 10938 nodes',
  'roberta_base-32': 'optimal: bound 4252369088, peak 4252369088, arena 4252369088, 13545 nodes',
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
