import type {BootupRequest} from '../../api.ts';
import {plainId} from '../../plan/task-id.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import type {PackageChoice} from '../packages/choice.ts';
import type {BootupFacts, FoundMachine} from './facts.ts';
import {reachedMachines} from './present.ts';
import {turnsOf} from './turns.ts';

/** What the tasks of machines that become part of a cluster go by. */
export interface Joining {
  readonly layout: ClusterLayout;
  readonly choice: PackageChoice;
  /** Those that can be asked, in this order; the authorities are read from the first. */
  readonly masters: readonly ClusterMachine[];
  /** Whether it is of this cluster already. */
  isMember(machine: ClusterMachine): boolean;
  /** Whether docker is there already: it stays what it is, but for its settings. */
  hasDocker(machine: ClusterMachine): boolean;
}

/** What the tasks of a boot go by. */
export interface Boot extends Joining {
  readonly request: BootupRequest;
  readonly facts: BootupFacts;
  /** Those that are there, in the order of the configuration; the others of the layout are left out. */
  readonly machines: readonly ClusterMachine[];
  /** Masters that are changed at the same time, each group when all of the one before are well. */
  readonly turns: readonly (readonly ClusterMachine[])[];
}

export function bootOf(request: BootupRequest, facts: BootupFacts): Boot {
  const machines = reachedMachines(facts);
  return {
    ...{request, facts, layout: facts.layout, machines},
    choice: {podNetwork: facts.podNetwork},
    masters: machines.filter(({roles}) => roles.includes('master')),
    turns: turnsOf(facts),
    ...foundOn(facts.machines),
  };
}

/** What was found on machines, as tasks ask for it. */
export function foundOn(machines: readonly FoundMachine[]): Pick<Joining, 'isMember' | 'hasDocker'> {
  const found = new Map(machines.map((machine) => [machine.name, machine]));
  return {
    isMember: ({name}) => found.get(name)?.isMember === true,
    hasDocker: ({name}) => found.get(name)?.hasDocker === true,
  };
}

/** 'node-1/kubelet': the id of a machine's task. */
export function taskOn({name}: ClusterMachine, phase: string): string {
  return `${plainId(name)}/${phase}`;
}
