import type {RemoteCommand} from '../../machine-tools.ts';
import type {MachineLogRequest, MachineLogSource} from '../types.ts';

const usualLines = 200;
const mostLines = 100_000;

/** What a machine runs to show a log, and to follow it until it is ended. */
export function logCommand({log, lines = usualLines, follow, sudo}: MachineLogRequest): RemoteCommand {
  const count = String(Math.max(0, Math.min(mostLines, Math.floor(lines))));
  return {
    script: beginning + scripts[log.kind],
    args: [nameOf(log), count, follow ? 'follow' : 'once'],
    ...(sudo === undefined ? {} : {sudo}),
  };
}

function nameOf(log: MachineLogSource): string {
  switch (log.kind) {
    case 'file':
      return log.path;
    case 'unit':
      return log.unit;
    case 'container':
      return log.container;
  }
}

// $1: the file, unit or container. $2: lines from before. $3: 'follow' or 'once'.
const beginning = `
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
stop() { printf '%s\\n' "$1" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
me() { id -un 2>/dev/null || echo 'this account'; }
`;

const scripts: Readonly<Record<MachineLogSource['kind'], string>> = {
  // A file that is moved aside and begun anew is followed on; one that is not there yet is waited for.
  file: `
if [ -d "$1" ]; then stop "$1 is a folder."; fi
if [ -e "$1" ] && [ ! -r "$1" ]; then stop "$(me) may not read $1: ask for it with sudo."; fi
if [ "$3" = follow ]; then exec tail -n "$2" -F -- "$1"; fi
if [ ! -e "$1" ]; then stop "$1 is not there, or $(me) may not look into its folder."; fi
exec tail -n "$2" -- "$1"
`,
  unit: `
has journalctl || stop 'There is no journalctl: this machine keeps no journal. Look into the files of /var/log.'
if [ "$3" = follow ]; then exec journalctl --unit="$1" -n "$2" -f --no-pager -o short-iso; fi
exec journalctl --unit="$1" -n "$2" --no-pager -o short-iso
`,
  // By name or id; of Kubernetes by the name of the container in its pod or by that of the pod, as docker has them:
  // k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT. One that runs comes before those that ended.
  container: `
one() {
  # $1: what is asked for, $2: what was found, one a line, the newest first
  first=$(printf '%s\\n' "$2" | head -n 1)
  if [ "$(printf '%s\\n' "$2" | wc -l)" -gt 1 ]; then
    printf 'Several are called %s; this is %s. The others: %s\\n' "$1" "$first" \\
      "$(printf '%s\\n' "$2" | tail -n +2 | tr '\\n' ' ')" >&2
  fi
}
follow=
if [ "$3" = follow ]; then follow=-f; fi
if has docker; then
  all=$(docker ps -a --format '{{.Names}}' 2>&1) || stop "docker: $all"
  name=
  if printf '%s\\n' "$all" | grep -qxF -e "$1"; then
    name=$1
  else
    running=$(docker ps --format '{{.Names}}' 2>/dev/null)
    for names in "$running" "$all"; do
      found=$(printf '%s\\n' "$names" | grep '^k8s_' | grep -v '^k8s_POD_' | grep -F -e "_$1_")
      if [ -n "$found" ]; then one "$1" "$found"; name=$first; break; fi
    done
    if [ -z "$name" ] && docker inspect --type container "$1" >/dev/null 2>&1; then name=$1; fi
  fi
  if [ -n "$name" ]; then exec docker logs --tail "$2" $follow "$name"; fi
fi
if has crictl; then
  all=$(crictl ps -a -q 2>&1) || stop "crictl: $all"
  found=
  for which in '' -a; do
    found=$(crictl ps $which -q --name "^$1\\$" 2>/dev/null)
    if [ -n "$found" ]; then break; fi
    for pod in $(crictl pods -q --name "^$1\\$" 2>/dev/null); do
      found=$found$(crictl ps $which -q --pod "$pod" 2>/dev/null)
    done
    if [ -n "$found" ]; then break; fi
  done
  if [ -z "$found" ]; then found=$(printf '%s\\n' "$all" | grep -e "^$1" | head -n 1); fi
  if [ -n "$found" ]; then one "$1" "$found"; exec crictl logs --tail "$2" $follow "$first"; fi
fi
has docker || has crictl || stop 'There is neither docker nor crictl.'
stop "There is no container $1."
`,
};
