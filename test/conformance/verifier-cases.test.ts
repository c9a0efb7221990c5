import { describe, expect, it } from 'vitest';
import { verifierCases } from './verifier-cases.ts';
import { firstComplaint } from './verifier-complaint.ts';
import { makeMutations, printCase } from './verifier-mutations.ts';

describe('the cases of the verifier', () => {
  it.each(verifierCases.map((base, index) => [`${base.family} ${index}`, printCase(base)]))('takes %s', (_, text) => {
    expect(firstComplaint(text)).toBeUndefined();
  });

  it('refuses or takes every mutation without a bug', () => {
    const mutations = makeMutations(77, 60);
    const refused = mutations.filter(({ text }) => firstComplaint(text) !== undefined);
    expect(mutations.length).toBeGreaterThan(800);
    expect(refused.length).toBeGreaterThan(mutations.length / 2);
  });

  it('makes the same mutations from the same seed', () => {
    expect(makeMutations(5, 3)).toEqual(makeMutations(5, 3));
    expect(makeMutations(5, 3)).not.toEqual(makeMutations(6, 3));
  });
});
