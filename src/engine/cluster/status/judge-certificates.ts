/** What the certificates of a machine are worth. Pure. */

import {
  type Authority,
  adminIdentity,
  authorityFiles,
  authorityOn,
  chainsTo,
  type Identity,
  type Judgement,
  judgeAuthority,
  judgeCertificate,
  type WantedCertificate,
} from '../../kube/certificates.ts';
import {certificateRoles, certificatesOf} from '../certificate-cluster.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import type {MachineAnswer} from './ask-machine.ts';
import type {CertificateStatus} from './types.ts';

/** The certificates of the authorities, as PEM: those of a master where one was asked. */
export type TrustedAuthorities = Readonly<Partial<Record<Authority, string>>>;

const authorities = ['cluster', 'etcd', 'front-proxy'] as const satisfies readonly Authority[];

const adminKubeconfigFile = '/etc/kubernetes/admin.conf';

/** Those of a master, which are the cluster's; without those that cannot be read. */
export function authoritiesOf({certificates}: Pick<MachineAnswer, 'certificates'>, now: Date): TrustedAuthorities {
  return Object.fromEntries(
    authorities.flatMap((authority) => {
      const pem = certificates.get(authorityFiles[authority].certificate);
      return judgeAuthority({of: authority, pem, now}).certificate ? [[authority, pem]] : [];
    }),
  );
}

type Wanted = Identity & Pick<WantedCertificate, 'kind' | 'of' | 'authority'> & {readonly file: string};

/** Every certificate that should lie on a machine: authorities first, then the others in the order of the table. */
export function judgeCertificates(
  layout: ClusterLayout,
  machine: ClusterMachine,
  {certificates}: Pick<MachineAnswer, 'certificates'>,
  trusted: TrustedAuthorities,
  now: Date,
): readonly CertificateStatus[] {
  const roles = certificateRoles(machine);
  const own = authoritiesOf({certificates}, now);
  const ofAuthorities = authorities
    .filter((authority) => authorityOn[authority].some((role) => roles.includes(role)))
    .map((authority) => {
      const file = authorityFiles[authority].certificate;
      const pem = certificates.get(file);
      const of = `the authority ${authority === 'cluster' ? 'of the cluster' : `for ${authority}`}`;
      const judgement = judgeAuthority({of, pem, now});
      return statusOf({file, of}, withOther(judgement, of, pem, trusted[authority]));
    });
  const wanted = certificatesOf(layout, machine).map(
    (certificate): Wanted => ({
      ...certificate,
      file: certificate.certificateFile,
    }),
  );
  const admin: Wanted = {
    ...{kind: 'admin', of: 'the administrator in admin.conf', authority: 'cluster', file: adminKubeconfigFile},
    ...adminIdentity,
  };
  // A kubeconfig that names its files holds none.
  const holdsAdmin = certificates.has(adminKubeconfigFile);
  const others = [...wanted, ...(holdsAdmin ? [admin] : [])].map((one) => {
    const {of, file, kind, authority} = one;
    const pem = certificates.get(file);
    const authorityPem = trusted[authority] ?? own[authority];
    const judgement = judgeCertificate({of, pem, wanted: one, authorities: authorityPem ?? pem ?? '', now});
    return statusOf({file, of, kind}, authorityPem === undefined ? withoutAuthority(judgement) : judgement);
  });
  return [...ofAuthorities, ...others];
}

/** Those that were found on a machine of a cluster that others set up: how long they last is all that can be said. */
export function judgeFoundCertificates(
  {certificates}: Pick<MachineAnswer, 'certificates'>,
  now: Date,
): readonly CertificateStatus[] {
  return [...certificates].map(([file, pem]) => {
    const {faults, ...judgement} = judgeAuthority({of: file, pem, now, renewWithinDays: 30});
    const left = faults.filter(({state}) => state !== 'wrong-identity');
    return statusOf({file, of: file}, {...judgement, faults: left, state: left[0]?.state ?? 'good'});
  });
}

/** Whether it is there and how long it lasts is all that can be said where no authority is known. */
function withoutAuthority({faults, ...judgement}: Judgement): Judgement {
  const left = faults.filter(({state}) => state !== 'other-authority');
  return {...judgement, state: left[0]?.state ?? 'good', faults: left};
}

/** An authority that masters do not have: whatever it signed is refused by the others. */
function withOther(judgement: Judgement, of: string, pem: string | undefined, trusted: string | undefined): Judgement {
  if (pem === undefined || trusted === undefined || !judgement.certificate || chainsTo(pem, trusted)) return judgement;
  const sentence = `The certificate of ${of} is another one than on the masters: this machine and the others refuse each other.`;
  return {...judgement, state: 'other-authority', faults: [{state: 'other-authority', sentence}, ...judgement.faults]};
}

function statusOf(
  which: Pick<CertificateStatus, 'file' | 'of' | 'kind'>,
  {state, faults, certificate, daysLeft}: Judgement,
): CertificateStatus {
  return {
    ...which,
    state,
    faults: faults.map(({sentence}) => sentence),
    hosts: certificate ? [...certificate.names, ...certificate.addresses] : [],
    ...(certificate
      ? {
          commonName: certificate.commonName,
          issuer: certificate.issuer,
          serial: certificate.serial,
          from: certificate.notBefore.getTime(),
          until: certificate.notAfter.getTime(),
        }
      : {}),
    ...(daysLeft === undefined ? {} : {daysLeft}),
  };
}
