import type {KeyBinding} from '../../ui/keys/binding.ts';
import type {AppModel} from '../app-model.ts';
import {noConfiguration} from './config-keys.ts';

/** What is opened from the cluster: its configuration, and the checks of its machines. */
export function openingKeys(
  {cluster, machines, settings}: AppModel,
  forConfiguration: readonly string[] = ['c'],
): readonly KeyBinding[] {
  const none = settings.config === undefined ? {disabled: noConfiguration} : {};
  const asleep = machines.asleep === undefined ? {} : {disabled: machines.asleep};
  return [
    {
      keys: forConfiguration,
      word: 'configuration',
      help: 'Every value of the configuration, where it comes from, and what is wrong.',
      ...none,
      run: () => cluster.set({inConfig: true, detailTop: 0}),
    },
    {
      keys: ['p'],
      word: 'checks',
      help: 'Ask all machines whether Kubernetes can go on them. Nothing is changed on any of them.',
      ...asleep,
      ...none,
      run: () => cluster.set({inChecks: true}),
    },
  ];
}
