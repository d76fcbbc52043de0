import {type ClusterRequest, usualDrainMs} from '../../engine/index.ts';
import type {KeyBinding} from '../../ui/keys/binding.ts';
import type {AppModel} from '../app-model.ts';
import {openApproval} from '../approval/ApprovalDialog.tsx';
import {chosenMachines, machineAt} from './machines-shown.ts';

type Off = {readonly disabled?: string};
type Where = Pick<ClusterRequest, 'config' | 'source' | 'jump'>;

/** What brings machines into the cluster, takes them out of it, or mends one: each shows its plan first. */
export function machineChangeKeys(app: AppModel, off: Off): readonly KeyBinding[] {
  const {machines, settings} = app;
  const table = () => machines.get().table;
  const marked = table().marks.size;
  const can: Off =
    off.disabled === undefined && settings.readOnly
      ? {disabled: 'This is read-only: open pai-tui without --readonly to change a cluster.'}
      : off;
  const askForChosen = (requestFor: (where: Where, names: readonly string[]) => ClusterRequest) => (): void => {
    const names = chosenMachines(machines.shown(), table());
    if (names.length > 0) ask(app, (where) => requestFor(where, names));
  };
  const here = machineAt(machines.shown(), table())?.machine;
  return [
    {
      keys: ['A'],
      word: marked > 0 ? `add ${marked}` : 'add',
      help: 'Add the marked machines, else the one under the cursor, to the cluster that runs, as workers.',
      quiet: true,
      ...can,
      run: askForChosen((where, names) => ({...where, operation: 'machine add', names, updateConfig: false})),
    },
    {
      keys: ['D'],
      word: marked > 0 ? `remove ${marked}` : 'remove',
      help: 'Take the marked machines, else the one under the cursor, out of the cluster: their pods go first.',
      quiet: true,
      ...can,
      run: askForChosen((where, names) => ({
        ...where,
        ...{operation: 'machine remove', names, updateConfig: false},
        ...{force: false, ignoreBudgets: false, dead: false, drainMs: usualDrainMs},
      })),
    },
    {
      keys: ['E'],
      word: 'etcdfix',
      help: 'Mend the member of etcd on the master under the cursor, by what changes least.',
      quiet: true,
      ...(can.disabled === undefined && here && !here.roles.includes('master')
        ? {disabled: `${here.name} is no master, so no member of etcd runs there.`}
        : can),
      run: () => {
        const machine = machineAt(machines.shown(), table())?.machine.name;
        if (machine !== undefined) askEtcdfix(app, machine);
      },
    },
  ];
}

/** Shows how the member of etcd on a master would be mended. */
export function askEtcdfix(app: AppModel, machine: string): void {
  ask(app, (where) => ({...where, operation: 'machine etcdfix', machine}));
}

function ask(app: AppModel, requestFor: (where: Where) => ClusterRequest): void {
  const {names: _, secrets: __, ...where} = app.machines.request([]);
  openApproval(app, requestFor(where));
}
