import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const sourceRoot = join(root, 'src');

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Folder of `src` → folders it may import, from ARCHITECTURE.md's table. `anything` allows all. */
function readLayerTable(): Map<string, readonly string[]> {
  const table = new Map<string, readonly string[]>();
  for (const line of readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').split('\n')) {
    const cells = line.split('|').map(cell => cell.trim());
    if (cells.length < 5 || !cells[1].startsWith('`src/')) continue;
    const allowed = cells[3] === 'nothing' ? [] : cells[3].split(',').map(word => word.trim());
    for (const match of cells[1].matchAll(/`src\/([a-z.-]+)`/g)) table.set(match[1], allowed);
  }
  return table;
}

function listSources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => join(entry.parentPath, entry.name));
}

function readImports(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const found: Import[] = [];
  for (const match of text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*'(\.[^']+)'|import\('(\.[^']+)'\)/g,
  )) {
    found.push({ from: file, to: resolve(dirname(file), match[1] ?? match[2]) });
  }
  return found;
}

/** The layer of a file: the first folder below `src`, or the file's own name for files in `src` itself. */
const layerOf = (file: string): string => relative(sourceRoot, file).split(sep)[0];
const show = (file: string): string => relative(root, file);

const layers = readLayerTable();
const sources = listSources(sourceRoot);
const imports = sources.filter(file => !file.endsWith('.test.ts')).flatMap(readImports);

describe('architecture', () => {
  it('has a row in ARCHITECTURE.md for every folder of src', () => {
    const folders = new Set(sources.map(layerOf));
    expect([...folders].filter(folder => !layers.has(folder))).toEqual([]);
  });

  it('imports only what the layer table allows', () => {
    const forbidden = imports.filter(({ from, to }) => {
      const [source, target] = [layerOf(from), layerOf(to)];
      if (source === target || target === 'base') return false;
      const allowed = layers.get(source) ?? [];
      return !allowed.includes('anything') && !allowed.includes(target);
    });
    expect(forbidden.map(({ from, to }) => `${show(from)} imports ${show(to)}`)).toEqual([]);
  });

  it('passes through the face of another folder', () => {
    const past = imports.filter(
      ({ from, to }) => layerOf(from) !== layerOf(to) && to !== join(sourceRoot, layerOf(to), 'index.ts'),
    );
    expect(past.map(({ from, to }) => `${show(from)} imports ${show(to)}`)).toEqual([]);
  });

  it('is imported by nobody where the table says so', () => {
    const users = imports.filter(({ from, to }) => layerOf(to) === 'cli' && layerOf(from) !== 'cli');
    expect(users.map(({ from, to }) => `${show(from)} imports ${show(to)}`)).toEqual([]);
  });

  it('has no import cycle, types included', () => {
    expect(findCycles(imports).map(cycle => cycle.map(show).join(' -> '))).toEqual([]);
  });
});

/** Import cycles found by depth-first search, each as its list of files. */
function findCycles(edges: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to]);
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) cycles.push([...path.slice(start), file]);
    if (start >= 0 || finished.has(file)) return;
    path.push(file);
    for (const next of targets.get(file) ?? []) visit(next);
    path.pop();
    finished.add(file);
  };
  for (const file of targets.keys()) visit(file);
  return cycles;
}
