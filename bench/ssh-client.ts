// node bench/ssh-client.ts bare|repeatable|kept JSON: does the work on all machines at once, in a process of its own so that its
// processor time can be told, and prints {"ms","processorMs"}.
import {readFileSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import ssh2 from 'ssh2';
import {createClock} from '../src/engine/clock.ts';
import type {HostKey, SshTarget} from '../src/engine/machine-tools.ts';
import {createSsh} from '../src/engine/remote/create-ssh.ts';

/** By a loop over ssh2, or by pai-tui: with what can be repeated, or with how it ends kept on the machines. */
export type ClientKind = 'bare' | 'repeatable' | 'kept';

export interface ClientWork {
  readonly port: number;
  readonly user: string;
  readonly keyFile: string;
  readonly blob: string;
  readonly addresses: readonly string[];
  /** A tar that holds the folder `package`. */
  readonly tar: string;
  /** Where each machine unpacks it, below its address. */
  readonly folder: string;
}

export interface ClientFigures {
  readonly ms: number;
  readonly processorMs: number;
}

/** What one machine is asked: the package goes there, three scripts of it run, it is removed. */
function steps(folder: string, address: string): readonly {readonly script: string; readonly sendsPackage?: true}[] {
  const place = `${folder}/${address}`;
  return [
    {script: `mkdir -p ${place} && tar -xpf - -C ${place}`, sendsPackage: true},
    {script: `cd ${place}/package && sh one.sh`},
    {script: `cd ${place}/package && sh two.sh`},
    {script: `cd ${place}/package && sh three.sh && rm -r ${place}`},
  ];
}

async function byPaiTui(work: ClientWork, repeatable: boolean): Promise<void> {
  const tar = readFileSync(work.tar);
  const trusted = {
    check: (_: unknown, {blob}: HostKey) => ({kind: blob === work.blob ? 'trusted' : 'unknown'}) as const,
  };
  const ssh = createSsh({hostKeys: {...trusted, preferredTypes: () => ['ssh-ed25519']}, clock: createClock()});
  const {signal} = new AbortController();
  await Promise.all(
    work.addresses.map(async (address) => {
      const target: SshTarget = {
        name: address,
        address,
        port: work.port,
        user: work.user,
        credentials: [{kind: 'key', file: work.keyFile}],
      };
      const remote = await ssh.connect(target, signal);
      for (const {script, sendsPackage} of steps(work.folder, address)) {
        const {exit} = await remote.run({script, repeatable, ...(sendsPackage ? {stdin: tar} : {})}, {}, signal);
        if (exit !== 0) throw new Error(`${address}: ${script} ended with ${exit}`);
      }
      await remote.close();
    }),
  );
}

async function byBareLoop(work: ClientWork): Promise<void> {
  const tar = readFileSync(work.tar);
  const privateKey = readFileSync(work.keyFile);
  await Promise.all(
    work.addresses.map(async (address) => {
      const client = new ssh2.Client();
      await new Promise<void>((resolve, reject) => {
        client
          .once('ready', resolve)
          .once('error', reject)
          .connect({
            host: address,
            port: work.port,
            username: work.user,
            privateKey,
            hostVerifier: (key: Buffer) => key.toString('base64') === work.blob,
          });
      });
      client.setNoDelay(true);
      for (const {script, sendsPackage} of steps(work.folder, address)) {
        await new Promise<void>((resolve, reject) => {
          client.exec(script, (error, stream) => {
            if (error) return reject(error);
            stream.resume().stderr.resume();
            stream.once('close', (exit: number) => (exit === 0 ? resolve() : reject(new Error(`${script}: ${exit}`))));
            stream.end(sendsPackage ? tar : undefined);
          });
        });
      }
      await new Promise<void>((resolve) => {
        client.once('close', () => resolve());
        client.end();
      });
    }),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const kind = process.argv[2] as ClientKind;
  const work = JSON.parse(process.argv[3] ?? '') as ClientWork;
  const before = process.cpuUsage();
  const began = performance.now();
  await (kind === 'bare' ? byBareLoop(work) : byPaiTui(work, kind === 'repeatable'));
  const {user, system} = process.cpuUsage(before);
  const figures: ClientFigures = {ms: performance.now() - began, processorMs: (user + system) / 1000};
  console.log(JSON.stringify(figures));
}
