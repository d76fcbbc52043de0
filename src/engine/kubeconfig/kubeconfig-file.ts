/** The kubeconfig of a person on this computer, as a file. */

import {lstat, realpath, stat} from 'node:fs/promises';
import {dirname} from 'node:path';
import {adminIdentity, judgeCertificate, type KeyedCertificate, type KubeconfigWithData} from '../kube/certificates.ts';
import {readKubeconfig} from '../kube/kubeconfig.ts';
import {displayText} from '../names.ts';
import {ProblemError} from '../problem.ts';
import {Secret} from '../secret.ts';
import type {Clock, FileOwner, Files} from '../tools.ts';
import {credentialsIn, mergeKubeconfig} from './merge-kubeconfig.ts';

/** It holds a key. */
export const kubeconfigMode = 0o600;

export interface KubeconfigPlace {
  /** Where the file itself lies: a link stays one. */
  readonly file: string;
  /** Whether its folder is there. */
  readonly isFolderThere: boolean;
}

export interface KubeconfigUpdate {
  /** What becomes different, as sentences without a secret; empty: nothing. */
  readonly changes: readonly string[];
  readonly text: Secret;
  /** Absent where there is no file yet. */
  readonly owner?: FileOwner;
}

/** Throws `file-unreadable` where it cannot be told. */
export async function kubeconfigPlace(file: string): Promise<KubeconfigPlace> {
  const isLink = await lstat(file).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  const place = isLink ? await realpath(file).catch(() => undefined) : file;
  if (place === undefined) {
    throw new ProblemError({
      code: 'file-unreadable',
      message: `${displayText(file)} is a link to what is not there.`,
      hint: 'Remove it, or name another file with KUBECONFIG.',
      file,
    });
  }
  const isFolderThere = await stat(dirname(place)).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return {file: place, isFolderThere};
}

/**
 * What putting a cluster into the file would make of it. The context in use stays, where there is one, and so does a
 * certificate of the administrator that is good: each master has another one, and any of them does. Throws
 * `edit-refused`, `yaml-invalid` or `file-unreadable` where the file has to stay as it is.
 */
export async function kubeconfigUpdate(
  given: KubeconfigWithData,
  file: string,
  {files, clock}: {readonly files: Pick<Files, 'exists' | 'readText'>; readonly clock: Pick<Clock, 'now'>},
): Promise<KubeconfigUpdate> {
  const there = (await files.exists(file)) ? await stat(file) : undefined;
  if (there && there.nlink > 1) {
    throw new ProblemError({
      code: 'edit-refused',
      message: `${displayText(file)} has a second name (a hard link), which would be cut off.`,
      hint: 'Name another file with KUBECONFIG.',
      file,
    });
  }
  const text = there ? new Secret(await files.readText(file)) : undefined;
  const kept = text && credentialsIn(text, given.user);
  const credentials = kept && isGood(kept, given, new Date(clock.now())) ? kept : given.credentials;
  const merged = mergeKubeconfig({...given, credentials}, {text, file, use: false});
  if (merged.type === 'refused') throw new ProblemError(merged.problem);
  const opened = there && (there.mode & 0o777) !== kubeconfigMode ? ['It is for its owner alone from now on.'] : [];
  return {
    changes: [...merged.changes, ...opened],
    text: merged.text,
    ...(there ? {owner: {uid: there.uid, gid: there.gid}} : {}),
  };
}

/** One that ends soon is not: then there may be a newer one. */
function isGood({certificate: pem, key}: KeyedCertificate, {authorities}: KubeconfigWithData, now: Date): boolean {
  try {
    const what = {of: 'the administrator', pem, key, wanted: adminIdentity, authorities, now};
    return judgeCertificate(what).state === 'good';
  } catch (error) {
    // A key that cannot be read belongs to nothing.
    if (error instanceof ProblemError && error.problem.code === 'certificate-invalid') return false;
    throw error;
  }
}

/**
 * The entries of a cluster for the kubeconfig of a person: named by it, and reached at `server`. Throws
 * `kubeconfig-invalid` for one of the administrator that does not hold its certificate, its key and its authority.
 */
export function personalKubeconfig(cluster: string, server: string, admin: Secret): KubeconfigWithData {
  const {ca, cert, key} = readKubeconfig(admin);
  if (ca === undefined || cert === undefined || key === undefined) {
    throw new ProblemError({
      code: 'kubeconfig-invalid',
      message: 'The kubeconfig of the administrator lacks a certificate, its key or its authority.',
      hint: 'Boot the cluster again: that puts it in order.',
    });
  }
  const credentials = {certificate: cert, key: new Secret(key)};
  return {cluster, user: `${cluster}-admin`, context: cluster, server, authorities: ca, credentials};
}
