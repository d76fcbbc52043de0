import type {MachineRun, MachineRunLook, MachineRunState} from '../engine/index.ts';
import {listen} from './interrupts.ts';
import type {Output} from './output.ts';
import {colouredLine, plainLine, plainText} from './plain.ts';
import type {World} from './world.ts';

export interface FollowChoices {
  /** Hears each line, safe to print. */
  onLine?(machine: string, line: string, stream: 'stdout' | 'stderr'): void;
  /** Colours may stay in lines. */
  readonly colour: boolean;
  /** Said when it is being stopped: 'the command'. */
  readonly what: string;
}

/** What became of it. */
export interface Followed {
  readonly state: MachineRunState;
  /** The operator stopped it, or whoever read what was printed went away. */
  readonly stopped: boolean;
}

/**
 * Follows work on machines until all have ended. Ctrl-C and being told to end stop it on the machines, which is waited
 * for; a second Ctrl-C waits no longer. The run stays open, for its results.
 */
export async function followMachines(
  run: MachineRun,
  {onLine, colour, what}: FollowChoices,
  world: World,
  output: Output,
): Promise<Followed> {
  const shown = colour ? colouredLine : plainText;
  const left = new AbortController();
  let stopped = false;
  const stop = () => {
    if (stopped) {
      left.abort();
      return;
    }
    stopped = true;
    const running = run.cancel();
    output.say(
      `Stopping ${what} on ${running} machine${running === 1 ? '' : 's'}. Ctrl-C again does not wait for that.`,
    );
  };
  const closed = () => {
    stopped = true;
    run.cancel();
  };
  const forget = listen(world, stop, stop);
  output.closed.addEventListener('abort', closed);
  const deaf = onLine ? run.onLine((machine, text, stream) => onLine(machine, shown(text), stream)) : () => {};
  const status = () => drawStatus(run.state.get(), output);
  const unsubscribe = run.state.subscribe(status);
  status();
  try {
    const ended = await Promise.race([
      run.ended,
      new Promise<undefined>((resolve) => left.signal.addEventListener('abort', () => resolve(undefined))),
    ]);
    return {state: ended ?? run.state.get(), stopped};
  } finally {
    unsubscribe();
    deaf();
    forget();
    output.closed.removeEventListener('abort', closed);
    output.statusLine?.erase();
  }
}

function drawStatus({machines}: MachineRunState, {statusLine}: Output): void {
  if (!statusLine || machines.length < 2) return;
  const count = (...wanted: readonly MachineRunLook['status'][]) =>
    machines.filter(({status}) => wanted.includes(status)).length;
  const parts = [
    `${count('done')} of ${machines.length} done`,
    ...(
      [
        [count('failed'), 'failed'],
        [count('unreachable'), 'not reached'],
        [count('running'), 'running'],
        [count('waiting', 'connecting'), 'waiting'],
      ] as const
    ).flatMap(([amount, word]) => (amount > 0 ? [`${amount} ${word}`] : [])),
  ];
  statusLine.draw(parts.join(', '));
}

/** Puts the name of its machine before a line, names in a column as wide as the widest, up to twenty. */
export function namedLine(machine: string, line: string, widest: number): string {
  return `${plainLine(machine).padEnd(Math.min(20, widest))} | ${line}`;
}
