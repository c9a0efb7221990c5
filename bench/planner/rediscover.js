// Plans the programs of instances.json without pins, compiles what was found and every expert plan of the same program on
// virtual CPU devices, and writes how they compare into docs/results/rediscovery.md.
//
//   node bench/planner/rediscover.js [NAME...] [--time-limit SECONDS] [--stand-in pins]
//
// A row is printed as soon as it is there. With names, only those instances are compared and nothing is written; with
// `--stand-in pins` each program's first expert plan takes the place of the found one, which tries this bench out.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compile, compiledInstances, expertOptions, root } from './compiled.js';
import { gainsBeyond, isRediscovered, measuresOf, ratiosOf } from './verdict.js';

const { positionals: wanted, values: options } = parseArgs({
  allowPositionals: true,
  options: { 'stand-in': { type: 'string' }, 'time-limit': { type: 'string' } },
});
const standIn = options['stand-in'];
if (standIn !== undefined && standIn !== 'pins') throw new Error(`--stand-in ${standIn}: only pins can stand in`);

/** How each measure is printed: TFLOP, milliseconds, gigabytes. */
const show = {
  flops: flops => (flops / 1e12).toFixed(2),
  seconds: seconds => (1000 * seconds).toFixed(2),
  memory: bytes => (bytes / 1e9).toFixed(2),
};

const comparisons = [];
for (const rivals of groupByProgram(compiledInstances(wanted))) {
  const found = findPlan(rivals[0]);
  for (const instance of rivals) {
    const comparison = compare(instance, found);
    comparisons.push(comparison);
    console.log(comparison.row);
  }
}
const beyond = groupByProgram(comparisons.map(({ instance, ...rest }) => ({ ...instance, ...rest }))).flatMap(
  rowBeyond,
);
if (beyond.length > 0) console.log(['', 'beyond every expert plan:', ...beyond].join('\n'));
if (wanted.length === 0 && standIn === undefined) write();

/** Lists of instances that plan the same program for the same devices: their experts are rivals. */
function groupByProgram(instances) {
  const groups = new Map();
  for (const instance of instances) {
    const key = [instance.program.name, instance.cluster, instance.memoryLimitBytes].join(' ');
    groups.set(key, [...(groups.get(key) ?? []), instance]);
  }
  return [...groups.values()];
}

/** What is compiled of the plan that the planner finds; `{failure}` where it finds none. */
function findPlan({ program, cluster, memoryLimitBytes, expert }) {
  if (standIn !== undefined) return compile(program, cluster, expertOptions(expert));
  const limit = options['time-limit'] === undefined ? [] : ['--time-limit', options['time-limit']];
  try {
    return compile(program, cluster, ['--memory', `${memoryLimitBytes / 1e9}GB`, ...limit]);
  } catch (error) {
    // That no plan is found is a result; that one cannot be compiled is none.
    if (error.cause?.words?.[1] !== 'plan') throw error;
    return { failure: error.cause.said.split('\n')[0].replaceAll('|', '/') };
  }
}

/** Lays the found plan beside the instance's expert: the ratios and a row of the table. */
function compare(instance, found) {
  const { name, program, cluster, expert } = instance;
  const theirs = compile(program, cluster, expertOptions(expert));
  const expected = measuresOf(theirs);
  const head = [name, program.name, cluster];
  if (found.failure !== undefined) {
    const columns = Object.entries(expected).flatMap(([key, value]) => ['-', show[key](value), '-']);
    return { instance, row: row(...head, `${found.failure} / ${theirs.mesh}`, ...columns, '-', '-', '-', 'fail') };
  }
  const measures = measuresOf(found);
  const ratios = ratiosOf(measures, expected);
  const columns = Object.keys(expected).flatMap(key => [
    show[key](measures[key]),
    show[key](expected[key]),
    ratios[key].toFixed(3),
  ]);
  const verdict = isRediscovered(ratios) ? 'pass' : 'fail';
  return {
    instance,
    ratios,
    row: row(...head, `${found.mesh} / ${theirs.mesh}`, ...columns, ...searchCells(found), verdict),
  };
}

/** Seconds, bound and gap of the search. */
function searchCells({ search }) {
  if (search === null) return ['-', '-', '-'];
  return [search.seconds.toFixed(1), search.bound.toPrecision(4), `${(100 * search.gap).toFixed(1)} %`];
}

/** The row of a program whose found plan goes beyond all of its experts' plans. */
function rowBeyond(rivals) {
  if (rivals.some(({ ratios }) => ratios === undefined)) return [];
  const gains = gainsBeyond(rivals.map(({ ratios }) => ratios));
  if (gains.length === 0) return [];
  const worst = key => Math.max(...rivals.map(({ ratios }) => ratios[key])).toFixed(3);
  const experts = rivals.map(({ name }) => name).join(', ');
  return [row(rivals[0].program.name, experts, worst('flops'), worst('seconds'), worst('memory'), gains.join(', '))];
}

function row(...cells) {
  return `| ${cells.join(' | ')} |`;
}

function write() {
  const passed = comparisons.filter(({ ratios }) => ratios !== undefined && isRediscovered(ratios)).length;
  const text = `# Expert plans, rediscovered

Every program of \`bench/planner/instances.json\` for eight devices, planned by \`skein plan\` from the program, the cluster
and the memory limit alone, and every expert plan of the same program: both compiled whole on virtual CPU devices (jax
0.10.2) and not run. FLOPs are the compiler's, per device. Seconds are alpha-beta times of the compiled collectives as an
accelerator would have them and joined as XLA:GPU joins them, in both plans alike
([experts-compiled.md](experts-compiled.md) says how). How sums that the CPU back end has combined are
counted decides two of the rows: [decision 0013](../decisions/0013-overlap.md) has the counts by other ways. Memory is arguments and temporaries of
the compiler's buffer assignment; of programs that compute layers again (zero1, fsdp, moe-ep) the CPU back end's is not
an accelerator's. A plan passes at no more than 1.02, 1.02 and 1.05 of the expert's. The bound is on the search's own
objective, in seconds. Made by \`npm run build && node bench/planner/rediscover.js\`.

**${passed} of ${comparisons.length} expert plans are rediscovered.**

| expert | program | cluster | mesh found / expert | TFLOP found | expert | ratio | ms found | expert | ratio | GB found | expert | ratio | s of search | bound | gap | verdict |
|---|---|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|
${comparisons.map(comparison => comparison.row).join('\n')}

## Beyond

Programs whose found plan is at least 10 % better than every expert plan by one measure, and worse than none by any. Each
ratio is the one to the expert that comes closest.

${
  beyond.length === 0
    ? 'None.'
    : `| program | experts | FLOPs | seconds | memory | better by |
|---|---|---:|---:|---:|---|
${beyond.join('\n')}`
}
`;
  writeFileSync(`${root}/docs/results/rediscovery.md`, text);
}
