/** The certificates of one machine: those that are there and good stay, the others are made. */

import {issueCertificate, judgeCertificate, type WantedCertificate} from '../../kube/certificates.ts';
import type {MachineAccess} from '../../machine-tools.ts';
import {ProblemError} from '../../problem.ts';
import type {Secret} from '../../secret.ts';
import {type Authorities, authorityInput} from '../authorities.ts';
import {certificateRoles, certificatesOf, machineKubeconfigs} from '../certificate-cluster.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import {readMachineFiles} from '../machine-files.ts';
import type {CertificateInput} from '../packages/certificate-input.ts';

/** What the machine should have of authorities, certificates and kubeconfigs, without the certificates that stay. */
export async function certificatesFor(
  machine: ClusterMachine,
  {layout, authorities, now}: {readonly layout: ClusterLayout; readonly authorities: Authorities; readonly now: Date},
  machines: MachineAccess,
  signal: AbortSignal,
): Promise<readonly CertificateInput[]> {
  const wanted = certificatesOf(layout, machine);
  const paths = wanted.flatMap(({certificateFile, keyFile}) => [certificateFile, keyFile]);
  const there = await readMachineFiles(machines, machine.name, paths, signal);
  const needed = wanted.filter((certificate) => !isGood(certificate, there, authorities, now));
  return [
    ...authorityInput(authorities, certificateRoles(machine)),
    ...(await newCertificates(needed, authorities, now)),
    ...machineKubeconfigs(layout, machine),
  ];
}

/** With a key of its own each, in memory. */
export async function newCertificates(
  wanted: readonly WantedCertificate[],
  authorities: Authorities,
  now: Date,
): Promise<readonly CertificateInput[]> {
  const made = await Promise.all(
    wanted.map(async (identity): Promise<readonly CertificateInput[]> => {
      const {certificate, key} = await issueCertificate(authorities[identity.authority], identity, {now});
      return [
        {path: identity.keyFile, mode: 0o600, content: key},
        {path: identity.certificateFile, mode: 0o644, content: certificate},
      ];
    }),
  );
  return made.flat();
}

/** One that expires soon still works, and is renewed when that is asked for. */
function isGood(
  wanted: WantedCertificate,
  there: ReadonlyMap<string, Secret>,
  authorities: Authorities,
  now: Date,
): boolean {
  const key = there.get(wanted.keyFile);
  const pem = there.get(wanted.certificateFile)?.reveal();
  if (!key || pem === undefined) return false;
  const {certificate} = authorities[wanted.authority];
  try {
    const {state} = judgeCertificate({of: wanted.of, pem, key, wanted, authorities: certificate, now});
    return state === 'good' || state === 'expiring';
  } catch (error) {
    // A key that cannot be read belongs to nothing.
    if (error instanceof ProblemError && error.problem.code === 'certificate-invalid') return false;
    throw error;
  }
}
