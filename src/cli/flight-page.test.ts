import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mapExample } from '../../test/support/flight-map-example.ts';
import { type FlightPage, serveFlightPage } from './flight-page.ts';

let page: FlightPage;
beforeAll(async () => {
  page = await serveFlightPage({ data: mapExample });
});
afterAll(() => page.close());

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly policy: string;
  readonly body: string;
}

/** Asks for a path as it is written: `fetch` would tidy it up. */
function ask(path: string, options: { readonly method?: string; readonly host?: string } = {}): Promise<Answer> {
  const { hostname, port, host } = new URL(page.url);
  return new Promise((resolve, reject) => {
    const headers = { host: options.host ?? host };
    const sent = request({ hostname, port, path, method: options.method ?? 'GET', headers }, response => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      response.on('end', () => {
        const type = response.headers['content-type'] ?? '';
        const policy = String(response.headers['content-security-policy'] ?? '');
        resolve({ status: response.statusCode ?? 0, type, policy, body });
      });
    });
    sent.on('error', reject).end();
  });
}

describe('the server of the map page', () => {
  it('listens on loopback only', () => {
    expect(page.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  });

  it('serves every file of the bundle with its type', async () => {
    const types = {
      '/': 'text/html',
      '/page.js': 'text/javascript',
      '/page.css': 'text/css',
      '/maplibre-gl.css': 'text/css',
      '/maplibre-gl-worker.mjs': 'text/javascript',
      '/data.json': 'application/json',
    };
    for (const [path, type] of Object.entries(types)) {
      const answer = await ask(path);
      expect([path, answer.status, answer.type]).toEqual([path, 200, `${type}; charset=utf-8`]);
      expect(answer.body.length).toBeGreaterThan(100);
    }
  });

  it('serves the plan as it was given', async () => {
    expect(JSON.parse((await ask('/data.json')).body)).toEqual(mapExample);
  });

  it('forbids the page to load anything from elsewhere, and scripts and styles in its text', async () => {
    const { policy } = await ask('/');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  it('finds nothing outside of the bundle, however the path is written', async () => {
    const paths = [
      '/../cli/main.js',
      '/..%2fcli%2fmain.js',
      '/%2e%2e/cli/main.js',
      '/web/../../package.json',
      '//etc/passwd',
      '/..\\cli\\main.js',
      '/page.js/../../../package.json',
      '/page.js%00.css',
      '/__proto__',
      '/',
    ];
    const statuses = await Promise.all(paths.map(async path => (await ask(path)).status));
    expect(statuses).toEqual([...paths.slice(1).map(() => 404), 200]);
  });

  it('refuses requests that change something or name another host', async () => {
    expect((await ask('/data.json', { method: 'POST' })).status).toBe(405);
    expect((await ask('/data.json', { host: 'example.org' })).status).toBe(403);
    expect((await ask('/data.json', { method: 'HEAD' })).body).toBe('');
  });

  it('closes when it is told to, and when its signal is aborted', async () => {
    const controller = new AbortController();
    const other = await serveFlightPage({ data: mapExample, signal: controller.signal });
    expect((await fetch(other.url)).status).toBe(200);
    controller.abort();
    await expect(fetch(other.url)).rejects.toThrow();
    await other.close();
  });

  it('rejects where its port is taken', async () => {
    const port = Number(new URL(page.url).port);
    await expect(serveFlightPage({ data: mapExample, port })).rejects.toThrow('EADDRINUSE');
  });
});
