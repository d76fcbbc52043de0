/** Whether a kubelet has taken up a manifest. Until then the container of the one before answers, and says nothing of this one. */

import {askMachine} from '../../machine-answer.ts';
import type {MachineAccess} from '../../machine-tools.ts';
import type {Look} from './wait.ts';

/**
 * A kubelet looks for other manifests every 20 seconds, and a container has 30 to end: one that is older than its manifest
 * and still runs after this time is as the manifest says. A comment in it may be other, which starts nothing anew.
 */
const noticedWithin = 90;

/** $2: the part; $3: its manifest; $4: seconds. By the machine's own clock, which wrote both times. */
const takenUpScript = `mark=$1
id=$(docker ps -q --filter label=io.kubernetes.pod.namespace=kube-system --filter "label=io.kubernetes.container.name=$2" | head -n 1)
seen=no
if [ "$id" ]; then
  seen=yes
  put=$(stat -c %Y "$3" 2>/dev/null) && age=$(($(date +%s) - put)) || age=-1
  if [ "$age" -ge 0 ] && [ "$age" -lt "$4" ]; then
    begun=$(docker inspect --format '{{.Created}}' "$id" | tr T ' ')
    begun=$(date -u -d "\${begun%%[.Z]*}" +%s) && [ "$begun" -lt "$put" ] && seen=old
  fi
fi
printf '%s seen %s\\n%s end ended\\n' "$mark" "$seen" "$mark"
`;

export interface StaticPart {
  /** As its container is called: 'etcd', 'kube-apiserver'. */
  readonly part: string;
  readonly manifest: string;
}

/** Whether what runs of a part on a machine is what its manifest says. */
export async function takenUp(
  machines: MachineAccess,
  machine: string,
  {part, manifest}: StaticPart,
  signal: AbortSignal,
): Promise<Look<true>> {
  const args = [part, manifest, String(noticedWithin)];
  const command = {script: takenUpScript, args, sudo: true, reads: true, deadlineMs: 30_000} as const;
  const {answer} = await machines.use(machine, (remote) => askMachine(remote, command, signal), signal);
  switch (answer.first('seen')) {
    case 'yes':
      return {found: true};
    case 'no':
      return {waitsFor: `${part} of ${machine}: its container does not run`};
    case 'old':
      return {waitsFor: `${part} of ${machine}: its kubelet has not taken up ${manifest} yet`};
    default:
      return {waitsFor: `${part} of ${machine}: docker does not say whether it runs`};
  }
}
