import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPython } from '../../src/engine/index.ts';
import { firstComplaint } from './verifier-complaint.ts';
import { elementPrograms } from './verifier-elements.ts';
import type { Mutation } from './verifier-mutations.ts';
import { makeMutations } from './verifier-mutations.ts';

const seed = 1;
const perFamily = 100;
const agreement = 0.98;

type Verdicts = Readonly<Record<string, string | null>>;

/** What jaxlib says of each program: null where it takes it, `crash` where its verifier dies. */
function judgeByJaxlib(mutations: readonly Mutation[]): Verdicts {
  const folder = mkdtempSync(join(tmpdir(), 'skein-verifier-'));
  try {
    const [texts, verdicts] = [join(folder, 'texts.json'), join(folder, 'verdicts.json')];
    writeFileSync(texts, JSON.stringify(Object.fromEntries(mutations.map(({ name, text }) => [name, text]))));
    execFileSync(findPython(), [join(import.meta.dirname, 'verifier-mutations.py'), texts, verdicts]);
    return JSON.parse(readFileSync(verdicts, 'utf8')) as Verdicts;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the verifier', () => {
  const mutations = makeMutations(seed, perFamily);
  const elements = elementPrograms();
  const verdicts = judgeByJaxlib([...mutations, ...elements]);
  const judged = mutations
    .filter(({ name }) => verdicts[name] !== 'crash')
    .map(mutation => ({ mutation, ours: firstComplaint(mutation.text), theirs: verdicts[mutation.name] }));
  const different = judged.filter(({ ours, theirs }) => (ours === undefined) !== (theirs === null));

  it('takes every valid program, and so does jaxlib', () => {
    const valid = judged.filter(({ mutation }) => mutation.change === 'none');
    expect(valid.filter(({ ours, theirs }) => ours !== undefined || theirs !== null)).toEqual([]);
    expect(valid.length).toBeGreaterThan(60);
  });

  it('says the same as jaxlib of at least 98 % of a thousand mutations over ten families', () => {
    const mutated = judged.filter(({ mutation }) => mutation.change !== 'none');
    const families = new Set(mutated.map(({ mutation }) => mutation.family));
    expect(mutated.length).toBeGreaterThanOrEqual(1000);
    expect(families.size).toBeGreaterThanOrEqual(10);
    const table = different.map(({ mutation, ours, theirs }) =>
      [`${mutation.name}: ${mutation.change}`, `  ours:   ${ours ?? 'taken'}`, `  jaxlib: ${theirs ?? 'taken'}`].join(
        '\n',
      ),
    );
    const share = 1 - different.length / mutated.length;
    console.log(`${mutated.length} mutations, ${(100 * share).toFixed(2)} % agree; ${table.length} differ:`);
    console.log(table.join('\n'));
    expect(share, table.join('\n')).toBeGreaterThanOrEqual(agreement);
  });

  it('takes and refuses enough of them for the agreement to mean something', () => {
    const taken = judged.filter(({ theirs }) => theirs === null).length;
    expect(taken).toBeGreaterThan(200);
    expect(judged.length - taken).toBeGreaterThan(500);
  });

  it('allows the same element types of every elementwise operation', () => {
    const wrong = elements.filter(
      ({ name, text }) => (firstComplaint(text) === undefined) !== (verdicts[name] === null),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
    expect(elements.length).toBeGreaterThan(2000);
  });

  it('never takes what jaxlib refuses', () => {
    const lax = different.filter(({ ours }) => ours === undefined).map(({ mutation }) => mutation.text);
    expect(lax).toEqual([]);
  });
});
