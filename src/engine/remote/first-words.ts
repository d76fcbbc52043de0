import type {Duplex} from 'node:stream';

/** What the other side says first, to tell an sshd that turns away from something else that answers. */
export function firstWords(stream: Duplex): () => string {
  let heard = '';
  const listen = (bytes: Buffer) => {
    heard += bytes.toString('latin1', 0, 512);
    if (heard.length >= 512 || heard.includes('SSH-')) stream.off('data', listen);
  };
  // Paused, so that nothing is read before ssh2 listens too.
  stream.pause();
  stream.on('data', listen);
  return () => heard;
}
