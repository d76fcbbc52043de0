import {createHmac} from 'node:crypto';

/** The first word of a line of known_hosts: which hosts it is about. */
export interface HostPattern {
  /** Whether it is a hash: it can then be about one host only. */
  readonly hashed: boolean;
  /** The host as `knownHostName` writes it. */
  matches(host: string): boolean;
}

/** How known_hosts calls a host: in small letters; '[address]:port' where the port is not 22. */
export function knownHostName(address: string, port: number): string {
  const name = address.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/**
 * Names as they are written: a hash ('|1|salt|hash', HMAC-SHA1 of the name), or patterns with * and ? between commas;
 * one with ! that fits rules the whole line out. Undefined for a hash that is broken.
 */
export function hostPattern(written: string): HostPattern | undefined {
  if (written.startsWith('|')) return hashedName(written);
  const patterns = written
    .toLowerCase()
    .split(',')
    .filter((name) => name !== '');
  const wanted = patterns.filter((name) => !name.startsWith('!')).map(wildcards);
  const ruledOut = patterns.filter((name) => name.startsWith('!')).map((name) => wildcards(name.slice(1)));
  return {
    hashed: false,
    matches: (host) => !ruledOut.some((fits) => fits(host)) && wanted.some((fits) => fits(host)),
  };
}

function hashedName(written: string): HostPattern | undefined {
  const [, salt = '', hash = ''] = /^\|1\|([A-Za-z0-9+/]+={0,2})\|([A-Za-z0-9+/]+={0,2})$/.exec(written) ?? [];
  const key = Buffer.from(salt, 'base64');
  const digest = Buffer.from(hash, 'base64');
  if (key.length !== sha1Bytes || digest.length !== sha1Bytes) return undefined;
  return {hashed: true, matches: (host) => createHmac('sha1', key).update(host).digest().equals(digest)};
}

/** * stands for any characters, ? for one. No regular expression: a file of somebody else's must not be able to stall. */
function wildcards(pattern: string): (host: string) => boolean {
  if (!/[*?]/.test(pattern)) return (host) => host === pattern;
  return (host) => {
    let at = 0;
    let star = -1;
    let resume = 0;
    for (let index = 0; index < host.length; ) {
      if (pattern[at] === '*') {
        star = at++;
        resume = index;
      } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === host[index])) {
        at++;
        index++;
      } else if (star >= 0) {
        at = star + 1;
        index = ++resume;
      } else return false;
    }
    return /^\**$/.test(pattern.slice(at));
  };
}

const sha1Bytes = 20;
