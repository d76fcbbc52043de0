import type {HostKey, SshTarget} from '../machine-tools.ts';
import {displayText} from '../names.ts';
import {type Problem, ProblemError, problemOf} from '../problem.ts';
import {judgeHostKeys} from '../remote/host-key-judge.ts';
import {pinKeys} from '../remote/pins.ts';
import {whoami} from '../run/process.ts';
import type {ClusterConnections} from './cluster-connections.ts';
import type {HostKeyReport, MachineInfo, TrustHow} from './types.ts';

/** What a machine shows and what is known of it. Rejects only when it is aborted. */
export async function reportHostKeys(
  machine: MachineInfo,
  target: SshTarget,
  {ssh, readHostKeys}: ClusterConnections,
  signal: AbortSignal,
): Promise<HostKeyReport> {
  let keys: readonly HostKey[];
  try {
    keys = await ssh.hostKeys(target, signal);
  } catch (error) {
    signal.throwIfAborted();
    return {machine, keys: [], state: 'unreachable', problem: {machine: machine.name, ...problemOf(error)}};
  }
  const {book} = await readHostKeys();
  const {because, ...judgement} = judgeHostKeys(book, target, keys);
  // A key beside one that is known was compared by nobody, and no connection takes it.
  const counting =
    judgement.state === 'known' ? keys.filter((key) => book.check(target, key).kind === 'trusted') : keys;
  const problem = because === undefined ? {} : {problem: noHelp(machine, because)};
  return {machine, keys: counting, ...judgement, ...problem};
}

/** Pins keys for machines of the configuration. Throws `unknown-name`, `host-key-changed`, `file-unwritable`. */
export async function trustHostKeys(
  machines: readonly MachineInfo[],
  keys: readonly {readonly machine: string; readonly keys: readonly HostKey[]}[],
  {how, replace}: TrustHow,
  {pins}: ClusterConnections,
  at: number,
): Promise<void> {
  const byName = new Map(machines.map((machine) => [machine.name, machine]));
  const acceptances = keys.map(({machine: name, keys: accepted}) => {
    const owner = byName.get(name);
    if (!owner) throw unknownMachine(name);
    return {owner, keys: accepted};
  });
  await pinKeys(pins, acceptances, {at, by: whoami(), how, ...(replace === undefined ? {} : {replace})});
}

function noHelp({name}: MachineInfo, because: string): Problem {
  return {code: 'host-key-unknown', severity: 'notice', message: because, machine: name};
}

function unknownMachine(name: string): ProblemError {
  return new ProblemError({
    code: 'unknown-name',
    message: `The configuration has no machine ${displayText(name)}.`,
    hint: 'Was it renamed meanwhile? Read its host keys again.',
  });
}
