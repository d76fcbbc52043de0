/** What certificates of a cluster are made of. */

import type {Secret} from '../../secret.ts';

/** Who signs: three authorities, so that a key of one world opens nothing in another. */
export type Authority = 'cluster' | 'etcd' | 'front-proxy';

/** What a machine is to Kubernetes; a machine may be several. */
export type CertificateRole = 'master' | 'etcd' | 'worker' | 'proxy';

/** As extended key usages say it: shown by a server, by a client, or by one that is both. */
export type Usage = 'server' | 'client';

/** A PEM certificate and its private key (PEM, PKCS #8 where we made it). */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: Secret;
}

/** Whom a certificate speaks for. Kubernetes takes the common name as the user and the organizations as its groups. */
export interface Identity {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** DNS names, in small letters. */
  readonly names: readonly string[];
  /** IPv4 and IPv6 addresses, as `canonicalAddress` writes them. */
  readonly addresses: readonly string[];
  readonly usages: readonly Usage[];
}

/** A machine as certificates know it. */
export interface CertificateMachine {
  /** What Kubernetes calls the node; in old clusters an address. */
  readonly nodeName: string;
  /** Every name and address others reach it by. */
  readonly hosts: readonly string[];
  readonly roles: readonly CertificateRole[];
}

/** What certificates have to know of a cluster. */
export interface CertificateCluster {
  readonly machines: readonly CertificateMachine[];
  /** Names and addresses of the API that belong to no machine: of a balancer in front of the masters. */
  readonly apiHosts: readonly string[];
  /** `10.254.0.0/16`; two with a comma between them where the cluster speaks IPv4 and IPv6. */
  readonly serviceRange: string;
  /** `cluster.local` where nothing else was chosen. */
  readonly serviceDomain: string;
}

export type CertificateKind =
  | 'apiserver'
  | 'apiserver-kubelet-client'
  | 'apiserver-etcd-client'
  | 'front-proxy-client'
  | 'controller-manager'
  | 'scheduler'
  | 'admin'
  | 'kubelet'
  | 'kubelet-client'
  | 'kube-proxy'
  | 'etcd-server'
  | 'etcd-peer'
  | 'etcd-client';
