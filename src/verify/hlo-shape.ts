import { splitTopLevel } from './hlo-text.ts';

/** Bytes of a shape as HLO prints it; those of a tuple are summed. Tokens and opaque values have none. */
export function shapeBytes(shape: string): number {
  let bytes = 0;
  for (const [, element, sizes] of shape.matchAll(/\b([a-z]\w*)\[([\d,<=\s]*)\]/g)) {
    let elements = 1;
    for (const size of sizes.split(',')) {
      const digits = size.replace(/[^\d]/g, '');
      if (digits !== '') elements *= Number(digits);
    }
    bytes += Math.ceil((elements * hloElementBits(element)) / 8);
  }
  return bytes;
}

/** Element types in a shape, in the spelling of StableHLO, each once. */
export function shapeElements(shape: string): string[] {
  const found = [...shape.matchAll(/\b([a-z]\w*)\[/g)].map(match => stablehloElement(match[1]));
  return [...new Set(found)];
}

/** The elements of a tuple shape; a shape that is no tuple is its own only element. */
export function tupleElements(shape: string): string[] {
  if (!shape.startsWith('(')) return [shape];
  return splitTopLevel(shape.slice(1, -1).replace(/\/\*.*?\*\//g, ''));
}

function hloElementBits(element: string): number {
  if (element === 'token' || element === 'opaque') return 0;
  if (element === 'pred') return 8;
  const bits = Number(/^[a-z]+(\d+)/.exec(element)?.[1] ?? 0);
  return element.startsWith('bf16') ? 16 : bits;
}

function stablehloElement(element: string): string {
  if (element === 'pred') return 'i1';
  const integer = /^([su])(\d+)$/.exec(element);
  if (integer !== null) return `${integer[1] === 's' ? 'i' : 'ui'}${integer[2]}`;
  const complex = /^c(\d+)$/.exec(element);
  if (complex !== null) return `complex<f${Number(complex[1]) / 2}>`;
  return element
    .replace(/^(f\d+)(e)/, '$1E')
    .replace(/(E\d+)(m)/, '$1M')
    .replace(/fn/, 'FN')
    .replace(/uz/, 'UZ');
}
