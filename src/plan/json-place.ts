import type { SourcePlace } from '../base/index.ts';

/** A JSON document as the user gave it. */
export interface JsonSource {
  readonly file: string;
  readonly text: string;
}

/** Where in a document something is: keys of objects and positions in lists, from the outside in. */
export type JsonPath = readonly (string | number)[];

/** Prints `decisions[3].operands[0]`. */
export function formatJsonPath(path: JsonPath): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}

/**
 * The place of a value in a document, or of the innermost thing around it that is there. The text must be JSON. One pass
 * over what comes before.
 */
export function jsonPlace({ file, text }: JsonSource, path: JsonPath): SourcePlace {
  let at = afterSpace(text, 0);
  for (const step of path) {
    const inside = findMember(text, at, step);
    if (inside < 0) break;
    at = inside;
  }
  const before = text.slice(0, at).split('\n');
  return { file, line: before.length, column: Buffer.byteLength(before.at(-1) ?? '') + 1 };
}

/** Offset of a member of the object or list at `at`; -1 where there is none. */
function findMember(text: string, at: number, step: string | number): number {
  if (text[at] !== (typeof step === 'number' ? '[' : '{')) return -1;
  let next = afterSpace(text, at + 1);
  for (let index = 0; text[next] !== ']' && text[next] !== '}'; index++) {
    let value = next;
    if (typeof step === 'string') value = afterSpace(text, afterSpace(text, afterValue(text, next)) + 1);
    if (typeof step === 'number' ? index === step : JSON.parse(text.slice(next, afterValue(text, next))) === step)
      return value;
    next = afterSpace(text, afterValue(text, value));
    if (text[next] === ',') next = afterSpace(text, next + 1);
  }
  return -1;
}

function afterSpace(text: string, at: number): number {
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return at;
}

/** The offset behind the value that starts at `at`. */
function afterValue(text: string, at: number): number {
  let depth = 0;
  do {
    const character = text[at];
    if (character === '"') at = afterString(text, at);
    else if (character === '{' || character === '[') {
      depth++;
      at++;
    } else if (character === '}' || character === ']') {
      depth--;
      at++;
    } else if (depth > 0 && (character === ',' || character === ':' || afterSpace(text, at) > at)) at++;
    else while (at < text.length && !/[\s,\]}:]/.test(text[at])) at++;
  } while (depth > 0 && at < text.length);
  return at;
}

function afterString(text: string, at: number): number {
  for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++;
  return at + 1;
}
