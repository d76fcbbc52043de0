import type {HostKey} from '../machine-tools.ts';
import {readHostCertificate, whyNotCertified} from './host-certificate.ts';
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
 * the address alone confirms the same key on another port, where nothing is known under that one. `now`: epoch
 * milliseconds, for certificates.
 */
export function hostKeyBook(
  pins: readonly KnownHost[],
  files: readonly KnownLines[],
  now: () => number = Date.now,
): Required<HostKeyBook> {
  const pinned = lookUp(pins.map((entry) => ({entry})));
  const lines = lookUp(files.flatMap(({name, entries}) => entries.map((entry) => ({file: name, entry}))));
  const certified = new Map<string, Certified>();
  const certifiedOf = (owner: HostKeyOwner) => {
    const found = certified.get(hostOf(owner));
    return found && now() < found.until ? found : undefined;
  };
  const known = (owner: HostKeyOwner): Found => {
    const found = lines(owner);
    const {place} = certifiedOf(owner) ?? {};
    return place ? {...found, otherwise: [...found.otherwise, place]} : found;
  };
  return {
    check(owner, key) {
      const verdict = verdictOf([pinned(owner), known(owner)], key);
      if (verdict.kind !== 'unknown' || lines(owner).authorities.length === 0) return verdict;
      return {kind: 'unknown', because: certified.get(hostOf(owner))?.why ?? authorityWords(lines(owner).authorities)};
    },
    preferredTypes(owner) {
      const sources = [pinned(owner), known(owner)];
      const all = sources.flatMap(({keys, otherwise}) => (keys.length > 0 ? keys : otherwise));
      const agreed = all.filter(({entry}) => sources.every((source) => speaksFor(source, entry.key) !== 'another'));
      return [...new Set([...inOrder(agreed), ...inOrder(all)])];
    },
    wantsCertificate(owner) {
      const sources = [pinned(owner), known(owner)];
      const isKnown = sources.some(({keys, otherwise}) => keys.length > 0 || otherwise.length > 0);
      return !isKnown && lines(owner).authorities.length > 0;
    },
    learn(owner, shown) {
      certified.set(hostOf(owner), judgeCertificate(owner, shown, lines(owner), now()));
    },
  };
}

/** What became of a certificate: the key it is for, or why it does not count. */
interface Certified {
  readonly place?: Place;
  /** Epoch milliseconds. */
  readonly until: number;
  readonly why: string;
}

function judgeCertificate(
  {address}: HostKeyOwner,
  shown: Uint8Array | undefined,
  {authorities, revoked}: Found,
  now: number,
): Certified {
  const from = authorityWords(authorities);
  const refused = (why: string): Certified => ({until: 0, why: `${from}, and ${why}`});
  const certificate = shown && readHostCertificate(shown);
  if (!certificate) return refused('it shows no certificate');
  const keys = authorities.map(({entry}) => entry.key);
  const why = whyNotCertified(certificate, address.toLowerCase(), keys, now);
  if (why !== undefined) return refused(`its certificate does not count: ${why}`);
  const {key, authority, validBefore} = certificate;
  if (revoked.some((place) => holds(place, authority))) return refused('the key of the authority is revoked');
  const line = authorities.find((place) => holds(place, authority));
  if (!line) return refused('another authority signed its certificate');
  // Numbers beyond what dates have mean for ever.
  return {
    place: {...line, entry: {...line.entry, key}},
    until: Number(validBefore) * 1000,
    why: `${from}, and its certificate has expired`,
  };
}

function hostOf({address, port}: HostKeyOwner): string {
  return knownHostName(address, port);
}

/** What one kind of source has for a machine. */
interface Found {
  readonly keys: readonly Place[];
  /** Keys known under the address without the port, or by a certificate: they can confirm, and contradict nothing. */
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
    const known = [...new Map(others.map(({entry: {key: other}}) => [other.blob, other])).values()];
    const from = [...new Set(others.map(placeWords))].join(', ');
    return {kind: agreeing.length > 0 ? 'disagreeing' : 'changed', known, from};
  }
  if (agreeing.length > 0) return {kind: 'trusted', from: whereFrom(agreeing, key)};
  return {kind: 'unknown'};
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

function authorityWords(authorities: readonly Place[]): string {
  return `${authorities.map(placeWords).join(', ')} knows it by a certificate authority`;
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
