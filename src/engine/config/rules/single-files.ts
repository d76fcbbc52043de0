import {below, placeIn, valueAt} from '../yaml-access.ts';
import {addressOf} from './addresses.ts';
import type {Entry} from './entries.ts';
import {written} from './kubernetes-places.ts';
import type {Finding, Rule, RuleInput} from './types.ts';

/** What the two files of era A say of the same things. */
export const singleFiles: readonly Rule[] = [
  {
    name: 'same-address-in-both-files',
    severity: 'error',
    holds: 'A machine has the same address in cluster-config.yaml and clusterconfig.yaml.',
    find: (input) => {
      const {ofKubernetes, ofServices} = bothLists(input);
      return ofServices.flatMap((entry): readonly Finding[] => {
        const other = ofKubernetes.find(({hostname}) => hostname === entry.hostname);
        if (other?.address === undefined || entry.address === undefined || addressOf(other) === addressOf(entry))
          return [];
        const message = `${entry.name}.${entry.addressKey} is ${entry.address}, and ${other.name}.${other.addressKey} of ${other.place.source.name} is ${other.address}.`;
        return [{at: below(entry.place, entry.addressKey), message, hint: `Write the same in both files.`}];
      });
    },
  },
  {
    name: 'machines-in-both-files',
    severity: 'warning',
    holds: 'Every machine of clusterconfig.yaml is in cluster-config.yaml too, so that Kubernetes knows it.',
    find: (input) => {
      const {ofKubernetes, ofServices} = bothLists(input);
      if (ofKubernetes.length === 0 || !areListsWhole(input)) return [];
      return ofServices
        .filter(({hostname}) => !ofKubernetes.some((other) => other.hostname === hostname))
        .map((entry) => ({
          at: entry.place,
          message: `${entry.name} is in no list of ${ofKubernetes[0]?.place.source.name}, so it is no machine of Kubernetes.`,
          hint: 'Add it to a list of machines there, or remove it here.',
        }));
    },
  },
  {
    name: 'same-cluster-id-in-both-files',
    severity: 'warning',
    holds: 'clusterID is the same in cluster-config.yaml and clusterconfig.yaml.',
    find: ({sources}) => {
      const [one, other] = (['single-kubernetes', 'single-services'] as const).map((role) => {
        const source = sources.files.get(role);
        return source && written(placeIn(source, 'clusterID'));
      });
      if (!one || !other || one.text === other.text) return [];
      const message = `clusterID is ${other.text}, and in ${one.place.source.name} it is ${one.text}.`;
      return [{at: other.place, message, hint: 'Write the same in both files.'}];
    },
  },
];

function bothLists({entries}: RuleInput): {
  readonly ofKubernetes: readonly Entry[];
  readonly ofServices: readonly Entry[];
} {
  const ofServices = entries.filter(({addressKey}) => addressKey === 'ip');
  return {
    ofServices,
    ofKubernetes: ofServices.length === 0 ? [] : entries.filter(({addressKey}) => addressKey !== 'ip'),
  };
}

/** A list that is named and not there is told; its machines may be in it. */
function areListsWhole({sources}: RuleInput): boolean {
  const source = sources.files.get('single-kubernetes');
  return ['master', 'worker', 'proxy'].every((role) => {
    const name = source && written(placeIn(source, 'remote_deployment', role, 'listname'));
    return name === undefined || valueAt(placeIn(name.place.source, name.text)) instanceof Map;
  });
}
