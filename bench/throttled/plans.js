// The programs of bench/throttled.js and what the literature names for each, on one axis over all devices. Plans that
// split nothing are among them: over a slow network that is what a splitting has to beat.
import { families, fill } from '../predict/plans.js';

const oneAxis = (family, names) =>
  Object.entries(names).map(([name, axis]) => ({ name, pins: fill(family[name], { [axis]: 'a' }) }));

const nothing = { name: 'nothing is split', pins: [] };

const gpt = [
  nothing,
  ...oneAxis(families.gpt, {
    data: 'd',
    'moments cut (ZeRO)': 'd',
    'weights cut (FSDP)': 'd',
    Megatron: 't',
    'Megatron, MLP alone': 't',
    'Megatron, sequence cut': 't',
    'Megatron, vocabulary cut': 't',
  }),
];

const mlp = [
  nothing,
  ...oneAxis(families.mlp, {
    data: 'd',
    'moments cut (ZeRO)': 'd',
    'weights cut (FSDP)': 'd',
    columns: 't',
    rows: 't',
    'columns and rows in turn': 't',
    // Here the batch is cut as well, on the same axis.
    'both dimensions': 'd',
  }),
];

const conv = [
  nothing,
  ...oneAxis(families.conv, {
    data: 'd',
    'moments cut (ZeRO)': 'd',
    'weights cut (FSDP)': 'd',
    'dense layers cut': 't',
    'one weird trick': 'd',
    channels: 't',
    'rows of images': 't',
  }),
];

/** Layers that a program of two does not have. */
const isOfLaterLayer = pin => /\['layers'\]\[[23]\]/.test(pin);

/** For two layers, where the family is for four. */
const twoLayers = mlp.map(({ name, pins }) => ({ name, pins: pins.filter(pin => !isOfLaterLayer(pin)) }));

/** By the names of the programs in skein_models.corpus: the plans that are measured beside those that are found. */
export const programs = {
  'mlp-throttled': twoLayers,
  'alexnet-throttled': conv,
  'gpt2-throttled': gpt,
  'gpt2-short': gpt,
  'mlp-short': twoLayers,
};
