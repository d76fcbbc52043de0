import type {
  Remote,
  RemoteCommand,
  RemoteEnd,
  RemoteShell,
  RemoteWatch,
  ShellRequest,
  SshTarget,
} from '../machine-tools.ts';
import {quoted} from './begin-script.ts';
import {channelEnd} from './channel-end.ts';
import {withDeadline} from './deadline.ts';
import type {Line} from './line.ts';
import {endProcessGroup, groupIsAlive} from './process-groups.ts';
import {runCommand} from './run-command.ts';
import {scriptInArgument} from './script-argument.ts';
import {openShell} from './shell.ts';

/** A machine that was logged in on. */
export class MachineRemote implements Remote {
  readonly #line: Line;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(line: Line) {
    this.#line = line;
  }

  get target(): SshTarget {
    return this.#line.target;
  }

  run(command: RemoteCommand, watch: RemoteWatch, signal: AbortSignal): Promise<RemoteEnd> {
    return this.#while(runCommand(this.#line, command, watch, this.#until(signal)));
  }

  shell(request: ShellRequest, signal: AbortSignal): Promise<RemoteShell> {
    return this.#while(openShell(this.#line, request, this.#until(signal)));
  }

  isAlive(processGroup: number, signal: AbortSignal): Promise<boolean> {
    return this.#while(groupIsAlive(this.#line, processGroup, this.#until(signal)));
  }

  endGroup(processGroup: number, signal: AbortSignal): Promise<void> {
    return this.#while(endProcessGroup(this.#line, processGroup, this.#until(signal)));
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the connection was closed'));
    await Promise.allSettled([...this.#running]);
    await this.#tidy();
    await this.#line.close();
  }

  /**
   * Removes the folder with how commands ended. It holds nothing of worth, and the machine may be gone. Not by `ask`:
   * for each of many machines that would cost as much as a command.
   */
  async #tidy(): Promise<void> {
    const {folder, isOpen, clock, limits} = this.#line;
    if (folder === undefined || !isOpen) return;
    const late = () => new Error('it does not answer');
    await withDeadline({clock, milliseconds: limits.askMs, late}, new AbortController().signal, async (ending) => {
      const connection = await this.#line.connection(ending);
      const channel = await connection.open(scriptInArgument(`rm -rf -- ${quoted(folder)}`), {use: 'ask'}, ending);
      channel.resume();
      channel.stderr.resume();
      channel.end();
      await channelEnd(channel, clock).closed;
    }).catch(() => {});
  }

  #until(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#closing.signal]);
  }

  #while<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    const forget = () => this.#running.delete(work);
    work.then(forget, forget);
    return work;
  }
}
