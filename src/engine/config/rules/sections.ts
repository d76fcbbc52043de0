import {isAtLeast, type Release} from '../release.ts';
import type {FileRole} from '../sources.ts';
import {below, keyOf, listAt, mapAt, type Place, placeIn, valueAt} from '../yaml-access.ts';
import type {Finding, Rule} from './types.ts';

/** Settings of other releases, which are read by nothing here. */
export const sections: readonly Rule[] = [
  {
    name: 'setting-of-this-release',
    severity: 'warning',
    holds:
      'No setting is of a release that the cluster is not of: default-machine-properties in layout.yaml, computing-device before v1.0, etcd-data-path before v0.8.',
    find: (input) =>
      others.flatMap(({role, path, since, until, hint}): readonly Finding[] => {
        const {release} = input.config;
        const source = input.sources.files.get(role);
        const isRead = (!since || isAtLeast(release, since)) && (!until || !isAtLeast(release, until));
        if (!source || isRead) return [];
        return placesOf(placeIn(source), path).map((at) => ({
          at,
          message: `${keyOf(at)} is not read by ${release}: it is of ${since ? `${since} and later` : `releases before ${until}`}.`,
          hint,
        }));
      }),
  },
];

interface Other {
  readonly role: FileRole;
  /** `*` stands for every key or entry. */
  readonly path: readonly string[];
  readonly since?: Release;
  readonly until?: Release;
  readonly hint: string;
}

const others: readonly Other[] = [
  {
    role: 'layout',
    path: ['default-machine-properties'],
    until: 'v0.10',
    hint: 'Write username, password or keyfile-path into the entry of each machine (before v1.0), or user and password into config.yaml.',
  },
  {
    role: 'machines',
    path: ['machine-sku', '*', 'computing-device'],
    since: 'v1.0',
    hint: 'Write gpu: {type: NAME, count: 4}',
  },
  {
    role: 'layout',
    path: ['machine-sku', '*', 'computing-device'],
    since: 'v1.0',
    hint: 'Write gpu: {type: NAME, count: 4}',
  },
  {
    role: 'kubernetes',
    path: ['kubernetes', 'etcd-data-path'],
    since: 'v0.8',
    hint: 'Remove it: the templates of the tree say where etcd keeps its data.',
  },
  ...['api-servers-port', 'api-servers-http-schema', 'qos-switch'].map(
    (key): Other => ({role: 'kubernetes', path: ['kubernetes', key], since: 'v0.9', hint: 'Remove it.'}),
  ),
];

function placesOf(place: Place, path: readonly string[]): readonly Place[] {
  const [first, ...rest] = path;
  if (first === undefined) return valueAt(place) === undefined ? [] : [place];
  if (first !== '*') return placesOf(below(place, first), rest);
  const keys = [...mapAt(place).keys()].map(String);
  return [...keys, ...listAt(place).keys()].flatMap((key) => placesOf(below(place, key), rest));
}
