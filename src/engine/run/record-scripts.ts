import type {MachineAccess, Remote} from '../machine-tools.ts';
import type {Happening} from './execution.ts';

/**
 * Machines that write down in which process group there each script of a task is at work. When the runner is killed,
 * the script may go on: the next runner finds it by that. What only reads may end as it likes.
 */
export function recordScripts(machines: MachineAccess, task: string, say: (event: Happening) => void): MachineAccess {
  return {
    use: (machine, work, signal) => machines.use(machine, (remote) => work(recording(remote, machine)), signal),
  };

  function recording(remote: Remote, machine: string): Remote {
    return {
      ...remote,
      async run(command, watch, signal) {
        if (command.reads) return remote.run(command, watch, signal);
        let script: {readonly machine: string; readonly processGroup: number} | undefined;
        const begun = (processGroup: number) => {
          script = {machine, processGroup};
          say({type: 'script-started', task, script});
          watch.begun?.(processGroup);
        };
        try {
          return await remote.run(command, {...watch, begun}, signal);
        } finally {
          if (script) say({type: 'script-ended', task, script});
        }
      },
    };
  }
}
