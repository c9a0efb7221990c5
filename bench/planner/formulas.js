// The collectives of each expert plan as closed formulas (parallel.md 4.2): payload bytes per device and step by kind.
// `psi(pattern)` counts the elements of the parameters whose names match; f32 weights are cast to bf16 (2 bytes) where
// they are used, so activations and gradients are bf16 in language models, and f32 in convolutional networks.
// A payload is the whole value for an all-reduce, what is gathered for an all-gather, what is put in for a
// reduce-scatter, and one device's part for an all-to-all.

/**
 * What each expert plan moves: `(config, psi, mesh) => [{kind, axis, bytes, what}]` of the instance of that name, or of
 * all whose names go on with the number of chips. Without `axis` it is the mesh's only one.
 */
const formulas = {
  dp: (_, psi) => [{ kind: 'all-reduce', bytes: 2 * psi(), what: 'gradients: 2 Ψ' }],

  zero1: (_, psi) => [
    { kind: 'reduce-scatter', bytes: 2 * psi(), what: 'gradients: 2 Ψ' },
    { kind: 'all-gather', bytes: 4 * psi(), what: 'new parameters, held in f32: 4 Ψ' },
  ],

  fsdp: (_, psi) => [
    {
      kind: 'all-gather',
      bytes: 2 * psi() + 2 * psi(/'layers'/),
      what: 'weights in bf16: 2 Ψ forward, 2 Ψ of the layers again where they are computed again',
    },
    { kind: 'reduce-scatter', bytes: 2 * psi(), what: 'gradients: 2 Ψ' },
  ],

  megatron: config => [
    {
      kind: 'all-reduce',
      bytes: (4 * config.layers + 2) * stream(config) + 3 * tokens(config) * 4,
      what: '4 bshe a layer, embedding, head; three numbers a token in the loss',
    },
  ],

  'megatron-sp': (config, psi) => [
    {
      kind: 'all-gather',
      bytes: (4 * config.layers + 2) * stream(config),
      what: "4 bshe a layer, before the head, before the embedding's gradient",
    },
    {
      kind: 'reduce-scatter',
      bytes: (4 * config.layers + 2) * stream(config),
      what: "4 bshe a layer, after the embedding, after the head's gradient",
    },
    {
      kind: 'all-reduce',
      bytes: 3 * tokens(config) * 4 + 2 * psi(/'ln_|'c_proj'\]\['b'/) + 2 * psi(/'wpe'/),
      what: 'three numbers a token; gradients of what works on the split stream: norms, biases, positions',
    },
  ],

  vocab: (config, psi) => [
    {
      kind: 'all-reduce',
      bytes: 2 * (psi() - psi(/'wte'/)) + 3 * tokens(config) * 4,
      what: 'gradients of all but the embedding: 2 Ψ; three numbers a token',
    },
    { kind: 'all-gather', bytes: 2 * stream(config), what: "bshe before the head, before the embedding's gradient" },
    { kind: 'reduce-scatter', bytes: 2 * stream(config), what: "bshe after the embedding, after the head's gradient" },
  ],

  'moe-ep': (config, psi) => [
    {
      kind: 'all-to-all',
      bytes:
        ((6 * config.layers) / config.every) *
        config.experts *
        (config.groups / 8) *
        config.capacity *
        config.width *
        2,
      what: 'k c bshe/n: two forward, two again where layers are computed again, two backward, each expert layer',
    },
    { kind: 'all-reduce', bytes: 2 * (psi() - psi(/'experts'/)), what: 'gradients of all but the experts: 2 Ψ' },
  ],

  'wide-head': (config, psi) => [
    {
      kind: 'all-reduce',
      bytes: 4 * (psi() - psi(/'head'/)) + normSums(psi) + 3 * config.batch * 4,
      what: 'gradients of the backbone: 4 Ψ; sums of batch norm; three numbers an image',
    },
    { kind: 'all-gather', bytes: config.batch * 2048 * 4, what: 'features' },
    { kind: 'reduce-scatter', bytes: config.batch * 2048 * 4, what: 'their gradients' },
  ],

  'one-weird-trick': (config, psi) => [
    {
      kind: 'all-reduce',
      bytes: 4 * psi(/'convs'/) + 2 * config.batch * config.hidden[0] * 4 + 3 * config.batch * 4,
      what: 'gradients of the convolutions: 4 Ψ; after the second dense layer, forward and after the third, backward',
    },
    { kind: 'all-gather', bytes: config.batch * vggFeatures(config) * 4, what: 'features' },
    { kind: 'reduce-scatter', bytes: config.batch * vggFeatures(config) * 4, what: 'their gradients' },
  ],

  'wide-resnet': (config, psi) => {
    // Values of the last stage: its input, what the first block's and the others' first convolution give, its results.
    const width = config.stem * 8;
    const value = (size, channels) => config.batch * size * size * channels * 4;
    const [entry, first, later, result] = [
      value(14, 2 * width),
      value(14, width),
      value(7, width),
      value(7, 4 * width),
    ];
    return [
      {
        kind: 'all-gather',
        bytes: entry + first + 2 * later + 2 * result,
        what: 'the input of the last stage, and of its 3x3 convolutions; results of its first block, forward and backward',
      },
      { kind: 'reduce-scatter', bytes: entry + first + 2 * later + 2 * result, what: 'the same, the other way' },
      {
        kind: 'all-reduce',
        bytes: 4 * (psi() - psi(/'stages'\]\[3\]/)) + normSums(psi, /'stages'\]\[[012]|'stem'/) + 3 * result,
        what: 'gradients of the rest: 4 Ψ; sums of batch norm; results of two blocks, gradients of one',
      },
    ];
  },

  'pod-fsdp': (_, psi, { dp, fsdp }) => [
    {
      kind: 'all-gather',
      axis: 'fsdp',
      bytes: 2 * psi() + 2 * psi(LAYERS),
      what: 'weights in bf16: 2 Ψ forward, 2 Ψ of the layers again where they are computed again',
    },
    { kind: 'reduce-scatter', axis: 'fsdp', bytes: 2 * psi(), what: 'gradients: 2 Ψ' },
    { kind: 'all-reduce', axis: 'dp', bytes: dp > 1 ? (2 * psi()) / fsdp : 0, what: 'their pieces: 2 Ψ/fsdp' },
  ],

  'pod-megatron': (config, psi, { dp, tp }) => {
    const split = psi(/'w'|\['c_attn'\]|c_fc|'[qkvo]'|gate|up|down|wte|embed|head/);
    return [
      {
        kind: 'all-reduce',
        axis: 'tp',
        bytes: ((5 * config.layers + 2) * stream(config) + 3 * tokens(config) * 4) / dp,
        what: '5 bshe a layer (one where it is computed again), embedding, head; three numbers a token; each /dp',
      },
      { kind: 'all-reduce', axis: 'dp', bytes: 2 * (split / tp + psi() - split), what: 'gradients: 2 Ψ/tp' },
    ];
  },

  unet: (config, psi) => {
    const [deep, deepest] = [8, 4].map(size => config.batch * size * size * config.channels[3] * 4);
    const split = psi(/'down'\]\[3\].*'w'|'middle'.*'w'|'up'\]\[0\].*'w'/);
    return [
      {
        kind: 'all-reduce',
        bytes: 4 * (psi() - split) + 5 * deep + 2 * deepest,
        what: 'gradients of the rest: 4 Ψ; between pairs, two forward at 8x8 and one at 4x4, four and one backward',
      },
      { kind: 'all-gather', bytes: 2 * deep, what: 'into the deep levels, forward and backward' },
      { kind: 'reduce-scatter', bytes: 2 * deep, what: 'out of them' },
    ];
  },
};

/** The formula of an instance. */
export function formulaOf(name) {
  return formulas[name] ?? formulas[name.replace(/^pod-\w+-(\w+)-\d+$/, 'pod-$1')];
}

/** Bytes that one device sends in `n` for a payload: the ring's bus factor (parallel.md 4.1). */
export function wireBytes(kind, bytes, n) {
  return ((kind === 'all-reduce' ? 2 : 1) * bytes * (n - 1)) / n;
}

/** Parameters of layers, in GPT and LLaMA. */
const LAYERS = /'h'|'layers'/;

const tokens = config => config.batch * config.sequence;

/** bshe: the residual stream in bf16. */
const stream = config => tokens(config) * config.width * 2;

const vggFeatures = config => (config.image >> config.channels.length) ** 2 * config.channels.at(-1);

/** Mean and variance forward and two sums backward, f32, for each channel that a batch norm works on. */
const normSums = (psi, pattern = /./) => 4 * 4 * psi(/'norm'\]\['scale'/, pattern);
