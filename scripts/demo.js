// Plans a real GPT-2 training step for eight GPUs, then splits it over virtual devices, twice, and proves that the results
// stay the same.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = 'examples/programs/gpt2-small.mlir.gz';
const runs = [
  ['planned for eight GPUs', 'plan', ['--cluster', '8xH100', '--out', 'out/gpt2-plan']],
  [
    'data-parallel over four devices',
    'run',
    ['--verify', '--strategy', 'data', '--cluster', 'cpu:4', '--out', 'out/gpt2-data'],
  ],
  [
    'Megatron over a 2x4 mesh',
    'run',
    [
      '--verify',
      '--pins',
      'examples/placements/megatron-gpt2-small.json',
      '--cluster',
      'cpu:8',
      '--out',
      'out/gpt2-megatron',
    ],
  ],
];

const started = Date.now();
for (const [title, command, options] of runs) {
  const words = [command, program, ...options, '--force'];
  console.log(`\n== GPT-2 small, ${title}\n$ skein ${words.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, ['dist/cli/main.js', ...words], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
console.log(`\nBoth runs verified in ${((Date.now() - started) / 1000).toFixed(0)} s.`);
console.log('Plans, annotated programs and report pages are in out/gpt2-plan, out/gpt2-data and out/gpt2-megatron.');
