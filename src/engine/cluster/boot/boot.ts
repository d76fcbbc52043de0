import type {BootupRequest} from '../../api.ts';
import {plainId} from '../../plan/task-id.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import type {PackageChoice} from '../packages/choice.ts';
import type {BootupFacts} from './facts.ts';
import {reachedMachines} from './present.ts';
import {turnsOf} from './turns.ts';

/** What the tasks of a boot go by. */
export interface Boot {
  readonly request: BootupRequest;
  readonly facts: BootupFacts;
  readonly layout: ClusterLayout;
  readonly choice: PackageChoice;
  /** Those that are there, in the order of the configuration; the others of the layout are left out. */
  readonly machines: readonly ClusterMachine[];
  readonly masters: readonly ClusterMachine[];
  /** Masters that are changed at the same time, each group when all of the one before are well. */
  readonly turns: readonly (readonly ClusterMachine[])[];
  /** Whether it is of this cluster already. */
  isMember(machine: ClusterMachine): boolean;
}

export function bootOf(request: BootupRequest, facts: BootupFacts): Boot {
  const machines = reachedMachines(facts);
  return {
    ...{request, facts, layout: facts.layout, machines},
    choice: {podNetwork: facts.podNetwork},
    masters: machines.filter(({roles}) => roles.includes('master')),
    turns: turnsOf(facts),
    isMember: ({name}) => facts.machines.some((found) => found.name === name && found.isMember),
  };
}

/** 'node-1/kubelet': the id of a machine's task. */
export function taskOn({name}: ClusterMachine, phase: string): string {
  return `${plainId(name)}/${phase}`;
}
