import type {MachineAccess, Remote} from '../machine-tools.ts';
import type {Task} from '../plan/types.ts';
import {problemOf} from '../problem.ts';
import type {Tools} from '../tools.ts';
import type {StartedScript} from './events.ts';
import type {Happening} from './execution.ts';
import {settle} from './left-scripts.ts';

/**
 * Machines that write down in which process group there each script of a task is at work. When the runner is killed,
 * the script may go on: the next runner finds it by that. When only the connection was lost, it may go on as well: the
 * task runs nothing more on that machine before it has ended. What only reads may end as it likes.
 */
export function recordScripts(
  {machines, clock}: Pick<Tools, 'machines' | 'clock'>,
  task: Pick<Task, 'id' | 'critical' | 'deadlineMs'>,
  say: (event: Happening) => void,
): MachineAccess {
  /** Those of which nobody knows whether they ended. */
  const left = new Set<StartedScript>();
  return {
    use: (machine, work, signal) => machines.use(machine, (remote) => work(recording(remote, machine)), signal),
  };

  function ended(script: StartedScript): void {
    left.delete(script);
    say({type: 'script-ended', task: task.id, script});
  }

  function recording(remote: Remote, machine: string): Remote {
    return {
      ...remote,
      async run(command, watch, signal) {
        if (command.reads) return remote.run(command, watch, signal);
        for (const script of [...left].filter((each) => each.machine === machine)) {
          await settle(script, task, {machines, clock}, signal);
          ended(script);
        }
        let script: StartedScript | undefined;
        const begun = (processGroup: number) => {
          script = {machine, processGroup};
          say({type: 'script-started', task: task.id, script});
          watch.begun?.(processGroup);
        };
        try {
          // Not done once more by itself: until it is settled nobody knows whether the first still runs.
          const {again: _, ...heard} = watch;
          const end = await remote.run(command, {...heard, begun}, signal);
          if (script) ended(script);
          return end;
        } catch (error) {
          if (script && problemOf(error).code === 'machine-lost') left.add(script);
          else if (script) ended(script);
          throw error;
        }
      },
    };
  }
}
