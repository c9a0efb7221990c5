// The rows of docs/results/scale.md: what was predicted of a plan beside what the TPU compiler made of it.

/** What docs/results/scale.md says above its tables. */
export const before = `# Judged at scale

GPT 2.6B and LLaMA 7B on slices of 16 to 1,024 TPU v5p chips: the plan that \`skein plan\` finds without pins, and
hand-written FSDP and Megatron (\`examples/experts/pod-*.json\`, eight chips a group), compiled by the real TPU compiler
(libtpu 0.0.42.1, jax 0.10.2) on a machine without TPUs. Figures of one chip and one step, each predicted / compiled;
percentages say by how much the prediction exceeds what was compiled. Computing is estimated cycles over the clock,
moving the alpha-beta seconds of the compiled collectives, nothing overlapped; the last column is the found plan's judged
step over that of the best expert. What is not judged yet has no row.

The plan is found on the whole, unrolled program. Other forms of it get its mesh and how its arguments are split as
pins, and the search decides the rest anew. Made by \`npm run build && node bench/planner/scale.js\`, which goes on where
it was broken off.
`;

export const head = `| program | chips | plan | mesh | arguments GB | | temporaries GB | sum | fits | computing ms | moving ms | step ms | of the best expert |
|---|---:|---|---|---:|---:|---:|---:|---|---:|---:|---:|---:|`;

/** The figures of a plan, each as [predicted, judged]; `name` is that of the plan. */
export function figuresOf({ mesh, predicted, judged, tooLarge }) {
  const fits = [predicted.neededBytes <= (judged?.availableBytes ?? 95e9), judged?.fits ?? false];
  if (judged === undefined) return { mesh, fits, needed: [predicted.neededBytes, tooLarge?.neededBytes] };
  const { argumentBytes, temporaryBytes } = judged.memory;
  return {
    mesh,
    fits,
    arguments: [predicted.argumentBytes, argumentBytes],
    temporaries: [predicted.temporaryBytes, temporaryBytes],
    sum: [predicted.argumentBytes + predicted.temporaryBytes, argumentBytes + temporaryBytes],
    computing: [predicted.computeSeconds, judged.computeSeconds],
    moving: [predicted.communicationSeconds, judged.collectiveSeconds],
    step: [predicted.stepSeconds, judged.judgedSeconds],
  };
}

/** One row; `ratio` is its judged step over that of the best expert. */
export function row({ model, chips, name }, figures, ratio) {
  const { mesh, fits } = figures;
  const cells = [
    pair(figures.arguments, 1e9),
    percent(figures.arguments),
    pair(figures.temporaries, 1e9),
    percent(figures.sum),
    fits.map(yes => (yes ? 'yes' : 'no')).join(' / '),
    ...['computing', 'moving', 'step'].map(key => pair(figures[key], 1e-3)),
    ratio === undefined ? '' : ratio.toFixed(3),
  ];
  return `| ${[model, chips, name, mesh, ...cells].join(' | ')} |`;
}

/** Predicted / judged. */
function pair(values, unit) {
  return values === undefined ? '-' : values.map(value => (value / unit).toPrecision(3)).join(' / ');
}

/** By how much the prediction exceeds what was judged. */
function percent(values) {
  if (values === undefined) return '-';
  const share = 100 * (values[0] / values[1] - 1);
  return `${share < 0 ? '' : '+'}${share.toFixed(1)} %`;
}
