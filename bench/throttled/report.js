// docs/results/throttled.md from what was measured.
import { existsSync, readFileSync } from 'node:fs';
import { mean, median, rankCorrelation } from '../predict/ranks.js';
import { fitRate } from './cluster.js';

const goal = 0.05;
const leastPlans = 8;

const milliseconds = seconds => (1000 * seconds).toFixed(1);
const megabytes = bytes => (bytes / 1e6).toFixed(2);
const percent = share => `${(100 * share).toFixed(1)} %`;

/** What is a finding and no figure is written by hand below this line, and kept. */
const byHand = '## Findings';

/** The document, and whether every chosen plan is near enough to the fastest of enough plans. */
export function report({ devicesPerHost, about, machine, cases }, document) {
  const judged = cases.map(found => ({ ...found, ...judge(found) }));
  const kept = document !== undefined && existsSync(document) ? readFileSync(document, 'utf8') : '';
  const findings = kept.includes(byHand) ? `\n${kept.slice(kept.indexOf(byHand)).trimEnd()}\n` : '';
  const command = `node bench/throttled.js${devicesPerHost === 1 ? '' : ` --devices ${devicesPerHost}`}`;
  const plural = devicesPerHost === 1 ? 'one virtual device' : `${devicesPerHost} virtual devices`;
  const loads = cases.flatMap(found => found.loads);
  const text = `# Chosen plans over a throttled network

Two JAX processes with ${plural} each, in network namespaces joined by a link that \`tc tbf\` holds to a rate;
collectives go over Gloo. The machine and the link were measured as \`skein calibrate\` does, over the same link, and made
a cluster file of two hosts. The plan in bold is what \`skein plan\` chooses for it; it is run beside the
others, in rounds that take turns, and the median step counts. The goal: it takes at most ${percent(goal)} longer than the
fastest of at least ${leastPlans} plans.

| rate | program | plans | chosen, ms | fastest, ms | fastest plan | chosen is slower by | goal | lower quarters | by O2 | by O2, products may idle | rank correlation |
|---|---|---:|---:|---:|---|---:|---|---:|---:|---:|---:|
${judged.map(summaryRow).join('\n')}

"Lower quarters" says the same of the seconds that a quarter of the steps took at most: what else runs on the machine
makes steps longer and never shorter, so these say more of the plans and medians more of the machine. The columns after
it say how much slower than the fastest the plans are that harder searches find, by medians: \`--level O2\`, and O2 without
the rule that no product leaves an axis idle which could cut it. Rank correlation is Spearman's, of predicted with measured step seconds.

## The link as it was measured

A hop takes the latency; a byte one over the bandwidth that each kind reaches, all fitted by least squares of logarithms.
\`10^8\` bits a second are 12.5 MB/s. What was sent in a step was counted at the link, and shows that collectives cross it.

${links(machine, devicesPerHost)}

${judged.map(caseSection).join('\n\n')}

Seconds are wall seconds of a step, medians over all rounds; a quarter of the steps took at most "lower
quarter". "rounds" are the least and greatest medians of a round. MB are what one end sent in a step.

${about}. The machine had other work: load average ${median(loads).toFixed(1)} at the median, from ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}.
Made by \`${command}\`.
${findings}`;
  return { text, met: judged.every(found => found.met) };
}

function judge({ plans, chosen }) {
  const rows = plans.map(plan => {
    const seconds = plan.rounds.flat();
    const ofRounds = plan.rounds.map(median);
    return {
      ...plan,
      measured: median(seconds),
      quarter: seconds.toSorted((a, b) => a - b)[Math.floor((seconds.length - 1) / 4)],
      least: Math.min(...ofRounds),
      most: Math.max(...ofRounds),
    };
  });
  const fastest = rows.reduce((best, row) => (row.measured < best.measured ? row : best));
  const own = rows[chosen.found];
  const slowerBy = Object.values(chosen).map(place => rows[place].measured / fastest.measured - 1);
  const [slower] = slowerBy;
  const slowerQuarter = own.quarter / Math.min(...rows.map(({ quarter }) => quarter)) - 1;
  const correlation = rankCorrelation(
    rows.map(row => row.predicted.stepSeconds),
    rows.map(row => row.measured),
  );
  return {
    rows,
    own,
    fastest,
    slower,
    slowerQuarter,
    slowerBy,
    correlation,
    met: slower <= goal && rows.length >= leastPlans,
  };
}

function summaryRow({ rate, name, rows, own, fastest, slowerQuarter, slowerBy, met, correlation }) {
  const seconds = [own, fastest].map(row => milliseconds(row.measured)).join(' | ');
  const best = fastest === own ? 'the chosen one' : fastest.names.at(-1);
  const [slower, ...harder] = slowerBy.map(percent);
  const verdict = [slower, met ? 'met' : 'MISSED', percent(slowerQuarter), ...harder, correlation.toFixed(2)];
  const cells = [rate, name, rows.length, seconds, best, ...verdict];
  return `| ${cells.join(' | ')} |`;
}

function caseSection({ rate, name, rows, own, loads }) {
  const order = (row, key) => 1 + rows.filter(other => key(other) < key(row)).length;
  const lines = rows
    .toSorted((a, b) => a.measured - b.measured)
    .map(row => {
      const { computeSeconds, communicationSeconds, stepSeconds } = row.predicted;
      const counts = Object.entries(row.counts).map(([kind, count]) => `${count} ${kind}`);
      const cells = [
        order(row, ({ measured }) => measured),
        order(row, ({ predicted }) => predicted.stepSeconds),
        row === own ? `**${row.names.join(' = ')}**` : row.names.join(' = '),
        ...[computeSeconds, communicationSeconds, stepSeconds, row.measured, row.quarter].map(milliseconds),
        `${milliseconds(row.least)} to ${milliseconds(row.most)}`,
        megabytes(mean(row.sent)),
        counts.join(', '),
      ];
      return `| ${cells.join(' | ')} |`;
    });
  return `## ${name}, ${rate}

Milliseconds, ${own.rounds.length} rounds; the load average was ${median(loads).toFixed(1)} at the median.

| measured rank | predicted rank | plan | compute | communication | predicted | measured | lower quarter | rounds | MB sent | collectives |
|---:|---:|---|---:|---:|---:|---:|---:|---|---:|---|
${lines.join('\n')}`;
}

function links(machine, devicesPerHost) {
  const rows = Object.keys(machine).flatMap(rate => {
    const fitted = fitRate(machine, rate, devicesPerHost);
    return fitted.links.map(({ name, latencySeconds, bandwidthBytesPerSecond, efficiencyOf = {} }) => {
      const reached = kind => ((bandwidthBytesPerSecond * (efficiencyOf[kind] ?? 1)) / 1e6).toFixed(1);
      const own = fitted.rows.filter(({ groups }) => groups?.levels.length === 1 && groups.levels[0].name === name);
      const error = median(own.map(row => Math.abs(row.error)));
      const kinds = ['all-reduce', 'all-gather', 'all-to-all', 'collective-permute'].map(reached);
      const level = name === 'loopback' ? 'between the ends' : 'inside an end';
      return `| ${[rate, level, (1e6 * latencySeconds).toFixed(0), ...kinds, percent(error)].join(' | ')} |`;
    });
  });
  return `| rate | link | latency, us | all-reduce, MB/s | all-gather | all-to-all | permute | median error of the fit |
|---|---|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}`;
}
