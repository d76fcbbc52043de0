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

const certificateFiles: readonly string[] = all.map((authority) => authorityFiles[authority].certificate);

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
  const lacks = lackOf(found);
  if (lacks !== undefined) throw onlyPart(master, lacks);
  return authoritiesIn(found);
}

/**
 * Those of the first of these masters that answers and has all of them; undefined where all answer and none has any. Throws
 * what the first threw that could not be asked, or has some of them only.
 */
export async function readAnyAuthorities(
  machines: MachineAccess,
  masters: readonly string[],
  signal: AbortSignal,
): Promise<Authorities | undefined> {
  let failure: ProblemError | undefined;
  for (const master of masters) {
    try {
      const found = await readAuthorities(machines, master, signal);
      if (found) return found;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ProblemError)) throw error;
      failure ??= error;
    }
  }
  if (failure) throw failure;
  return undefined;
}

/**
 * Those that any of the masters has. One that has some of them only is passed over where another has all: it is given the
 * rest. Throws `certificate-invalid` where they have different ones, and where nobody has all of them; unless nothing can
 * have been signed by them yet (`isFresh`).
 */
export async function findAuthorities(
  machines: MachineAccess,
  masters: readonly string[],
  {isFresh}: {readonly isFresh: boolean},
  signal: AbortSignal,
): Promise<Authorities | undefined> {
  const asked = await Promise.all(
    masters.map(async (master) => ({master, found: await readMachineFiles(machines, master, files, signal)})),
  );
  const having = asked.filter(({found}) => found.size > 0);
  const whole = having.find(({found}) => lackOf(found) === undefined);
  if (!whole) {
    const [part] = having;
    if (!part || isFresh) return undefined;
    throw onlyPart(part.master, lackOf(part.found) ?? '');
  }
  for (const {master, found} of having) {
    const other = certificateFiles.find((path) => found.has(path) && textOf(found, path) !== textOf(whole.found, path));
    if (other === undefined) continue;
    throw new ProblemError({
      code: 'certificate-invalid',
      message: `${whole.master} and ${master} have different authorities (${other}): they are of different clusters.`,
      hint: differentHint,
      machine: master,
    });
  }
  return authoritiesIn(whole.found);
}

/** What to do where machines of a cluster have authorities of different ones. Cleaning would take all of them away. */
export const differentHint =
  'See with `pai-tui cluster status` by which of them the cluster goes. On the other one remove the container kubelet, then move /etc/kubernetes and the data of etcd aside, by hand: to clean by this configuration would take away the whole cluster.';

type Found = ReadonlyMap<string, Secret>;

function lackOf(found: Found): string | undefined {
  return files.find((path) => !found.has(path));
}

function onlyPart(master: string, lacks: string): ProblemError {
  return new ProblemError({
    code: 'certificate-invalid',
    message: `${master} has authorities of a cluster and lacks ${lacks}: nothing can be signed there.`,
    hint: 'Put it back, from another master or a backup; without it the cluster has to be cleaned and booted anew.',
    machine: master,
  });
}

function authoritiesIn(found: Found): Authorities {
  const keyed = (authority: Authority): KeyedCertificate => ({
    certificate: textOf(found, authorityFiles[authority].certificate),
    key: secretOf(found, authorityFiles[authority].key),
  });
  return {
    ...{cluster: keyed('cluster'), etcd: keyed('etcd'), 'front-proxy': keyed('front-proxy')},
    serviceAccounts: {
      publicKey: textOf(found, serviceAccountFiles.publicKey),
      key: secretOf(found, serviceAccountFiles.key),
    },
  };
}

function textOf(found: Found, path: string): string {
  return secretOf(found, path).reveal();
}

function secretOf(found: Found, path: string): Secret {
  const secret = found.get(path);
  if (!secret) throw new Error(`${path} was not read`);
  return secret;
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
