import {createServer, type Server} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';

export interface Shared {
  /** What only one process at a time may do something to. Absent: what all labs of this computer share. */
  readonly what?: string;
  /** How long another one may keep us waiting. Absent: two minutes. */
  readonly deadlineMs?: number;
}

/** Does something to what all tests of this computer share while no other process does. Throws when the wait is over. */
export async function alone<T>(work: () => Promise<T> | T, shared: Shared = {}): Promise<T> {
  const lock = await take(shared);
  try {
    return await work();
  } finally {
    await new Promise((resolve) => lock.close(resolve));
  }
}

/** The name is abstract, hence no file: whoever dies with it gives it back. Seen by all who share this network namespace. */
async function take({what, deadlineMs = 120_000}: Shared): Promise<Server> {
  const name = `\0pai-tests-lab${what ? `-${what}` : ''}`;
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const server = createServer((connection) => connection.destroy());
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(name, resolve);
      });
      return server;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || performance.now() > deadline) throw error;
      await sleep(20);
    }
  }
}
