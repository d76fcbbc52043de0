import type {Duplex} from 'node:stream';

/** Its greeting and what it can do to encrypt fit in. */
const mostBytes = 8_192;

/** What the other side says first, as latin1, to tell what it is where nothing comes of it. */
export function firstWords(stream: Duplex): () => string {
  let heard = '';
  const listen = (bytes: Buffer) => {
    heard += bytes.toString('latin1', 0, mostBytes);
    if (heard.length >= mostBytes) stream.off('data', listen);
  };
  // Paused, so that nothing is read before ssh2 listens too.
  stream.pause();
  stream.on('data', listen);
  return () => heard;
}
