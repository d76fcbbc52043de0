import {isAtLeast} from '../release.ts';
import {below, placeIn} from '../yaml-access.ts';
import {addressNumber, isWithin, rangeOf} from './ipv4.ts';
import {written} from './kubernetes-places.ts';
import type {Rule, RuleInput} from './types.ts';

/** The networks that kubespray gives to pods and services of v1.0 and later, unless config.yaml names others. */
export const podNetworks: readonly Rule[] = [
  {
    name: 'pod-networks-without-machines',
    // Somebody may have set Kubernetes up with other networks than are written here.
    severity: 'warning',
    holds:
      'No machine has an address in the networks of pods and services (v1.0 and later: 10.233.64.0/18 and 10.233.0.0/18, or kube_pods_subnet and kube_service_addresses of openpai_kubespray_extra_var).',
    find: (input) =>
      networksOf(input).flatMap(({key, what, text}) => {
        const range = rangeOf(text);
        if (!range) return [];
        return input.entries
          .filter(({address}) => address !== undefined && isWithin(addressNumber(address), range))
          .map((entry) => ({
            at: below(entry.place, entry.addressKey),
            message: `${entry.name}.${entry.addressKey} is ${entry.address}, in ${text}, the network of ${what}.`,
            hint: `Write another network into config.yaml: openpai_kubespray_extra_var: {${key}: 10.200.0.0/18}`,
          }));
      }),
  },
];

function networksOf({config, sources}: RuleInput) {
  if (!isAtLeast(config.release, 'v1.0')) return [];
  const source = sources.files.get('deployment');
  return [
    {key: 'kube_pods_subnet', what: 'the pods', usual: '10.233.64.0/18'},
    {key: 'kube_service_addresses', what: 'the services', usual: '10.233.0.0/18'},
  ].map(({key, what, usual}) => {
    const own = source && written(placeIn(source, 'openpai_kubespray_extra_var', key));
    return {key, what, text: own?.text ?? usual};
  });
}
