/** Kubeconfigs: how a client reaches the API server, whom it trusts there and whom it speaks for. */

import {Secret} from '../../secret.ts';
import type {KeyedCertificate} from './types.ts';

/** What is the same for both ways of holding certificates. */
interface Access {
  /** Names of the three entries; they only have to be different from others in the same file. */
  readonly cluster: string;
  readonly user: string;
  readonly context: string;
  /** `https://10.0.0.9:6443` */
  readonly server: string;
}

/** One cluster, with everything in it: for a person's computer. */
export interface KubeconfigWithData extends Access {
  /** PEM. */
  readonly authorities: string;
  readonly credentials: KeyedCertificate;
}

/** One cluster, with paths instead: for a component on a machine; holds no secret. */
export interface KubeconfigWithFiles extends Access {
  readonly authorityFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Fields of the entries `cluster` and `user` by their names; a key is a Secret. */
export interface KubeconfigEntries {
  readonly cluster: Readonly<Record<string, string>>;
  readonly user: Readonly<Record<string, string | Secret>>;
}

/** The fields that give access by the data of certificates. */
export function entriesOf({server, authorities, credentials}: KubeconfigWithData): KubeconfigEntries {
  return {
    cluster: {server, 'certificate-authority-data': base64(authorities)},
    user: {
      'client-certificate-data': base64(credentials.certificate),
      'client-key-data': new Secret(base64(credentials.key.reveal())),
    },
  };
}

/** The whole text of a kubeconfig that holds a private key. */
export function kubeconfigWithData(given: KubeconfigWithData): Secret {
  return new Secret(rendered(given, entriesOf(given)));
}

/** The whole text of a kubeconfig that names the files of a machine. */
export function kubeconfigWithFiles(given: KubeconfigWithFiles): string {
  return rendered(given, {
    cluster: {server: given.server, 'certificate-authority': given.authorityFile},
    user: {'client-certificate': given.certificateFile, 'client-key': given.keyFile},
  });
}

function rendered({cluster, user, context}: Access, entries: KubeconfigEntries): string {
  const fields = (record: KubeconfigEntries['user']) =>
    Object.entries(record).map(
      ([key, value]) => `    ${key}: ${scalar(typeof value === 'string' ? value : value.reveal())}`,
    );
  const lines = [
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    `- name: ${scalar(cluster)}`,
    '  cluster:',
    ...fields(entries.cluster),
    'users:',
    `- name: ${scalar(user)}`,
    '  user:',
    ...fields(entries.user),
    'contexts:',
    `- name: ${scalar(context)}`,
    '  context:',
    `    cluster: ${scalar(cluster)}`,
    `    user: ${scalar(user)}`,
    `current-context: ${scalar(context)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** As it is where YAML can take it for nothing but text, else in quotes. */
function scalar(text: string): string {
  const isPlain = /^[A-Za-z/][A-Za-z0-9@/._+=-]*(?::[A-Za-z0-9@/._+=[\]-]+)*$/.test(text);
  const isWord = /^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text);
  return isPlain && !isWord ? text : JSON.stringify(text);
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
