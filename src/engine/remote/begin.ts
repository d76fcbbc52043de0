import {randomBytes} from 'node:crypto';
import type {ClientChannel} from 'ssh2';
import type {SshTarget} from '../machine-tools.ts';
import type {Secret} from '../secret.ts';
import type {Clock} from '../tools.ts';
import {AfterMark} from './after-mark.ts';
import {beginProblem} from './begin-problem.ts';
import {type Keeping, keeperText, loginCommand, quoted} from './begin-script.ts';
import {type ChannelEnd, channelEnd} from './channel-end.ts';
import type {Connection} from './connection.ts';
import {withDeadline} from './deadline.ts';
import type {SshLimits} from './limits.ts';

export interface ScriptRequest {
  /** POSIX sh. */
  readonly script: string;
  readonly args: readonly string[];
  readonly sudo: boolean;
  /** What sudo is answered. */
  readonly sudoPassword: Secret | undefined;
  /** Absent: it ends with its connection. */
  readonly record?: Keeping['record'];
  readonly use: 'work' | 'ask';
}

export interface ScriptWatch {
  stdout(bytes: Buffer): void;
  stderr(bytes: Buffer): void;
}

/** A script that waits for its text, with which it begins. */
export interface Begun extends ChannelEnd {
  readonly channel: ClientChannel;
  readonly token: string;
  readonly processGroup: number;
  readonly keeper: Keeper;
  /** Where it is written how the script ended; undefined where no folder could be made. */
  readonly folder: string | undefined;
  readonly slot: number | undefined;
  /** Lets it begin. What is written to the channel after that is its stdin. */
  go(): void;
}

/** The process on the machine that waits for the script's end. */
interface Keeper {
  readonly pid: number;
  /** In clock ticks since the machine started; 0 where it cannot be known. */
  readonly started: string;
  /** The sshd of this connection. */
  readonly sshd: number;
}

/** The connection broke before the script began: nothing of it has run. */
export class LostBeforeBegin extends Error {
  override readonly name = 'LostBeforeBegin';
}

/**
 * Brings a script to where it only has to be let go: its process group is known, sudo has let it through, nothing of
 * it has run. Throws `sudo-refused` and what else a machine may say instead, `machine-lost` after the deadline,
 * LostBeforeBegin, and the signal's reason. Then nothing of it is left either.
 */
export async function begin(
  connection: Connection,
  target: SshTarget,
  request: ScriptRequest,
  watch: ScriptWatch,
  {clock, limits}: {readonly clock: Clock; readonly limits: SshLimits},
  signal: AbortSignal,
): Promise<Begun> {
  const [token, mark, prompt] = [randomWord(), randomWord(), randomWord()];
  const text = `${setArguments(request.args)}${request.script}\n${mark}`;
  const keeper = keeperText({
    token,
    mark,
    prompt,
    sudo: request.sudo,
    scriptBytes: Buffer.byteLength(text),
    ...(request.record ? {record: request.record} : {}),
  });
  const channel = await connection
    .open(loginCommand(Buffer.byteLength(keeper)), {use: request.use}, signal)
    .catch((error: unknown) => {
      if (signal.aborted || connection.isOpen) throw error;
      throw new LostBeforeBegin('the connection broke', {cause: error});
    });
  const announced = Promise.withResolvers<string>();
  const stdout = new AfterMark(mark, (bytes) => watch.stdout(bytes));
  const stderr = new AfterMark(mark, (bytes) => watch.stderr(bytes));
  let asked = 0;
  channel.on('data', (bytes: Buffer) => {
    stdout.add(bytes);
    if (stdout.line !== undefined) announced.resolve(stdout.line);
  });
  channel.stderr.on('data', (bytes: Buffer) => {
    stderr.add(bytes);
    if (!request.sudo || stderr.line !== undefined) return;
    const prompts = stderr.noise.split(prompt).length - 1;
    if (prompts > asked) {
      asked = prompts;
      // One try only: sudo takes what is sent after a wrong password as further tries.
      if (asked === 1 && request.sudoPassword) channel.write(`${request.sudoPassword.reveal()}\n`);
      else channel.end();
    }
  });
  const {ended, closed} = channelEnd(channel, clock);
  channel.write(keeper);
  const notBegun = closed.then(async () => {
    const end = await ended;
    if (!connection.isOpen && end === undefined) throw new LostBeforeBegin('the connection broke');
    const said = {stdout: stdout.noise, stderr: stderr.noise.replaceAll(prompt, '')};
    throw beginProblem(target, request, {...said, asked, ...end});
  });
  notBegun.catch(() => {});
  try {
    const late = () =>
      beginProblem(target, request, {
        stdout: stdout.noise,
        stderr: stderr.noise.replaceAll(prompt, ''),
        asked,
        lateMs: limits.beginMs,
      });
    const line = await withDeadline({clock, milliseconds: limits.beginMs, late}, signal, () =>
      Promise.race([announced.promise, notBegun]),
    );
    const [group, pid, started, sshd, ...folder] = line.split(' ');
    return {
      channel,
      token,
      processGroup: Number(group),
      keeper: {pid: Number(pid), started: started ?? '0', sshd: Number(sshd)},
      folder: folder.join(' ') || undefined,
      slot: request.record?.slot,
      go: () => channel.write(text),
      ended,
      closed,
    };
  } catch (error) {
    // Without its text it does nothing.
    channel.end();
    channel.close();
    throw error;
  }
}

function randomWord(): string {
  return randomBytes(16).toString('hex');
}

/** On the first line of the script, so that the numbers of lines in messages of sh stay right. */
function setArguments(args: readonly string[]): string {
  return `set -- ${args.map((argument) => quoted(argument)).join(' ')}; `;
}
