import {constants} from 'node:os';
import {ProblemError, type RemoteEnd, type RemoteShell} from '../engine/index.ts';
import type {Context} from './context.ts';
import {listen, untilInterrupted} from './interrupts.ts';
import {namedMachines, readRequest} from './machine-request.ts';
import {scriptOf} from './machine-run.ts';
import {withSecrets} from './missing-secrets.ts';
import {misuse} from './misuse.ts';
import {refuseReadOnly} from './operation.ts';
import {plainLine} from './plain.ts';
import {createHangUp} from './shell-hang-up.ts';
import {trackModes} from './shell-modes.ts';
import type {World} from './world.ts';

/**
 * `machine shell`: lends a machine this terminal. What the program prints reaches it as it is, because that was asked
 * for; what it left switched on is switched off afterwards. Resolves to the exit code of the program.
 */
export async function openShell(context: Context): Promise<number> {
  const {world, output, options, rest} = context;
  if (options.readonly) refuseReadOnly('machine shell', 'Leave --readonly out.');
  if (!world.stdin.isTTY || !world.stdout.isTTY) {
    throw new ProblemError({
      code: 'no-terminal',
      message: 'A shell needs a terminal, and there is none on stdin and stdout.',
      hint: 'Run commands with: pai-tui machine run M -- COMMAND.',
    });
  }
  const asked = await readRequest(context);
  const [machine, ...others] = await namedMachines(asked);
  if (!machine || others.length > 0) throw misuse(`A shell is opened on one machine, not on ${others.length + 1}.`);
  const script = rest.length > 0 ? {script: scriptOf(rest)} : {};
  output.say(`${plainLine(machine.name)}: ~. at the beginning of a line hangs up.`);
  const shell = await withSecrets(asked, machine.name, context, ({machines, request}) =>
    untilInterrupted(world, (signal) => machines.rawShell({...request, ...sizeOf(world), ...script}, signal)),
  );
  const end = await lendTerminal(shell, world);
  return end === 'hung up' ? 5 : codeOf(end);
}

/** Passes bytes both ways until the program ends, the operator hangs up, or this process is told to end. */
async function lendTerminal(shell: RemoteShell, world: World): Promise<RemoteEnd | 'hung up'> {
  const {stdin, stdout} = world;
  const modes = trackModes();
  let given = false;
  const giveBack = () => {
    if (given) return;
    given = true;
    stdout.write(modes.undo());
    try {
      stdin.setRawMode?.(false);
    } catch {
      // The terminal is gone, and its modes with it.
    }
  };
  const left = new AbortController();
  const hangUp = createHangUp(() => left.abort());
  const onInput = (bytes: Buffer) => {
    const passed = hangUp(bytes);
    if (passed.length > 0) shell.write(passed);
  };
  const onResize = () => {
    const {columns, rows} = sizeOf(world);
    shell.resize(columns, rows);
  };
  const onDrain = () => shell.resume();
  const leave = () => left.abort();
  const forget = listen(world, leave, leave);
  // Also a mistake of ours ends in an exit, and must not leave a terminal that shows nothing of what is typed.
  world.signals.on('exit', giveBack);
  stdout.on('resize', onResize);
  stdout.on('drain', onDrain);
  stdin.setRawMode?.(true);
  stdin.on('data', onInput);
  stdin.on('end', leave);
  // A terminal that goes away under us cannot be read any more, now and later.
  stdin.on('error', leave);
  stdin.resume();
  shell.onOutput((bytes) => {
    if (left.signal.aborted) return;
    modes.see(bytes);
    if (!stdout.write(bytes)) shell.pause();
  });
  try {
    const hungUp = new Promise<'hung up'>((resolve) => left.signal.addEventListener('abort', () => resolve('hung up')));
    return await Promise.race([shell.ended, hungUp]);
  } finally {
    forget();
    stdout.off('resize', onResize);
    stdout.off('drain', onDrain);
    stdin.off('data', onInput);
    stdin.off('end', leave);
    stdin.pause();
    giveBack();
    world.signals.off('exit', giveBack);
    shell.close();
  }
}

function sizeOf({stdout}: World): {readonly columns: number; readonly rows: number} {
  return {columns: stdout.columns ?? 80, rows: stdout.rows ?? 24};
}

/** As a shell of this computer would have it: 128 and the number of the signal. */
function codeOf({exit, signal}: RemoteEnd): number {
  if (exit !== undefined) return exit;
  const numbers: Readonly<Record<string, number>> = constants.signals;
  return 128 + (numbers[signal?.startsWith('SIG') ? signal : `SIG${signal}`] ?? 1);
}
