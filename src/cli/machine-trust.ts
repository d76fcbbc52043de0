import {readFile} from 'node:fs/promises';
import {resolve} from 'node:path';
import {
  type HostKey,
  type HostKeyReport,
  type MachineInfo,
  type Problem,
  ProblemError,
  readFingerprints,
  type TrustHow,
} from '../engine/index.ts';
import {askApproval} from './approval.ts';
import type {Context} from './context.ts';
import {untilInterrupted} from './interrupts.ts';
import {replaceKeys} from './machine-replace.ts';
import {type Asked, isUnreadKeys, noMachines, readRequest} from './machine-request.ts';
import {misuse} from './misuse.ts';
import {refuseReadOnly} from './operation.ts';
import {plainLine} from './plain.ts';
import {sayProblems} from './problem-groups.ts';
import {canAsk} from './secrets.ts';
import {readDuration} from './times.ts';
import {type Host, hostsDocument, hostsTable, refusalOf} from './trust-table.ts';
import type {Ended} from './world.ts';

/** `machine trust`: shows the host keys of machines and pins those that are accepted. */
export async function trustMachines(context: Context): Promise<Ended> {
  const {options, output} = context;
  if (options.confirm && !options.replace) throw misuse('--confirm belongs to --replace.');
  if (options.replace && (options.yes || options.fingerprints)) {
    throw misuse('--replace takes one machine and its name, and neither --yes nor --fingerprints.');
  }
  const asked = await readRequest(context);
  const list = await readList(context);
  const {machines, problems} = await asked.machines.list(asked.request);
  if (machines.length === 0) throw noMachines(asked);
  for (const problem of problems.filter(isUnreadKeys)) output.problem(problem);
  const reports = await readKeys(asked, context);
  if (options.replace) return replaceKeys(asked, reports, context);

  const hosts = reports.map((report): Host => judged(report, list));
  const isNew = ({state}: Host) => state === 'new';
  const accepted = await acceptedOf(hosts, list, context);
  if (accepted) {
    await asked.machines.trust(asked.request, accepted.keys, {how: accepted.how});
  }
  const pinned = new Map(accepted?.keys.map(({machine, keys}) => [machine, keys]));
  const after = hosts.map((host): Host => {
    const keys = pinned.get(host.report.machine.name);
    return keys ? {report: {...host.report, keys}, state: 'pinned'} : host;
  });
  tell(after, context);
  const left = after.filter(isNew);
  const refusals = after.flatMap((host) => refusalOf(host) ?? []);
  sayProblems(refusals, output);
  if (left.length > 0)
    output.problem(
      notAccepted(
        left.map(({report}) => report.machine),
        options.fingerprints !== undefined,
      ),
    );
  return codeOf(after);
}

async function readKeys(
  {machines, request}: Asked,
  {world, output, options}: Context,
): Promise<readonly HostKeyReport[]> {
  const limit = typeof options.timeout === 'string' ? AbortSignal.timeout(readDuration(options.timeout)) : undefined;
  let came = 0;
  const told = () => {
    came += 1;
    output.statusLine?.draw(`${came} machines have been asked for their host keys`);
  };
  try {
    return await untilInterrupted(world, (stop) =>
      machines.hostKeys(request, told, limit ? AbortSignal.any([stop, limit]) : stop),
    );
  } catch (error) {
    if (!limit?.aborted || error !== limit.reason) throw error;
    throw new ProblemError({
      code: 'deadline-passed',
      message: 'Not all machines have shown their keys in time; nothing was accepted.',
      hint: 'Give it longer with --timeout DURATION, or ask for fewer machines.',
    });
  } finally {
    output.statusLine?.erase();
  }
}

type List = ReturnType<typeof readFingerprints>;

async function readList({world, output, options}: Context): Promise<List | undefined> {
  if (typeof options.fingerprints !== 'string') return undefined;
  const file = resolve(world.cwd, options.fingerprints);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw misuse(`The fingerprints in ${plainLine(file)} cannot be read: ${error.code ?? error.message}.`);
  });
  const list = readFingerprints(text, file);
  for (const problem of list.problems) output.problem(problem);
  if (list.size === 0) throw misuse(`There is no fingerprint in ${plainLine(file)}.`, fingerprintsHint);
  return list;
}

const fingerprintsHint =
  'Make them at the console of each machine: for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $key; done';

/** A new machine whose fingerprints are written down as others is no new one. */
function judged(report: HostKeyReport, list: List | undefined): Host {
  const {state, machine, keys} = report;
  if (state !== 'new' || !list) return {report, state};
  const {has, named} = list.compare(machine, keys);
  return {report, state: has.length === 0 && named ? 'mismatch' : 'new'};
}

interface Accepted {
  readonly keys: readonly {readonly machine: string; readonly keys: readonly HostKey[]}[];
  readonly how: TrustHow['how'];
}

/** Which of the new keys count from now on, and why; undefined for none. */
async function acceptedOf(
  hosts: readonly Host[],
  list: List | undefined,
  context: Context,
): Promise<Accepted | undefined> {
  const {world, output, options} = context;
  const fresh = hosts.filter(({state}) => state === 'new').map(({report}) => report);
  if (fresh.length === 0) return undefined;
  const all = fresh.map(({machine, keys}) => ({machine: machine.name, keys}));
  if (list) {
    const keys = fresh
      .map(({machine, keys}) => ({machine: machine.name, keys: list.compare(machine, keys).has}))
      .filter(({keys}) => keys.length > 0);
    if (keys.length === 0) return undefined;
    if (options.readonly) refuse();
    return {keys, how: 'fingerprints from a file'};
  }
  if (options.yes) {
    if (options.readonly) refuse();
    for (const {machine, keys} of fresh) {
      for (const {type, fingerprint} of keys) {
        output.say(`accepted without comparison: ${plainLine(machine.name)} ${type} ${fingerprint}`);
      }
    }
    return {keys: all, how: 'accepted without comparison'};
  }
  if (options.readonly || !canAsk(world)) return undefined;
  await askApproval(world, output, {
    question: `Are these the keys of ${fresh.length === 1 ? 'the machine' : `the ${fresh.length} machines`}, compared at their consoles?`,
    shown: hostsTable(hosts.filter(({state}) => state === 'new')),
    look: 'pai-tui machine trust',
  });
  return {keys: all, how: 'compared on screen'};
}

function refuse(): never {
  return refuseReadOnly('machine trust', 'Leave --readonly out, or look at the keys without --yes and --fingerprints.');
}

function tell(hosts: readonly Host[], {output}: Context): void {
  if (output.json) output.data(hostsDocument(hosts));
  else output.print(hostsTable(hosts));
}

function notAccepted(machines: readonly MachineInfo[], compared: boolean): Problem {
  const whose = machines.length === 1 ? plainLine(machines[0]?.name ?? '') : `${machines.length} machines`;
  return {
    code: 'approval-missing',
    message: compared
      ? `The fingerprints say nothing of ${whose}, and no key of ${machines.length === 1 ? 'it' : 'theirs'} was accepted.`
      : `The host keys of ${whose} are new, and nobody has accepted them.`,
    hint: 'Compare them at the console of the machines, then accept them: on a terminal, with --fingerprints FILE, or without comparison with --yes.',
  };
}

/** 4 as long as something is not trusted, then as all commands that ask machines. */
function codeOf(hosts: readonly Host[]): Ended {
  const reached = hosts.filter(({state}) => state !== 'unreachable');
  if (reached.some(({state}) => state !== 'known' && state !== 'pinned')) return 4;
  if (reached.length === hosts.length) return 0;
  return reached.length > 0 ? 1 : 6;
}
