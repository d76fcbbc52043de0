import type {MachineLogRequest, MachineLogSource, MachineRunRequest} from '../../engine/index.ts';
import {plain} from '../../ui/widgets/cells.ts';

/** What goes on on machines: a command, or what shows a log of theirs as it grows. */
export type RunSubject =
  | {readonly kind: 'command'; readonly request: MachineRunRequest}
  | {readonly kind: 'log'; readonly request: MachineLogRequest};

/** The command line, or which log it is. */
export function subjectWords(subject: RunSubject): string {
  return plain(subject.kind === 'command' ? subject.request.script : logWords(subject.request.log));
}

/** '/var/log/syslog', 'unit kubelet', 'container etcd' */
export function logWords(log: MachineLogSource): string {
  switch (log.kind) {
    case 'file':
      return log.path;
    case 'unit':
      return `unit ${log.unit}`;
    case 'container':
      return `container ${log.container}`;
  }
}
