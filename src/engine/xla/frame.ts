import { Packr } from 'msgpackr';

/** A frame is a little-endian u32 length and a msgpack map of that many bytes. */
const headBytes = 4;
const maxFrameBytes = 64 * 2 ** 20;

/** Turns messages into frames, and the chunks of a socket back into messages. One per connection. */
export class FrameCodec {
  readonly #packr = new Packr({ useRecords: false, int64AsType: 'number' });
  #rest: Buffer = Buffer.alloc(0);

  encode(message: Readonly<Record<string, unknown>>): Buffer {
    const body = this.#packr.pack(message);
    const frame = Buffer.allocUnsafe(headBytes + body.length);
    frame.writeUInt32LE(body.length, 0);
    body.copy(frame, headBytes);
    return frame;
  }

  /** Takes the next chunk; returns the messages that are complete. Throws where a frame is over 64 MiB or malformed. */
  decode(chunk: Buffer): readonly unknown[] {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const messages: unknown[] = [];
    while (rest.length >= headBytes) {
      const sizeBytes = rest.readUInt32LE(0);
      if (sizeBytes > maxFrameBytes) throw new Error(`a frame of ${sizeBytes} bytes is over the limit`);
      if (rest.length < headBytes + sizeBytes) break;
      messages.push(this.#packr.unpack(rest.subarray(headBytes, headBytes + sizeBytes)));
      rest = rest.subarray(headBytes + sizeBytes);
    }
    this.#rest = rest;
    return messages;
  }
}
