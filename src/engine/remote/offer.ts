import {WireReader} from './wire-reader.ts';

/** Lists of algorithms in the order they are sent (RFC 4253, 7.1), by what ssh2 calls them in its errors. */
const lists = [
  'key exchange algorithm',
  'host key format',
  'C->S cipher',
  'S->C cipher',
  'C->S MAC',
  'S->C MAC',
  'C->S compression',
  'S->C compression',
];

/** What a machine offers of one kind, from the first it said (latin1); undefined where that cannot be read. */
export function offered(heard: string, kind: string): string | undefined {
  const begin = /(?:^|\n)SSH-[^\n]*\n/.exec(heard);
  const index = lists.indexOf(kind);
  if (!begin || index < 0) return undefined;
  try {
    const packet = new WireReader(Buffer.from(heard.slice(begin.index + begin[0].length), 'latin1'));
    // Length, padding, the number of the message, a random cookie.
    packet.take(4 + 1 + 1 + 16);
    for (let skipped = 0; skipped < index; skipped++) packet.string();
    return Buffer.from(packet.string()).toString('latin1');
  } catch {
    return undefined;
  }
}
