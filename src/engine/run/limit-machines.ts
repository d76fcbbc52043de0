import {basename} from 'node:path';
import type {MachineAccess, Remote, RemoteCommand} from '../machine-tools.ts';
import {scriptDigest} from '../plan/script-effect.ts';
import type {Effect} from '../plan/types.ts';

/**
 * Machines on which only the scripts run that a task declared, and what only reads. `check` throws where a call is not
 * allowed.
 */
export function limitMachines(
  machines: MachineAccess,
  limits: {readonly does: readonly Effect[]; readonly runFolder: string},
  check: (call: string, allowed: boolean) => void,
): MachineAccess {
  /** Process groups the task itself began, each as 'machine group': it may end them again. */
  const begun = new Set<string>();
  return {
    use: (machine, work, signal) => machines.use(machine, (remote) => work(limited(remote, machine)), signal),
  };

  function limited(remote: Remote, machine: string): Remote {
    return {
      target: remote.target,
      async run(command, watch, signal) {
        // A copy: what was checked is what is done, whatever becomes of the object meanwhile.
        const checked: RemoteCommand = {...command, ...(command.args ? {args: [...command.args]} : {})};
        if (!checked.reads) {
          const known = limits.does.filter((effect) => isScriptOn(effect, machine, checked));
          const name = known[0]?.name ?? 'a script';
          check(
            `${name} on ${machine}`,
            known.some((effect) => agrees(effect, checked)),
          );
        }
        const hear = (processGroup: number) => {
          begun.add(`${machine} ${processGroup}`);
          watch.begun?.(processGroup);
        };
        return remote.run(checked, {...watch, begun: hear}, signal);
      },
      async shell() {
        check(`a shell on ${machine}`, false);
        throw new Error('a shell was allowed to a task');
      },
      isAlive: (...args) => remote.isAlive(...args),
      async endGroup(processGroup, signal) {
        check(`end a process group on ${machine}`, begun.has(`${machine} ${processGroup}`));
        return remote.endGroup(processGroup, signal);
      },
      async close() {
        throw new Error('the connection is shared, and not to be closed');
      },
    };
  }

  function agrees({args, sudo}: Script, command: RemoteCommand): boolean {
    if (command.sudo && !sudo) return false;
    const given = command.args ?? [];
    return (
      args === undefined ||
      (args.length === given.length && args.every((word, index) => isSameWord(word, given[index] ?? '')))
    );
  }

  /** A home folder is known to its machine alone; what lies below it is compared. */
  function isSameWord(declared: string, given: string): boolean {
    const word = declared.replace('$RUN', basename(limits.runFolder));
    return word.startsWith('~/') ? given.startsWith('/') && given.endsWith(word.slice(1)) : given === word;
  }
}

type Script = Extract<Effect, {kind: 'script'}>;

function isScriptOn(effect: Effect, machine: string, {script}: RemoteCommand): effect is Script {
  return effect.kind === 'script' && effect.on === machine && effect.script === scriptDigest(script);
}
