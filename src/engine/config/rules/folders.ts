import {below, placeIn} from '../yaml-access.ts';
import {type Written, written} from './kubernetes-places.ts';
import type {Finding, Rule, RuleInput} from './types.ts';

/** Folders of machines that the tools fill, and remove. */
export const folders: readonly Rule[] = [
  {
    name: 'etcd-folder-of-its-own',
    severity: 'error',
    holds:
      'etcd-data-path is a folder of its own: etcd keeps its data in it, and cleaning the cluster takes them away.',
    find: ({sources}) => {
      const source = sources.files.get('kubernetes');
      const path = source && written(placeIn(source, 'kubernetes', 'etcd-data-path'));
      if (!path || !isShared(path)) return [];
      const message = `${path.name} is ${path.text}, where the system of the machine keeps its own.`;
      return [{at: path.place, message, hint: 'Write a folder of its own, as /var/etcd/data'}];
    },
  },
  {
    name: 'data-folder-of-its-own',
    severity: 'warning',
    holds: 'The data-path of the services is a folder of its own.',
    find: (input) =>
      dataPaths(input).flatMap((path): readonly Finding[] => {
        if (!isShared(path)) return [];
        const message = `${path.name} is ${path.text}, where the system of the machine keeps its own.`;
        return [{at: path.place, message, hint: 'Write a folder of its own, as /datastorage'}];
      }),
  },
];

function isShared({text}: Written): boolean {
  const path = text.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');
  return /^\/(?:bin|boot|dev|etc|home|lib|lib64|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var|var\/lib|var\/log|var\/run|usr\/local)?$/.test(
    path,
  );
}

function dataPaths({config}: RuleInput): readonly Written[] {
  const {place, format} = config.services;
  const paths = {
    single: ['clusterinfo', 'dataPath'],
    old: ['cluster', 'data-path'],
    new: ['cluster', 'common', 'data-path'],
  };
  const path = place && written(below(place, ...paths[format]));
  return path ? [path] : [];
}
