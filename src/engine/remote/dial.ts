import {connect as connectTcp} from 'node:net';
import type {Duplex} from 'node:stream';
import type {SshTarget} from '../machine-tools.ts';
import type {Clock} from '../tools.ts';
import {dialProblem, unreachable, type WireError} from './connect-problem.ts';
import {withDeadline} from './deadline.ts';
import {TurnedAway} from './handshake-problem.ts';
import {writeTogether} from './write-together.ts';

/** A machine that connects to others from where it is. */
export interface Through {
  forward(address: string, port: number): Promise<Duplex>;
}

/** A stream of bytes to a machine's sshd. Throws `machine-unreachable`, or TurnedAway where it is worth another try. */
export async function dial(
  target: SshTarget,
  through: Through | undefined,
  {clock, milliseconds}: {readonly clock: Clock; readonly milliseconds: number},
  signal: AbortSignal,
): Promise<Duplex> {
  const late = () =>
    unreachable(
      target,
      `it did not answer within ${milliseconds / 1000} s`,
      'Is the machine on, and is the network between in order (ping)? A firewall that drops packets looks the same.',
    );
  try {
    const stream = await withDeadline({clock, milliseconds, late}, signal, (ending) =>
      through ? forwarded(target, through, ending) : direct(target, ending),
    );
    return writeTogether(stream);
  } catch (error) {
    if (signal.aborted || (error as Error).name === 'ProblemError') throw error;
    const problem = dialProblem(target, error as WireError);
    // Reset by an sshd that closed it before this side had seen it open.
    throw (error as WireError).code === 'ECONNRESET' ? new TurnedAway(problem) : problem;
  }
}

function direct({address, port}: SshTarget, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    // Without noDelay, small packets wait for the acknowledgement of the one before: 20 commands take 1.8 s, not 59 ms.
    const socket = connectTcp({host: address, port, noDelay: true});
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', leave);
      act();
    };
    const leave = () => {
      socket.destroy();
      reject(signal.reason);
    };
    // Stays for good: what happens to a socket that nobody uses any more must not end the process.
    socket.on('error', (error) => settle(() => reject(error)));
    socket.once('connect', () => settle(() => resolve(socket)));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, {once: true});
  });
}

async function forwarded({address, port}: SshTarget, through: Through, signal: AbortSignal): Promise<Duplex> {
  const opening = through.forward(address, port);
  // One that is opened after nobody waits for it any more is closed.
  opening.then(
    (stream) => {
      if (signal.aborted) stream.destroy();
    },
    () => {},
  );
  const stream = await opening;
  stream.on('error', () => {});
  return stream;
}
