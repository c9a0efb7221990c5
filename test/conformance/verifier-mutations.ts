import type { Random } from '../../src/base/index.ts';
import { createRandom } from '../../src/base/index.ts';
import type { VerifierCase } from './verifier-case.ts';
import { verifierCases } from './verifier-cases.ts';

/** A program made by breaking, or at least changing, a valid one in one or two places. */
export interface Mutation {
  readonly name: string;
  readonly family: string;
  /** What was changed, for the table of disagreements. */
  readonly change: string;
  readonly text: string;
}

/** The cases as they are, then `perFamily` different mutations of each family. The same seed gives the same texts. */
export function makeMutations(seed: number, perFamily: number): readonly Mutation[] {
  const random = createRandom(seed);
  const mutations = verifierCases.map((base, index) => ({
    name: `valid-${index}`,
    family: base.family,
    change: 'none',
    text: printCase(base),
  }));
  for (const family of new Set(verifierCases.map(base => base.family))) {
    const bases = verifierCases.filter(base => base.family === family);
    const seen = new Set(bases.map(printCase));
    for (let tries = 0, made = 0; made < perFamily && tries < perFamily * 40; tries++) {
      const mutated = mutate(bases[tries % bases.length], random);
      if (mutated === undefined) continue;
      const text = printCase(mutated.result);
      if (seen.has(text)) continue;
      seen.add(text);
      mutations.push({ name: `${family}-${made++}`, family, change: mutated.change, text });
    }
  }
  return mutations;
}

interface Mutated {
  readonly result: VerifierCase;
  readonly change: string;
}

type Mutator = (base: VerifierCase, random: Random) => Mutated | undefined;

const mutators: readonly Mutator[] = [
  changeNumber,
  changeNumber,
  changeListLength,
  permuteList,
  changeOperandType,
  changeOperandType,
  changeResultType,
  changeBothTypes,
  changeRegionType,
  changeOperandList,
  changeHelper,
  changeWord,
  dropAttribute,
];

/** Applies one mutation, or in a quarter of the cases two. */
function mutate(base: VerifierCase, random: Random): Mutated | undefined {
  const first = random.pick(mutators)(base, random);
  if (first === undefined || random.next() > 0.25) return first;
  const second = random.pick(mutators)(first.result, random);
  return second === undefined ? first : { result: second.result, change: `${first.change}; ${second.change}` };
}

/** Prints a case as a program. */
export function printCase(base: VerifierCase): string {
  const parameters = base.operands.map((type, index) => `%arg${index}: ${type}`).join(', ');
  const body = base.body
    .replace(/\$r(\d+)/g, (whole, index: string) => base.results[Number(index)] ?? whole)
    .replace(/\$(\d+)/g, (whole, index: string) => base.operands[Number(index)] ?? whole);
  const values = base.results.map((_, index) => (base.results.length === 1 ? '%0' : `%0#${index}`)).join(', ');
  const types = base.results.join(', ');
  return `func.func @main(${parameters}) -> (${types}) {\n  ${body}\n  return ${values} : ${types}\n}\n${base.helpers ?? ''}`;
}

/** Numbers of attributes: not those of types, value names, enumerations or block labels. */
const attributeNumber = /(?<=[[ :,])(?<!%\d:)-?\d+(?=[\],> :])/g;

function changeNumber(base: VerifierCase, random: Random): Mutated | undefined {
  const spot = pickMatch(base.body, attributeNumber, random);
  if (spot === undefined) return undefined;
  const old = Number(spot[0]);
  const value = random.pick([old + 1, old - 1, 0, 1, 2, 3, -1, old * 2, 100]);
  return edited(base, spot, String(value), `${spot[0]} becomes ${value}`);
}

function changeListLength(base: VerifierCase, random: Random): Mutated | undefined {
  const spot = pickMatch(base.body, /(\[|: )-?\d+(, -?\d+)*(?=[\]>])/g, random);
  if (spot === undefined) return undefined;
  const [open] = spot[0].match(/^(\[|: )/) ?? [''];
  const numbers = spot[0].slice(open.length).split(', ');
  const index = random.integer(0, numbers.length);
  const dropped = random.next() < 0.5;
  const changed = dropped ? numbers.filter((_, at) => at !== index) : [...numbers, numbers[index]];
  return edited(base, spot, open + changed.join(', '), dropped ? 'a list is shorter' : 'a list repeats a number');
}

function permuteList(base: VerifierCase, random: Random): Mutated | undefined {
  const spot = pickMatch(base.body, /-?\d+(, -?\d+)+(?=[\]>])/g, random);
  if (spot === undefined) return undefined;
  const numbers = spot[0].split(', ');
  const turn = random.integer(1, numbers.length);
  const turned = [...numbers.slice(turn), ...numbers.slice(0, turn)].join(', ');
  return edited(base, spot, turned, `${spot[0]} becomes ${turned}`);
}

function changeOperandType(base: VerifierCase, random: Random): Mutated | undefined {
  if (base.operands.length === 0) return undefined;
  const index = random.integer(0, base.operands.length);
  const type = mutateType(base.operands[index], random);
  const operands = base.operands.map((old, at) => (at === index ? type : old));
  return { result: { ...base, operands }, change: `operand ${index} is ${type}` };
}

function changeResultType(base: VerifierCase, random: Random): Mutated | undefined {
  const index = random.integer(0, base.results.length);
  const type = mutateType(base.results[index], random);
  const results = base.results.map((old, at) => (at === index ? type : old));
  return { result: { ...base, results }, change: `result ${index} is ${type}` };
}

/** Changes an element type wherever it occurs outside of regions, which many operations allow. */
function changeBothTypes(base: VerifierCase, random: Random): Mutated | undefined {
  const from = elementOf(random.pick([...base.operands, ...base.results]));
  const to = random.pick(elements);
  const replace = (type: string): string => (elementOf(type) === from ? withElement(type, to) : type);
  const everywhere = random.next() < 0.5;
  const body = everywhere ? base.body.replaceAll(`tensor<${from}>`, `tensor<${to}>`) : base.body;
  const result = { ...base, body, operands: base.operands.map(replace), results: base.results.map(replace) };
  return { result, change: `${from} becomes ${to}${everywhere ? ', in regions too' : ''}` };
}

function changeRegionType(base: VerifierCase, random: Random): Mutated | undefined {
  const spot = pickMatch(base.body, /tensor<[^<>]*>(?=[^}]*\n)/g, random);
  if (spot === undefined || !base.body.includes('({')) return undefined;
  const type = mutateType(spot[0], random);
  if (random.next() < 0.4) return edited(base, spot, type, `${spot[0]} in a region becomes ${type}`);
  const body = base.body.replaceAll(spot[0], type);
  return { result: { ...base, body }, change: `every ${spot[0]} in regions becomes ${type}` };
}

/** Changes a type, a name, a number or a whole line of a helper function. */
function changeHelper(base: VerifierCase, random: Random): Mutated | undefined {
  const { helpers } = base;
  if (helpers === undefined) return undefined;
  const spot = pickMatch(helpers, /tensor<[^<>]*>|%arg\d|@\w+|stablehlo\.\w+|return.*\n|private|\[1, 0\]/g, random);
  if (spot === undefined) return undefined;
  const [old] = spot;
  const replacement = old.startsWith('tensor')
    ? mutateType(old, random)
    : random.pick(['%arg0', '%arg1', '%0', '@main', '@helper', 'stablehlo.tanh', 'public', '[0, 1]', '']);
  const everywhere = old.startsWith('tensor') && random.next() < 0.4;
  const text = everywhere
    ? helpers.replaceAll(old, replacement)
    : helpers.slice(0, spot.index) + replacement + helpers.slice(spot.index + old.length);
  return {
    result: { ...base, helpers: text },
    change: `${old.trim()} of a helper becomes ${replacement || 'nothing'}`,
  };
}

/** Drops, repeats or swaps operands, in values and types alike. */
function changeOperandList(base: VerifierCase, random: Random): Mutated | undefined {
  const match = /"\(([^()]*)\)/.exec(base.body);
  const count = base.operands.length;
  if (match === null || count === 0) return undefined;
  const index = random.integer(0, count);
  const order = base.operands.map((_, at) => at);
  const [change, chosen] = random.pick<readonly [string, readonly number[]]>([
    [`operand ${index} is dropped`, order.filter(at => at !== index)],
    [`operand ${index} is given twice`, [...order, index]],
    [`operand ${index} comes last`, [...order.filter(at => at !== index), index]],
  ]);
  const body = base.body
    .replace(match[0], `"(${chosen.map(at => `%arg${at}`).join(', ')})`)
    .replace(/: \((\$\d+(, )?)*\) -> \((?!.*-> \(\$r)/, `: (${chosen.map(at => `$${at}`).join(', ')}) -> (`);
  return { result: { ...base, body }, change };
}

const words: Readonly<Record<string, readonly string[]>> = {
  comparison_direction: ['EQ', 'NE', 'LT', 'SMALLER'],
  comparison_type: ['FLOAT', 'SIGNED', 'UNSIGNED', 'TOTALORDER', 'NOTYPE'],
  precision: ['HIGH', 'HIGHEST', 'PERFECT'],
  rng_distribution: ['NORMAL', 'POISSON'],
  rng_algorithm: ['DEFAULT', 'PHILOX', 'MERSENNE'],
};

function changeWord(base: VerifierCase, random: Random): Mutated | undefined {
  const spot = pickMatch(base.body, /(?<=#stablehlo<)(\w+) \w+(?=>)/g, random);
  if (spot === undefined) {
    const direction = pickMatch(base.body, /\b(SIGNED|FLOAT|DEFAULT|GE|GT|LT)\b/g, random);
    return direction === undefined
      ? undefined
      : edited(base, direction, random.pick(['UNSIGNED', 'HIGH', 'EQ']), 'a word');
  }
  const name = spot[1];
  const word = random.pick(words[name] ?? ['OTHER']);
  return edited(base, spot, `${name} ${word}`, `${name} is ${word}`);
}

function dropAttribute(base: VerifierCase, random: Random): Mutated | undefined {
  const match = /<\{(.*?)\}>(?= \(\{| : )/.exec(base.body);
  if (match === null) return undefined;
  const entries = match[1].split(/, (?=[a-z_]+ =|use_)/);
  const index = random.integer(0, entries.length);
  const rest = entries.filter((_, at) => at !== index);
  const text = rest.length === 0 ? '' : `<{${rest.join(', ')}}>`;
  return { result: { ...base, body: base.body.replace(match[0], text) }, change: `without ${entries[index]}` };
}

const elements = ['f32', 'f32', 'bf16', 'f64', 'i32', 'i64', 'ui32', 'i1', 'i8', 'complex<f32>'];

/** Another shape or another element type. */
function mutateType(type: string, random: Random): string {
  if (random.next() < 0.35) return withElement(type, random.pick(elements));
  const sizes = type
    .slice('tensor<'.length, -1)
    .split('x')
    .filter(word => /^\d+$/.test(word))
    .map(Number);
  const at = random.integer(0, sizes.length + 1);
  const changed = random.pick<readonly number[]>([
    sizes.map((size, index) => (index === at ? size + 1 : size)),
    sizes.map((size, index) => (index === at ? Math.max(size - 1, 0) : size)),
    sizes.map((size, index) => (index === at ? 1 : size)),
    sizes.map((size, index) => (index === at ? size * 2 : size)),
    sizes.filter((_, index) => index !== at),
    [...sizes.slice(0, at), 1, ...sizes.slice(at)],
    [...sizes].reverse(),
  ]);
  return `tensor<${changed.map(size => `${size}x`).join('')}${elementOf(type)}>`;
}

function elementOf(type: string): string {
  return /(?:^tensor<|x)((?:complex<f\d+>|[a-z]+\d+))>$/.exec(type)?.[1] ?? 'f32';
}

function withElement(type: string, element: string): string {
  return `${type.slice(0, type.length - elementOf(type).length - 1)}${element}>`;
}

function pickMatch(text: string, pattern: RegExp, random: Random): RegExpExecArray | undefined {
  const matches = [...text.matchAll(pattern)];
  return matches.length === 0 ? undefined : random.pick(matches);
}

function edited(base: VerifierCase, spot: RegExpExecArray, replacement: string, change: string): Mutated {
  const body = base.body.slice(0, spot.index) + replacement + base.body.slice(spot.index + spot[0].length);
  return { result: { ...base, body }, change };
}
