import { expect, test } from 'vitest';
import { parseCluster } from '../cost/index.ts';
import { parseProgram } from '../ir/index.ts';
import { planByPins } from '../plan/index.ts';
import { parseMesh, parsePin } from '../sharding/index.ts';
import { formatPlanText } from './plan-text.ts';

const text = `module @double {
  func.func public @main(%arg0: tensor<32x8xf32>, %arg1: tensor<8xf32>) -> tensor<32x8xf32> {
    %0 = stablehlo.add %arg0, %arg0 : tensor<32x8xf32>
    return %0 : tensor<32x8xf32>
  }
}
`;

test('inputs are listed with their sharding, in the notation of pins and as JAX writes it', () => {
  const program = parseProgram(new TextEncoder().encode(text), { file: 'double.mlir' });
  const request = {
    cluster: parseCluster('cpu:4'),
    mesh: parseMesh('dp=2,tp=2'),
    pins: [parsePin('arg0=[{dp,tp}, {}]')],
  };
  const lines = formatPlanText(planByPins(program, program, request).plan).split('\n');
  expect(lines.slice(lines.indexOf('Inputs') + 1, lines.indexOf('Inputs') + 5)).toEqual([
    'input  type        sharding       for JAX',
    '-----  ----------  -------------  ---------------------------------',
    "arg0   f32[32, 8]  [{dp,tp}, {}]  PartitionSpec(('dp', 'tp'), None)",
    'arg1   f32[8]      [{}]           PartitionSpec(None)',
  ]);
});
