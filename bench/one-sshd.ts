import {execFileSync, spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {connect, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

/** One real sshd that answers at every address of 127.0.0.0/8. */
export interface OneSshd {
  readonly port: number;
  /** Logs in as the account that runs this. */
  readonly keyFile: string;
  /** Base64, as in known_hosts. */
  readonly hostKey: {readonly type: string; readonly blob: string};
  stop(): Promise<void>;
}

const program = '/usr/sbin/sshd';

/** What is missing here for it, as a sentence; undefined when nothing is. */
export function missingForSshd(): string | undefined {
  if (!existsSync(program)) return 'the package openssh-server is not installed';
  return process.getuid?.() === 0 ? undefined : 'only root can start an sshd that logs in';
}

/** @param maxStartups As sshd_config(5) says; stock is '10:30:100'. */
export async function startOneSshd(maxStartups: string): Promise<OneSshd> {
  const folder = mkdtempSync(join(tmpdir(), 'pai-bench-sshd-'));
  const key = (name: string) => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(folder, name)]);
    return join(folder, name);
  };
  const [hostFile, keyFile] = [key('host'), key('login')];
  const port = await freePort();
  writeFileSync(
    join(folder, 'config'),
    [
      `Port ${port}`,
      'ListenAddress 0.0.0.0',
      `HostKey ${hostFile}`,
      `AuthorizedKeysFile ${keyFile}.pub`,
      'PidFile none',
      'StrictModes no',
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      `MaxStartups ${maxStartups}`,
      // Or bash reads the account's ~/.bashrc for every command, which may do anything and takes its time.
      'SetEnv SHLVL=1',
      '',
    ].join('\n'),
  );
  // Where sshd puts itself before it knows who knocks; systems that start no sshd do not have it.
  mkdirSync('/run/sshd', {recursive: true, mode: 0o755});
  const child = spawn(program, ['-D', '-e', '-f', join(folder, 'config')], {stdio: 'ignore'});
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill();
    await ended;
    rmSync(folder, {recursive: true, force: true});
  };
  for (let tries = 0; !(await answers(port)); tries++) {
    if (child.exitCode !== null || tries > 100) {
      await stop();
      throw new Error('sshd did not come up');
    }
    await sleep(50);
  }
  const [type = '', blob = ''] = readFileSync(`${hostFile}.pub`, 'utf8').split(' ');
  return {port, keyFile, hostKey: {type, blob: blob.trim()}, stop};
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const {port} = server.address() as {port: number};
        server.close(() => resolve(port));
      });
  });
}
