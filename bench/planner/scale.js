// Plans GPT 2.6B and LLaMA 7B for 16, 64, 256 and 1,024 TPU chips, judges what is found beside hand-written FSDP and
// Megatron with the TPU compiler, and writes docs/results/scale.md from all that was judged so far.
//
//   node bench/planner/scale.js [gpt-2.6b] [llama-7b] [16] [64] [256] [1024] [found] [fsdp] [megatron] [depth2] [scan] [depth4]
//   node bench/planner/scale.js write       # judges nothing
//
// Words choose programs, chips, plans and forms; without one of a kind, all. What was judged before is kept under
// out/scale (see scaled.js), so that a run may be broken off and taken up; a fresh checkout begins anew, and the rows that
// stand in the document are replaced. Needs the compiler (sh scripts/make-venv.sh
// judge), no TPU. One program takes one to five minutes on two cores.
import { readFileSync, writeFileSync } from 'node:fs';
import { extrapolate } from '../../dist/verify/index.js';
import { root } from './compiled.js';
import { before, figuresOf, head, row } from './scale-table.js';
import { measure, recall } from './scaled.js';

/** How a program is compiled, the quickest to tell most first. */
const forms = ['depth2', 'scan', 'depth4'];
const kinds = ['model', 'chips', 'name', 'form'];

const cases = allCases();
const words = process.argv.slice(2);
if (!words.includes('write')) for (const each of chosen(words)) await judgeOne(each);
write();

/** Every program, number of chips and plan, in each form: shallow programs first, small slices first. */
function allCases() {
  const { instances } = JSON.parse(readFileSync(`${root}/bench/planner/instances.json`, 'utf8'));
  const pods = instances.filter(({ cluster }) => cluster.includes(':'));
  return forms.flatMap(form =>
    ['gpt-2.6b', 'llama-7b'].flatMap(model =>
      pods
        .filter(({ program }) => program.name.startsWith(model))
        .flatMap(({ name: instance, program, cluster, expert }) => {
          const [, , name, chips] = instance.split('-');
          const written = { model, chips, form, program, cluster, name, expert };
          return name === 'fsdp' ? [{ ...written, name: 'found', expert: undefined }, written] : [written];
        }),
    ),
  );
}

/** The cases that the words choose. */
function chosen(words) {
  const isKnown = word => cases.some(each => kinds.some(kind => each[kind] === word));
  const strange = words.filter(word => !isKnown(word));
  if (strange.length > 0) throw new Error(`neither program nor chips, plan or form: ${strange.join(', ')}`);
  const wanted = kinds.map(kind => [kind, words.filter(word => cases.some(each => each[kind] === word))]);
  return cases.filter(each => wanted.every(([kind, some]) => some.length === 0 || some.includes(each[kind])));
}

async function judgeOne(each) {
  try {
    const result = recall(each) ?? (await measure(each));
    console.log(`${each.form} ${row(each, figuresOf(result))}`);
  } catch (error) {
    console.log(`${kinds.map(kind => each[kind]).join(' ')}: ${error.message.slice(0, 2000)}`);
    process.exitCode = 1;
  }
}

/** The rows of all plans that were judged; `recallFigures` gives the figures of a case, undefined where there are none. */
function rowsOf(form, recallFigures) {
  const judged = cases
    .filter(each => each.form === form)
    .map(each => ({ each, figures: recallFigures(each) }))
    .filter(({ figures }) => figures !== undefined);
  return judged.map(({ each, figures }) => {
    const rivals = judged.filter(other => other.each.program.name === each.program.name && other.each.name !== 'found');
    const best = Math.min(...rivals.flatMap(other => other.figures.step?.[1] ?? []));
    const isRatio = each.name === 'found' && figures.step !== undefined && Number.isFinite(best);
    return row(each, figures, isRatio ? figures.step[1] / best : undefined);
  });
}

function figuresOnce(each) {
  const result = recall(each);
  return result === undefined ? undefined : figuresOf(result);
}

/** Memory of the scanned program, and the time of two and four layers extrapolated to all of them. */
function figuresWhole(each) {
  const [scan, two, four] = ['scan', 'depth2', 'depth4'].map(form => recall({ ...each, form }));
  if (scan?.judged === undefined || two?.judged === undefined || four?.judged === undefined) return undefined;
  const { layers } = each.program.config;
  const judged = { ...scan.judged, ...extrapolate(two.judged, four.judged, layers) };
  const line = key => [key, two.predicted[key] + ((four.predicted[key] - two.predicted[key]) / 2) * (layers - 2)];
  const seconds = ['computeSeconds', 'communicationSeconds', 'stepSeconds'].map(line);
  return figuresOf({ ...scan, judged, predicted: { ...scan.predicted, ...Object.fromEntries(seconds) } });
}

function write() {
  const tables = {
    'Two layers, unrolled': rowsOf('depth2', figuresOnce),
    'All layers, scanned': rowsOf('scan', figuresOnce),
    'All layers, time from two and four': rowsOf('scan', figuresWhole),
  };
  const parts = Object.entries(tables)
    .filter(([, rows]) => rows.length > 0)
    .map(([title, rows]) => `## ${title}\n\n${head}\n${rows.join('\n')}\n`);
  const learned = readFileSync(`${root}/bench/planner/scale-notes.md`, 'utf8');
  writeFileSync(`${root}/docs/results/scale.md`, [before, ...parts, learned].join('\n'));
}
