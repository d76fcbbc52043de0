/** What runs on a master beside its kubelet, as the machine itself sees it. Nothing here changes anything. */

import {askMachine} from '../../machine-answer.ts';
import type {MachineAccess} from '../../machine-tools.ts';
import {problemOf} from '../../problem.ts';
import type {Look} from './wait.ts';

/** The container of a part, as docker knows it by the labels that a kubelet gives. */
const container = `docker ps "$@" --filter label=io.kubernetes.pod.namespace=kube-system`;

const etcdScript = `mark=$1
set --
id=$(${container} -q --filter label=io.kubernetes.container.name=etcd | head -n 1)
if [ "$id" ]; then
  pki=/etc/kubernetes/pki/etcd
  if said=$(docker exec -e ETCDCTL_API=3 "$id" etcdctl --endpoints=https://127.0.0.1:2379 --cacert="$pki/ca.crt" \\
    --cert="$pki/client.crt" --key="$pki/client.key" --command-timeout=5s endpoint health 2>&1)
  then printf '%s healthy yes\\n' "$mark"
  else printf '%s\\n' "$said" | sed "s/^/$mark said /"; fi
else printf '%s said its container does not run\\n' "$mark"; fi
printf '%s end ended\\n' "$mark"
`;

/** $2: the part. Its last container's state and last lines; the kubelet's where there is none. */
const lastWordsScript = `mark=$1
part=$2
set -- -a
id=$(${container} -q --filter "label=io.kubernetes.container.name=$part" | head -n 1)
if [ "$id" ]; then docker inspect --format '{{.State.Status}} (exit code {{.State.ExitCode}}), {{.RestartCount}} restarts' "$id"
else echo "no container of $part was begun; the kubelet says:"
fi 2>&1 | sed "s/^/$mark line /"
[ "$id" ] || id=kubelet
docker logs --tail 20 "$id" 2>&1 | cut -c 1-500 | sed "s/^/$mark line /"
printf '%s end ended\\n' "$mark"
`;

const deadlineMs = 30_000;

/** Whether the member of etcd on a master answers with a quorum behind it. */
export async function etcdHealth(machines: MachineAccess, master: string, signal: AbortSignal): Promise<Look<true>> {
  const command = {script: etcdScript, sudo: true, reads: true, deadlineMs} as const;
  const {answer} = await machines.use(master, (remote) => askMachine(remote, command, signal), signal);
  if (answer.first('healthy') !== undefined) return {found: true};
  return {waitsFor: `etcd of ${master}: ${reasonOf(answer.lines('said'))}`};
}

/** etcdctl says in JSON what a person reads in its last words: '… is unhealthy: failed to commit proposal: …'. */
function reasonOf(lines: readonly string[]): string {
  const last = lines.filter((line) => line.trim() !== '').at(-1) ?? 'nobody says why';
  return /is unhealthy: (.*)$/.exec(last)?.[1] ?? last;
}

/** The state and the last lines of a part ('etcd', 'kube-apiserver') on a machine, for a Problem's detail. Never throws but when aborted. */
export async function lastWordsOf(
  machines: MachineAccess,
  machine: string,
  part: string,
  signal: AbortSignal,
): Promise<string> {
  const command = {script: lastWordsScript, args: [part], sudo: true, reads: true, deadlineMs} as const;
  try {
    const {answer} = await machines.use(machine, (remote) => askMachine(remote, command, signal), signal);
    return answer.lines('line').join('\n');
  } catch (error) {
    signal.throwIfAborted();
    return problemOf(error).message;
  }
}
