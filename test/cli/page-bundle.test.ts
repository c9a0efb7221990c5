import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = `${root}/dist/web`;

describe('the built map page', () => {
  it('is there with all its files', () => {
    const files = ['index.html', 'page.js', 'page.css', 'maplibre-gl.css', 'maplibre-gl-worker.mjs'];
    expect(files.filter(file => !existsSync(`${folder}/${file}`))).toEqual([]);
  });

  it('loads only what lies beside it', () => {
    const page = readFileSync(`${folder}/index.html`, 'utf8');
    const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    expect(loaded.filter(path => !path.startsWith('data:') && !existsSync(`${folder}/${path}`))).toEqual([]);
    const imports = readFileSync(`${folder}/page.js`, 'utf8').match(
      /\bimport\s*["'`{*][^;]{0,80}["'`]|from\s*["'`]\.{0,2}\//g,
    );
    expect(imports ?? []).toEqual([]);
  });

  it('is no larger than it needs to be', () => {
    const bytes = statSync(`${folder}/page.js`).size + statSync(`${folder}/maplibre-gl-worker.mjs`).size;
    expect(bytes).toBeLessThan(3.2e6);
  });
});
