import { expect, test } from 'vitest';
import { formatJsonPath, type JsonPath, jsonPlace } from './json-place.ts';

const text = `{
  "name": "a \\"b\\" {c, [d]: ü", "more": 1,
  "list": [
    {"x": [1, [2, 3], true], "y": null},
    [10,-2.5e3]
  ],
  "empty": [ ], "last": {"deep": {"end": "]"}}
}
`;
const find = (...path: JsonPath): string => {
  const { line, column } = jsonPlace({ file: 'a.json', text }, path);
  const bytes = Buffer.from(text.split('\n')[line - 1]);
  return bytes.subarray(column - 1).toString();
};

test('a path leads to the place of its value', () => {
  expect(find('more')).toBe('1,');
  expect(find('list', 0, 'x', 1, 1)).toBe('3], true], "y": null},');
  expect(find('list', 0, 'y')).toBe('null},');
  expect(find('list', 1, 1)).toBe('-2.5e3]');
  expect(find('last', 'deep', 'end')).toBe('"]"}}');
});

test('a path that leads nowhere ends at the innermost thing that is there', () => {
  expect(find()).toBe('{');
  expect(find('nothing', 0)).toBe('{');
  expect(find('list', 2)).toBe('[');
  expect(find('empty', 0)).toBe('[ ], "last": {"deep": {"end": "]"}}');
  expect(find('more', 'x')).toBe('1,');
});

test('a path prints as JavaScript writes it', () => {
  expect(formatJsonPath(['decisions', 3, 'operands', 0])).toBe('decisions[3].operands[0]');
});
