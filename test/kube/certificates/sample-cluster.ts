import type {CertificateCluster, CertificateMachine} from '../../../src/engine/kube/certificates.ts';

export const master: CertificateMachine = {
  nodeName: '10.0.0.1',
  hosts: ['master-1', '10.0.0.1'],
  roles: ['master', 'etcd'],
};
export const otherMaster: CertificateMachine = {
  nodeName: 'master-2',
  hosts: ['10.0.0.2', 'FD00::2'],
  roles: ['master', 'etcd'],
};
export const worker: CertificateMachine = {nodeName: 'worker-1', hosts: ['10.0.0.5'], roles: ['worker']};
export const proxy: CertificateMachine = {nodeName: 'proxy-1', hosts: ['10.0.0.9'], roles: ['proxy']};

export const cluster: CertificateCluster = {
  machines: [master, otherMaster, worker, proxy],
  apiHosts: ['api.example.org', '10.0.0.100'],
  serviceRange: '10.254.0.0/16',
  serviceDomain: 'cluster.local',
};

export const now = new Date('2026-06-01T12:00:00Z');

export function daysLater(days: number): Date {
  return new Date(now.getTime() + days * 86_400_000);
}
