/** What lies on a machine of all this, with its mode and owner: for those who put it there, and who look whether it is. */

import {authorityFiles, authorityOn, certificateFiles, pkiFolder, serviceAccountFiles} from './certificate-table.ts';
import type {Authority, CertificateKind, CertificateRole} from './types.ts';

/** A folder or file that belongs to root. */
export interface KeptFile {
  readonly path: string;
  readonly holds: 'folder' | 'certificate' | 'private key' | 'public key' | 'kubeconfig';
  /** Absent for a folder. */
  readonly of?: CertificateKind | 'service-account' | `${Authority} authority`;
  /** 0o700 for folders, 0o600 for private keys; what is no secret may be read by those who get to it. */
  readonly mode: number;
  readonly owner: 'root';
  readonly group: 'root';
}

/** Folders first, each before what is in it. A role more adds files and changes none. */
export function filesOnMachine(roles: readonly CertificateRole[]): readonly KeptFile[] {
  const certificates = certificateFiles(roles);
  const isMaster = roles.includes('master');
  const authorities = (['cluster', 'etcd', 'front-proxy'] as const).filter((authority) =>
    authorityOn[authority].some((role) => roles.includes(role)),
  );
  const files = [
    ...authorities.flatMap((authority): KeptFile[] => [
      kept(authorityFiles[authority].certificate, 'certificate', `${authority} authority`),
      ...(isMaster ? [kept(authorityFiles[authority].key, 'private key', `${authority} authority`)] : []),
    ]),
    ...(isMaster
      ? [
          kept(serviceAccountFiles.publicKey, 'public key', 'service-account'),
          kept(serviceAccountFiles.key, 'private key', 'service-account'),
        ]
      : []),
    ...certificates.flatMap(({kind, file}) => [
      kept(`${pkiFolder}/${file}.crt`, 'certificate', kind),
      kept(`${pkiFolder}/${file}.key`, 'private key', kind),
    ]),
    ...kubeconfigFiles(roles).map(({path, certificate}) => kept(path, 'kubeconfig', certificate)),
  ];
  const folders = [pkiFolder, `${pkiFolder}/etcd`].filter((folder) =>
    files.some(({path}) => path.startsWith(`${folder}/`)),
  );
  return [...folders.map((path) => kept(path, 'folder')), ...files];
}

/**
 * The kubeconfigs of a machine's components and whose certificate each names. They name the files instead of holding
 * what is in them: so they are no secrets, and a renewed certificate is taken up without a restart (client-go,
 * transport/cert_rotation.go).
 */
export function kubeconfigFiles(
  roles: readonly CertificateRole[],
): {readonly path: string; readonly certificate: CertificateKind}[] {
  const there = certificateFiles(roles).map(({kind}) => kind);
  return kubeconfigs.filter(({certificate}) => there.includes(certificate));
}

const kubeconfigs = [
  {path: '/etc/kubernetes/admin.conf', certificate: 'admin'},
  {path: '/etc/kubernetes/controller-manager.conf', certificate: 'controller-manager'},
  {path: '/etc/kubernetes/scheduler.conf', certificate: 'scheduler'},
  {path: '/etc/kubernetes/kubelet.conf', certificate: 'kubelet-client'},
  {path: '/etc/kubernetes/kube-proxy.conf', certificate: 'kube-proxy'},
] as const;

const modes = {
  folder: 0o700,
  certificate: 0o644,
  'private key': 0o600,
  'public key': 0o644,
  kubeconfig: 0o600,
} as const;

function kept(path: string, holds: KeptFile['holds'], of?: NonNullable<KeptFile['of']>): KeptFile {
  return {path, holds, ...(of ? {of} : {}), mode: modes[holds], owner: 'root', group: 'root'};
}
