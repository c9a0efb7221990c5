import { rolldown } from 'rolldown';

// The command as one module: half of what it takes to start is finding and linking four hundred. Packages stay outside.
// Its threads and processes look for their modules beside it.
for (const [input, file] of [
  ['dist/cli/entry.js', 'dist/cli/main.js'],
  ['dist/memory/search-worker.js', 'dist/cli/search-worker.js'],
  ['dist/cli/fly-worker.js', 'dist/cli/fly-worker.js'],
  ['dist/airspace/experiment/experiment-worker.js', 'dist/cli/experiment-worker.js'],
]) {
  const bundle = await rolldown({ input, platform: 'node', external: name => !/^[./]/.test(name) });
  await bundle.write({ file, format: 'esm' });
}
