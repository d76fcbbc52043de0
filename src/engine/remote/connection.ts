import type {Duplex} from 'node:stream';
import type {Client, ClientChannel, PseudoTtyOptions} from 'ssh2';
import type {Clock} from '../tools.ts';
import type {WireError} from './connect-problem.ts';
import {notNeeded, orAborted} from './deadline.ts';
import {Turns} from './turns.ts';

/**
 * A stock sshd opens ten sessions for one connection (MaxSessions 10) and frees them late: with eight in use none was
 * refused in 200 commands, with ten 173. One of the eight stays free for ending what the others run.
 */
const workChannels = 7;
const askChannels = 1;

/** How long a channel is tried again that sshd refuses because it still counts one that has ended. */
const openTries = 12;

/** One login on a machine, and the channels on it. */
export class Connection {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #work = new Turns(workChannels);
  readonly #ask = new Turns(askChannels);
  /** Resolves when the connection has ended, with why, if that is known. */
  readonly ended: Promise<Error | undefined>;
  #isOpen = true;

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    let why: Error | undefined;
    client.on('error', (error: Error) => (why ??= error));
    this.ended = new Promise((resolve) => {
      client.once('close', () => {
        this.#isOpen = false;
        resolve(why);
      });
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Starts a command of the login shell on a channel of its own. `ask` channels are for short questions, of which one
   * can always be asked. Without a command: the login shell itself, in a pty. Rejects with the signal's reason, or
   * with what ssh2 says when the channel cannot be opened or the connection is gone.
   */
  async open(
    command: string | undefined,
    {use, pty}: {readonly use: 'work' | 'ask'; readonly pty?: PseudoTtyOptions},
    signal: AbortSignal,
  ): Promise<ClientChannel> {
    const leave = await (use === 'work' ? this.#work : this.#ask).take(signal);
    try {
      const channel = await this.#openPatiently(command, pty, signal);
      channel.once('close', leave);
      return channel;
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** A stream to where the machine can connect to. It takes no session of sshd. */
  forward(address: string, port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      this.#client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
        if (error) reject(error);
        else resolve(channel);
      });
    });
  }

  /** Closes it, at the latest after a second by force. */
  async end(): Promise<void> {
    const giveUp = new AbortController();
    this.#client.end();
    const waited = this.#clock.sleep(1_000, giveUp.signal).catch(() => {});
    await Promise.race([this.ended, waited]);
    giveUp.abort(notNeeded);
    this.#client.destroy();
    await this.ended;
  }

  async #openPatiently(
    command: string | undefined,
    pty: PseudoTtyOptions | undefined,
    signal: AbortSignal,
  ): Promise<ClientChannel> {
    for (let tried = 1; ; tried++) {
      try {
        return await this.#openOnce(command, pty, signal);
      } catch (error) {
        if (!isFull(error) || tried === openTries || !this.#isOpen) throw error;
        await this.#clock.sleep(Math.min(20 * 2 ** tried, 1_000) * (0.5 + Math.random()), signal);
      }
    }
  }

  async #openOnce(
    command: string | undefined,
    pty: PseudoTtyOptions | undefined,
    signal: AbortSignal,
  ): Promise<ClientChannel> {
    const opening = new Promise<ClientChannel>((resolve, reject) => {
      const opened = (error: Error | undefined, channel: ClientChannel) => (error ? reject(error) : resolve(channel));
      if (!this.#isOpen) reject(new Error('the connection is closed'));
      else if (command === undefined) this.#client.shell(pty ?? {}, opened);
      else if (pty) this.#client.exec(command, {pty}, opened);
      else this.#client.exec(command, opened);
    });
    try {
      return await orAborted(opening, signal);
    } catch (error) {
      // Opened after nobody waits for it any more.
      opening.then(
        (channel) => {
          channel.resume();
          channel.stderr.resume();
          channel.close();
        },
        () => {},
      );
      throw error;
    }
  }
}

/** `open failed` for a session: all of MaxSessions are in use (OpenSSH says reason 2, others 4). */
function isFull(error: unknown): boolean {
  const {reason} = error as WireError;
  return reason === 2 || reason === 4;
}
