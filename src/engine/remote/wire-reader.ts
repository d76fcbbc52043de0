/** Reads the data types of RFC 4251 §5 one after the other. Throws a RangeError when there is less than it wants. */
export class WireReader {
  readonly #bytes: Buffer;
  /** Where the next one begins. */
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at === this.#bytes.length;
  }

  uint32(): number {
    return this.take(4).readUInt32BE(0);
  }

  uint64(): bigint {
    return this.take(8).readBigUInt64BE(0);
  }

  /** A string, as its bytes; an mpint too. */
  string(): Buffer {
    return this.take(this.uint32());
  }

  text(): string {
    return this.string().toString('utf8');
  }

  take(length: number): Buffer {
    if (length > this.#bytes.length - this.at) throw new RangeError('there is less than there should be');
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }
}

/** A string with its length before it. */
export function wireString(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content as Uint8Array);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
