import { decodeBytes } from './text-bytes.ts';

/** Takes printed text: strings, and byte ranges of texts that were read. */
export interface TextSink {
  text(text: string): void;
  bytes(source: Uint8Array, start: number, end: number): void;
}

/** A sink that makes one string, and the string so far. */
export function createStringSink(): TextSink & { readonly value: () => string } {
  let value = '';
  return {
    text: text => {
      value += text;
    },
    bytes: (source, start, end) => {
      value += decodeBytes(source, start, end);
    },
    value: () => value,
  };
}

const chunkLength = 1 << 16;

/** A sink that hands out UTF-8 chunks of about 64 kB; long byte ranges are passed on without a copy. */
export function createChunkSink(take: (chunk: Uint8Array) => void): TextSink & { readonly flush: () => void } {
  const encoder = new TextEncoder();
  let pending = '';
  const flush = (): void => {
    if (pending !== '') take(encoder.encode(pending));
    pending = '';
  };
  return {
    text: text => {
      pending += text;
      if (pending.length > chunkLength) flush();
    },
    bytes: (source, start, end) => {
      if (end - start <= 1024) {
        pending += decodeBytes(source, start, end);
        return;
      }
      flush();
      take(source.subarray(start, end));
    },
    flush,
  };
}
