import type {Duplex} from 'node:stream';

/**
 * Has a stream send in one piece what is written to it in one turn of the event loop. ssh2 writes a packet as three
 * pieces (its length, the rest, what proves it), which are three system calls, and three packets on the wire where
 * nothing waits to be joined (noDelay). What was written goes out before the stream ends or is destroyed.
 */
export function writeTogether<Stream extends Duplex>(stream: Stream): Stream {
  const write = stream.write.bind(stream) as (...written: unknown[]) => boolean;
  const destroy = stream.destroy.bind(stream);
  let holds = false;
  const send = () => {
    if (!holds) return;
    holds = false;
    stream.uncork();
  };
  // A channel of ssh2 takes pieces one by one only, and makes a packet of each.
  stream._writev ??= (pieces, done) =>
    stream._write(Buffer.concat(pieces.map(({chunk}) => chunk as Buffer)), 'utf8', done);
  return Object.assign(stream, {
    write(...written: unknown[]) {
      if (!holds) {
        holds = true;
        stream.cork();
        setImmediate(send);
      }
      return write(...written);
    },
    destroy(error?: Error) {
      send();
      return destroy(error);
    },
  });
}
