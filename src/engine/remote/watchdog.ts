import type {RemoteCommand} from '../machine-tools.ts';
import {ProblemError} from '../problem.ts';
import {notNeeded} from './deadline.ts';
import type {Line} from './line.ts';

/** Ends a command that runs, or is silent, for too long. */
export class Watchdog {
  readonly #line: Line;
  readonly #command: RemoteCommand;
  readonly #over = new AbortController();
  readonly #ended = new AbortController();
  #heardAt = 0;
  #deaf = false;

  constructor(line: Line, command: RemoteCommand) {
    this.#line = line;
    this.#command = command;
  }

  /** Aborted with `deadline-passed`. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** From now on the time counts. */
  begin(): void {
    const {deadlineMs, silenceMs} = this.#command;
    this.heard();
    if (deadlineMs !== undefined) {
      this.#line.clock.sleep(deadlineMs, this.#ended.signal).then(
        () => this.#giveUp(`did not end within ${words(deadlineMs)}`),
        () => {},
      );
    }
    if (silenceMs !== undefined) this.#listen(silenceMs).catch(() => {});
  }

  heard(): void {
    this.#heardAt = this.#line.clock.monotonic();
  }

  /** From now on nothing can be heard of it, and silence says nothing. */
  deafen(): void {
    this.#deaf = true;
  }

  end(): void {
    this.#ended.abort(notNeeded);
  }

  /** One timer for the silence, and not one for every piece of output. */
  async #listen(silenceMs: number): Promise<void> {
    const {clock} = this.#line;
    for (;;) {
      const left = this.#heardAt + silenceMs - clock.monotonic();
      if (left <= 0) break;
      await clock.sleep(left, this.#ended.signal);
    }
    if (!this.#deaf) this.#giveUp(`printed nothing for ${words(silenceMs)}`);
  }

  #giveUp(what: string): void {
    const {name} = this.#line.target;
    this.#over.abort(
      new ProblemError({
        code: 'deadline-passed',
        message: `A command on ${name} ${what}, and was ended.`,
        hint: 'Look at the machine: it may wait for a disk, a network share or a lock.',
        command: firstLine(this.#command.script),
        machine: name,
      }),
    );
  }
}

function words(milliseconds: number): string {
  return milliseconds < 120_000 ? `${milliseconds / 1000} s` : `${Math.round(milliseconds / 60_000)} min`;
}

function firstLine(script: string): string {
  const [line = '', ...more] = script.trim().split('\n');
  return more.length > 0 ? `${line} …` : line;
}
