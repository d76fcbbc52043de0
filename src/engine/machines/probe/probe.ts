/** Looks for machines at addresses: who answers, what it is. */

import type {HostKey, Ssh, SshTarget} from '../../machine-tools.ts';
import {displayText} from '../../names.ts';
import {type Problem, problemOf} from '../../problem.ts';
import {hostKeyWords} from '../../remote/host-key.ts';
import type {HostKeyBook} from '../../remote/host-key-check.ts';
import {judgeHostKeys} from '../../remote/host-key-judge.ts';
import type {Clock} from '../../tools.ts';
import {readFacts} from '../facts/read-facts.ts';
import type {ProbeReport, ProbeRequest} from '../types.ts';
import {acceptingBook} from './accepting.ts';
import {probeAddresses} from './probe-addresses.ts';
import {probedSku} from './probed-sku.ts';

export interface ProbeTools {
  /** What is known of host keys, without those of this request. */
  readonly book: HostKeyBook;
  /** SSH that trusts whom a book trusts. */
  sshFor(book: HostKeyBook): Ssh;
  /** Where an address is and how to log in there. */
  targetOf(address: string): Promise<SshTarget>;
  readonly clock: Clock;
  /** What `readFactsScript` gave. */
  readonly script: string;
}

/** Those that do not answer hold up the others only when there are so many of them. */
const mostAtOnce = 64;

/**
 * A report for each address, in their order; `told` hears them as they come. A machine whose key is new and not
 * accepted is asked for its keys alone: nothing secret is sent to it. Throws `usage` for what is no address.
 */
export async function probe(
  {addresses, accept = []}: Pick<ProbeRequest, 'addresses' | 'accept'>,
  tools: ProbeTools,
  told: (report: ProbeReport) => void,
  signal: AbortSignal,
): Promise<readonly ProbeReport[]> {
  const wanted = probeAddresses(addresses);
  const book = acceptingBook(tools.book, accept);
  const ssh = tools.sshFor(book);
  const reports: ProbeReport[] = [];
  let next = 0;
  const work = async () => {
    for (let index = next++; index < wanted.length; index = next++) {
      signal.throwIfAborted();
      const report = await probeOne(wanted[index] ?? '', {...tools, book, ssh}, signal);
      reports[index] = report;
      told(report);
    }
  };
  // None is left behind when one fails: each closes its connection first.
  const ended = await Promise.allSettled(Array.from({length: Math.min(mostAtOnce, wanted.length)}, work));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
  return reports;
}

async function probeOne(
  address: string,
  {book, ssh, targetOf, clock, script}: ProbeTools & {readonly ssh: Ssh},
  signal: AbortSignal,
): Promise<ProbeReport> {
  let keys: readonly HostKey[] = [];
  try {
    const target = await targetOf(address);
    keys = await ssh.hostKeys(target, signal);
    const refusal = refusalOf(target, keys, book);
    if (refusal) return {address, keys, problem: refusal};
    const remote = await ssh.connect(target, signal);
    try {
      const facts = await readFacts(remote, {script, clock, askSudo: true}, signal);
      const sku = probedSku(facts);
      return {address, keys, facts, ...(sku ? {sku} : {})};
    } finally {
      await remote.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    return {address, keys, problem: problemOf(error)};
  }
}

/** Why nobody logs in there; undefined when the key is known or was accepted. */
function refusalOf(target: SshTarget, keys: readonly HostKey[], book: HostKeyBook): Problem | undefined {
  const {state, from, known = [], because} = judgeHostKeys(book, target, keys);
  const machine = displayText(target.name);
  const about = {machine: target.name, ...(keys.length > 0 ? {detail: fingerprints(keys, known)} : {})};
  switch (state) {
    case 'known':
      return undefined;
    case 'new':
      // Connecting asks for the certificate, and refuses the machine where that does not hold.
      if (book.wantsCertificate?.(target)) return undefined;
      return {
        ...about,
        code: 'host-key-unknown',
        message: `The host key of ${machine} is new${because ? `: ${because}` : ''}.`,
        hint: 'Compare its fingerprint with what the machine shows on its console (ssh-keygen -lf), and accept it.',
      };
    case 'changed':
    case 'disagreeing':
      return {
        ...about,
        code: 'host-key-changed',
        message: `${machine} shows another host key than it had (${from ?? 'known before'}).`,
        hint: 'Was it reinstalled? Then remove the old key where it is known. If not, somebody may be in between.',
      };
    case 'revoked':
      return {
        ...about,
        code: 'host-key-revoked',
        message: `The host key of ${machine} is revoked (${from ?? 'in known_hosts'}).`,
        hint: 'Give the machine new host keys: somebody else may have the old ones.',
      };
  }
}

function fingerprints(keys: readonly HostKey[], known: readonly HostKey[]): string {
  const shown = keys.map((key) => `it shows ${hostKeyWords(key)}`);
  return [...shown, ...known.map((key) => `known is ${hostKeyWords(key)}`)].join('\n');
}
