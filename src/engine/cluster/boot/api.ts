import type {Kube} from '../../kube-tools.ts';
import type {TaskContext} from '../../plan/types.ts';
import {readAdminKubeconfig} from '../admin-kubeconfig.ts';

/** Asks the API with the rights of the administrator, whose kubeconfig is read from one of the masters, in their order. */
export async function withApi<T>(
  masters: readonly string[],
  {tools, signal}: Pick<TaskContext, 'tools' | 'signal'>,
  work: (api: Kube) => Promise<T>,
  server?: string,
): Promise<T> {
  const {kubeconfig} = await readAdminKubeconfig(tools.machines, masters, signal);
  const api = tools.kube.open(kubeconfig, server);
  try {
    return await work(api);
  } finally {
    await api.close();
  }
}
