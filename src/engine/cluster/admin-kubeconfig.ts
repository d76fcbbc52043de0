/** The kubeconfig of the administrator, which lies on each master: how a dev box that knows nothing reaches the API. */

import type {MachineAccess, RemoteCommand} from '../machine-tools.ts';
import {ProblemError, problemOf} from '../problem.ts';
import {Secret} from '../secret.ts';

export interface AdminKubeconfig {
  /** Whose file it is. */
  readonly master: string;
  /** Its whole text: it holds a key. Kept in memory only. */
  readonly kubeconfig: Secret;
}

const mostBytes = 1024 * 1024;
const file = '/etc/kubernetes/admin.conf';

/**
 * $1: a kubeconfig. Prints it with what is in the files that it names, as `-data`: away from the machine those are not to
 * be had. Exit 3: it is not there.
 */
export const wholeKubeconfigScript = `set -eu
[ -f "$1" ] || exit 3
cd "$(dirname "$1")"
while IFS= read -r line || [ "$line" ]; do
  case $line in
    *'certificate-authority: '* | *'client-certificate: '* | *'client-key: '*)
      path=$(printf '%s' "\${line#*: }" | tr -d "'" | tr -d '"')
      data=$(base64 <"$path")
      printf '%s-data: %s\\n' "\${line%%: *}" "$(printf '%s' "$data" | tr -d '\\n')"
      ;;
    *) printf '%s\\n' "$line" ;;
  esac
done <"$1"
`;

/**
 * That of the first master, in their order, which has one; it holds all that it needs. Throws `not-found` where those that
 * answer have none, and `machine-unreachable` where none answers, with a line for each master.
 */
export async function readAdminKubeconfig(
  machines: MachineAccess,
  masters: readonly string[],
  signal: AbortSignal,
): Promise<AdminKubeconfig> {
  const refusals: string[] = [];
  let answered = 0;
  for (const master of masters) {
    let text = '';
    const stdout = (bytes: Uint8Array) => {
      if (text.length < mostBytes) text += Buffer.from(bytes).toString('utf8');
    };
    try {
      const command: RemoteCommand = {
        script: wholeKubeconfigScript,
        args: [file],
        ...{sudo: true, reads: true, repeatable: true, deadlineMs: 30_000},
      };
      const {exit} = await machines.use(master, (remote) => remote.run(command, {stdout}, signal), signal);
      answered++;
      if (exit === 0 && text.trim() !== '') return {master, kubeconfig: new Secret(text)};
      refusals.push(
        `${master}: ${exit === 3 || exit === 0 ? 'there is no' : 'files are missing that are named in'} ${file}`,
      );
    } catch (error) {
      signal.throwIfAborted();
      refusals.push(`${master}: ${problemOf(error).message}`);
    }
  }
  const detail = refusals.join('\n');
  if (answered > 0)
    throw new ProblemError({
      code: 'not-found',
      message: 'No master that answers has a kubeconfig of the administrator.',
      hint: 'The cluster was not booted from here, or it was cleaned. `pai-tui cluster check` tells what lies on the machines.',
      detail,
    });
  throw new ProblemError({
    code: 'machine-unreachable',
    message: 'The kubeconfig lies on the masters, and none of them can be asked.',
    hint: 'See why with: pai-tui machine list @masters',
    detail,
  });
}
