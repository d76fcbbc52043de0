import type {ClusterRequest} from '../../engine/index.ts';
import type {KeyBinding} from '../../ui/keys/binding.ts';
import type {AppModel} from '../app-model.ts';
import {openApproval} from '../approval/ApprovalDialog.tsx';
import {noConfiguration} from './config-keys.ts';

/** What changes the cluster: each shows its plan, and nothing happens before that is approved. */
export function changeKeys(app: AppModel): readonly KeyBinding[] {
  const {kubectl} = app.settings;
  const off = whyNot(app);
  const key = (name: string, word: string, help: string, requestFor: (where: Where) => ClusterRequest): KeyBinding => ({
    keys: [name],
    word,
    help,
    ...(off === undefined ? {} : {disabled: off}),
    run() {
      const {names: _, secrets: __, ...where} = app.machines.request([]);
      openApproval(app, requestFor(where));
    },
  });
  return [
    key(
      'B',
      'boot',
      'Boot the cluster of this configuration, or bring it to what the configuration says.',
      (where) => ({
        ...where,
        ...kubectl,
        operation: 'cluster k8s-bootup',
        verify: false,
      }),
    ),
    {
      ...key('R', 'renew', 'Put new certificates in the place of all of them, machine by machine.', (where) => ({
        ...where,
        operation: 'cluster certificates renew',
      })),
      quiet: true,
    },
    key('X', 'clean', 'Take the cluster away from its machines; its name has to be typed.', (where) => ({
      ...where,
      operation: 'cluster k8s-clean',
      force: false,
    })),
  ];
}

type Where = Pick<ClusterRequest, 'config' | 'source' | 'jump'>;

function whyNot({settings, machines}: AppModel): string | undefined {
  if (settings.config === undefined) return noConfiguration;
  if (machines.asleep !== undefined) return machines.asleep;
  return settings.readOnly ? 'This is read-only: open pai-tui without --readonly to change a cluster.' : undefined;
}
