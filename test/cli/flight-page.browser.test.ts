import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFlightPage } from '../../src/cli/flight-page.ts';
import type { FlightMapData } from '../../src/report/index.ts';
import { chromiumPath, startChromium } from '../support/browser.ts';
import { mapExample, planeExample } from '../support/flight-map-example.ts';

const executablePath = chromiumPath();
if (executablePath === undefined) {
  process.stderr.write('No Chromium at $CHROMIUM or /usr/bin/chromium: the tests of the map page are skipped.\n');
}

/** A part of the screen that only the map is in. */
const mapClip = { x: 100, y: 100, width: 600, height: 500 };

/** A page that is ready, with what went wrong on it and what it asked for. */
interface OpenPage {
  readonly page: Page;
  readonly url: string;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
  close(): Promise<void>;
}

async function open(browser: Browser, data: FlightMapData, scheme: 'light' | 'dark' = 'light'): Promise<OpenPage> {
  const server = await serveFlightPage({ data });
  const context = await browser.newContext({ viewport: { width: 1200, height: 760 }, colorScheme: scheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(error.message));
  context.on('request', request => requests.push(request.url()));
  await page.goto(server.url);
  await page.waitForSelector('#map[data-ready]', { timeout: 60_000 });
  return {
    page,
    url: server.url,
    complaints,
    requests,
    async close() {
      await context.close();
      await server.close();
    },
  };
}

/** What the map says that it shows. */
function shown(page: Page): Promise<{ flying: number; seconds: number; zones: string[]; first: string }> {
  return page.$eval('#map', map => {
    const { flying, seconds, zones, first } = (map as unknown as { dataset: Record<string, string> }).dataset;
    return { flying: Number(flying), seconds: Number(seconds), zones: JSON.parse(zones), first };
  });
}

const seek = (page: Page, seconds: number): Promise<void> => page.fill('#slider', `${seconds}`);

/** How many colours there are in the middle of the map. */
async function countColours(page: Page): Promise<number> {
  const picture = await page.screenshot({ clip: mapClip });
  const code = `(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${picture.toString('base64')}';
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
    canvas.drawImage(image, 0, 0);
    return new Set(new Uint32Array(canvas.getImageData(0, 0, image.width, image.height).data.buffer)).size;
  })()`;
  return page.evaluate<number>(code);
}

describe.skipIf(executablePath === undefined)('the map page in a browser', () => {
  let browser: Browser;
  let opened: OpenPage;
  beforeAll(async () => {
    browser = await startChromium(executablePath ?? '');
    opened = await open(browser, mapExample);
  });
  afterAll(async () => {
    await opened?.close();
    await browser?.close();
  });

  it('draws a map that is not blank', async () => {
    expect(await opened.page.locator('#map canvas').count()).toBeGreaterThan(0);
    await expect.poll(() => countColours(opened.page), { timeout: 30_000 }).toBeGreaterThan(20);
  });

  it('moves vehicles with the slider', async () => {
    const { page } = opened;
    await seek(page, 0);
    expect((await shown(page)).flying).toBe(0);
    await seek(page, 450);
    const before = await shown(page);
    const inTheAir = mapExample.flights.filter(({ legs: [leg] }) => leg[0][3] <= 450 && 450 < leg[leg.length - 1][3]);
    expect(before.flying).toBe(inTheAir.length);
    await seek(page, 455);
    expect((await shown(page)).first).not.toBe(before.first);
    expect(await page.textContent('#clock')).toBe('17:07:35');
    expect(await page.textContent('#flying-count')).toBe(`${(await shown(page)).flying}`);
  });

  it('is moved by the arrow keys, and played by the space bar', async () => {
    const { page } = opened;
    await seek(page, 450);
    await page.focus('#slider');
    await page.keyboard.press('ArrowRight');
    expect((await shown(page)).seconds).toBe(451);
    await page.focus('#play');
    await page.keyboard.press('Space');
    await expect.poll(async () => (await shown(page)).seconds, { timeout: 20_000 }).toBeGreaterThan(452);
    await page.keyboard.press('Space');
    expect(await page.textContent('#play')).toBe('Play');
  });

  it('shows zones in their windows only, which do not hold their ends', async () => {
    const { page } = opened;
    const zonesAt = async (seconds: number): Promise<string[]> => {
      await seek(page, seconds);
      return (await shown(page)).zones;
    };
    expect(await zonesAt(99)).toEqual(['Aerodrome']);
    expect(await zonesAt(100)).toEqual(['Works', 'Aerodrome']);
    expect(await zonesAt(250)).toEqual(['Aerodrome']);
    expect(await zonesAt(300)).toEqual(['Parade', 'Aerodrome']);
    expect(await zonesAt(600)).toEqual(['Aerodrome']);
    expect(await zonesAt(899)).toEqual(['Works', 'Aerodrome']);
  });

  it('draws a closed zone when it appears', async () => {
    const zones = [{ ...mapExample.zones[0], windows: [{ start: 600, end: 900 }] }];
    const bare = await open(browser, { ...mapExample, flights: [], zones });
    const pictureAt = async (seconds: number): Promise<string> => {
      await seek(bare.page, seconds);
      await bare.page.waitForTimeout(1000);
      return (await bare.page.screenshot({ clip: mapClip })).toString('base64');
    };
    await expect.poll(() => countColours(bare.page), { timeout: 30_000 }).toBeGreaterThan(20);
    const before = await pictureAt(599);
    await expect.poll(() => pictureAt(600), { timeout: 30_000 }).not.toBe(before);
    await expect.poll(() => pictureAt(900), { timeout: 30_000 }).toBe(before);
    await bare.close();
  });

  it('says of a refused request what stands in its way, and what would be served', async () => {
    const { page } = opened;
    await page.click('.row[data-name="R01"]');
    expect(await page.textContent('#cause')).toBe('closed in by a zone and two flights');
    expect(await page.locator('#details .link').allTextContents()).toEqual(['F08', 'F09', 'Parade']);
    expect(await page.textContent('#alternative')).toBe('take-off at 17:10:00, 4 min later');
    await page.click('#details .link.flight >> text=F08');
    expect(await page.getAttribute('#map', 'data-selected')).toBe('flight F08');
  });

  it('gives the reason for every wait of a flight, and its height over time', async () => {
    const { page } = opened;
    const flight = mapExample.flights.find(({ waits }) => waits.length === 2) ?? mapExample.flights[0];
    await page.focus(`.row[data-name="${flight.name}"]`);
    await page.keyboard.press('Enter');
    expect(await page.locator('.waits .reason').allTextContents()).toEqual(flight.waits.map(({ reason }) => reason));
    expect(await page.locator('#details .profile svg .profile-line').count()).toBe(1);
    await seek(page, flight.waits[1].start + 1);
    expect(await page.textContent('#activity')).toContain(flight.waits[1].reason);
    await page.keyboard.press('Escape');
    expect(await page.locator('#details').count()).toBe(0);
  });

  it('selects a vehicle that is clicked on', async () => {
    const alone = { ...mapExample, flights: [mapExample.flights[0]], refusals: [] };
    const [leg] = alone.flights[0].legs;
    const { page, close } = await open(browser, { ...alone, pads: [] });
    await seek(page, (leg[1][3] + leg[2][3]) / 2);
    const box = await page.locator('#map').boundingBox();
    const place = await page.getAttribute('#map', 'data-pixel');
    const [x, y] = (place ?? '').split(' ').map(Number);
    const click = async (): Promise<string | null> => {
      await page.mouse.click((box?.x ?? 0) + x, (box?.y ?? 0) + y);
      return page.getAttribute('#map', 'data-selected');
    };
    await expect.poll(click, { timeout: 60_000, interval: 1000 }).toBe('flight F01');
    await close();
  });

  it('draws the share that is served against the density', async () => {
    const names = await opened.page.locator('#density svg text').allTextContents();
    expect(names).toEqual(expect.arrayContaining(['first come', 'batch', 'bump']));
  });

  it('shows a plan in a plane, without coast, in the dark', async () => {
    const plane = await open(browser, planeExample, 'dark');
    await seek(plane.page, 450);
    await seek(opened.page, 450);
    expect((await shown(plane.page)).flying).toBe((await shown(opened.page)).flying);
    await expect.poll(() => countColours(plane.page), { timeout: 30_000 }).toBeGreaterThan(20);
    expect(plane.complaints).toEqual([]);
    await plane.close();
  });

  it('shows names as text, whatever they are', async () => {
    const name = '<img src=x onerror="document.title=1">';
    const flights = mapExample.flights.map((flight, index) => (index === 0 ? { ...flight, name } : flight));
    const odd = await open(browser, { ...mapExample, name, flights });
    await odd.page.click('.row >> nth=0');
    expect(await odd.page.textContent('#details h2')).toBe(`Flight ${name}`);
    expect(await odd.page.locator('img').count()).toBe(0);
    expect(odd.complaints).toEqual([]);
    await odd.close();
  });

  it('has asked for nothing outside of the machine, and complained of nothing', () => {
    expect(opened.complaints).toEqual([]);
    const asked = opened.requests.filter(url => !/^(data|blob):/.test(url));
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.filter(url => !url.startsWith(opened.url))).toEqual([]);
  });
});
