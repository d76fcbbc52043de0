/**
 * The certificates of a cluster: which there should be and where they lie (`wantedCertificates`, `filesOnMachine`),
 * making them (`makeAuthority`, `issueCertificate`), judging those that are there (`judgeCertificate`), and kubeconfigs.
 * Nothing here reads a file or a clock: texts and times come in, texts and Secrets go out.
 */

export {canonicalAddress, firstServiceAddresses, sortHosts} from './certificates/addresses.ts';
export {
  adminIdentity,
  authorityFiles,
  authorityOn,
  pkiFolder,
  serviceAccountFiles,
  type WantedCertificate,
  wantedCertificates,
} from './certificates/certificate-table.ts';
export {filesOnMachine, type KeptFile, kubeconfigFiles} from './certificates/files-on-machine.ts';
export {issueCertificate, makeAuthority} from './certificates/issue.ts';
export {
  type CertificateFault,
  type CertificateState,
  identityFaults,
  type Judgement,
  judgeAuthority,
  judgeCertificate,
  type ToJudge,
} from './certificates/judge-certificate.ts';
export {keyFits, makeServiceAccountKeys, publicKeyOf, type ServiceAccountKeys} from './certificates/keys.ts';
export {
  entriesOf,
  type KubeconfigEntries,
  type KubeconfigWithData,
  type KubeconfigWithFiles,
  kubeconfigWithData,
  kubeconfigWithFiles,
} from './certificates/kubeconfig.ts';
export {type Certificate, chainsTo, daysLeft, readCertificate} from './certificates/read-certificate.ts';
export type {
  Authority,
  CertificateCluster,
  CertificateKind,
  CertificateMachine,
  CertificateRole,
  Identity,
  KeyedCertificate,
  Usage,
} from './certificates/types.ts';
