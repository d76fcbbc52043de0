import {type HostKeyReport, ProblemError} from '../engine/index.ts';
import {confirmName} from './confirm-name.ts';
import type {Context} from './context.ts';
import type {Asked} from './machine-request.ts';
import {misuse} from './misuse.ts';
import {refuseReadOnly} from './operation.ts';
import {problemText} from './output.ts';
import {plainLine} from './plain.ts';
import {hostsDocument, hostsTable, refusalOf, reinstalledOrAttacked} from './trust-table.ts';
import type {Ended} from './world.ts';

/** `machine trust M --replace`: shows what is known and what one machine shows now, and wants its name typed. */
export async function replaceKeys(
  {machines, request}: Asked,
  reports: readonly HostKeyReport[],
  context: Context,
): Promise<Ended> {
  const {output, options} = context;
  const [report] = reports;
  if (!report || reports.length !== 1) {
    throw misuse(
      `--replace takes one machine, not ${reports.length}.`,
      'A key that changed is judged machine by machine.',
    );
  }
  const {name} = report.machine;
  const refusal = refusalOf({report, state: report.state})?.problem;
  if (report.state === 'unreachable' || report.state === 'revoked')
    throw new ProblemError(refusal ?? unexplained(name));
  if (report.state === 'known' || report.state === 'new') {
    throw misuse(
      `No other key of ${plainLine(name)} is known, so there is nothing to replace.`,
      report.state === 'new' ? `Accept it with: pai-tui machine trust ${name}` : undefined,
    );
  }
  // What ssh knows is not ours to change: pinning another key would only make the two disagree.
  if (!report.from?.includes('pinned')) throw new ProblemError(refusal ?? unexplained(name));
  if (options.readonly) refuseReadOnly('machine trust', 'Leave --readonly out.');
  // Its hint names this very command.
  if (refusal) output.say(problemText({...refusal, hint: reinstalledOrAttacked}, false));
  const shown = plainLine(name);
  await confirmName(
    {
      name,
      question: `Type ${shown} to pin the key that it shows now: `,
      missing: `Nobody has confirmed the new key of ${shown}.`,
      flags: `--confirm ${shown}`,
    },
    context,
  );
  await machines.trust(request, [{machine: name, keys: report.keys}], {how: 're-pinned', replace: true});
  const after = {report, state: 'pinned' as const};
  if (output.json) output.data(hostsDocument([after]));
  else output.print(hostsTable([after]));
  return 0;
}

function unexplained(name: string) {
  return {code: 'host-key-changed' as const, message: `The host key of ${name} cannot be replaced.`};
}
