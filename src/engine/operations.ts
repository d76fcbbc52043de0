/** Every operation there is, by the name of its command. Loaded when it is asked for: each brings much along. */

import type {OperationRequest} from './api.ts';
import type {Operation} from './plan/types.ts';

type Name = OperationRequest['operation'];

/** Operations of several requests stand in one list, hence the loose type. */
// biome-ignore lint/suspicious/noExplicitAny: a request is given to the operation of its own name alone
type AnyOperation = Operation<any, any>;

const operations: Readonly<Partial<Record<Name, () => Promise<AnyOperation>>>> = {
  'image build': async () => (await import('./plan/image/image-build.ts')).imageBuild,
  'image push': async () => (await import('./plan/image/image-push.ts')).imagePush,
  'cluster k8s-bootup': async () => (await import('./plan/cluster/package-sets.ts')).bootup,
  'cluster k8s-clean': async () => (await import('./plan/cluster/package-sets.ts')).clean,
  'cluster certificates renew': async () => (await import('./plan/cluster/renew-certificates.ts')).renewCertificates,
  'cluster etcd snapshot': async () => (await import('./plan/etcd/etcd-snapshot.ts')).etcdSnapshot,
  'cluster etcd defrag': async () => (await import('./plan/etcd/etcd-defrag.ts')).etcdDefrag,
  'machine add': async () => (await import('./plan/machine/machine-add.ts')).machineAdd,
  'machine remove': async () => (await import('./plan/machine/machine-remove.ts')).machineRemove,
  'machine etcdfix': async () => (await import('./plan/etcd/etcdfix.ts')).etcdfix,
  'cluster install-kubectl': async () => (await import('./plan/cluster/install-kubectl.ts')).installKubectl,
};

export async function operationOf(name: string): Promise<AnyOperation> {
  const load = operations[name as Name];
  if (!load) throw new Error(`there is no operation ${name}`);
  return load();
}
