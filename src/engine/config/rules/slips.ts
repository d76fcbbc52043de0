import {slipOf} from '../../names.ts';
import {modulesOf} from '../object-model/modules/table.ts';
import {isAtLeast} from '../release.ts';
import {type MapShape, map, optional, type Shape} from '../shape.ts';
import {clusterConfiguration} from '../shapes/cluster-configuration.ts';
import {layout} from '../shapes/layout.ts';
import {oldServices} from '../shapes/services-old.ts';
import {singleKubernetes, singleServices} from '../shapes/single-files.ts';
import {below, listAt, mapAt, type Place, placeIn, textAt} from '../yaml-access.ts';
import type {Finding, Rule, RuleInput} from './types.ts';

/** Keys that nothing reads and that look like one that is read. */
export const slips: readonly Rule[] = [
  {
    name: 'key-without-slip',
    severity: 'warning',
    holds: 'A key that nothing reads does not look like one that is read (dashbord, ssport).',
    find: (input) => filesOf(input).flatMap(({place, shape}) => slipsIn(place, shape, [])),
  },
];

/** Files in which other keys than the known ones are allowed. */
function filesOf({sources, config}: RuleInput): readonly {readonly place: Place; readonly shape: Shape}[] {
  const {release} = config;
  const isNew = isAtLeast(release, 'v0.9');
  const shapes = [
    ['machines', clusterConfiguration(release)],
    ['layout', layout(release)],
    ['services', isNew ? servicesOfNewTree(config) : oldServices(release)],
    ['single-kubernetes', singleKubernetes],
    ['single-services', singleServices],
  ] as const;
  return shapes.flatMap(([role, shape]) => {
    const source = sources.files.get(role);
    return source ? {place: placeIn(source), shape} : [];
  });
}

function slipsIn(place: Place, shape: Shape, names: readonly string[]): readonly Finding[] {
  switch (shape.kind) {
    case 'anything':
    case 'scalar':
      return [];
    case 'list':
      return listAt(place).flatMap((_, index) => {
        const entry = below(place, index);
        const name = (shape.namedBy && textAt(below(entry, shape.namedBy))) || `entry ${index + 1}`;
        return slipsIn(entry, shape.of, [...names.slice(0, -1), `${names.at(-1)}[${name}]`]);
      });
    case 'table':
      return [...mapAt(place).keys()].flatMap((key) =>
        slipsIn(below(place, String(key)), shape.of, [...names, String(key)]),
      );
    case 'map':
      return [
        ...Object.entries(shape.fields).flatMap(([key, field]) =>
          slipsIn(below(place, key), field.shape, [...names, key]),
        ),
        ...ownSlips(place, shape, names),
      ];
  }
}

function ownSlips(place: Place, shape: MapShape, names: readonly string[]): readonly Finding[] {
  if (shape.others !== 'free') return [];
  const keys = [...mapAt(place).keys()].map(String);
  const more = alsoRead[names.map((name) => name.replace(/\[.*\]$/, '')).join('.')] ?? [];
  const known = [...Object.keys(shape.fields), ...more];
  return keys.flatMap((key): readonly Finding[] => {
    if (known.includes(key)) return [];
    const meant = slipOf(key, known);
    if (meant === undefined || isTold(key, meant, keys, shape)) return [];
    const isThere = keys.includes(meant);
    const message = `${[...names, key].join('.')} is read by nothing${isThere ? `, and ${meant} is there too` : ''}.`;
    return [{at: below(place, key), message, hint: isThere ? 'Remove it.' : `Write ${meant} if that is meant.`}];
  });
}

/** The shape of the file speaks of a key that is needed and missing, and of spellings that it knows to be wrong. */
function isTold(key: string, meant: string, keys: readonly string[], {fields}: MapShape): boolean {
  const field = fields[meant];
  return field !== undefined && !keys.includes(meant) && (field.needed !== false || !!field.misspelt?.includes(key));
}

/** What shapes do not name, because nothing is to be said of it, and templates or tools read all the same. */
const alsoRead: Readonly<Record<string, readonly string[]>> = {
  'machine-list': ['hdfsrole', 'yarnrole', 'pai-storage', 'machinetype'],
  'machine-sku': ['dataFolder', 'computing-device'],
  restserver: ['github-owner', 'github-repository', 'github-path', 'etcd-uris', 'template-store'],
  prometheus: [
    'scrape_interval',
    'yarn_exporter_port',
    'alerting',
    'ssh-keyfile-path',
    'ssh-secret-name',
    'yarn-exporter-port',
  ],
  hadoop: ['hadoop-version', 'virtualClusters'],
  machinelist: ['hdfsrole', 'yarnrole', 'zkid'],
};

/** Whole sections that look like others are told by the object model, which knows those of the tree and of both formats. */
function servicesOfNewTree(config: RuleInput['config']): Shape {
  return map(config.services.format === 'new' ? newSections(config) : oldSections(config), 'notice');
}

function oldSections({release}: RuleInput['config']): MapShape['fields'] {
  const shape = oldServices(release);
  return shape.kind === 'map' ? shape.fields : {};
}

/** The sections and keys of the new format: what the modules of the release check, and what they have defaults for. */
function newSections({release}: RuleInput['config']): MapShape['fields'] {
  const fields = [...modulesOf(release)].map(([name, {shape, defaults = {}}]) => {
    const known = Object.fromEntries(Object.keys(defaults).map((key) => [key, optional({kind: 'anything'})]));
    return [name, optional(map({...known, ...shape?.fields}))] as const;
  });
  return Object.fromEntries(fields);
}
