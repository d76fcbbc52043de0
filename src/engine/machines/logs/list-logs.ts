import {askMachine} from '../../machine-answer.ts';
import type {Remote} from '../../machine-tools.ts';
import type {MachineLogList} from '../types.ts';

/** Asks a machine what it has that logs, in one round trip. Throws what `Remote.run` throws. */
export async function listLogs(remote: Remote, sudo: boolean, signal: AbortSignal): Promise<MachineLogList> {
  const {answer} = await askMachine(remote, {script, sudo, reads: true, deadlineMs: 30_000}, signal);
  return {
    files: answer.lines('file').flatMap(fileOf),
    units: [...answer.lines('unit').flatMap(unitOf), ...answer.lines('logged').flatMap(loggedUnit)],
    containers: [...answer.lines('docker').flatMap(dockerContainer), ...criContainers(answer.lines('cri'))],
    missing: [...answer.lines('missing'), ...(answer.complete ? [] : ['The machine did not tell all of them.'])],
  };
}

type Container = MachineLogList['containers'][number];

/** '1234 /var/log/syslog' */
function fileOf(line: string): MachineLogList['files'] {
  const [, bytes, path] = /^(\d+) (\/.*)$/.exec(line) ?? [];
  return path === undefined ? [] : [{path, bytes: Number(bytes)}];
}

/** 'docker.service loaded active running Docker Application Container Engine', as systemctl --plain has it. */
function unitOf(line: string): MachineLogList['units'] {
  const [, unit, state, about = ''] = /^(\S+)\s+\S+\s+\S+\s+(\S+)\s*(.*)$/.exec(line) ?? [];
  return unit === undefined || state === undefined ? [] : [{unit, state, about}];
}

function loggedUnit(line: string): MachineLogList['units'] {
  const unit = line.trim();
  return unit.endsWith('.service') ? [{unit, state: 'in the journal', about: ''}] : [];
}

/** Name, status and image with tabs between them. The pause container of a pod says nothing. */
function dockerContainer(line: string): readonly Container[] {
  const [container = '', status = '', image = ''] = line.split('\t');
  if (container === '' || container.startsWith('k8s_POD_')) return [];
  const [, name, pod] = /^k8s_([^_]+)_([^_]+)_/.exec(container) ?? [];
  const state = status.startsWith('Up') ? 'running' : status.split(' ')[0]?.toLowerCase() || 'unknown';
  return [{container, name: name ?? container, state, image, ...(pod === undefined ? {} : {pod})}];
}

/** The table of crictl, whose columns are set apart by three spaces; the last ones are new in v1.24. */
function criContainers([heading, ...lines]: readonly string[]): readonly Container[] {
  const columns = heading?.split(/ {2,}/) ?? [];
  return lines.flatMap((line) => {
    const cells = line.split(/ {2,}/);
    const cell = (name: string) => cells[columns.indexOf(name)]?.trim() ?? '';
    const [container, pod] = [cell('CONTAINER') || cell('CONTAINER ID'), cell('POD')];
    if (container === '') return [];
    const about = {name: cell('NAME') || container, state: cell('STATE').toLowerCase(), image: cell('IMAGE')};
    return [{container, ...about, ...(pod === '' ? {} : {pod})}];
  });
}

// $1: the mark. Programs that may hang have five seconds each, where there is something to bound them with.
const script = `
mark=$1
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
say() { printf '%s %s %s\\n' "$mark" "$1" "$2"; }
has() { command -v "$1" >/dev/null 2>&1; }
tell() { head -n 500 | while IFS= read -r line; do say "$1" "$line"; done; }
bounded() { if has timeout; then timeout 5 "$@"; else "$@"; fi; }

for file in /var/log/syslog /var/log/messages /var/log/kern.log /var/log/dmesg /var/log/secure \\
  /var/log/*.log /var/log/kubernetes/*.log /var/log/kube*/*.log /var/log/docker/*.log; do
  if [ -f "$file" ]; then
    set -- $(ls -ldn "$file" 2>/dev/null)
    printf '%s %s\\n' "\${5:-0}" "$file"
  fi
done | awk '!seen[$2]++' | tell file

if has journalctl; then
  units=$(bounded systemctl list-units --type=service --all --no-legend --plain --no-pager 2>/dev/null)
  if [ -n "$units" ]; then
    printf '%s\\n' "$units" | tell unit
  else
    bounded journalctl -F _SYSTEMD_UNIT 2>/dev/null | sort | tell logged
  fi
else
  say missing 'There is no journalctl: units keep no journal.'
fi

found=
if has docker; then
  if found=$(bounded docker ps -a --format '{{.Names}}\t{{.Status}}\t{{.Image}}' 2>&1); then
    if [ -n "$found" ]; then printf '%s\\n' "$found" | tell docker; fi
  else
    say missing "docker: $(printf '%s' "$found" | head -n 1)"
    found=
  fi
fi
if [ -z "$found" ] && has crictl; then
  if found=$(bounded crictl ps -a 2>&1); then
    printf '%s\\n' "$found" | tell cri
  else
    say missing "crictl: $(printf '%s' "$found" | tail -n 1)"
  fi
fi
if ! has docker && ! has crictl; then say missing 'There is neither docker nor crictl: no containers.'; fi
say end ended
`;
