import {createECDH, generateKeyPairSync, randomBytes} from 'node:crypto';
import type {Duplex} from 'node:stream';
import {certificateAlgorithms} from './host-certificate.ts';
import {WireReader, wireString} from './wire-reader.ts';

/** Messages of RFC 4253 §12 and RFC 5656 §7.1. */
const kexInit = 20;
const ecdhInit = 30;
const ecdhReply = 31;
/** What may come in between and says nothing to us: ignore, unimplemented, debug. */
const passedOver = [2, 3, 4];

const ciphers =
  'aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com';
const macs = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'umac-128-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
  'hmac-sha1',
].join(',');

/**
 * Asks whoever answers on a fresh stream for a certificate of its host key, which ssh2 cannot: the first steps of an
 * exchange of keys, up to where the host shows the certificate (RFC 4253 §7, RFC 5656 §4). Nothing secret is sent.
 *
 * What comes proves nothing by itself, and need not: a certificate is public, and says which key is the host's. That
 * the host has that key is proved by the connection that is made afterwards. Undefined where there is no certificate.
 * Rejects with the signal's reason. The stream is of no more use.
 */
export async function askHostCertificate(stream: Duplex, signal: AbortSignal): Promise<Buffer | undefined> {
  const abort = () => stream.destroy(signal.reason instanceof Error ? signal.reason : undefined);
  signal.addEventListener('abort', abort);
  stream.on('error', () => {});
  try {
    signal.throwIfAborted();
    return await converse(stream);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NoCertificate || error instanceof RangeError) return undefined;
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    stream.destroy();
  }
}

/** The other side has none, speaks something else, or went away. */
class NoCertificate extends Error {}

async function converse(stream: Duplex): Promise<Buffer | undefined> {
  const incoming = new Incoming(stream);
  stream.write('SSH-2.0-pai-tui\r\n');
  stream.write(packet(ourOffer()));
  await incoming.greeting();
  const offer = await incoming.message(kexInit);
  offer.take(16);
  const [exchanges = [], hostKeys = []] = [names(offer), names(offer)];
  const exchange = ownExchanges.find(({name}) => exchanges.includes(name));
  if (!exchange || !certificateAlgorithms.some((name) => hostKeys.includes(name))) return undefined;
  stream.write(packet(Buffer.concat([Buffer.from([ecdhInit]), wireString(exchange.publicKey())])));
  const reply = await incoming.message(ecdhReply);
  return Buffer.from(reply.string());
}

const ownExchanges: readonly {readonly name: string; publicKey(): Buffer}[] = [
  {name: 'curve25519-sha256', publicKey: curve25519},
  {name: 'curve25519-sha256@libssh.org', publicKey: curve25519},
  {name: 'ecdh-sha2-nistp256', publicKey: () => createECDH('prime256v1').generateKeys()},
];

function curve25519(): Buffer {
  const {x = ''} = generateKeyPairSync('x25519').publicKey.export({format: 'jwk'});
  return Buffer.from(x, 'base64url');
}

function ourOffer(): Buffer {
  const lists = [
    ownExchanges.map(({name}) => name).join(','),
    certificateAlgorithms.join(','),
    ciphers,
    ciphers,
    macs,
    macs,
    'none',
    'none',
    '',
    '',
  ];
  return Buffer.concat([Buffer.from([kexInit]), randomBytes(16), ...lists.map(wireString), Buffer.alloc(5)]);
}

/** Before there are keys: a length, four bytes of padding or more up to a multiple of eight, nothing else (RFC 4253 §6). */
function packet(payload: Buffer): Buffer {
  const missing = 8 - ((payload.length + 5) % 8);
  const padding = missing < 4 ? missing + 8 : missing;
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + payload.length + padding, 0);
  head.writeUInt8(padding, 4);
  return Buffer.concat([head, payload, randomBytes(padding)]);
}

function names(reader: WireReader): readonly string[] {
  return reader.text().split(',');
}

/** What the other side says, in pieces of the size that is wanted; bounded, whoever it is. */
class Incoming {
  readonly #stream: Duplex;
  readonly #pieces: AsyncIterator<Buffer>;
  #bytes = Buffer.alloc(0);

  constructor(stream: Duplex) {
    this.#stream = stream;
    this.#pieces = this.#stream[Symbol.asyncIterator]();
  }

  /** Lines of any text may come before the version (RFC 4253 §4.2). */
  async greeting(): Promise<void> {
    for (let line = 0; line < 100; line++) {
      let end = this.#bytes.indexOf(10);
      while (end < 0) {
        if (this.#bytes.length > 8192) throw new NoCertificate();
        await this.#more();
        end = this.#bytes.indexOf(10);
      }
      const text = this.#bytes.toString('latin1', 0, end);
      this.#bytes = this.#bytes.subarray(end + 1);
      if (/^SSH-(2\.0|1\.99)-/.test(text)) return;
    }
    throw new NoCertificate();
  }

  /** The next message, which must be of this kind. */
  async message(kind: number): Promise<WireReader> {
    for (;;) {
      const length = (await this.#take(4)).readUInt32BE(0);
      if (length < 2 || length > 256 * 1024) throw new NoCertificate();
      const body = await this.#take(length);
      const [padding = 0, type = 0] = body;
      if (padding > length - 2) throw new NoCertificate();
      if (passedOver.includes(type)) continue;
      if (type !== kind) throw new NoCertificate();
      return new WireReader(body.subarray(2, length - padding));
    }
  }

  async #take(length: number): Promise<Buffer> {
    while (this.#bytes.length < length) await this.#more();
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  async #more(): Promise<void> {
    try {
      const {done, value} = await this.#pieces.next();
      if (done) throw new NoCertificate();
      this.#bytes = Buffer.concat([this.#bytes, value]);
    } catch (error) {
      // Who hangs up or resets the connection in the middle has no certificate to show.
      throw error instanceof NoCertificate ? error : new NoCertificate('', {cause: error});
    }
  }
}
