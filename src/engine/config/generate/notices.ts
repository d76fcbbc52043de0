import type {Problem} from '../../problem.ts';
import {isAtLeast, type Release} from '../release.ts';
import {nameOf} from '../sources.ts';
import {type Guesses, unknownTag} from './guesses.ts';
import type {QuickStart} from './quick-start.ts';

export interface Said {
  readonly file: string;
  readonly quickStart: QuickStart;
  readonly release: Release;
  readonly guesses: Guesses;
  /** Names of the files that are written: of others nothing needs to be said. */
  readonly written: ReadonlySet<string>;
}

/** What was guessed, and what of the quick-start file has no place in the release. */
export function noticesOf({file, quickStart, release, guesses, written}: Said): readonly Problem[] {
  const {keyFile, password, secretName} = quickStart;
  const isV08 = isAtLeast(release, 'v0.8') && !isAtLeast(release, 'v0.9');
  const isV09 = isAtLeast(release, 'v0.9') && !isAtLeast(release, 'v0.10');
  const hasMachines = written.has(nameOf('machines')) || written.has(nameOf('layout'));
  const hasServices = written.has(nameOf('services'));
  const all: readonly (Notice | false)[] = [
    hasMachines && {
      message: 'Host names and names of nodes are the addresses, because no machine was asked.',
      hint: 'Write what `hostname` prints on each machine as its hostname.',
    },
    hasMachines && {
      message: 'All machines are of the kind GENERIC, with the least of everything, because none was asked.',
      hint: 'Write what they have below machine-sku.',
    },
    written.has(nameOf('kubernetes')) && nameServer(guesses),
    (hasServices || written.has(nameOf('deployment'))) &&
      guesses.tag === unknownTag && {
        message: `The tag of images is "${unknownTag}", because the tree does not say its version.`,
        hint: 'Write the tag that images are pushed with.',
      },
    secretName !== undefined &&
      !isV08 && {
        key: 'ssh-secret-name',
        message: `${release} saves no key in the cluster, so ssh-secret-name is not used.`,
        hint: 'Remove it.',
      },
    keyFile !== undefined &&
      !isAtLeast(release, 'v0.8') && {
        key: 'ssh-keyfile-path',
        message: `The tools of ${release} know no keys; the password alone is written.`,
        hint: 'Remove it.',
      },
    keyFile !== undefined &&
      password !== undefined &&
      isV09 && {
        key: 'ssh-password',
        message: `${release} takes a password or a key; the key alone is written.`,
        hint: 'Nothing needs to be done when the key works.',
      },
    hasServices && {
      message: 'The admin of the services has a password made by chance.',
      hint: `It is in ${nameOf('services')}: default-pai-admin-password.`,
    },
  ];
  return all.flatMap((notice) => (notice ? [problem(notice, file, quickStart)] : []));
}

interface Notice {
  readonly key?: string;
  readonly message: string;
  readonly hint: string;
  readonly severity?: 'warning' | 'notice';
}

function nameServer({dns, dnsFrom}: Guesses): Notice | false {
  const hint = 'Write dns: ADDRESS with the name server of the site.';
  switch (dnsFrom) {
    case 'said':
      return false;
    case 'this computer':
      return {key: 'dns', message: `The name server is ${dns}, as this computer uses it.`, hint};
    case 'the master': {
      const message = `No name server is known; the master ${dns} is written, which is hardly right.`;
      return {key: 'dns', message, hint, severity: 'warning'};
    }
  }
}

function problem(
  {key = 'machines', message, hint, severity = 'notice'}: Notice,
  file: string,
  {line}: QuickStart,
): Problem {
  return {code: 'config-invalid', severity, message, hint, file, line: line(key), key};
}
