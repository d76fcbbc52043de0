import type {KubectlPlaces} from '../../api.ts';
import {type KubeconfigPlace, kubeconfigPlace} from '../../kubeconfig/kubeconfig-file.ts';
import type {Tools} from '../../tools.ts';
import {findKubectl} from './find-kubectl.ts';
import type {KubectlFacts} from './judge-kubectl.ts';

/** What this computer has already to reach a cluster. Plain JSON, without a secret. */
export interface ThisComputer {
  readonly kubectl: KubectlFacts;
  readonly kubeconfig: KubeconfigPlace;
}

export async function readThisComputer(
  {kubeconfig, programs}: KubectlPlaces,
  tools: Pick<Tools, 'terminal'>,
  signal: AbortSignal,
): Promise<ThisComputer> {
  return {kubectl: await findKubectl(programs, tools, signal), kubeconfig: await kubeconfigPlace(kubeconfig)};
}
