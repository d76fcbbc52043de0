import type {ClusterStatus} from './types.ts';

/** Whether all masters answered and nothing of Kubernetes lies on any: then no etcd is missed, as none was begun. */
export function isWithoutMasters({machines}: Pick<ClusterStatus, 'machines'>): boolean {
  const masters = machines.filter(({roles}) => roles.includes('master'));
  return masters.length > 0 && masters.every(({known, problem}) => known?.isPart === false && !problem);
}
