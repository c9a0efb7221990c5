import { diagnosticError } from '../base/index.ts';
import { checkMesh, type Mesh } from './mesh.ts';
import { parseSharding, type Sharding } from './notation.ts';

/** A wish for every argument or result whose name matches the glob. Globs know `*` and `?`; all else is literal. */
export interface Pin {
  readonly match: string;
  readonly sharding: Sharding;
}

/** Contents of a pins file. */
export interface PinSet {
  readonly mesh: Mesh;
  readonly pins: readonly Pin[];
}

/** Reads `NAME=[{dp}, {}]`, split at the last `=[`. Throws SK2007 without one, SK2002 for a wrong sharding. */
export function parsePin(text: string): Pin {
  const split = text.lastIndexOf('=[');
  if (split < 1) {
    throw diagnosticError('SK2007', {
      message: `the pin \`${text}\` has no name and sharding`,
      expected: 'a pin like tokens=[{dp}, {}]',
      next: 'write NAME=[...], with one pair of braces per dimension',
    });
  }
  return { match: text.slice(0, split).trim(), sharding: parseSharding(text.slice(split + 1)) };
}

/** Reads a pins file: `{"format": "skein.pins/1", "mesh": {"axes": [["dp", 2]]}, "pins": [...]}`. Throws SK2007. */
export function parsePins(text: string, file = 'pins'): PinSet {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw wrongPins(file, `it is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isRecord(document) || document.format !== 'skein.pins/1') throw wrongPins(file, '`format` is not skein.pins/1');
  if (!Array.isArray(document.pins)) throw wrongPins(file, '`pins` is no list');
  return {
    mesh: readMesh(document.mesh, file),
    pins: document.pins.map((entry, index) => readPin(entry, index, file)),
  };
}

function readMesh(value: unknown, file: string): Mesh {
  if (!isRecord(value) || !Array.isArray(value.axes)) throw wrongPins(file, '`mesh` has no list `axes`');
  const axes = value.axes.map((axis: unknown) => {
    if (!Array.isArray(axis) || typeof axis[0] !== 'string' || typeof axis[1] !== 'number') {
      throw wrongPins(file, `the axis ${JSON.stringify(axis)} is no pair of name and size`);
    }
    return { name: axis[0], size: axis[1] };
  });
  const ids: unknown = value.deviceIds;
  if (ids === undefined) return checkMesh({ axes });
  if (!Array.isArray(ids) || !ids.every(id => typeof id === 'number'))
    throw wrongPins(file, '`deviceIds` is no list of numbers');
  return checkMesh({ axes, deviceIds: ids });
}

function readPin(entry: unknown, index: number, file: string): Pin {
  if (!isRecord(entry) || typeof entry.match !== 'string' || typeof entry.sharding !== 'string') {
    throw wrongPins(file, `pin ${index} has no strings \`match\` and \`sharding\``);
  }
  return { match: entry.match, sharding: parseSharding(entry.sharding) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A test for names that match the glob as a whole. */
export function globMatcher(glob: string): (name: string) => boolean {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${pattern}$`, 's');
  return name => expression.test(name);
}

/** True when the whole name matches the glob. */
export function matchesGlob(glob: string, name: string): boolean {
  return globMatcher(glob)(name);
}

function wrongPins(file: string, why: string) {
  return diagnosticError('SK2007', {
    message: `${file} holds no pins: ${why}`,
    expected:
      '{"format": "skein.pins/1", "mesh": {"axes": [["dp", 2]]}, "pins": [{"match": "x", "sharding": "[{dp}]"}]}',
    next: 'correct the file',
  });
}
