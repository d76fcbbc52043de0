import type {HostKey} from '../machine-tools.ts';
import type {HostKeyBook, HostKeyOwner, HostKeyVerdict} from './host-key-check.ts';
import type {KnownHost} from './known-hosts.ts';
import {knownHostName} from './known-hosts-pattern.ts';
import {pinWords} from './pins.ts';

/** Lines of one file of known_hosts. */
export interface KnownLines {
  /** For people: '~/.ssh/known_hosts'. */
  readonly name: string;
  readonly entries: readonly KnownHost[];
}

/**
 * What is known of host keys from the pins of a cluster and from the known_hosts files of this computer. Where both
 * know a machine, both must have the key it shows. Keys are compared as bytes. As in ssh, a key that is known under
 * the address alone confirms the same key on another port, where nothing is known under that one.
 */
export function hostKeyBook(pins: readonly KnownHost[], files: readonly KnownLines[]): HostKeyBook {
  const pinned = lookUp(pins.map((entry) => ({entry})));
  const known = lookUp(files.flatMap(({name, entries}) => entries.map((entry) => ({file: name, entry}))));
  return {
    check: (owner, key) => verdictOf([pinned(owner), known(owner)], key),
    preferredTypes(owner) {
      const sources = [pinned(owner), known(owner)];
      const all = sources.flatMap(({keys, otherwise}) => (keys.length > 0 ? keys : otherwise));
      const agreed = all.filter(({entry}) => sources.every((source) => speaksFor(source, entry.key) !== 'another'));
      return [...new Set([...inOrder(agreed), ...inOrder(all)])];
    },
  };
}

/** What one kind of source has for a machine. */
interface Found {
  readonly keys: readonly Place[];
  /** Keys known under the address without the port: they can confirm, and contradict nothing. */
  readonly otherwise: readonly Place[];
  readonly revoked: readonly Place[];
  readonly authorities: readonly Place[];
}

interface Place {
  /** Absent: the pins. */
  readonly file?: string;
  readonly entry: KnownHost;
}

function verdictOf(sources: readonly Found[], key: HostKey): HostKeyVerdict {
  const revoked = sources.flatMap(({revoked}) => revoked).find((place) => holds(place, key));
  if (revoked) return {kind: 'revoked', from: placeWords(revoked)};
  const agreeing = sources.filter((source) => speaksFor(source, key) === 'this one');
  const others = sources.filter((source) => speaksFor(source, key) === 'another').flatMap(({keys}) => keys);
  if (others.length > 0) {
    const known = [...new Set(others.map(({entry}) => entry.key.fingerprint))];
    const from = [...new Set(others.map(placeWords))].join(', ');
    return {kind: agreeing.length > 0 ? 'disagreeing' : 'changed', known, from};
  }
  if (agreeing.length > 0) return {kind: 'trusted', from: whereFrom(agreeing, key)};
  const authority = sources.flatMap(({authorities}) => authorities)[0];
  return {kind: 'unknown', ...(authority ? {because: authorityWords(authority)} : {})};
}

/** Whether a source has this key of the machine, has others only, or knows nothing of it. */
function speaksFor({keys, otherwise}: Found, key: HostKey): 'this one' | 'another' | undefined {
  if ([...keys, ...otherwise].some((place) => holds(place, key))) return 'this one';
  return keys.length > 0 ? 'another' : undefined;
}

function holds({entry}: Place, {blob}: HostKey): boolean {
  return entry.key.blob === blob;
}

function whereFrom(sources: readonly Found[], key: HostKey): string {
  const places = sources.flatMap(({keys, otherwise}) =>
    [...keys, ...otherwise].filter((place) => holds(place, key)).slice(0, 1),
  );
  return places.map(placeWords).join(', ');
}

function placeWords({file, entry}: Place): string {
  return file === undefined ? pinWords(entry) : `${file}:${entry.line}`;
}

function authorityWords(place: Place): string {
  return `${placeWords(place)} names only a certificate authority for it, and certificates of hosts are not asked for`;
}

/** Best first, as ssh has it. */
const typesInOrder = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
  'ssh-dss',
];

function inOrder(places: readonly Place[]): readonly string[] {
  const types = new Set(places.map(({entry}) => entry.key.type));
  return [
    ...typesInOrder.filter((type) => types.has(type)),
    ...[...types].filter((type) => !typesInOrder.includes(type)),
  ];
}

/** Finds the lines about a machine; what was found is kept, because hashed names are found by trying every line. */
function lookUp(places: readonly Place[]): (owner: HostKeyOwner) => Found {
  const plain = places.filter(({entry}) => !entry.names.hashed);
  // A hash is about one host: once that is found, nobody else has to try it.
  const hashed = new Set(places.filter(({entry}) => entry.names.hashed));
  const found = new Map<string, readonly Place[]>();
  const placesOf = (host: string): readonly Place[] => {
    const before = found.get(host);
    if (before) return before;
    const fits = ({entry}: Place) => entry.names.matches(host);
    const its = [...hashed].filter(fits);
    for (const place of its) hashed.delete(place);
    const all = [...plain.filter(fits), ...its];
    found.set(host, all);
    return all;
  };
  return ({address, port}) => {
    const withPort = placesOf(knownHostName(address, port));
    const keys = marked(withPort, undefined);
    const alone = port === 22 || keys.length > 0 ? [] : placesOf(knownHostName(address, 22));
    const both = [...withPort, ...alone];
    return {
      keys,
      otherwise: marked(alone, undefined),
      revoked: marked(both, 'revoked'),
      authorities: marked(both, 'cert-authority'),
    };
  };
}

function marked(places: readonly Place[], marker: KnownHost['marker']): readonly Place[] {
  return places.filter(({entry}) => entry.marker === marker);
}
