/** The cluster of a layout as its certificates and kubeconfigs know it. */

import {
  authorityFiles,
  type CertificateCluster,
  type CertificateMachine,
  type CertificateRole,
  kubeconfigFiles,
  kubeconfigWithFiles,
  type WantedCertificate,
  wantedCertificates,
} from '../kube/certificates.ts';
import type {ClusterLayout, ClusterMachine} from './layout/types.ts';
import type {CertificateInput} from './packages/certificate-input.ts';

type NamedCluster = Pick<ClusterLayout, 'machines' | 'api' | 'serviceRange' | 'domain'>;

function certificateCluster({machines, api, serviceRange, domain}: NamedCluster): CertificateCluster {
  return {
    machines: machines.map(certificateMachine),
    apiHosts: machines.some(({address}) => address === api.host) ? [] : [api.host],
    serviceRange,
    serviceDomain: domain,
  };
}

function certificateMachine(machine: ClusterMachine): CertificateMachine {
  const {name, nodeName, address} = machine;
  return {nodeName, hosts: [...new Set([name, address])], roles: certificateRoles(machine)};
}

/** A member of etcd is on each master. */
export function certificateRoles({roles}: Pick<ClusterMachine, 'roles'>): readonly CertificateRole[] {
  return roles.flatMap((role): readonly CertificateRole[] => (role === 'master' ? ['master', 'etcd'] : [role]));
}

/** Throws `certificate-invalid` for names that cannot be in a certificate. */
export function certificatesOf(layout: ClusterLayout, machine: ClusterMachine): readonly WantedCertificate[] {
  return wantedCertificates(certificateMachine(machine), certificateCluster(layout));
}

/**
 * The kubeconfigs of a machine. They name files, so nothing in them is secret. Those of a master's own components go to
 * the API server beside them, all others to the address of the cluster.
 */
export function machineKubeconfigs(layout: ClusterLayout, machine: ClusterMachine): readonly CertificateInput[] {
  const wanted = certificatesOf(layout, machine);
  return kubeconfigFiles(certificateRoles(machine)).flatMap(({path, certificate}) => {
    const found = wanted.find(({kind}) => kind === certificate);
    if (!found) return [];
    const isBeside = certificate === 'controller-manager' || certificate === 'scheduler';
    const content = kubeconfigWithFiles({
      ...{cluster: 'kubernetes', user: found.commonName, context: 'kubernetes'},
      server: isBeside ? `https://127.0.0.1:${layout.masterPort}` : `https://${layout.api.host}:${layout.api.port}`,
      authorityFile: authorityFiles.cluster.certificate,
      certificateFile: found.certificateFile,
      keyFile: found.keyFile,
    });
    return [{path, mode: 0o600, content}];
  });
}
