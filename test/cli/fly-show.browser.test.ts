import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlightMapData } from '../../src/report/index.ts';
import { chromiumPath, startChromium } from '../support/browser.ts';
import { skein } from '../support/run-skein.ts';

/* A plan of the Singapore example, planned and served by the built command. Needs `npm run build`. */
const executablePath = chromiumPath();
const scenario = 'examples/flights/singapore.json';

describe.skipIf(executablePath === undefined)('skein fly show in a browser', () => {
  let folder: string;
  let server: ChildProcess;
  let browser: Browser;
  let page: Page;
  let data: FlightMapData;
  const complaints: string[] = [];
  const requests: string[] = [];
  let url: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'skein-fly-show-'));
    const out = join(folder, 'out');
    expect(skein('fly', 'plan', scenario, '--out', out).status).toBe(0);
    data = JSON.parse(readFileSync(join(out, 'map.json'), 'utf8'));
    server = spawn(process.execPath, ['dist/cli/main.js', 'fly', 'show', scenario, join(out, 'plan.json'), '--json']);
    const line = await new Promise<string>(resolve => server.stdout?.once('data', part => resolve(String(part))));
    url = JSON.parse(line).url;
    browser = await startChromium(executablePath ?? '');
    const context = await browser.newContext({ viewport: { width: 1200, height: 760 } });
    page = await context.newPage();
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', error => complaints.push(error.message));
    context.on('request', request => requests.push(request.url()));
    await page.goto(url);
    await page.waitForSelector('#map[data-ready]', { timeout: 60_000 });
  });
  afterAll(async () => {
    await browser?.close();
    server?.kill('SIGINT');
    rmSync(folder, { recursive: true, force: true });
  });

  const seek = (seconds: number): Promise<void> => page.fill('#slider', `${seconds}`);
  const shown = (): Promise<{ flying: number; zones: string[] }> =>
    page.$eval('#map', map => {
      const { flying, zones } = (map as unknown as { dataset: Record<string, string> }).dataset;
      return { flying: Number(flying), zones: JSON.parse(zones) };
    });

  it('has the flights of the plan in the air at their times, and the closed zone until its end', async () => {
    const padang = data.zones.find(({ name }) => name.includes('Padang'));
    if (padang === undefined) throw new Error('no zone around the Padang');
    const [{ end = 0 }] = padang.windows;
    for (const seconds of [end - 1, end, end + 300]) {
      await seek(seconds);
      const inTheAir = data.flights.filter(({ legs }) =>
        legs.some(leg => leg[0][3] <= seconds && seconds < leg[leg.length - 1][3]),
      );
      const { flying, zones } = await shown();
      expect(flying).toBe(inTheAir.length);
      expect(zones.includes(padang.name)).toBe(seconds < end);
    }
    expect((await shown()).flying).toBeGreaterThan(3);
  });

  it('says for whom a flight waits', async () => {
    const late = data.flights.find(({ waits }) => waits.some(({ reason }) => reason.includes('zone')));
    if (late === undefined) throw new Error('nobody waits for a zone');
    await page.click(`#flights .row[data-name="${late.name}"]`);
    expect(await page.locator('.waits .reason').allTextContents()).toEqual(late.waits.map(({ reason }) => reason));
    await seek(Math.ceil(late.waits[0].start + 1));
    expect(await page.textContent('#activity')).toContain('waits on the ground at ');
    expect(await page.textContent('#activity')).toContain('zone National Day TRA 1, the Padang');
  });

  it('says why a request is refused, and what would be served', async () => {
    await page.click('.row[data-name="flowers"]');
    expect(await page.textContent('#cause')).toMatch(/^zone National Day TRA 1, the Padang .* is in the way$/);
    expect(await page.textContent('#alternative')).toMatch(/^served if it may land until 21:0\d:\d\d, \d+ min/);
    await page.click('#details .link.zone');
    expect(await page.getAttribute('#map', 'data-selected')).toMatch(/^zone National Day TRA 1/);
  });

  it('names where the coast is from, asks for nothing elsewhere, and complains of nothing', async () => {
    await expect.poll(() => page.textContent('.maplibregl-ctrl-attrib')).toContain('Urban Redevelopment Authority');
    expect(complaints).toEqual([]);
    expect(requests.filter(asked => !/^(data|blob):/.test(asked) && !asked.startsWith(url))).toEqual([]);
  });
});
