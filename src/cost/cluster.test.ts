import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatCluster } from './cluster.ts';
import { parseCluster } from './cluster-notation.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-cluster-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const show = (text: string): string => {
  const { hosts, devicesPerHost, devices, processes, profile, links } = parseCluster(text);
  const levels = links.map(link => `${link.name} ${link.size}`).join(', ');
  return `${hosts} x ${devicesPerHost} = ${devices} ${profile.name}, ${processes} processes, [${levels}]`;
};

const file = (name: string, data: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof data === 'string' ? data : JSON.stringify(data));
  return path;
};

const link = { name: 'pcie', size: 2, bandwidthBytesPerSecond: 32e9, latencySeconds: 1e-6, topology: 'switch' };

describe('clusters', () => {
  it.each([
    ['cpu:8', '1 x 8 = 8 cpu, 1 processes, [memory 8]'],
    ['cpu', '1 x 1 = 1 cpu, 1 processes, []'],
    ['2xcpu:2', '2 x 2 = 4 cpu, 2 processes, [memory 2, loopback 2]'],
    ['H100', '1 x 1 = 1 H100, 1 processes, []'],
    ['8xh100', '1 x 8 = 8 H100, 1 processes, [nvlink 8]'],
    ['4x8xH100', '4 x 8 = 32 H100, 4 processes, [nvlink 8, network 4]'],
    ['2x4xA100', '2 x 4 = 8 A100-80, 2 processes, [nvlink 4, network 2]'],
    ['2x1xA100-40', '2 x 1 = 2 A100-40, 2 processes, [network 2]'],
    ['v5p:4x4x2', '8 x 4 = 32 v5p, 8 processes, [ici-z 2, ici-y 4, ici-x 4]'],
    ['gpu:2', '1 x 2 = 2 H100, 1 processes, [nvlink 2]'],
    ['tpu:4', '1 x 4 = 4 v5e, 1 processes, [ici-x 4]'],
    ['v5e:4x8', '4 x 8 = 32 v5e, 4 processes, [ici-y 8, ici-x 4]'],
    ['2xv4:2x2x1', '2 x 4 = 8 v4, 2 processes, [ici-y 2, ici-x 2, network 2]'],
  ])('reads %s', (text, expected) => {
    expect(show(text)).toBe(expected);
    expect(formatCluster(parseCluster(text))).toBe(text);
  });

  it.each([
    ['', 'SK2101'],
    ['8*H100', 'SK2101'],
    ['H100:', 'SK2101'],
    ['2x2x2xH100', 'SK2101'],
    ['v5p:2x2x2x2', 'SK2101'],
    ['8xH10', 'did you mean `H100`?'],
    ['cup:8', 'did you mean `cpu`?'],
    ['cpu:0', 'SK2103'],
    ['0x8xH100', 'SK2103'],
    ['16xH100', 'write 2x8xH100'],
  ])('refuses %j', (text, expected) => {
    expect(() => parseCluster(text)).toThrow(expected);
  });

  it('reads a file with links of its own', () => {
    const path = file('own.json', {
      format: 'skein.cluster/1',
      hosts: 1,
      devicesPerHost: 4,
      profile: 'A100',
      links: [
        { ...link, efficiency: 0.8 },
        { ...link, name: 'qpi', efficiency: 0.7 },
      ],
    });
    expect(show(path)).toBe('1 x 4 = 4 A100-80, 1 processes, [pcie 2, qpi 2]');
  });

  it('reads a file with a profile of its own', () => {
    const profile = { ...parseCluster('cpu:2').profile, name: 'mine' };
    const path = file('profile.json', { format: 'skein.cluster/1', hosts: 2, devicesPerHost: 3, profile });
    expect(show(path)).toBe('2 x 3 = 6 mine, 2 processes, [memory 3, loopback 2]');
  });

  it('reads what devices hide, in a file or in its profile', () => {
    const overlap = { share: 0.8, slowdown: 1.2 };
    const named = { format: 'skein.cluster/1', devicesPerHost: 2, profile: 'A100' };
    const own = { ...named, profile: { ...parseCluster('A100').profile, overlap } };
    expect(parseCluster(file('hides.json', { ...named, overlap })).profile.overlap).toEqual(overlap);
    expect(parseCluster(file('own-hides.json', own)).profile.overlap).toEqual(overlap);
    expect(parseCluster(file('hides-nothing.json', named)).profile.overlap).toBeUndefined();
  });

  it('names everything that is wrong in a file at once', () => {
    const path = file('bad.json', {
      format: 'skein.cluster/1',
      devicesPerHost: 2,
      profile: 'A100',
      links: [{ ...link, bandwidthBytesPerSecond: -1, topology: 'star', efficiency: 0.8 }],
    });
    expect(() => parseCluster(path)).toThrow(/bandwidthBytesPerSecond is -1[\s\S]*topology is "star"/);
  });

  it.each([
    [{ format: 'skein.cluster/1', devicesPerHost: 0, profile: 'A100' }, 'SK2103'],
    [{ format: 'skein.cluster/1', devicesPerHost: 1.5, profile: 'A100' }, 'SK2104'],
    [{ format: 'skein.cluster/2', devicesPerHost: 1, profile: 'A100' }, 'SK2104'],
    [{ format: 'skein.cluster/1', devicesPerHost: 1 }, 'SK2104'],
    [{ format: 'skein.cluster/1', devicesPerHost: 1, profile: 'A10' }, 'SK2102'],
    [{ format: 'skein.cluster/1', devicesPerHost: 3, profile: 'A100', links: [{ ...link, efficiency: 1 }] }, 'product'],
    [{ format: 'skein.cluster/1', devicesPerHost: 1, profile: {} }, 'SK2104'],
    [{ format: 'skein.cluster/1', devicesPerHost: 1, profile: 'A100', overlap: { share: 1.1, slowdown: 1 } }, 'SK2104'],
    [{ format: 'skein.cluster/1', devicesPerHost: 1, profile: 'A100', overlap: { share: 1 } }, 'slowdown is missing'],
    ['{', 'SK2101'],
    ['[]', 'SK2104'],
  ])('refuses the file %j', (data, expected) => {
    expect(() => parseCluster(file('wrong.json', data))).toThrow(expected);
  });

  it('says when a file is not there', () => {
    expect(() => parseCluster(join(folder, 'none.json'))).toThrow('SK9001');
  });
});
