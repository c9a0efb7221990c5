import { rolldown } from 'rolldown';

// The command as one module: half of what it takes to start is finding and linking four hundred. Packages stay outside.
const bundle = await rolldown({
  input: 'dist/cli/entry.js',
  platform: 'node',
  external: name => !/^[./]/.test(name),
});
await bundle.write({ file: 'dist/cli/main.js', format: 'esm' });
