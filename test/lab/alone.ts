import {createServer, type Server} from 'node:net';
import {setTimeout as sleep} from 'node:timers/promises';

/** Abstract, hence no file: whoever dies with it gives it back. Seen by all who share this network namespace. */
const name = '\0pai-tests-lab';

/** Does something to what all labs of this computer share while no other process does. Waits two minutes at most. */
export async function alone<T>(work: () => Promise<T> | T): Promise<T> {
  const lock = await take();
  try {
    return await work();
  } finally {
    await new Promise((resolve) => lock.close(resolve));
  }
}

async function take(): Promise<Server> {
  const deadline = performance.now() + 120_000;
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
