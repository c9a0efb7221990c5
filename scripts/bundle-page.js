import { cpSync, mkdirSync } from 'node:fs';
import { rolldown } from 'rolldown';

// The map page of `skein fly`, with all that it loads: nothing of it comes from elsewhere. MapLibre's worker is a file of
// its own, since the page's policy allows no others.
const folder = 'dist/web';
mkdirSync(folder, { recursive: true });
const bundle = await rolldown({ input: 'web/main.ts', platform: 'browser', tsconfig: 'web/tsconfig.json' });
await bundle.write({ file: `${folder}/page.js`, format: 'esm', minify: true, codeSplitting: false });

for (const [from, to] of [
  ['web/index.html', 'index.html'],
  ['web/page.css', 'page.css'],
  ['node_modules/maplibre-gl/dist/maplibre-gl.css', 'maplibre-gl.css'],
  ['node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs', 'maplibre-gl-worker.mjs'],
]) {
  cpSync(from, `${folder}/${to}`);
}
