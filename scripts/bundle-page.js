import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rolldown } from 'rolldown';

// The map page of `skein fly`, with all that it loads: nothing of it comes from elsewhere. MapLibre's worker is a file of
// its own, since the page's policy allows no others.
const folder = 'dist/web';
mkdirSync(folder, { recursive: true });
const bundle = await rolldown({ input: 'web/main.ts', platform: 'browser', tsconfig: 'web/tsconfig.json' });
const { output } = await bundle.write({
  file: `${folder}/page.js`,
  format: 'esm',
  minify: true,
  codeSplitting: false,
});

for (const [from, to] of [
  ['web/index.html', 'index.html'],
  ['web/page.css', 'page.css'],
  ['node_modules/maplibre-gl/dist/maplibre-gl.css', 'maplibre-gl.css'],
  ['node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs', 'maplibre-gl-worker.mjs'],
]) {
  cpSync(from, `${folder}/${to}`);
}

// The terms of every package that is in the bundle, which have to go where it goes.
const packages = new Set(
  output[0].moduleIds.flatMap(id => [/.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []].flat()),
);
const notices = [...packages].sort().map(path => {
  const { name, version, license } = JSON.parse(readFileSync(`${path}/package.json`, 'utf8'));
  const file = readdirSync(path).find(entry => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n${readFileSync(`${path}/${file}`, 'utf8').trim()}\n`;
  return `${name} ${version}: ${license}\n${text}`;
});
writeFileSync(`${folder}/licenses.txt`, notices.join('\n'));
