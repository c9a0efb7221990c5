import { describe, expect, it } from 'vitest';
import { operationDefinition, operationNames } from './table.ts';

describe('the operation table', () => {
  it('names each operation once, with a dialect that is read', () => {
    const names = operationNames();
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^(stablehlo|chlo|func|sdy)\.[a-z0-9_-]+$/);
  });

  it('holds the whole dialect of jaxlib 0.10.2', () => {
    const count = (prefix: string): number => operationNames().filter(name => name.startsWith(prefix)).length;
    expect(count('stablehlo.')).toMatchInlineSnapshot(`117`);
    expect(count('chlo.')).toMatchInlineSnapshot(`51`);
  });

  it('knows tier A well enough to check or to infer it', () => {
    const free = ['func.call', 'func.return', 'stablehlo.return', 'sdy.return', 'sdy.sharding_group'];
    for (const name of operationNames()) {
      const definition = operationDefinition(name);
      if (definition?.tier === 'B' || free.includes(name)) continue;
      expect(definition?.infer ?? definition?.verify, name).toBeDefined();
    }
  });

  it('gives nothing for names that it does not know', () => {
    expect(operationDefinition('stablehlo.subract')).toBeUndefined();
  });
});
