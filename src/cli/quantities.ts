import { InvalidArgumentError } from 'commander';

const unitBytes: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

export function readByteCount(text: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text);
  const bytes =
    found === null ? Number.NaN : Math.floor(Number(found[1]) * (unitBytes[found[2].toUpperCase()] ?? Number.NaN));
  if (!Number.isSafeInteger(bytes)) throw new InvalidArgumentError('bytes are expected: 1048576, 512MiB, 80GB');
  return bytes;
}

export function readCount(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is expected');
  return Number(text);
}

export function readAlignment(text: string): number {
  const bytes = readCount(text);
  if (bytes < 1 || !Number.isSafeInteger(bytes)) throw new InvalidArgumentError('bytes are expected: 1, 64, 4096');
  return bytes;
}

export function readThreads(text: string): number {
  const threads = readCount(text);
  if (threads < 1 || threads > 64) throw new InvalidArgumentError('threads are expected: 1 to 64');
  return threads;
}

export function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds >= 0)) throw new InvalidArgumentError('seconds are expected: 0, 0.5, 60');
  return seconds;
}

export function readPort(text: string): number {
  const port = readCount(text);
  if (port > 65_535) throw new InvalidArgumentError('a port is expected: 0 to 65535');
  return port;
}
