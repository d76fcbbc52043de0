import type {RemoteCommand, RemoteEnd, RemoteWatch} from '../machine-tools.ts';
import {ProblemError} from '../problem.ts';
import {type Begun, begin, LostBeforeBegin} from './begin.ts';
import {orAborted} from './deadline.ts';
import {feed} from './feed.ts';
import {follow} from './follow.ts';
import type {Line} from './line.ts';
import {BrokenOff, lost, mayStillRun} from './lost.ts';
import {endProcessGroup} from './process-groups.ts';
import {Watchdog} from './watchdog.ts';

/** How often a command is begun that has not run, because the connection broke before. */
const beginTries = 3;

/** `Remote.run`. */
export async function runCommand(
  line: Line,
  command: RemoteCommand,
  watch: RemoteWatch,
  signal: AbortSignal,
): Promise<RemoteEnd> {
  try {
    return await runOnce(line, command, watch, signal);
  } catch (error) {
    if (!(error instanceof BrokenOff) || !watch.again || isStream(command.stdin)) throw error;
    const isBack = await line.connection(signal).then(
      () => true,
      () => false,
    );
    if (!isBack) throw error;
    watch.again();
    return await runOnce(line, command, watch, signal);
  }
}

/** What was read of one cannot be read again. */
function isStream(stdin: RemoteCommand['stdin']): boolean {
  return stdin !== undefined && typeof stdin !== 'string' && !(stdin instanceof Uint8Array);
}

async function runOnce(
  line: Line,
  command: RemoteCommand,
  watch: RemoteWatch,
  signal: AbortSignal,
): Promise<RemoteEnd> {
  const {slot, giveBack} = command.repeatable ? nothingKept : line.takeSlot();
  const watchdog = new Watchdog(line, command);
  const ending = AbortSignal.any([signal, watchdog.signal]);
  try {
    const begun = await beginPatiently(line, command, watch, watchdog, slot, ending);
    return await carryOn(line, begun, command, watch, watchdog, ending);
  } finally {
    watchdog.end();
    giveBack();
  }
}

const nothingKept = {slot: undefined, giveBack: () => {}};

/** A command of which nothing has run can be begun again without harm. */
async function beginPatiently(
  line: Line,
  command: RemoteCommand,
  watch: RemoteWatch,
  watchdog: Watchdog,
  slot: number | undefined,
  signal: AbortSignal,
): Promise<Begun> {
  const heard = (listener: ((bytes: Uint8Array) => void) | undefined) => (bytes: Buffer) => {
    watchdog.heard();
    listener?.(bytes);
  };
  for (let tried = 1; ; tried++) {
    try {
      const {script, args = [], sudo = false} = command;
      const {folderName, folder} = line;
      const begun = await begin(
        await line.connection(signal),
        line.target,
        {
          script,
          args,
          sudo,
          sudoPassword: line.sudoPassword,
          ...(slot === undefined ? {} : {record: {folderName, slot, ...(folder === undefined ? {} : {folder})}}),
          use: 'work',
        },
        {stdout: heard(watch.stdout?.bind(watch)), stderr: heard(watch.stderr?.bind(watch))},
        line,
        signal,
      );
      if (slot !== undefined) line.folder = begun.folder;
      announce(begun, watch);
      return begun;
    } catch (error) {
      if (!(error instanceof LostBeforeBegin)) throw error;
      if (tried === beginTries) throw lost(line.target, 'it broke each time a command was begun', undefined, error);
    }
  }
}

/** Whoever keeps a journal can still say no: nothing of the command has run. */
function announce({channel, processGroup}: Begun, watch: RemoteWatch): void {
  try {
    watch.begun?.(processGroup);
  } catch (error) {
    channel.end();
    channel.close();
    throw error;
  }
}

async function carryOn(
  line: Line,
  begun: Begun,
  command: RemoteCommand,
  watch: RemoteWatch,
  watchdog: Watchdog,
  signal: AbortSignal,
): Promise<RemoteEnd> {
  begun.go();
  watchdog.begin();
  const {clock} = line;
  const feeding = feed(begun.channel, command.stdin);
  let fedAt: number | undefined;
  const failed = feeding.done.then(() => {
    fedAt = clock.monotonic();
    return new Promise<never>(() => {});
  });
  try {
    const end = await orAborted(Promise.race([begun.ended, failed]), signal);
    feeding.stop();
    await begun.closed;
    if (end !== undefined) return end;
    watchdog.deafen();
    if (command.repeatable) throw new BrokenOff(line.target, begun.processGroup);
    if (feeding.hasData && !isFed(line, fedAt)) {
      throw lost(
        line.target,
        'it broke before a command had read all it was sent, and the command was ended',
        begun.processGroup,
      );
    }
    return await follow(line, begun, watch, signal);
  } catch (error) {
    feeding.stop();
    // One that is repeatable ends with its connection. Of any other, that it was stopped would be a lie.
    const left = await endQuietly(line, begun, command.repeatable ? 0 : line.limits.killMs);
    if (left && signal.aborted && !command.repeatable) throw mayStillRun(line.target, begun.processGroup, left);
    throw error;
  }
}

/**
 * Whether the machine surely has all that was sent. When a connection breaks, the last of it may be missing, and the
 * script took that for the end. A connection that went on this long after has answered a sign of life in between.
 */
function isFed({clock, limits}: Line, fedAt: number | undefined): boolean {
  return fedAt !== undefined && clock.monotonic() - fedAt > limits.keepaliveMs * (limits.keepaliveMisses + 1);
}

/**
 * Ends what runs, as far as the machine can be asked, and waits for its last words. A machine that is away is asked again
 * for `patienceMs`. Returns why it may still run.
 */
async function endQuietly(
  line: Line,
  {channel, processGroup, closed}: Begun,
  patienceMs: number,
): Promise<ProblemError | undefined> {
  const {clock} = line;
  const unstoppable = new AbortController().signal;
  const until = clock.monotonic() + patienceMs;
  let left: ProblemError | undefined;
  for (let pause = 200; ; pause *= 2) {
    try {
      await endProcessGroup(line, processGroup, unstoppable);
      left = undefined;
      break;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      left = error;
    }
    const isAway =
      left.problem.code === 'machine-unreachable' || (left.problem.code === 'machine-lost' && !line.isOpen);
    if (!isAway || clock.monotonic() + pause > until) break;
    await clock.sleep(pause);
  }
  channel.close();
  await closed;
  return left;
}
