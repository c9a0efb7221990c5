import { readFile } from 'node:fs/promises';
import {
  inlineCalls,
  loadProgram,
  parseCluster,
  parseInputsSpec,
  parseMesh,
  planByPins,
  startXlaEngine,
  verifySplit,
} from 'skein';

const file = 'examples/programs/gpt2-tiny';
const program = await loadProgram(`${file}.mlir.gz`);
const spec = parseInputsSpec(JSON.parse(await readFile(`${file}.inputs.json`, 'utf8')), file);
const split = planByPins(program, inlineCalls(program), {
  cluster: parseCluster('cpu:4'),
  mesh: parseMesh('dp=4'),
  pins: [],
  strategy: 'data',
});
for (const { name, sharding } of split.plan.inputs) if (sharding.includes('dp')) console.log(`${name}=${sharding}`);

const engine = await startXlaEngine({ cluster: { processes: 1, devicesPerProcess: 4, platform: 'cpu' } });
try {
  const { verified, comparison, collectives } = await verifySplit(engine, program, split, { spec, seed: 0 });
  for (const { kind, axis, compiled } of collectives.rows) console.log(`${kind} over ${axis}: ${compiled.bytes} bytes`);
  console.log(verified ? 'verified' : 'wrong', comparison.pooledErrors);
} finally {
  await engine.close();
}
