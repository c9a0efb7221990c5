// The plans that bench/predict.js measures. Each program gets the families that the literature names for it, on every
// shape of eight devices that its sizes allow, and some plans that nobody would choose: a ranking has to tell those too.
// `$d`, `$t` and `$s` stand for the axes of data, of tensors and of a second cut; `$dt` for data and tensors together.

const gptData = ['tokens=[{$d}, {}]', 'labels=[{$d}, {}]'];
const gptFlow = (batch, rows) => [
  `scope:jit(step)/jvp(embed)/add=[{${batch}}, {${rows}}, {}]`,
  `scope:jit(step)/jvp(h.*)/residual/add=[{${batch}}, {${rows}}, {}]`,
];
const gptMlp = ["*['c_fc']['w']=[{}, {$t}]", "*['c_fc']['b']=[{$t}]", "*['mlp']['c_proj']['w']=[{$t}, {}]"];
const gptAttention = [
  "*['c_attn']['w']=[{}, {}, {$t}]",
  "*['c_attn']['b']=[{}, {$t}]",
  "*['attn']['c_proj']['w']=[{$t}, {}]",
];
const gptMegatron = [...gptData, ...gptAttention, ...gptMlp, ...gptFlow('$d', '')];
/** Matrices cut along the first dimension; `prefix` is `?` for the moments alone and `*` for the weights as well. */
const gptRows = (prefix, axis) => [
  `${prefix}['wte']=[{${axis}}, {}]`,
  `${prefix === '*' ? '*' : '?[*]'}['c_attn']['w']=[{${axis}}, {}, {}]`,
  `${prefix === '*' ? '*' : '?[*]'}['c_proj']['w']=[{${axis}}, {}]`,
  `${prefix === '*' ? '*' : '?[*]'}['c_fc']['w']=[{${axis}}, {}]`,
];
const gptProducts = [
  'scope:jit(step)/jvp(h.*)/*/dot_general=[{$d}, {}, {}]',
  'scope:jit(step)/jvp(h.*)/*/dot_general=[{$d}, {}, {}, {}]',
  'scope:jit(step)/jvp(head)/*/dot_general=[{$d}, {}, {}]',
];
const gptSequence = [
  'scope:jit(step)/jvp(h.*)/attn/c_attn/*/dot_general=[{$d}, {}, {}, {$t}]',
  'scope:jit(step)/jvp(h.*)/mlp/c_fc/dot_general=[{$d}, {}, {$t}]',
];
const gptVocabulary = ["*['wte']=[{$t}, {}]", 'scope:jit(step)/jvp(head)/*/dot_general=[{$d}, {}, {$t}]'];

const gpt = {
  data: gptData,
  'moments cut (ZeRO)': [...gptData, ...gptRows('?', '$d')],
  'weights cut (FSDP)': [...gptData, ...gptRows('*', '$d'), ...gptProducts, ...gptFlow('$d', '')],
  Megatron: gptMegatron,
  'Megatron, MLP alone': [...gptData, ...gptMlp, ...gptFlow('$d', '')],
  'Megatron, sequence cut': [...gptData, ...gptAttention, ...gptMlp, ...gptFlow('$d', '$t'), ...gptSequence],
  'Megatron, vocabulary cut': [...gptMegatron, ...gptVocabulary],
  'Megatron, moments cut': [...gptMegatron, "?[*]['c_fc']['w']=[{$d}, {$t}]", "?['wte']=[{$d}, {}]"],
};

const mlpData = ['x=[{$d}, {}]', 'labels=[{$d}]'];
const mlpWeights = (prefix, weight) => [`${prefix}['layers'][*]['w']=${weight}`];
const mlpPairs = [1, 3].flatMap(layer => [
  `*['layers'][${layer - 1}]['w']=[{}, {$t}]`,
  `*['layers'][${layer - 1}]['b']=[{$t}]`,
  `*['layers'][${layer}]['w']=[{$t}, {}]`,
]);

const mlp = {
  data: mlpData,
  'moments cut (ZeRO)': [...mlpData, ...mlpWeights('?', '[{$d}, {}]')],
  'weights cut (FSDP)': [
    ...mlpData,
    ...mlpWeights('*', '[{$d}, {}]'),
    'scope:jit(step)/jvp(layers.*)/dot_general=[{$d}, {}]',
  ],
  columns: [...mlpData, ...mlpWeights('*', '[{}, {$t}]')],
  rows: [...mlpData, ...mlpWeights('*', '[{$t}, {}]')],
  'columns and rows in turn': [...mlpData, ...mlpPairs],
  'both dimensions': [...mlpData, ...mlpWeights('*', '[{$d}, {$t}]')],
};

const convData = ['images=[{$d}, {}, {}, {}]', 'labels=[{$d}]'];
const convRows = prefix => [`${prefix}['dense'][*]['w']=[{$d}, {}]`, `${prefix}['convs'][1]['w']=[{}, {}, {}, {$d}]`];
const convDense = [
  "*['dense'][0]['w']=[{}, {$t}]",
  "*['dense'][0]['b']=[{$t}]",
  "*['dense'][1]['w']=[{$t}, {}]",
  "*['dense'][2]['w']=[{}, {$t}]",
  "*['dense'][2]['b']=[{$t}]",
];
const convTrick = [
  ...['images=[{$dt}, {}, {}, {}]', 'labels=[{}]'],
  ...convDense.map(pin => pin.replaceAll('$t', '$dt')),
  'scope:jit(step)/jvp(features)/reshape=[{}, {}]',
  'scope:jit(step)/jvp(dense.0)/max=[{}, {$dt}]',
  'scope:jit(step)/jvp(dense.1)/max=[{}, {}]',
  'scope:jit(step)/jvp(dense.2)/add=[{}, {$dt}]',
  'scope:jit(step)/transpose(jvp(features))/reshape=[{$dt}, {}, {}, {}]',
];

const conv = {
  data: convData,
  'moments cut (ZeRO)': [...convData, ...convRows('?')],
  'weights cut (FSDP)': [...convData, ...convRows('*')],
  'dense layers cut': [...convData, ...convDense],
  'one weird trick': convTrick,
  channels: [...convData, "*['convs'][*]['w']=[{}, {}, {}, {$t}]", "*['convs'][*]['b']=[{$t}]"],
  'rows of images': [
    'images=[{$d}, {$t}, {}, {}]',
    'labels=[{$d}]',
    'scope:jit(step)/jvp(convs.*)/conv/conv_general_dilated=[{$d}, {$t}, {}, {}]',
  ],
};

/** Shapes of eight devices, with the axes that the placeholders stand for. An absent one is an axis of size 1. */
const shapes = {
  8: { mesh: 'a=8', d: 'a' },
  '1x8': { mesh: 'a=8', t: 'a' },
  '2x4': { mesh: 'a=2,b=4', d: 'a', t: 'b' },
  '4x2': { mesh: 'a=4,b=2', d: 'a', t: 'b' },
  '2x2x2': { mesh: 'a=2,b=2,c=2', d: 'a,b', t: 'c' },
  // One axis does the same work again on all its devices.
  '4 of 8': { mesh: 'a=4,b=2', d: 'a' },
  '2 of 8': { mesh: 'a=2,b=4', d: 'a' },
};

const choose = (families, chosen) =>
  Object.entries(chosen).flatMap(([family, names]) =>
    names.map(name => ({
      name: `${family}, ${name}`,
      mesh: shapes[name].mesh,
      pins: fill(families[family], shapes[name]),
    })),
  );

/** The families by the model that they are for. */
export const families = { gpt, mlp, conv };

/** The pins of a family on the axes of data and of tensors; `d` and `t` are names of axes, empty where there are none. */
export function fill(pins, { d = '', t = '' }) {
  const both = [d, t].filter(axes => axes !== '').join(',');
  const filled = pins.map(pin => pin.replaceAll('$dt', both).replaceAll('$d', d).replaceAll('$t', t));
  return filled.map(pin => pin.replaceAll('{?}', '{}'));
}

/** The programs by their names in skein_models.corpus. */
export const programs = {
  'gpt2-bench': choose(gpt, {
    data: ['8', '4 of 8', '2 of 8'],
    'moments cut (ZeRO)': ['8'],
    'weights cut (FSDP)': ['8'],
    Megatron: ['1x8', '2x4', '4x2', '2x2x2'],
    'Megatron, MLP alone': ['2x4', '4x2'],
    'Megatron, sequence cut': ['1x8', '2x4'],
    'Megatron, vocabulary cut': ['1x8', '4x2'],
    'Megatron, moments cut': ['2x4', '4x2'],
  }),
  'mlp-bench': choose(mlp, {
    data: ['8', '4 of 8', '2 of 8'],
    'moments cut (ZeRO)': ['8'],
    'weights cut (FSDP)': ['8', '4 of 8'],
    columns: ['1x8', '2x4', '4x2'],
    rows: ['1x8', '4x2'],
    'columns and rows in turn': ['1x8', '2x4', '4x2', '2x2x2'],
    'both dimensions': ['2x4'],
  }),
  'alexnet-bench': choose(conv, {
    data: ['8', '4 of 8', '2 of 8'],
    'moments cut (ZeRO)': ['8'],
    'weights cut (FSDP)': ['8', '4 of 8'],
    'dense layers cut': ['1x8', '2x4', '4x2', '2x2x2'],
    'one weird trick': ['8'],
    channels: ['2x4', '4x2'],
    'rows of images': ['2x4', '4x2'],
  }),
};
