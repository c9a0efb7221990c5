import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { FlightMapData } from '../report/index.ts';

export interface FlightPageOptions {
  readonly data: FlightMapData;
  /** Absent or 0: any that is free. */
  readonly port?: number;
  /** Closes the server when it is aborted. */
  readonly signal?: AbortSignal;
}

export interface FlightPage {
  readonly url: string;
  /** Ends open connections too. */
  close(): Promise<void>;
}

/** Every file that is served, by its path, with its type; there are no others, so that no path leads elsewhere. */
const fileTypes: ReadonlyMap<string, string> = new Map([
  ['index.html', 'text/html; charset=utf-8'],
  ['page.js', 'text/javascript; charset=utf-8'],
  ['page.css', 'text/css; charset=utf-8'],
  ['maplibre-gl.css', 'text/css; charset=utf-8'],
  ['maplibre-gl-worker.mjs', 'text/javascript; charset=utf-8'],
]);

/** The page may load what comes from here, and nothing else. MapLibre's style sheet has its icons in it as `data:`. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/**
 * Serves the map page of a flight plan on loopback until it is closed. Requests that name another host are refused, so
 * that no page of the internet can read the plan through a name that it points to this machine.
 */
export async function serveFlightPage({ data, port = 0, signal }: FlightPageOptions): Promise<FlightPage> {
  signal?.throwIfAborted();
  const folder = pageFolder();
  const dataText = Buffer.from(JSON.stringify(data));
  const server = createServer((request, response) => {
    answer(request, response, folder, dataText).catch(reason => {
      if (response.headersSent) response.destroy();
      else send(response, 500, 'text/plain; charset=utf-8', `internal: ${String(reason)}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const close = (): Promise<void> =>
    new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  signal?.addEventListener('abort', () => void close(), { once: true });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

async function answer(request: IncomingMessage, response: ServerResponse, folder: string, data: Buffer): Promise<void> {
  const plain = 'text/plain; charset=utf-8';
  if (!isLoopbackHost(request.headers.host)) return send(response, 403, plain, 'only for this machine\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return send(response, 405, plain, 'only GET\n');
  }
  const path = (request.url ?? '/').split('?', 1)[0].slice(1) || 'index.html';
  const isBodyWanted = request.method === 'GET';
  if (path === 'data.json') return send(response, 200, 'application/json; charset=utf-8', data, isBodyWanted);
  const type = fileTypes.get(path);
  if (type === undefined) return send(response, 404, plain, 'not found\n', isBodyWanted);
  send(response, 200, type, await readFile(`${folder}/${path}`), isBodyWanted);
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: Buffer | string,
  isBodyWanted = true,
): void {
  response.writeHead(status, { ...headers, 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(isBodyWanted ? body : undefined);
}

function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);
}

/** Where the build puts the page: beside the folder of the built command, or in `dist` when run from the sources. */
function pageFolder(): string {
  const candidates = ['../web', '../../dist/web'].map(path => fileURLToPath(new URL(path, import.meta.url)));
  const found = candidates.find(folder => existsSync(`${folder}/page.js`));
  if (found === undefined) throw new Error('internal: the map page is not built; run npm run build');
  return found;
}
