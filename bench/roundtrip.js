/**
 * Round trip of real programs: jaxlib's print of our output must be byte-equal to its print of the input, in pretty and
 * in generic form. Prints a table; exits with 1 on a difference.
 *
 *     node bench/roundtrip.js [FILE ...]
 *
 * Without files: the programs of SKEIN_DATA (default ../shared)/programs and of corpus/. Needs `npm run build` and a
 * Python with JAX (SKEIN_PYTHON, default .venv/bin/python).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadProgram, printProgram } from '../dist/ir/index.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = process.argv.length > 2 ? process.argv.slice(2) : programFiles();
const python = process.env.SKEIN_PYTHON ?? join(root, '.venv/bin/python');

if (files.length === 0) console.log('skipped: no programs; name files, or set SKEIN_DATA to a folder with programs/');
else if (!existsSync(python)) console.log(`skipped: no Python at ${python}; run make demo once, or set SKEIN_PYTHON`);
else process.exitCode = await main();

function programFiles() {
  const data = process.env.SKEIN_DATA ?? join(root, '../shared');
  return [join(data, 'programs'), join(root, 'corpus')].filter(existsSync).flatMap(folder =>
    readdirSync(folder)
      .filter(name => /\.mlir(\.gz)?$/.test(name))
      .map(name => join(folder, name)),
  );
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'skein-roundtrip-'));
  try {
    const pairs = [];
    for (const [index, file] of files.entries()) {
      const program = await loadProgram(file);
      for (const form of ['pretty', 'generic']) {
        const path = join(folder, `${index}.${form}.mlir`);
        writeFileSync(path, printProgram(program, { form }));
        pairs.push(file, path);
      }
    }
    return compare(pairs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compare(pairs) {
  const script = join(root, 'test/conformance/roundtrip.py');
  const { stdout, stderr, status } = spawnSync(python, [script, ...pairs], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (stdout === '') console.error(stderr);
  console.log('| program | MB | written as | pretty print | generic print |\n|---|---|---|---|---|');
  for (const line of stdout.trim().split('\n').filter(Boolean)) {
    const { first, second, bytes, pretty, generic, error } = JSON.parse(line);
    const words = error ? [error.split('\n')[0], ''] : [pretty, generic].map(same => (same ? 'equal' : 'DIFFERENT'));
    const form = second.includes('.pretty.') ? 'pretty' : 'generic';
    console.log(`| ${[basename(first), (bytes / 1e6).toFixed(2), form, ...words].join(' | ')} |`);
  }
  return status ?? 1;
}
