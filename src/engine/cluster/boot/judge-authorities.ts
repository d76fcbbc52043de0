/** Whether the authorities that machines have allow a boot: that of the cluster signs for all of them. Pure. */

import {foldHostNames} from '../../machines/host-names.ts';
import type {Problem} from '../../problem.ts';
import {differentHint} from '../authorities.ts';
import type {BootupFacts} from './facts.ts';

/**
 * What makes a boot impossible: machines of a cluster whose authority no master has any more, since new ones would be made
 * and another cluster begun under what runs; and masters with different ones.
 */
export function authorityRefusals({layout, machines}: BootupFacts): readonly Problem[] {
  const isMaster = (name: string) => layout.masters.some((master) => master.name === name);
  const answering = machines.filter(({problem}) => !problem);
  const masters = answering.filter(({name}) => isMaster(name));
  const having = masters.filter(({authority}) => authority !== undefined && authority !== 'none');
  const [first] = having;
  const other = having.find(({authority}) => authority !== first?.authority);
  if (first && other) {
    return [
      {
        code: 'certificate-invalid',
        message: `${first.name} and ${other.name} have different authorities (/etc/kubernetes/pki/ca.crt): they are of different clusters.`,
        hint: differentHint,
        machine: other.name,
      },
    ];
  }
  const members = answering.filter(({isMember}) => isMember).map(({name}) => name);
  // Where it is not known what a master has, its own task finds out.
  if (members.length === 0 || masters.length === 0 || masters.some(({authority}) => authority !== 'none')) return [];
  const silent = machines.filter(({name, problem}) => problem && isMaster(name)).map(({name}) => name);
  const clean = 'If that cluster is no more, clean first what is left of it: pai-tui cluster k8s-clean';
  const names = masters.map(({name}) => name);
  return [
    {
      code: 'certificate-invalid',
      message: `${foldHostNames(members)} ${members.length === 1 ? 'is' : 'are'} of this cluster already, and ${foldHostNames(names)} ${names.length === 1 ? 'has' : 'have'} none of its keys: with new ones another cluster would begin under what runs.`,
      hint:
        silent.length === 0
          ? `Put /etc/kubernetes/pki of a master back from a backup. ${clean}`
          : `Bring ${foldHostNames(silent)} back, which may have them. ${clean}`,
    },
  ];
}
