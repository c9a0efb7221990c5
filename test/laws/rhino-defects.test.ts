import { expect, test } from 'vitest';
import { type Cluster, noDefects, parseCluster } from '../../src/cost/index.ts';
import type { Program } from '../../src/ir/index.ts';
import { bruteForce, createProblem, exactChoiceRules, type ShardingSolution } from '../../src/parallel/index.ts';
import { parseMesh, parsePin } from '../../src/sharding/index.ts';
import { expectNoticed, planWith } from '../support/planner-defects.ts';
import { layerPair, readTiny, trainingStep } from '../support/tiny-programs.ts';

/**
 * The nine defects of the released Rhino, each on a program on which it spoils the plan: what is asked of the plan holds,
 * and does not where the defect is put back. Seconds and bytes are those of the plan without defects, whatever the planner
 * took them for.
 */
const host = parseCluster('4xH100');

const pins = (...texts: string[]) => texts.map(parsePin);
const whole = (rank: number) => `[${Array.from({ length: rank }, () => '{}').join(', ')}]`;
const atHome = (rank: number) => pins(`x=${whole(rank)}`, `y=${whole(rank)}`);

test('(a) a convolution whose features are many is cut, whichever dimension they are', async () => {
  const problem = createProblem(convolution(8, 32, 512), { cluster: host, pins: atHome(4) });
  await expectNoticed('convolutionIndexFlops', async defects => {
    const { solution, cost } = await planWith(problem, defects, { rules: exactChoiceRules });
    expect(cutsOf(solution, 'stablehlo.convolution')).toBeGreaterThan(0);
    expect(cost.stepSeconds / (bruteForce(problem).best?.seconds ?? 0)).toBeCloseTo(1, 9);
  });
});

test('(b) a plan fits into the memory that the cluster has', async () => {
  const cluster = withProfile(host, { memoryBytes: 40e6 });
  const problem = createProblem(trainingStep(65536, 256), { cluster });
  await expectNoticed('roomyDevices', async defects => {
    const { cost } = await planWith(problem, defects);
    expect(cost.memoryBytes).toBeLessThanOrEqual(40e6);
  });
});

test('(c) activations, inputs and optimizer state take memory', async () => {
  const problem = createProblem(trainingStep(65536, 256), { cluster: host, memoryLimitBytes: 40e6 });
  await expectNoticed('parametersOnly', async defects => {
    const { cost } = await planWith(problem, defects);
    expect(cost.memoryBytes).toBeLessThanOrEqual(40e6);
  });
});

test('(d) a weight is gathered before a loop rather than activations in each of its steps', async () => {
  const mesh = parseMesh('a=4');
  const problem = createProblem(loop(1024, 4096, 64), { cluster: host, mesh, pins: pins('w=[{}, {a}]') });
  await expectNoticed('freeLoopCollectives', async defects => {
    const { cost } = await planWith(problem, defects);
    expect(cost.placed.movements.length).toBeGreaterThan(0);
    expect(cost.placed.movements.filter(({ site }) => site.trips > 1)).toEqual([]);
  });
});

test('(e) links inside a host are as fast as they are, so that work is shared', async () => {
  const problem = createProblem(layerPair(256, 2048, 8192), { cluster: host, pins: atHome(2) });
  await expectNoticed('networkEverywhere', async defects => {
    const { solution, cost } = await planWith(problem, defects, { rules: exactChoiceRules });
    expect(cutsOf(solution, 'stablehlo.dot_general')).toBeGreaterThan(0);
    expect(cost.stepSeconds / (bruteForce(problem).best?.seconds ?? 0)).toBeCloseTo(1, 9);
  });
});

test('(f) operations that only read and write memory take time, so that they are cut', async () => {
  const problem = createProblem(centredRows(8192, 4096, 8), { cluster: host, pins: atHome(2) });
  await expectNoticed('freeMemoryBound', async defects => {
    const { solution } = await planWith(problem, defects);
    expect(cutsOf(solution, 'stablehlo.subtract')).toBeGreaterThan(0);
  });
});

test('(g) gradients are summed beside computing, so that the batch stays cut', async () => {
  const cluster = withProfile(host, { overlap: { share: 0.8, slowdown: 1.1 } });
  const mesh = parseMesh('a=4');
  const problem = createProblem(trainingStep(14336, 8192), { cluster, mesh, pins: pins('x=[{a}, {}]') });
  await expectNoticed('noOverlap', async defects => {
    const { cost } = await planWith(problem, defects);
    const { computeSeconds, communicationSeconds, hideableSeconds } = cost;
    expect(hideableSeconds).toBeGreaterThan(0);
    expect(hideableSeconds).toBeLessThan(0.8 * computeSeconds);
    expect(communicationSeconds).toBe(hideableSeconds);
    expect(cost.stepSeconds).toBeCloseTo(computeSeconds + 0.1 * hideableSeconds, 12);
  });
});

test('(h) the axes of a mesh are planned together: the slow one gets what needs no collective', async () => {
  const cluster = parseCluster('2x2xH100');
  // The first axis lies inside a host, the second one between hosts; only the batch of two costs nothing to cut.
  const mesh = { ...parseMesh('a=2,b=2'), deviceIds: [0, 2, 1, 3] };
  const problem = createProblem(oddLayers(2, 1023, 2048, 8192), { cluster, mesh });
  const best = bruteForce(problem).best?.seconds ?? 0;
  await expectNoticed('axisByAxis', async defects => {
    const { cost } = await planWith(problem, defects, { rules: exactChoiceRules });
    expect(cost.stepSeconds / best).toBeLessThan(1 + 1e-9);
  });
});

test('(i) every batching dimension of a product can be cut', async () => {
  const mesh = parseMesh('a=2,b=2');
  const heads = pins('q=[{a}, {b}, {}, {}]', 'k=[{a}, {b}, {}, {}]');
  const problem = createProblem(scores(2, 2, 512, 64), { cluster: host, mesh, pins: heads });
  await expectNoticed('oneBatchDimension', async defects => {
    const { cost } = await planWith(problem, defects);
    expect(cost.communicationSeconds).toBe(0);
  });
});

test('with any defect the search and the pricing of its plan agree', async () => {
  const mesh = parseMesh('a=2,b=2');
  const programs = [loop(512, 1024, 8), convolution(8, 16, 64), trainingStep(4096, 1024)];
  for (const program of programs) {
    const problem = createProblem(program, { cluster: parseCluster('2x2xH100'), mesh });
    for (const defect of Object.keys(noDefects)) {
      const { solution } = await planWith(problem, { ...noDefects, [defect]: true });
      expect([defect, solution.seconds / solution.cost.stepSeconds]).toEqual([defect, expect.closeTo(1, 3)]);
    }
  }
});

/** Atoms that cut the first operation of a name. */
function cutsOf({ ground, assignment }: ShardingSolution, name: string): number {
  const number = ground.operations.findIndex(operation => operation.name === name);
  return assignment.choices[number]?.strategy.flat().length ?? 0;
}

function withProfile(cluster: Cluster, profile: Partial<Cluster['profile']>): Cluster {
  return { ...cluster, profile: { ...cluster.profile, ...profile } };
}

/** A convolution over images with their features last, as JAX has it. */
function convolution(images: number, size: number, features: number): Program {
  const [data, kernel] = [
    `tensor<${images}x${size}x${size}x${features}xf32>`,
    `tensor<3x3x${features}x${features}xf32>`,
  ];
  return readTiny(`module @m {
    func.func public @main(%x: ${data} loc("x"), %w: ${kernel} loc("w")) -> (${data} {jax.result_info = "y"}) {
      %0 = stablehlo.convolution(%x, %w) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {stride = [1, 1], pad = [[1, 1], [1, 1]], lhs_dilate = [1, 1], rhs_dilate = [1, 1], reverse = [false, false]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (${data}, ${kernel}) -> ${data}
      return %0 : ${data}
    } }`);
}

/** A layer with one weight, many times over. */
function loop(rows: number, model: number, trips: number): Program {
  const [data, weight] = [`tensor<${rows}x${model}xf32>`, `tensor<${model}x${model}xf32>`];
  return readTiny(`module @m {
    func.func public @main(%x: ${data} loc("x"), %w: ${weight} loc("w")) -> (${data} {jax.result_info = "y"}) {
      %zero = stablehlo.constant dense<0> : tensor<i32>
      %0:3 = stablehlo.while(%i = %zero, %h = %x, %v = %w) : tensor<i32>, ${data}, ${weight}
      cond {
        %end = stablehlo.constant dense<${trips}> : tensor<i32>
        %c = stablehlo.compare LT, %i, %end, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
        stablehlo.return %c : tensor<i1>
      } do {
        %one = stablehlo.constant dense<1> : tensor<i32>
        %n = stablehlo.add %i, %one : tensor<i32>
        %p = stablehlo.dot_general %h, %v, contracting_dims = [1] x [0] : (${data}, ${weight}) -> ${data}
        %t = stablehlo.tanh %p : ${data}
        stablehlo.return %n, %t, %v : tensor<i32>, ${data}, ${weight}
      }
      return %0#1 : ${data}
    } }`);
}

/** Takes the greatest number of each row from the row, many times over: none of it runs as one kernel with the next. */
function centredRows(rows: number, columns: number, length: number): Program {
  const [data, column] = [`tensor<${rows}x${columns}xf32>`, `tensor<${rows}xf32>`];
  const round = (from: string, index: number): string => `
      %m${index} = stablehlo.reduce(${from} init: %least) applies stablehlo.maximum across dimensions = [1] : (${data}, tensor<f32>) -> ${column}
      %b${index} = stablehlo.broadcast_in_dim %m${index}, dims = [0] : (${column}) -> ${data}
      %${index} = stablehlo.subtract ${from}, %b${index} : ${data}`;
  const rounds = Array.from({ length }, (_, index) => round(index === 0 ? '%x' : `%${index - 1}`, index));
  return readTiny(`module @m {
    func.func public @main(%x: ${data} loc("x")) -> (${data} {jax.result_info = "y"}) {
      %least = stablehlo.constant dense<0.0> : tensor<f32>${rounds.join('')}
      return %${length - 1} : ${data}
    } }`);
}

/** Two layers over sequences that cannot be cut evenly. */
function oddLayers(batch: number, sequence: number, model: number, hidden: number): Program {
  const [data, inner] = [`tensor<${batch}x${sequence}x${model}xf32>`, `tensor<${batch}x${sequence}x${hidden}xf32>`];
  const [up, down] = [`tensor<${model}x${hidden}xf32>`, `tensor<${hidden}x${model}xf32>`];
  return readTiny(`module @m {
    func.func public @main(%x: ${data} loc("x"), %a: ${up} loc("a"), %b: ${down} loc("b")) -> (${data} {jax.result_info = "y"}) {
      %0 = stablehlo.dot_general %x, %a, contracting_dims = [2] x [0] : (${data}, ${up}) -> ${inner}
      %1 = stablehlo.tanh %0 : ${inner}
      %2 = stablehlo.dot_general %1, %b, contracting_dims = [2] x [0] : (${inner}, ${down}) -> ${data}
      return %2 : ${data}
    } }`);
}

/** How each position of a sequence regards each other one, by batch and head. */
function scores(batch: number, heads: number, sequence: number, head: number): Program {
  const [side, all] = [`${batch}x${heads}x${sequence}x${head}xf32`, `${batch}x${heads}x${sequence}x${sequence}xf32`];
  return readTiny(`module @m {
    func.func public @main(%q: tensor<${side}> loc("q"), %k: tensor<${side}> loc("k")) -> tensor<${all}> {
      %0 = stablehlo.dot_general %q, %k, batching_dims = [0, 1] x [0, 1], contracting_dims = [3] x [3] : (tensor<${side}>, tensor<${side}>) -> tensor<${all}>
      return %0 : tensor<${all}>
    } }`);
}
