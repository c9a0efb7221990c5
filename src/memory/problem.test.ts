import { describe, expect, it } from 'vitest';
import { DiagnosticError } from '../base/index.ts';
import { formatMemoryPlan, parseMemoryPlan } from './plan-json.ts';
import { withCapacity } from './problem.ts';
import { formatBufferCsv, parseBufferCsv, readCsvOffsets } from './problem-csv.ts';
import { parseMemoryProblem } from './problem-json.ts';
import { solveNow } from './solve.ts';

const codes = (read: () => unknown): string[] => {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map(({ code, message }) => `${code}: ${message}`);
    throw error;
  }
};
const csv = (...lines: string[]): string => `${lines.join('\n')}\n`;
const csvCodes = (text: string, fixed = false): string[] => codes(() => parseBufferCsv(text, 'b.csv', { fixed }));
const chain = (fields: object): string[] =>
  codes(() =>
    parseMemoryProblem(
      JSON.stringify({
        format: 'skein.memory/1',
        tensors: [
          { name: 'x', sizeBytes: 64, kind: 'kept' },
          { name: 'y', sizeBytes: 64 },
          { name: 'z', sizeBytes: 64 },
        ],
        operators: [
          { name: 'f', inputs: [0], outputs: [1] },
          { name: 'g', inputs: [1], outputs: [2] },
        ],
        ...fields,
      }),
      'p.json',
    ),
  );

describe('buffers as CSV', () => {
  it('reads any of the names of columns, in any order', () => {
    const tensor = { name: 'b1', sizeBytes: 4, kind: 'made', lifetime: { start: 0, end: 3 } };
    for (const header of ['id,lower,upper,size', 'buffer,begin,upper,size', 'buffer_id,start,upper,size']) {
      expect(parseBufferCsv(csv(header, 'b1,0,3,4'), 'b.csv').problem.tensors).toEqual([tensor]);
    }
    expect(parseBufferCsv(csv('size,id,end,start', '4,b1,2,0'), 'b.csv').problem.tensors).toEqual([tensor]);
  });

  it('reads alignments, hints, gaps and, where asked for, offsets', () => {
    const text = csv('id,lower,upper,size,alignment,hint,gaps,offset', 'b1,0,9,8,4,16,2-4 5-6@0:4,32');
    const tensor = {
      name: 'b1',
      sizeBytes: 8,
      kind: 'made',
      lifetime: { start: 0, end: 9 },
      alignmentBytes: 4,
      hintBytes: 16,
      gaps: [
        { start: 2, end: 4 },
        { start: 5, end: 6, window: { start: 0, end: 4 } },
      ],
    };
    expect(parseBufferCsv(text, 'b.csv').problem.tensors).toEqual([tensor]);
    expect(parseBufferCsv(text, 'b.csv', { fixed: true }).problem.tensors).toEqual([{ ...tensor, offsetBytes: 32 }]);
  });

  it('reads gaps of a column `end` as inclusive too', () => {
    const { problem } = parseBufferCsv(csv('id,start,end,size,gaps', 'b1,0,8,8,2-3'), 'b.csv');
    expect(problem.tensors[0].gaps).toEqual([{ start: 2, end: 4 }]);
  });

  it('gives back the rows with their offsets', () => {
    const table = parseBufferCsv(csv('id,lower,upper,size', 'b1,0,3,4', 'b2,3,9,4', 'b3,0,9,4'), 'b.csv');
    const { solution, status, stats } = solveNow(table.problem);
    expect([status, stats.arenaBytes, stats.peakBytes, stats.residentBytes]).toEqual(['optimal', 8, 8, 0]);
    const printed = formatBufferCsv(table, solution?.offsets ?? []);
    expect(printed).toBe(csv('id,lower,upper,size,offset', 'b1,0,3,4,4', 'b2,3,9,4,4', 'b3,0,9,4,0'));
    expect(readCsvOffsets(printed, 'b.csv', table.problem)).toEqual([4, 4, 0]);
  });

  it('uses idle times and the bytes outside of windows', () => {
    const gap = csv('id,lower,upper,size,gaps', 'b1,0,9,8,3-6', 'b2,3,6,8,');
    expect(solveNow(parseBufferCsv(gap, 'b.csv').problem).stats).toMatchObject({ arenaBytes: 8, boundBytes: 8 });
    const window = csv('id,lower,upper,size,gaps', 'b1,0,9,8,3-6@0:2', 'b2,3,6,6,');
    expect(solveNow(parseBufferCsv(window, 'b.csv').problem).stats).toMatchObject({ arenaBytes: 8, boundBytes: 8 });
  });

  it('refuses what it cannot read', () => {
    expect(csvCodes(csv('id,lower,size', 'b1,0,4'))[0]).toContain('SK5005: b.csv has no column upper');
    expect(csvCodes('')[0]).toContain('SK5005: b.csv has no column id, lower, size, upper');
    expect(csvCodes(csv('id,lower,upper,size', 'b1,0,x,4'))[0]).toContain('SK5007: the upper "x" is no whole number');
    expect(csvCodes(csv('id,lower,upper,size', 'b1,3,3,4'))).toEqual(['SK5007: the lifetime [3, 3) is empty']);
    expect(csvCodes(csv('id,lower,upper,size', 'b1,0,3,4', 'b1,3,4,4'))[0]).toContain('SK5007: the id b1');
    expect(csvCodes(csv('id,lower,upper,size', 'b1,0,3'))[0]).toContain('SK5007: the row has 3 cells');
    expect(csvCodes(csv('id,lower,upper,size,gaps', 'b1,0,3,4,2-9'))).toEqual(['SK5007: the gap 2-9 is not inside']);
    expect(csvCodes(csv('id,lower,upper,size', 'b1,0,3,-4'))).toEqual(['SK5003: b.csv: the size of b1 is -4']);
    expect(csvCodes(csv('id,lower,upper,size', 'b1,0,3,9007199254740993'))[0]).toContain(
      'SK5003: b.csv: the size of b1',
    );
    const huge = csv('id,lower,upper,size', 'b1,0,3,9007199254740991', 'b2,0,3,1');
    expect(csvCodes(huge)).toEqual(['SK5003: b.csv: all sizes together are 2^53 bytes or more']);
    const late = csv('id,lower,upper,size', 'b1,0,9007199254740993,4');
    expect(csvCodes(late)).toEqual(['SK5007: the time 9007199254740992 is 2^53 or beyond']);
    const fixed = csv('id,lower,upper,size,offset', 'b1,0,3,8,0', 'b2,2,5,8,4', 'b3,5,6,8,4');
    expect(csvCodes(fixed)).toEqual([]);
    expect(csvCodes(fixed, true)).toEqual([
      'SK5004: b.csv: b1 and b2 are fixed at overlapping addresses and live together',
    ]);
  });
});

describe('memory problems as JSON', () => {
  it('refuses problems that mean nothing', () => {
    expect(chain({})).toEqual([]);
    expect(chain({ format: 'skein.memory/2' })[0]).toContain('SK5001: p.json: format is "skein.memory/2"');
    expect(chain({ tensors: 3 })[0]).toContain('SK5001: p.json: tensors is 3');
    expect(chain({ operators: [] })[0]).toBe('SK5001: p.json: no operator makes y');
    const cycle = [
      { name: 'f', inputs: [0, 2], outputs: [1] },
      { name: 'g', inputs: [1], outputs: [2] },
    ];
    expect(chain({ operators: cycle })).toEqual(['SK5002: p.json: the operators f, g wait for each other']);
    const after = [
      { name: 'f', inputs: [0], outputs: [1], after: [1] },
      { name: 'g', inputs: [1], outputs: [2] },
    ];
    expect(chain({ operators: after })).toEqual(['SK5002: p.json: the operators f, g wait for each other']);
    expect(chain({ aliases: [{ kind: 'view', tensor: 1, of: 0, offsetBytes: 8 }] })[0]).toContain('SK5006');
    expect(chain({ aliases: [{ kind: 'mustReuse', tensor: 1, of: 0 }] })).toEqual([
      'SK5006: p.json: y, mustReuse of x, would overwrite what is kept',
    ]);
    expect(codes(() => parseMemoryProblem('{', 'p.json'))[0]).toContain('SK5001: p.json is no JSON');
  });

  it('refuses numbers that would not be exact', () => {
    const tensors = (...list: object[]): string[] =>
      chain({ tensors: list.map(tensor => ({ sizeBytes: 64, kind: 'kept', ...tensor })), operators: [] });
    const half = { sizeBytes: 2 ** 52 };
    expect(tensors({}, { sizeBytes: 2 ** 53 })).toEqual(['SK5003: p.json: the size of tensor 1 is 9007199254740992']);
    expect(tensors({ sizeBytes: 1.5 })).toEqual(['SK5003: p.json: the size of tensor 0 is 1.5']);
    expect(tensors(half, half)).toEqual(['SK5003: p.json: all sizes together are 2^53 bytes or more']);
    const reach = 'SK5003: p.json: sizes, alignments and fixed or reserved addresses together come to 2^53 or more';
    expect(tensors({ offsetBytes: 2 ** 53 - 64 })).toEqual([reach]);
    const reserved = [[0, 2 ** 53 - 1]];
    expect(chain({ banks: [{ name: 'main', reserved }] })).toEqual([reach]);
    const primes = [1_000_003, 1_000_000_007, 998_244_353].map(alignmentBytes => ({ alignmentBytes, sizeBytes: 8 }));
    expect(tensors(...primes)).toEqual([]);
    const made = primes.map((tensor, index) => (index === 0 ? { ...tensor, kind: 'kept' } : tensor));
    expect(chain({ tensors: made, aliases: [1, 2].map(tensor => ({ kind: 'view', tensor, of: 0 })) })).toEqual([reach]);
    expect(tensors({ kind: 'made', lifetime: [0.5, 3] })[0]).toContain('SK5001: p.json: tensor 0 lives from 0.5 to 3');
    expect(tensors({ kind: 'made', lifetime: [0, 9], gaps: [[1, 2.5]] })[0]).toContain('has a gap [1, 2.5)');
  });

  it('refuses to reuse what the same operator makes', () => {
    const operators = [{ name: 'f', inputs: [0], outputs: [1, 2] }];
    const aliases = [{ kind: 'mustReuse', tensor: 2, of: 1 }];
    expect(chain({ operators, aliases })).toEqual(['SK5006: p.json: z, mustReuse of y, is made by the same operator']);
  });

  it('rounds views up to nothing: they lie inside', () => {
    const tensors = [
      { name: 'x', sizeBytes: 64, kind: 'kept' },
      { name: 'y', sizeBytes: 64, alignmentBytes: 4096 },
    ];
    const aliases = [{ kind: 'view', tensor: 1, of: 0 }];
    const text = { format: 'skein.memory/1', tensors, operators: [{ inputs: [0], outputs: [1] }], aliases };
    const { stats } = solveNow(parseMemoryProblem(JSON.stringify(text), 'p.json'));
    expect(stats).toMatchObject({ arenaBytes: 64, peakBytes: 64, boundBytes: 64 });
  });

  it('refuses fixed addresses that collide in every order', () => {
    const at = (kind: string, x: number, y: number): string[] =>
      chain({
        tensors: [
          { name: 'x', sizeBytes: 64, kind, offsetBytes: x },
          { name: 'y', sizeBytes: 64, offsetBytes: y },
          { name: 'z', sizeBytes: 64, offsetBytes: x },
        ],
      });
    expect(at('kept', 0, 0)[0]).toContain('SK5004: p.json: x and y are fixed at overlapping addresses');
    expect(at('kept', 0, 32)[0]).toContain('SK5004: p.json: y is fixed at 32, which is not a multiple of 64');
    expect(at('donated', 0, 64)).toEqual([]);
  });

  it('reads a plan for the same problem only', () => {
    const { problem } = parseBufferCsv(csv('id,lower,upper,size', 'b1,0,3,4'), 'b.csv');
    const { solution = { order: [], offsets: [], workspaceOffsets: [] } } = solveNow(problem);
    const text = formatMemoryPlan(problem, solution);
    expect(parseMemoryPlan(text, 'plan.json', withCapacity(problem, 100))).toEqual(solution);
    const { problem: other } = parseBufferCsv(csv('id,lower,upper,size', 'b1,0,3,5'), 'b.csv');
    expect(codes(() => parseMemoryPlan(text, 'plan.json', other))[0]).toContain('SK5008');
    expect(codes(() => parseMemoryPlan('[]', 'plan.json', problem))[0]).toContain('SK5008');
  });
});

describe('capacities', () => {
  const buffers = csv('id,lower,upper,size', 'b1,0,3,4', 'b2,2,9,5', 'b3,4,9,4');
  const { problem } = parseBufferCsv(buffers, 'b.csv');

  it('never change a plan that fits', () => {
    expect(solveNow(withCapacity(problem, 9))).toMatchObject({ status: 'optimal' });
    expect(solveNow(withCapacity(problem, 9)).solution).toEqual(solveNow(problem).solution);
  });

  it('are proven too small by the time and what lives then', () => {
    const { status, explanation, solution } = solveNow(withCapacity(problem, 8));
    expect([status, solution]).toEqual(['infeasible', undefined]);
    expect(explanation).toEqual({
      bank: 'main',
      capacityBytes: 8,
      neededBytes: 9,
      where: { kind: 'time', time: 2 },
      residents: [
        { name: 'b2', sizeBytes: 5 },
        { name: 'b1', sizeBytes: 4 },
      ],
    });
  });

  it('are proven too small by an operator where the order is open', () => {
    const graph = parseMemoryProblem(
      JSON.stringify({
        format: 'skein.memory/1',
        tensors: [
          { name: 'x', sizeBytes: 64, kind: 'kept' },
          { name: 'y', sizeBytes: 128 },
          { name: 'z', sizeBytes: 64, output: true },
        ],
        operators: [
          { name: 'f', inputs: [0], outputs: [1], workspaceBytes: 64 },
          { name: 'g', inputs: [1], outputs: [2] },
        ],
      }),
      'p.json',
    );
    expect(solveNow(withCapacity(graph, 255)).explanation).toMatchObject({
      neededBytes: 256,
      where: { kind: 'operator', name: 'f' },
      residents: [{ name: 'y' }, { name: 'x' }, { name: 'workspace of f' }],
    });
    expect(solveNow(withCapacity(graph, 256)).status).toBe('optimal');
  });

  it('leave the best plan found when time is up at once', () => {
    expect(solveNow(problem, { timeLimitSeconds: 0 }).solution).toBeDefined();
  });
});
