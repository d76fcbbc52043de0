/** Which certificates a cluster has: for whom, on which machines. Boot, status and renewal all go by this table. */

import {firstServiceAddresses, sortHosts} from './addresses.ts';
import type {
  Authority,
  CertificateCluster,
  CertificateKind,
  CertificateMachine,
  CertificateRole,
  Identity,
  Usage,
} from './types.ts';

interface Row {
  readonly kind: CertificateKind;
  /** Whose it is, as a sentence goes on with it: 'The certificate of …'. */
  readonly of: string;
  readonly authority: Authority;
  readonly on: readonly CertificateRole[];
  /** Below `pkiFolder`, without its ending. */
  readonly file: string;
  readonly usages: readonly Usage[];
  who(machine: CertificateMachine, cluster: CertificateCluster): Who;
}

interface Who {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly hosts?: readonly string[];
}

/** Every machine of a cluster runs a kubelet, that of the proxy too. */
const everywhere = ['master', 'worker', 'proxy'] as const;
const loopback = ['localhost', '127.0.0.1', '::1'] as const;
const inHosts = ({nodeName, hosts}: CertificateMachine) => [nodeName, ...hosts];

/** Users and groups are those that RBAC's default roles are bound to (Kubernetes: "Using RBAC Authorization"). */
const rows: readonly Row[] = [
  {
    kind: 'apiserver',
    of: 'the API server',
    authority: 'cluster',
    on: ['master'],
    file: 'apiserver',
    usages: ['server'],
    who: (machine, cluster) => ({commonName: 'kube-apiserver', hosts: apiHosts(machine, cluster)}),
  },
  {
    // In system:masters, since no role is bound to it before the API server answers. It lies beside the authority's key.
    kind: 'apiserver-kubelet-client',
    of: 'the API server towards kubelets',
    authority: 'cluster',
    on: ['master'],
    file: 'apiserver-kubelet-client',
    usages: ['client'],
    who: () => ({commonName: 'kube-apiserver-kubelet-client', organizations: ['system:masters']}),
  },
  {
    kind: 'apiserver-etcd-client',
    of: 'the API server towards etcd',
    authority: 'etcd',
    on: ['master'],
    file: 'apiserver-etcd-client',
    usages: ['client'],
    who: () => ({commonName: 'kube-apiserver-etcd-client'}),
  },
  {
    kind: 'front-proxy-client',
    of: 'the API server towards its extensions',
    authority: 'front-proxy',
    on: ['master'],
    file: 'front-proxy-client',
    usages: ['client'],
    who: () => ({commonName: 'front-proxy-client'}),
  },
  {
    kind: 'controller-manager',
    of: 'the controller manager',
    authority: 'cluster',
    on: ['master'],
    file: 'controller-manager',
    usages: ['client'],
    who: () => ({commonName: 'system:kube-controller-manager'}),
  },
  {
    kind: 'scheduler',
    of: 'the scheduler',
    authority: 'cluster',
    on: ['master'],
    file: 'scheduler',
    usages: ['client'],
    who: () => ({commonName: 'system:kube-scheduler'}),
  },
  {
    kind: 'admin',
    of: 'the administrator',
    authority: 'cluster',
    on: ['master'],
    file: 'admin',
    usages: ['client'],
    who: () => adminIdentity,
  },
  {
    kind: 'kubelet',
    of: 'the kubelet',
    authority: 'cluster',
    on: everywhere,
    file: 'kubelet',
    usages: ['server'],
    who: (machine) => ({...nodeOf(machine), hosts: inHosts(machine)}),
  },
  {
    kind: 'kubelet-client',
    of: 'the kubelet towards the API server',
    authority: 'cluster',
    on: everywhere,
    file: 'kubelet-client',
    usages: ['client'],
    who: nodeOf,
  },
  {
    kind: 'kube-proxy',
    of: 'kube-proxy',
    authority: 'cluster',
    on: everywhere,
    file: 'kube-proxy',
    usages: ['client'],
    who: () => ({commonName: 'system:kube-proxy'}),
  },
  {
    // Both usages: the gateway inside etcd calls etcd with the certificate of the server.
    kind: 'etcd-server',
    of: 'etcd',
    authority: 'etcd',
    on: ['etcd'],
    file: 'etcd/server',
    usages: ['server', 'client'],
    who: (machine) => ({commonName: machine.nodeName, hosts: [...inHosts(machine), ...loopback]}),
  },
  {
    kind: 'etcd-peer',
    of: 'etcd towards its other members',
    authority: 'etcd',
    on: ['etcd'],
    file: 'etcd/peer',
    usages: ['server', 'client'],
    who: (machine) => ({commonName: machine.nodeName, hosts: [...inHosts(machine), ...loopback]}),
  },
  {
    kind: 'etcd-client',
    of: 'etcdctl on this machine',
    authority: 'etcd',
    on: ['etcd'],
    file: 'etcd/client',
    usages: ['client'],
    who: (machine) => ({commonName: `etcdctl-${machine.nodeName}`}),
  },
];

/** Where all of it lies on a machine. */
export const pkiFolder = '/etc/kubernetes/pki';

/** A certificate that a machine should have. */
export interface WantedCertificate extends Identity {
  readonly kind: CertificateKind;
  readonly of: string;
  readonly authority: Authority;
  readonly certificateFile: string;
  readonly keyFile: string;
  /** The authority that signs it, on the same machine. */
  readonly authorityFile: string;
}

/**
 * The certificates that a machine should have, in the order of the table. Throws Problem `certificate-invalid` when a
 * name or range of the cluster cannot be in a certificate.
 */
export function wantedCertificates(machine: CertificateMachine, cluster: CertificateCluster): WantedCertificate[] {
  return rows
    .filter(({on}) => on.some((role) => machine.roles.includes(role)))
    .map(({kind, of, authority, file, usages, who}) => {
      const {commonName, organizations = [], hosts = []} = who(machine, cluster);
      return {
        ...{kind, of, authority, commonName, organizations, ...sortHosts(hosts), usages},
        certificateFile: `${pkiFolder}/${file}.crt`,
        keyFile: `${pkiFolder}/${file}.key`,
        authorityFile: authorityFiles[authority].certificate,
      };
    });
}

/** Where the certificates and keys of the authorities lie; the keys on masters alone. */
export const authorityFiles: Readonly<Record<Authority, {readonly certificate: string; readonly key: string}>> = {
  cluster: {certificate: `${pkiFolder}/ca.crt`, key: `${pkiFolder}/ca.key`},
  etcd: {certificate: `${pkiFolder}/etcd/ca.crt`, key: `${pkiFolder}/etcd/ca.key`},
  'front-proxy': {certificate: `${pkiFolder}/front-proxy-ca.crt`, key: `${pkiFolder}/front-proxy-ca.key`},
};

/** Where every master keeps the keys of service accounts. */
export const serviceAccountFiles = {publicKey: `${pkiFolder}/sa.pub`, key: `${pkiFolder}/sa.key`} as const;

/** Which machines have the certificate of an authority, by their roles. */
export const authorityOn: Readonly<Record<Authority, readonly CertificateRole[]>> = {
  cluster: everywhere,
  etcd: ['master', 'etcd'],
  'front-proxy': ['master'],
};

/** The certificate files of a set of roles, without regard to whom they are for. */
export function certificateFiles(roles: readonly CertificateRole[]): {readonly kind: CertificateKind; file: string}[] {
  return rows.filter(({on}) => on.some((role) => roles.includes(role))).map(({kind, file}) => ({kind, file}));
}

/** Whom `kubectl` on the masters and on the operator's computer speaks for: everything is allowed to this group. */
export const adminIdentity = {
  commonName: 'kubernetes-admin',
  organizations: ['system:masters'],
  names: [],
  addresses: [],
  usages: ['client'],
} as const satisfies Identity;

/** The name that the Node authorizer goes by. */
function nodeOf({nodeName}: CertificateMachine): Who {
  return {commonName: `system:node:${nodeName}`, organizations: ['system:nodes']};
}

/**
 * All by which the API is reached: as a service from within, each master by each of its names (a component may go to any
 * of them), the proxies that stand in front of them, and what else leads there.
 */
function apiHosts(machine: CertificateMachine, {machines, apiHosts, serviceRange, serviceDomain}: CertificateCluster) {
  const inFront = machines.filter(({roles}) => roles.includes('master') || roles.includes('proxy'));
  const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
  return [
    ...service,
    `kubernetes.default.svc.${serviceDomain}`,
    ...loopback,
    ...firstServiceAddresses(serviceRange),
    ...[machine, ...inFront].flatMap(inHosts),
    ...apiHosts,
  ];
}
