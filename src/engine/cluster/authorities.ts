/**
 * The authorities of a cluster and the keys of its service accounts. Masters are their only lasting home: they are read
 * from there into memory, and go to machines as the stdin of the script that puts them into their place.
 */

import {
  type Authority,
  authorityFiles,
  authorityOn,
  type CertificateRole,
  type KeyedCertificate,
  makeAuthority,
  makeServiceAccountKeys,
  type ServiceAccountKeys,
  serviceAccountFiles,
} from '../kube/certificates.ts';
import type {MachineAccess} from '../machine-tools.ts';
import {ProblemError} from '../problem.ts';
import type {Secret} from '../secret.ts';
import {readMachineFiles} from './machine-files.ts';
import type {CertificateInput} from './packages/certificate-input.ts';

export type Authorities = Readonly<Record<Authority, KeyedCertificate>> & {
  readonly serviceAccounts: ServiceAccountKeys;
};

const all = ['cluster', 'etcd', 'front-proxy'] as const satisfies readonly Authority[];

/** Every file of them on a master. */
const files: readonly string[] = [
  ...all.flatMap((authority) => [authorityFiles[authority].certificate, authorityFiles[authority].key]),
  ...Object.values(serviceAccountFiles),
];

/** New ones, in memory. */
export async function makeAuthorities(now: Date): Promise<Authorities> {
  const [cluster, etcd, frontProxy, serviceAccounts] = await Promise.all([
    makeAuthority('cluster', {now}),
    makeAuthority('etcd', {now}),
    makeAuthority('front-proxy', {now}),
    makeServiceAccountKeys(),
  ]);
  return {cluster, etcd, 'front-proxy': frontProxy, serviceAccounts};
}

/**
 * Those that a master has; undefined where it has nothing of them. Throws `certificate-invalid` where it has some of them
 * only, and what asking it throws.
 */
export async function readAuthorities(
  machines: MachineAccess,
  master: string,
  signal: AbortSignal,
): Promise<Authorities | undefined> {
  const found = await readMachineFiles(machines, master, files, signal);
  if (found.size === 0) return undefined;
  const text = (path: string): Secret => {
    const secret = found.get(path);
    if (secret) return secret;
    throw new ProblemError({
      code: 'certificate-invalid',
      message: `${master} has authorities of a cluster and lacks ${path}: nothing can be signed there.`,
      hint: 'Put it back, from another master or a backup; without it the cluster needs new certificates everywhere.',
      machine: master,
    });
  };
  const keyed = (authority: Authority): KeyedCertificate => ({
    certificate: text(authorityFiles[authority].certificate).reveal(),
    key: text(authorityFiles[authority].key),
  });
  return {
    ...{cluster: keyed('cluster'), etcd: keyed('etcd'), 'front-proxy': keyed('front-proxy')},
    serviceAccounts: {
      publicKey: text(serviceAccountFiles.publicKey).reveal(),
      key: text(serviceAccountFiles.key),
    },
  };
}

/**
 * Those that any of the masters has. Throws `certificate-invalid` where they have different ones: they are of different
 * clusters then.
 */
export async function findAuthorities(
  machines: MachineAccess,
  masters: readonly string[],
  signal: AbortSignal,
): Promise<Authorities | undefined> {
  const asked = await Promise.all(
    masters.map(async (master) => ({master, authorities: await readAuthorities(machines, master, signal)})),
  );
  const [first, ...more] = asked.flatMap(({master, authorities}) => (authorities ? [{master, authorities}] : []));
  for (const {master, authorities} of more) {
    const other = all.find((name) => authorities[name].certificate !== first?.authorities[name].certificate);
    if (other === undefined) continue;
    throw new ProblemError({
      code: 'certificate-invalid',
      message: `${first?.master} and ${master} have different authorities (${authorityFiles[other].certificate}): they are of different clusters.`,
      hint: 'Clean the one that is not of this cluster, or take it out of the configuration.',
      machine: master,
    });
  }
  return first?.authorities;
}

/** What of them belongs on a machine: keys on masters alone. */
export function authorityInput(
  authorities: Authorities,
  roles: readonly CertificateRole[],
): readonly CertificateInput[] {
  const isMaster = roles.includes('master');
  const {publicKey, key} = authorities.serviceAccounts;
  return [
    ...all
      .filter((authority) => authorityOn[authority].some((role) => roles.includes(role)))
      .flatMap((authority): readonly CertificateInput[] => [
        {path: authorityFiles[authority].certificate, mode: 0o644, content: authorities[authority].certificate},
        ...(isMaster ? [{path: authorityFiles[authority].key, mode: 0o600, content: authorities[authority].key}] : []),
      ]),
    ...(isMaster
      ? [
          {path: serviceAccountFiles.publicKey, mode: 0o644, content: publicKey},
          {path: serviceAccountFiles.key, mode: 0o600, content: key},
        ]
      : []),
  ];
}
