import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusal, skein } from '../support/run-skein.ts';

/*
 * Every kind of wrong scenario through the built command: a diagnostic with its code, the file, the place in it and the
 * next step, exit status 2, and nothing written. Needs `npm run build`.
 */
const good = readFileSync('examples/flights/district.json', 'utf8');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-fly-input-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The scenario with one thing changed. */
function changed(from: string | RegExp, to: string): string {
  const text = good.replace(from, to);
  expect(text).not.toBe(good);
  return text;
}

const corners = '[[700,700],[900,700],[900,900],[700,900]]';
const tangent = (longitude: number, latitude: number): string =>
  `"frame": {"kind":"tangent","longitude":${longitude},"latitude":${latitude}}`;

describe('a wrong scenario', () => {
  const cases: readonly [name: string, code: string, place: string, text: () => string][] = [
    [
      'a zone whose polygon crosses itself',
      'SK6002',
      'zones[1].area.corners',
      () => changed(corners, '[[700,700],[900,900],[900,700],[700,900]]'),
    ],
    [
      'an end before its start',
      'SK6003',
      'zones[0].windows[0]',
      () => changed('{"start":300,"end":900}', '{"start":900,"end":300}'),
    ],
    [
      'coordinates in the wrong order',
      'SK6004',
      'frame.latitude',
      () => changed('"frame": {"kind":"plane"}', tangent(1.35, 103.8)),
    ],
    [
      'places that were swapped before they were projected',
      'SK6004',
      'zones[0].area.centre',
      () =>
        changed('"frame": {"kind":"plane"}', tangent(103.8, 1.35)).replace(
          '"centre":[400,400]',
          '"centre":[11367000,-11500000]',
        ),
    ],
    ['a pad off the network', 'SK6005', 'pads[4].vertex', () => changed('"Clinic","vertex":8', '"Clinic","vertex":9')],
    [
      'an unknown class',
      'SK6006',
      'requests[0].class',
      () => changed('"bread","class":"light"', '"bread","class":"lihgt"'),
    ],
    [
      'a negative speed',
      'SK6007',
      'classes[0].speedMetresPerSecond',
      () => changed('"speedMetresPerSecond":10', '"speedMetresPerSecond":-10'),
    ],
    ['a request in the past', 'SK6008', 'requests[0].earliest', () => changed('"earliest":60}', '"earliest":-60}')],
    [
      'a deadline before its start',
      'SK6008',
      'requests[1].deadline',
      () => changed('"deadline":300}', '"deadline":30}'),
    ],
    ['a name used twice', 'SK6009', 'requests[1].name', () => changed('"name":"blood"', '"name":"bread"')],
    [
      'a missing key',
      'SK6001',
      'pads[0].serviceSeconds',
      () => changed('"vertex":0,"serviceSeconds":20', '"vertex":0'),
    ],
    ['an epoch without a zone', 'SK6012', 'epoch', () => changed('10:00:00+08:00', '10:00:00')],
    [
      'heights above nothing known',
      'SK6011',
      'heights',
      () => changed('"reference":"amsl"', '"reference":"ellipsoid"'),
    ],
    ['prices that make vehicles hover', 'SK6013', 'prices.ground', () => changed('"ground":1', '"ground":2')],
    ['a text that is no JSON', 'SK6001', 'is no JSON', () => good.slice(0, 500)],
    ['a plan in place of a scenario', 'SK6001', 'format', () => changed('skein.airspace/1', 'skein.flights/1')],
  ];
  for (const [name, code, place, text] of cases) {
    test(`${name} is ${code}`, () => {
      const path = file(`${name.replaceAll(' ', '-')}.json`, text());
      const before = readdirSync(folder);
      const out = join(folder, 'never');
      const said = refusal('fly', 'plan', path, '--out', out);
      expect(said).toContain(`error ${code}: ${path}`);
      expect(said).toContain(place);
      expect(said).toMatch(/\n {2}next: \S/);
      expect(existsSync(out)).toBe(false);
      expect(readdirSync(folder)).toEqual(before);
      const { status, stdout } = skein('fly', 'plan', path, '--json');
      expect([status, JSON.parse(stdout).diagnostics[0].code]).toEqual([2, code]);
    });
  }

  test('all that is wrong is told at once', () => {
    const two = changed('"speedMetresPerSecond":10', '"speedMetresPerSecond":-10').replace('"vertex":8', '"vertex":9');
    expect(refusal('fly', 'plan', file('two.json', two))).toMatch(/SK6007.*SK6005/s);
  });
});

describe('files of networks', () => {
  const network = (source: string, frame: string): string =>
    JSON.stringify({
      ...JSON.parse(good),
      frame: JSON.parse(frame),
      network: { kind: 'file', ...JSON.parse(source) },
    });
  const plane = '{"kind":"plane"}';
  const earth = '{"kind":"tangent","longitude":103.8,"latitude":1.35}';
  const corners = '[103.804,1.35],[103.808,1.35],[103.808,1.354],[103.804,1.354],[103.8,1.354],[103.8,1.358]';
  const street = (first: string): string =>
    `{"type":"LineString","coordinates":[${first},${corners},[103.804,1.358],[103.808,1.358]]}`;
  const plan = (name: string, source: string, frame = earth): string =>
    refusal('fly', 'plan', file(name, network(source, frame)));

  test('that are read give the same plan as the graph written out', () => {
    const { vertices, edges } = JSON.parse(good).network;
    const nodes = vertices.map(
      (place: number[], index: number) => `<node id="n${index}"><data key="k">${place}</data></node>`,
    );
    const ways = edges.map(([from, to]: number[]) => `<edge source="n${from}" target="n${to}"/>`);
    const graph = `<graph edgedefault="directed">${[...nodes, ...ways].join('')}</graph>`;
    file('district.graphml', `<graphml><key id="k" for="node" attr.name="coords"/>${graph}</graphml>`);
    const same = file('same.json', network('{"path":"district.graphml"}', plane));
    const read = JSON.parse(skein('fly', 'plan', same, '--json').stdout);
    const known = JSON.parse(skein('fly', 'plan', 'examples/flights/district.json', '--json').stdout);
    expect([read.served, read.cost, read.refusals]).toEqual([known.served, known.cost, known.refusals]);
  });

  test('of GeoJSON are lines on the Earth, flown at levels', () => {
    file('street.geojson', street('[103.8,1.35]'));
    const path = file('street.json', network('{"path":"street.geojson","levels":[50]}', earth));
    expect(JSON.parse(skein('fly', 'plan', path, '--json').stdout)).toMatchObject({ requests: 8 });
  });

  test('that cannot be used are told with their path', () => {
    expect(plan('none.json', '{"path":"nowhere.geojson"}')).toMatch(/SK9001: network\.path, nowhere\.geojson.*next: /s);
    file('picture.png', 'PNG');
    expect(plan('png.json', '{"path":"picture.png"}')).toMatch(/SK6001: network\.path, picture\.png.*next: /s);
    file('plain.geojson', street('[103.8,1.35]'));
    expect(plan('plane.json', '{"path":"plain.geojson","levels":[50]}', plane)).toMatch(
      /SK6107.*frame is a plane.*next: /s,
    );
    expect(plan('heights.json', '{"path":"plain.geojson"}')).toMatch(/SK6108.*next: /s);
    file('swapped.geojson', street('[1.35,103.8]'));
    expect(plan('swapped.json', '{"path":"swapped.geojson","levels":[50]}')).toMatch(/SK6107.*coordinates\[0\].*swap/s);
    file('cut.graphml', '<graphml><graph><node id="a">');
    expect(plan('cut.json', '{"path":"cut.graphml"}', plane)).toMatch(/cut\.graphml:1:\d+: error SK6101/);
  });

  test('a scenario that cannot be read is SK9001', () => {
    expect(refusal('fly', 'plan', join(folder, 'nowhere.json'))).toContain('SK9001');
    expect(refusal('fly', 'plan', folder)).toContain('SK9001');
  });
});
