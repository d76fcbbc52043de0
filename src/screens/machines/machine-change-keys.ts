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
  const ask = (requestFor: (where: Where) => ClusterRequest): void => {
    const {names: _, secrets: __, ...where} = machines.request([]);
    openApproval(app, requestFor(where));
  };
  const askForChosen = (requestFor: (where: Where, names: readonly string[]) => ClusterRequest) => (): void => {
    const names = chosenMachines(machines.shown(), table());
    if (names.length > 0) ask((where) => requestFor(where, names));
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
        if (machine !== undefined) ask((where) => ({...where, operation: 'machine etcdfix', machine}));
      },
    },
  ];
}
