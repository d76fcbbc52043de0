import {type ChildProcess, spawn} from 'node:child_process';
import {type AddressInfo, connect, createServer, type Socket, type Server as TcpServer} from 'node:net';
import ssh2, {type AuthContext, type Connection, type Server, type ServerChannel} from 'ssh2';
import type {HostKey, SshTarget} from '../../src/engine/machine-tools.ts';
import {hostKeyOf} from '../../src/engine/remote/host-key.ts';
import type {HostKeyBook} from '../../src/engine/remote/host-key-check.ts';
import {Secret} from '../../src/engine/secret.ts';
import {makeKeyPair} from './key-pair.ts';

/**
 * A machine in the test process: a real SSH server that runs what it is asked by /bin/sh of this computer, as this
 * user. For speed, and for faults that no sshd can be brought to.
 */
export interface SshMachine {
  readonly port: number;
  readonly hostKeys: readonly HostKey[];
  /** Logs in with the password it takes. */
  readonly target: SshTarget;
  /** Methods that were tried, in order, with the name of the key. */
  readonly tried: string[];
  /** Connections that were made, let in or not. */
  readonly connections: () => number;
  /** Connections that are open now. */
  readonly open: () => number;
  /** Closes every connection without a word, as a cable that is pulled and put back. */
  cut(): void;
  close(): Promise<void>;
}

export interface SshMachineOptions {
  readonly name?: string;
  readonly password?: string;
  /** Private keys of the server; absent: one ed25519 key. */
  readonly hostKeys?: readonly string[];
  /** Decides about logins instead of the password. */
  readonly authenticate?: (context: AuthContext, methods: string[]) => void;
  /** What the login shell prints before it does anything. */
  readonly profile?: string;
  /** The login shell; absent: /bin/sh. */
  readonly shell?: string;
  /** Called with each TCP connection before anything else; true: it was dealt with. */
  readonly intercept?: (socket: Socket, connection: number) => boolean;
  /** Called with each session that is to be opened; true: it is refused as sshd does. */
  readonly refuseSession?: (open: number) => boolean;
  /** Algorithms it is limited to. */
  readonly algorithms?: ConstructorParameters<typeof Server>[0]['algorithms'];
}

const machineKey = makeKeyPair();

export async function startSshMachine(options: SshMachineOptions = {}): Promise<SshMachine> {
  const {name = 'node-1', password = 'pass word'} = options;
  const hostKeys = options.hostKeys ?? [machineKey.private];
  const tried: string[] = [];
  const children = new Set<ChildProcess>();
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = new ssh2.Server(
    {hostKeys: [...hostKeys], ...(options.algorithms ? {algorithms: options.algorithms} : {})},
    (connection) => serve(connection, {...options, password}, tried, children),
  );
  const door: TcpServer = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    if (options.intercept?.(socket, connections)) {
      // Unread, its end would never be seen.
      socket.resume();
      return;
    }
    (server as unknown as {injectSocket(socket: Socket): void}).injectSocket(socket);
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const {port} = door.address() as AddressInfo;
  return {
    port,
    hostKeys: hostKeys.map(publicKeyOf),
    target: {
      name,
      address: '127.0.0.1',
      port,
      user: 'pai',
      credentials: [{kind: 'password', password: new Secret(password)}],
    },
    tried,
    connections: () => connections,
    open: () => sockets.size,
    cut: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      for (const child of children) killGroup(child);
      await new Promise((resolve) => door.close(resolve));
    },
  };
}

/** The public half of a private key, as a machine shows it. */
function publicKeyOf(privateKey: string): HostKey {
  const parsed = ssh2.utils.parseKey(privateKey);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  const found = key && !(key instanceof Error) ? hostKeyOf(key.getPublicSSH()) : undefined;
  if (!found) throw new Error('no key');
  return found;
}

/** Knows these keys, wherever they are shown. */
export function bookOf(...keys: readonly HostKey[]): HostKeyBook {
  return {
    check: (_owner, {blob}) => (keys.some((key) => key.blob === blob) ? {kind: 'trusted'} : {kind: 'unknown'}),
    preferredTypes: () => [...new Set(keys.map(({type}) => type))],
  };
}

function serve(
  connection: Connection,
  options: SshMachineOptions & {readonly password: string},
  tried: string[],
  children: Set<ChildProcess>,
): void {
  connection.on('error', () => {});
  connection.on('authentication', (context) => {
    if (context.method !== 'none') tried.push(context.method);
    const methods = ['password', 'publickey', 'keyboard-interactive'];
    if (options.authenticate) options.authenticate(context, methods);
    else if (context.method === 'password' && context.password === options.password) context.accept();
    else context.reject(['password']);
  });
  connection.on('tcpip', (accept, reject, {destIP, destPort}) => {
    const socket = connect(destPort, destIP);
    socket.once('error', () => reject());
    socket.once('connect', () => {
      const channel = accept();
      socket.on('error', () => channel.destroy());
      channel.on('error', () => socket.destroy());
      channel.on('close', () => socket.destroy());
      channel.pipe(socket).pipe(channel);
    });
  });
  let sessions = 0;
  connection.on('session', (accept, reject) => {
    if (options.refuseSession?.(sessions)) {
      reject();
      return;
    }
    sessions++;
    const session = accept();
    session.on('close', () => sessions--);
    session.on('exec', (acceptExec, _reject, {command}) => run(acceptExec(), command, options, children));
  });
}

function run(channel: ServerChannel, command: string, options: SshMachineOptions, children: Set<ChildProcess>): void {
  if (options.profile) channel.write(options.profile);
  // As below sshd, the command leads a session and a process group.
  const child = spawn(options.shell ?? '/bin/sh', ['-c', command], {detached: true, stdio: 'pipe'});
  children.add(child);
  channel.on('error', () => {});
  child.stdin.on('error', () => {});
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, {end: false});
  child.stderr.pipe(channel.stderr, {end: false});
  let ended: (() => void) | undefined;
  child.once('exit', (code, signal) => {
    children.delete(child);
    ended = () => {
      channel.exit((signal ? signal.replace(/^SIG/, '') : (code ?? 0)) as never);
    };
    ended();
  });
  child.once('close', () => {
    channel.end();
    channel.close();
  });
  channel.once('close', () => {
    // As sshd does: what runs is left running, and its output goes nowhere.
    child.stdin.destroy();
    child.stdout.destroy();
    child.stderr.destroy();
  });
}

function killGroup({pid}: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}
