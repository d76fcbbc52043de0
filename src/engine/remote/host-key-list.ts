import type {HostKey} from '../machine-tools.ts';
import type {Problem} from '../problem.ts';
import {hostKeyOf} from './host-key.ts';
import type {HostKeyOwner} from './host-key-check.ts';
import {readKnownHosts} from './known-hosts.ts';
import {type HostPattern, hostPattern, knownHostName} from './known-hosts-pattern.ts';

/** Fingerprints that somebody wrote down where they can be trusted: at the consoles of the machines. */
export interface FingerprintList {
  /** How many fingerprints it has. */
  readonly size: number;
  /** Which of these keys it has; whether it names the machine at all. */
  compare(owner: HostKeyOwner, keys: readonly HostKey[]): {readonly has: readonly HostKey[]; readonly named: boolean};
  /** Lines that say nothing, as warnings. */
  readonly problems: readonly Problem[];
}

/**
 * Reads a list of fingerprints, line by line in any of these forms: what `ssh-keygen -lf` prints
 * ('256 SHA256:… comment (ED25519)'), a line of known_hosts, a public key ('ssh-ed25519 AAAA… comment'), or a host and
 * a fingerprint. One without a host counts for every machine: who shows a key has it. Never throws.
 */
export function readFingerprints(text: string, file: string): FingerprintList {
  const lines: Line[] = [];
  const problems: Problem[] = [];
  for (const [index, written] of text.split(/\r?\n/).entries()) {
    const line = written.trim();
    if (line === '' || line.startsWith('#')) continue;
    const read = ofKeygen(line) ?? ofPublicKey(line) ?? ofHost(line) ?? ofKnownHosts(line);
    if (read) lines.push(read);
    else {
      problems.push({
        code: 'file-unreadable',
        severity: 'warning',
        message: 'A line with neither a SHA256 fingerprint nor a key is passed over.',
        file,
        line: index + 1,
      });
    }
  }
  return {
    size: lines.length,
    problems,
    compare(owner, keys) {
      const names = namesOf(owner);
      const isAbout = ({host}: Line) => host !== undefined && names.some((name) => host.matches(name));
      const counting = lines.filter((line) => line.forAll || isAbout(line));
      return {
        has: keys.filter(({fingerprint}) => counting.some((line) => line.fingerprint === fingerprint)),
        named: lines.some(isAbout),
      };
    },
  };
}

interface Line {
  readonly fingerprint: string;
  /** The host it says something of. */
  readonly host?: HostPattern | undefined;
  /** It counts whoever shows the key: its host, if any, is only a comment. */
  readonly forAll: boolean;
}

function ofKeygen(line: string): Line | undefined {
  const [, fingerprint, comment = ''] = /^\d+ (SHA256:[A-Za-z0-9+/]{43})(?: (.*?))?(?: \([\w-]+\))?$/.exec(line) ?? [];
  return fingerprint === undefined ? undefined : {fingerprint, forAll: true, host: hostOf(comment)};
}

function ofPublicKey(line: string): Line | undefined {
  const [type = '', blob = '', comment = ''] = line.split(/\s+/);
  const key = /^[A-Za-z0-9+/]+={0,2}$/.test(blob) ? hostKeyOf(Buffer.from(blob, 'base64')) : undefined;
  return key?.type === type ? {fingerprint: key.fingerprint, forAll: true, host: hostOf(comment)} : undefined;
}

/** A host and a fingerprint, whatever stands in between ('node-1 ED25519 SHA256:…', as ssh-keygen -lF has it). */
function ofHost(line: string): Line | undefined {
  const words = line.split(/\s+/);
  const fingerprint = words.find((word) => /^SHA256:[A-Za-z0-9+/]{43}$/.test(word));
  if (fingerprint === undefined) return undefined;
  const [first = ''] = words;
  if (first === fingerprint) return {fingerprint, forAll: true};
  const host = hostPattern(first.replace(/:$/, ''));
  return host && {fingerprint, host, forAll: false};
}

function ofKnownHosts(line: string): Line | undefined {
  const [entry] = readKnownHosts(line, '').entries;
  return entry && !entry.marker ? {fingerprint: entry.key.fingerprint, host: entry.names, forAll: false} : undefined;
}

/** 'root@node-1' and 'node-1' are the comments that ssh-keygen and ssh-keyscan leave. */
function hostOf(comment: string): HostPattern | undefined {
  const host = /^(?:\S+@)?([\w.:[\]-]+)$/.exec(comment)?.[1];
  return host === undefined ? undefined : hostPattern(host);
}

function namesOf({name, address, port}: HostKeyOwner): readonly string[] {
  const small = [name.toLowerCase(), address.toLowerCase()];
  return [...small, ...small.map((host) => knownHostName(host, port))];
}
