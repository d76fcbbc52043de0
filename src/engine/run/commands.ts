import {readlinkSync} from 'node:fs';
import {ProblemError} from '../problem.ts';
import type {Terminal} from '../tools.ts';
import type {RunState, StartedCommand} from './events.ts';
import type {Happening} from './execution.ts';
import {identityOf, isReplaced} from './process.ts';
import type {RunnerWorld} from './runner-world.ts';

/**
 * A terminal that writes down which process session each command of a task is at work in. When the runner is killed,
 * the command may go on: the next runner finds it by that.
 */
export function recordCommands(terminal: Terminal, task: string, say: (event: Happening) => void): Terminal {
  return {
    kind: terminal.kind,
    async run(command, watch, signal) {
      let session: number | undefined;
      const begun = (pid: number) => {
        session = pid;
        say({type: 'command-started', task, command: {...identityOf(pid), ...spaceOfNumbers()}});
        watch.begun?.(pid);
      };
      try {
        return await terminal.run(command, {...watch, begun}, signal);
      } finally {
        if (session !== undefined) say({type: 'command-ended', task, session});
      }
    },
  };
}

/**
 * Ends what commands of earlier runners still have at work. Who was to hear of their end is gone, so their tasks begin
 * anew, and two at once must not be. Returns the tasks something was ended for; throws `deadline-passed` when
 * something does not end.
 */
export async function endLeftCommands({tasks}: RunState, {endSession}: RunnerWorld): Promise<readonly string[]> {
  if (!endSession) return [];
  const left = leftCommands(tasks);
  const ends = await Promise.all(left.map(async ({task, pid}) => ({task, pid, how: await endSession(pid)})));
  const stuck = ends.find(({how}) => how === 'stuck');
  if (stuck) throw doesNotEnd(stuck.task, stuck.pid);
  return [...new Set(ends.filter(({how}) => how === 'ended').map(({task}) => task))];
}

/** Commands that were at work when the last runner was heard of, and may still be. */
export function leftCommands(tasks: RunState['tasks']): readonly {readonly task: string; readonly pid: number}[] {
  return tasks.flatMap(({id, commands = []}) =>
    commands.filter((command) => !isAnothers(command)).map(({pid}) => ({task: id, pid})),
  );
}

/**
 * Whether a session's number means something else by now. While anything of a session runs, the kernel gives its
 * number to nobody else; so what has the number is it, unless its leader is a later process.
 */
function isAnothers(command: StartedCommand): boolean {
  return isReplaced(command) || command.numbers !== spaceOfNumbers().numbers;
}

/** Containers of one computer number their processes each for themselves. */
function spaceOfNumbers(): {readonly numbers?: string} {
  try {
    return {numbers: readlinkSync('/proc/self/ns/pid')};
  } catch {
    return {};
  }
}

function doesNotEnd(task: string, session: number): ProblemError {
  return new ProblemError({
    code: 'deadline-passed',
    message: `What an earlier runner had started for ${task} still runs and does not end, not even by KILL.`,
    hint: `Something of process session ${session} waits for a disk, or belongs to another account: ps -s ${session}. Resume when it is gone.`,
  });
}
