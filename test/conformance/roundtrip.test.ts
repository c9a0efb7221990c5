import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseProgram, printProgram } from '../../src/ir/index.ts';

const folder = new URL('./programs/', import.meta.url);
const files = readdirSync(folder).filter(name => name.endsWith('.mlir.gz'));

function read(name: string): Buffer {
  return gunzipSync(readFileSync(new URL(name, folder)));
}

/** Attributes that are empty in jaxlib's generic form, which the pretty form cannot say. */
const emptyLists = /(arg|res)_attrs = \[(\{\}(, )?)*\], /g;

/** `roundtrip_programs.py` wrote these texts with jaxlib, so equal text means equal printers. */
describe('printing what jaxlib printed gives the same bytes', () => {
  for (const name of files.filter(file => !file.includes('.locations'))) {
    it(`for ${name}`, () => {
      const text = read(name);
      const form = name.includes('.generic') ? 'generic' : 'pretty';
      const printed = printProgram(parseProgram(text), { form });
      expect(printed.trimEnd()).toBe(text.toString().replace(emptyLists, '').trimEnd());
    });
  }
});

/** Defaults that jaxlib's pretty form leaves out and its generic form does not; we print what was read. */
const defaults = [
  /(, )?(api_version = 1 : i32|called_computations = \[\]|has_side_effect = false)(?=[,}])/g,
  /(?<=\{), /g,
  / <?\{result_accuracy = #stablehlo.result_accuracy<mode = #stablehlo.result_accuracy_mode<DEFAULT>>\}>?/g,
];

function withoutDefaults(text: string): string {
  return defaults.reduce((rest, pattern) => rest.replace(pattern, ''), text);
}

describe('both forms of a program say the same', () => {
  for (const name of files.filter(file => file.includes('.generic'))) {
    it(`for ${name}`, () => {
      const generic = parseProgram(read(name));
      const pretty = parseProgram(read(name.replace('.generic', '')));
      for (const form of ['pretty', 'generic'] as const) {
        expect(withoutDefaults(printProgram(generic, { form }))).toBe(withoutDefaults(printProgram(pretty, { form })));
      }
    });
  }
});

describe('names survive printing', () => {
  for (const name of files.filter(file => file.includes('.locations'))) {
    it(`for ${name}`, () => {
      const program = parseProgram(read(name));
      const printed = printProgram(program, { locations: true });
      expect(printed).toContain('loc("');
      expect(printProgram(parseProgram(Buffer.from(printed)), { locations: true })).toBe(printed);
    });
  }
});
