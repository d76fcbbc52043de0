import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import type {Remote, RemoteCommand, RemoteEnd, RemoteWatch} from '../../src/engine/machine-tools.ts';

/** This computer in place of a machine: scripts run by the shell that is named, without a wire. */
export interface LocalRemoteOptions {
  readonly name?: string;
  /** ['dash'], ['busybox', 'sh']. */
  readonly shell?: readonly string[];
  /** The whole environment of what runs. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A remote that counts the round trips it was asked for. */
export interface LocalRemote extends Remote {
  readonly asked: readonly RemoteCommand[];
}

export function createLocalRemote(options: LocalRemoteOptions = {}): LocalRemote {
  const {name = 'node-3', shell = ['/bin/sh'], environment = {PATH: process.env['PATH'] ?? ''}} = options;
  const asked: RemoteCommand[] = [];
  const never = () => Promise.reject(new Error('not asked for in this test'));
  return {
    target: {name, address: '192.0.2.3', port: 22, user: 'operator', credentials: []},
    asked,
    async run(command: RemoteCommand, watch: RemoteWatch, signal: AbortSignal): Promise<RemoteEnd> {
      asked.push(command);
      const [program = '/bin/sh', ...first] = shell;
      const child = spawn(program, [...first, '-c', command.script, 'sh', ...(command.args ?? [])], {
        env: {...environment},
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true,
      });
      const end = () => {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      };
      signal.addEventListener('abort', end, {once: true});
      const closed = once(child, 'close');
      child.stdout.on('data', (bytes: Uint8Array) => watch.stdout?.(bytes));
      child.stderr.on('data', (bytes: Uint8Array) => watch.stderr?.(bytes));
      const {stdin = ''} = command;
      const source = stdin instanceof Readable ? stdin : Readable.from([stdin]);
      // A script that ends without reading it all is its own affair.
      const fed = pipeline(source, child.stdin).catch(() => undefined);
      const [exit, ended] = (await closed) as [number | null, string | null];
      await fed;
      signal.removeEventListener('abort', end);
      signal.throwIfAborted();
      return exit === null ? {signal: ended ?? 'KILL'} : {exit};
    },
    shell: never,
    isAlive: never,
    endGroup: never,
    close: () => Promise.resolve(),
  };
}
