import type {HostKey} from '../machine-tools.ts';
import type {Problem} from '../problem.ts';
import {hostKeyOf} from './host-key.ts';
import {type HostPattern, hostPattern} from './known-hosts-pattern.ts';

/** One line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHost {
  readonly names: HostPattern;
  /** cert-authority: the key signs certificates of hosts and is none of a host. revoked: never to be accepted. */
  readonly marker?: 'cert-authority' | 'revoked';
  readonly key: HostKey;
  /** What stands behind the key. */
  readonly comment: string;
  /** Counted from 1. */
  readonly line: number;
}

export interface KnownHostsFile {
  readonly entries: readonly KnownHost[];
  /** Lines that say nothing to us, each as a warning; OpenSSH passes over them as well. */
  readonly problems: readonly Problem[];
}

/** Reads the text of a known_hosts file. `file` is named in its problems. Never throws. */
export function readKnownHosts(text: string, file: string): KnownHostsFile {
  const entries: KnownHost[] = [];
  const problems: Problem[] = [];
  for (const [index, written] of text.split('\n').entries()) {
    const found = readLine(written.replace(/\r$/, ''), index + 1);
    if (found === undefined) continue;
    if (typeof found !== 'string') entries.push(found);
    else if (problems.length < mostWarnings)
      problems.push({
        code: 'file-unreadable',
        severity: 'warning',
        message: `A line of ${file} is passed over: ${found}.`,
        file,
        line: index + 1,
      });
  }
  return {entries, problems};
}

/** Undefined for comments and empty lines; why not, for what cannot be read. */
function readLine(written: string, line: number): KnownHost | string | undefined {
  // Blanks are spaces and tabs here; other white space is part of a word.
  const text = written.replace(/^[ \t]+/, '');
  if (text === '' || text.startsWith('#')) return undefined;
  const marker = /^@(\S*)[ \t]*/.exec(text);
  const kind = marker?.[1];
  if (kind !== undefined && kind !== 'cert-authority' && kind !== 'revoked') {
    return 'its marker is neither @cert-authority nor @revoked';
  }
  const parts = /^([^ \t]+)[ \t]+([^ \t]+)[ \t]+([^ \t]+)[ \t]*(.*)$/.exec(text.slice(marker?.[0].length ?? 0));
  if (!parts) return 'it has no names, type and key';
  const [, names = '', type = '', blob = '', comment = ''] = parts;
  if (/^\d+$/.test(type)) return 'its key is of SSH version 1';
  const pattern = hostPattern(names);
  if (!pattern) return 'its hashed name is broken';
  const key = /^[A-Za-z0-9+/]+={0,2}$/.test(blob) ? hostKeyOf(Buffer.from(blob, 'base64')) : undefined;
  if (!key) return 'its key is broken';
  if (key.type !== type) return 'its key is of another type than it says';
  if (type.includes('-cert-')) return 'a certificate is no key of a host';
  return {names: pattern, ...(kind ? {marker: kind} : {}), key, comment: comment.trimEnd(), line};
}

/** A file that is something else altogether is not told line by line. */
const mostWarnings = 20;
