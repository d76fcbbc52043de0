import type {HostKey, SshTarget} from '../machine-tools.ts';
import type {Problem} from '../problem.ts';
import {hostKeyWords} from './host-key.ts';
import type {HostKeyVerdict} from './host-key-check.ts';

/** Why a machine is not spoken to; undefined when its key is trusted. */
export function hostKeyProblem(target: SshTarget, key: HostKey, verdict: HostKeyVerdict): Problem | undefined {
  const {name: machine} = target;
  const shown = hostKeyWords(key);
  switch (verdict.kind) {
    case 'trusted':
      return undefined;
    case 'unknown':
      return {
        code: 'host-key-unknown',
        message: `The host key of ${machine} is not known yet: ${shown}${verdict.because ? `; ${verdict.because}` : ''}.`,
        hint: `Compare it with the machine's own (ssh-keygen -lf /etc/ssh/ssh_host_*.pub on its console), then trust it: T on the Machines screen, or pai-tui machine trust ${machine}`,
        machine,
      };
    case 'changed':
      return {
        code: 'host-key-changed',
        message: `${machine} shows another host key than the one known: it was reinstalled, or something answers in its place.`,
        hint: `Nothing secret was sent. Ask who reinstalled it, compare the key on its console, then pin the new one: T and R on the Machines screen, or pai-tui machine trust ${machine} --replace`,
        detail: [
          `shown: ${shown}`,
          ...verdict.known.map((known) => `known: ${hostKeyWords(known)}`),
          `from: ${verdict.from}`,
        ].join('\n'),
        machine,
      };
    case 'disagreeing':
      return {
        code: 'host-key-changed',
        message: `What is known of the host key of ${machine} does not agree: not every source has the one it shows.`,
        hint: `Find out which is right on the machine's console, and correct the other (${verdict.from}).`,
        detail: [
          `shown: ${shown}`,
          ...verdict.known.map((known) => `other: ${hostKeyWords(known)}`),
          `from: ${verdict.from}`,
        ].join('\n'),
        machine,
      };
    case 'revoked':
      return {
        code: 'host-key-revoked',
        message: `${machine} shows a host key that is marked as revoked: ${shown}.`,
        hint: `The mark is in ${verdict.from}. The machine needs new host keys.`,
        machine,
      };
  }
}
