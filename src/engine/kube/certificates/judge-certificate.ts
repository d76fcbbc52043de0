/** Whether a certificate that lies on a machine is the one that should: for status, drift and renewal. */

import {ProblemError} from '../../problem.ts';
import type {Secret} from '../../secret.ts';
import {keyFits} from './keys.ts';
import {type Certificate, chainsTo, daysLeft, readCertificate} from './read-certificate.ts';
import type {Identity} from './types.ts';

/** From the gravest to none; `expiring` still works. */
export type CertificateState =
  | 'missing'
  | 'unreadable'
  | 'expired'
  | 'not-yet-valid'
  | 'other-authority'
  | 'other-key'
  | 'wrong-identity'
  | 'expiring'
  | 'good';

export interface CertificateFault {
  readonly state: Exclude<CertificateState, 'good'>;
  /** What is wrong and what comes of it. */
  readonly sentence: string;
}

export interface Judgement {
  /** The gravest fault's. */
  readonly state: CertificateState;
  /** All of them, the gravest first. */
  readonly faults: readonly CertificateFault[];
  /** Absent when there is none that can be read. */
  readonly certificate?: Certificate;
  /** As `daysLeft`. */
  readonly daysLeft?: number;
}

export interface ToJudge {
  /** Whose it is, as in `WantedCertificate`: 'the API server'. */
  readonly of: string;
  /** Undefined: the file is not there. */
  readonly pem: string | undefined;
  readonly wanted: Identity;
  /** PEM: the authorities that its readers trust. */
  readonly authorities: string;
  /** Where it was read as well: it is compared with the certificate. */
  readonly key?: Secret;
  readonly now: Date;
  /** With fewer days left it is `expiring`; 30 when not given. */
  readonly renewWithinDays?: number;
}

/**
 * Compares a certificate with what should be there. Hosts it names beside those are no fault (a machine that left), but
 * any other group is: it gives rights. Never throws for the certificate, only for authorities or a key that cannot be
 * read (Problem `certificate-invalid`).
 */
export function judgeCertificate(given: ToJudge): Judgement {
  return judge(given, (certificate) => [
    ...(chainsTo(given.pem ?? '', given.authorities) ? [] : [otherAuthority(certificate, given.authorities)]),
    ...identityFaults(certificate, given.wanted).map((says) => ({state: 'wrong-identity' as const, says})),
  ]);
}

/**
 * The same for the certificate of an authority: whether it is there, is one, is of its key, and how long it lasts. It is
 * `expiring` a year before its end, since what it signs from then on lasts less than a year.
 */
export function judgeAuthority(given: Omit<ToJudge, 'wanted' | 'authorities'>): Judgement {
  return judge({renewWithinDays: 365, ...given}, ({isAuthority}) =>
    isAuthority
      ? []
      : [{state: 'wrong-identity', says: 'is not one of an authority: nothing that it signs is accepted.'}],
  );
}

/** What a certificate lacks or has too much to be that of an identity, each as the end of a sentence about it. */
export function identityFaults(certificate: Identity, wanted: Identity): string[] {
  const {commonName, organizations, names, addresses, usages} = certificate;
  const missingHosts = [...lacking(wanted.names, names), ...lacking(wanted.addresses, addresses)];
  const missingGroups = lacking(wanted.organizations, organizations);
  const otherGroups = lacking(organizations, wanted.organizations);
  const missingUsages = lacking(wanted.usages, usages);
  return [
    ...(commonName === wanted.commonName
      ? []
      : [`is for ${commonName || 'nobody by name'}, and should be for ${wanted.commonName}.`]),
    ...(missingGroups.length > 0 ? [`is not in the group ${listed(missingGroups)}, which its rights come from.`] : []),
    ...(otherGroups.length > 0 ? [`is in the group ${listed(otherGroups)}, which it should not be.`] : []),
    ...(missingHosts.length > 0
      ? [
          `does not name ${listed(missingHosts)}: whoever connects by ${missingHosts.length > 1 ? 'one of these' : 'it'} refuses.`,
        ]
      : []),
    ...(missingUsages.length > 0
      ? [`may not be shown by a ${missingUsages.join(' or a ')}: the other side refuses the connection.`]
      : []),
  ];
}

interface Finding {
  readonly state: CertificateFault['state'];
  /** What comes behind 'The certificate of …'. */
  readonly says: string;
}

function judge(
  {of, pem, key, now, renewWithinDays = 30}: Omit<ToJudge, 'wanted' | 'authorities'>,
  further: (certificate: Certificate) => readonly Finding[],
): Judgement {
  const certificate = readOrFind(pem);
  const findings =
    'says' in certificate
      ? [certificate]
      : [
          ...dateFindings(certificate, now, renewWithinDays),
          ...(key === undefined || keyFits(certificate.pem, key) ? [] : [otherKey]),
          ...further(certificate),
        ];
  const faults = findings
    .map(({state, says}) => ({state, sentence: `The certificate of ${of} ${says}`}))
    .sort((a, b) => gravity.indexOf(a.state) - gravity.indexOf(b.state));
  const state = faults[0]?.state ?? 'good';
  return {state, faults, ...('says' in certificate ? {} : {certificate, daysLeft: daysLeft(certificate, now)})};
}

const gravity: readonly CertificateState[] = [
  ...(['missing', 'unreadable', 'expired', 'not-yet-valid'] as const),
  ...(['other-authority', 'other-key', 'wrong-identity', 'expiring', 'good'] as const),
];

const otherKey: Finding = {
  state: 'other-key',
  says: 'and the private key beside it do not belong together: nothing starts with them.',
};

function readOrFind(pem: string | undefined): Certificate | Finding {
  if (pem === undefined) return {state: 'missing', says: 'is missing.'};
  try {
    return readCertificate(pem);
  } catch (error) {
    if (error instanceof ProblemError)
      return {state: 'unreadable', says: 'is damaged: its file cannot be read as one.'};
    throw error;
  }
}

function dateFindings(certificate: Certificate, now: Date, renewWithinDays: number): Finding[] {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const {notBefore, notAfter} = certificate;
  if (notAfter <= now) return [{state: 'expired', says: `expired on ${day(notAfter)}.`}];
  if (notBefore > now) {
    return [{state: 'not-yet-valid', says: `is valid from ${day(notBefore)} on; either it or the clock is wrong.`}];
  }
  const days = daysLeft(certificate, now);
  if (days >= renewWithinDays) return [];
  const left = days === 0 ? 'in less than a day' : days === 1 ? 'in 1 day' : `in ${days} days`;
  return [{state: 'expiring', says: `expires ${left}, on ${day(notAfter)}.`}];
}

function otherAuthority({issuer}: Certificate, authorities: string): Finding {
  const trusted = readCertificate(authorities).commonName;
  const which = issuer === trusted ? `another authority that is called ${issuer} too` : issuer;
  return {state: 'other-authority', says: `was signed by ${which}, which the cluster does not trust.`};
}

function lacking<T>(wanted: readonly T[], there: readonly T[]): T[] {
  return wanted.filter((item) => !there.includes(item));
}

/** A certificate of a stranger can name thousands. */
function listed(items: readonly string[]): string {
  const most = 8;
  return items.slice(0, most).join(', ') + (items.length > most ? ` and ${items.length - most} more` : '');
}
