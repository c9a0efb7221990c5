/**
 * Reading of StableHLO text: median of 10 after 3 warm-ups, the first read of a fresh process, and the heap that the
 * program keeps after collection. Prints a table and writes docs/results/parse.md.
 *
 *     node bench/parse.js [FILE ...]
 *
 * Without files: the programs of SKEIN_DATA (default ../shared)/programs. Needs `npm run build`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const [mode, ...rest] = process.argv.slice(2);

if (mode === '--child') {
  console.log(JSON.stringify(await measureHere(rest[0])));
} else if (mode === '--constant') {
  console.log(JSON.stringify(await measureConstant()));
} else {
  main(mode === undefined ? [] : [mode, ...rest]);
}

function main(given) {
  const files = given.length > 0 ? given : programFiles();
  if (files.length === 0) {
    console.log('skipped: no programs; name files, or set SKEIN_DATA to a folder that has programs/*.mlir.gz');
    return;
  }
  const self = fileURLToPath(import.meta.url);
  const rows = files.map(file => {
    const output = execFileSync(process.execPath, ['--expose-gc', self, '--child', file], { encoding: 'utf8' });
    return { name: basename(file), ...JSON.parse(output) };
  });
  const constant = JSON.parse(
    execFileSync(process.execPath, ['--expose-gc', self, '--constant'], { encoding: 'utf8' }),
  );
  const table = `${format(rows)}\n\n${constantLine(constant)}`;
  console.log(table);
  mkdirSync(join(root, 'docs/results'), { recursive: true });
  writeFileSync(join(root, 'docs/results/parse.md'), report(table));
}

function programFiles() {
  const folder = join(process.env.SKEIN_DATA ?? join(root, '../shared'), 'programs');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(name => /\.mlir(\.gz)?$/.test(name))
    .map(name => join(folder, name));
}

/** Measures one file in this process, which has not read any program before. */
async function measureHere(file) {
  const data = readFileSync(file);
  const text = data[0] === 0x1f ? gunzipSync(data) : data;
  const { parseProgram, printProgram } = await import('../dist/ir/index.js');
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const firstStart = performance.now();
  let program = parseProgram(text);
  const firstSeconds = (performance.now() - firstStart) / 1000;
  globalThis.gc();
  const heapBytes = process.memoryUsage().heapUsed - before;
  const parseSeconds = median(() => {
    program = parseProgram(text);
  });
  const printSeconds = median(() => printProgram(program));
  return { sizeBytes: text.length, firstSeconds, parseSeconds, printSeconds, heapBytes };
}

/** Reads a program that is nearly all one constant of 200 MB in hexadecimal digits, once. */
async function measureConstant() {
  const type = 'tensor<25000000xf32>';
  const head = `module {\n  func.func public @main() -> ${type} {\n    %cst = stablehlo.constant dense<"0x`;
  const tail = `"> : ${type}\n    return %cst : ${type}\n  }\n}\n`;
  const text = Buffer.concat([Buffer.from(head), Buffer.alloc(200_000_000, '3'), Buffer.from(tail)]);
  const { parseProgram, elementCount } = await import('../dist/ir/index.js');
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  const start = performance.now();
  const program = parseProgram(text);
  const seconds = (performance.now() - start) / 1000;
  globalThis.gc();
  const heapBytes = process.memoryUsage().heapUsed - before;
  return { seconds, heapBytes, elements: elementCount(program.functions[0].results[0].type.shape) };
}

function constantLine({ seconds, heapBytes, elements }) {
  const heap = (heapBytes / 1e6).toFixed(2);
  return `A constant of 200 MB of text (${elements} elements): read once in ${seconds.toFixed(2)} s, heap growth ${heap} MB.`;
}

/** Median seconds of 10 runs after 3 warm-ups. */
function median(run) {
  const seconds = [];
  for (let round = 0; round < 13; round++) {
    const start = performance.now();
    run();
    if (round >= 3) seconds.push((performance.now() - start) / 1000);
  }
  seconds.sort((a, b) => a - b);
  return (seconds[4] + seconds[5]) / 2;
}

function format(rows) {
  const lines = [
    '| program | text MB | first read MB/s | read MB/s | print MB/s | heap / text |',
    '|---|---|---|---|---|---|',
  ];
  for (const { name, sizeBytes, firstSeconds, parseSeconds, printSeconds, heapBytes } of rows) {
    const rate = seconds => (sizeBytes / 1e6 / seconds).toFixed(1);
    const cells = [name, (sizeBytes / 1e6).toFixed(2), rate(firstSeconds), rate(parseSeconds), rate(printSeconds)];
    lines.push(`| ${cells.join(' | ')} | ${(heapBytes / sizeBytes).toFixed(1)} |`);
  }
  return lines.join('\n');
}

function report(table) {
  const [cpu] = cpus();
  return `# Reading StableHLO text

Bounds: 10 MB/s read, 4 MB/s for the first read of a process, heap growth after collection under 40 times the text.

${table}

Command: \`node bench/parse.js\`, medians of 10 runs after 3 warm-ups, each program in its own process. Machine:
${cpus().length} cores, ${cpu?.model.trim()}, Node ${process.version}.
`;
}
