import {join, resolve} from 'node:path';
import type {KubectlPlaces} from '../engine/index.ts';
import type {World} from './world.ts';

/**
 * Where this computer is made to reach a cluster when nobody says otherwise: the first file of KUBECONFIG, else the one in
 * the home folder; and the folder of programs of one account, or of all for root.
 */
export function kubectlPlaces(
  {environment, cwd}: Pick<World, 'environment' | 'cwd'>,
  isRoot = process.getuid?.() === 0,
): KubectlPlaces {
  const {HOME: home = '/', KUBECONFIG = ''} = environment;
  const named = KUBECONFIG.split(':').find((file) => file !== '');
  return {
    kubeconfig: named === undefined ? join(home, '.kube/config') : resolve(cwd, named),
    programs: isRoot ? '/usr/local/bin' : join(home, '.local/bin'),
  };
}
