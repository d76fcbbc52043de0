// node bench/ssh-farm.ts, with an IPC channel: a thousand machines in one process. An SSH server at every address
// of this computer that lets `login` in and answers what the program asks without starting a process for it, so that what is
// measured beside it is the program. Says {"port","hostKey"} once it listens; to anything it is sent, how many machines
// have told their facts; ends when the channel does.
import {execFileSync} from 'node:child_process';
import {type AddressInfo, createServer, type Socket} from 'node:net';
import {join} from 'node:path';
import ssh2, {type Connection, type Server, type ServerChannel} from 'ssh2';
import {readFactsScript} from '../src/engine/machines/facts/read-facts.ts';
import {makeKeyPair} from '../test/helpers/key-pair.ts';
import {root} from './program.ts';
import {type FarmAnswered, type FarmReady, login, machineName} from './start-farm.ts';

const factsScript = await readFactsScript(join(root, 'assets'));
const recordedMark = '0123456789abcdef01234567';
/** One real answer, of this computer. */
const recordedFacts = execFileSync('/bin/sh', ['-c', factsScript, 'sh', recordedMark, '4', 'leave-sudo'], {
  encoding: 'utf8',
});
const answered = new Set<string>();

const hostKey = makeKeyPair();
const servers = new Map<string, Server>();
const door = createServer({noDelay: true}, (socket) => {
  socket.on('error', () => {});
  const address = socket.localAddress ?? '';
  const server = servers.get(address) ?? serverOf(address);
  // What ssh2's own listening socket does with a connection; its types leave it out.
  (server as unknown as {injectSocket(socket: Socket): void}).injectSocket(socket);
});
door.listen({port: 0, host: '0.0.0.0', backlog: 1024}, () => {
  const {port} = door.address() as AddressInfo;
  process.send?.({port, hostKey: hostKey.public} satisfies FarmReady);
});
process.on('message', () => process.send?.({answered: answered.size} satisfies FarmAnswered));
process.on('disconnect', () => process.exit());

function serverOf(address: string): Server {
  const server = new ssh2.Server({hostKeys: [hostKey.private]}, (connection) => serve(connection, address));
  servers.set(address, server);
  return server;
}

function serve(connection: Connection, address: string): void {
  connection.on('error', () => {});
  connection.on('authentication', (context) => {
    if (context.method === 'password' && context.username === login.user && context.password === login.password)
      context.accept();
    else context.reject(['password']);
  });
  connection.on('session', (accept) => {
    accept().on('exec', (acceptExec, _reject, {command}) => execute(acceptExec(), command, address));
  });
}

/** Does what remote/begin-script.ts has a machine do: hears the keeper, announces the script, hears it, answers. */
function execute(channel: ServerChannel, command: string, address: string): void {
  const keeperBytes = Number(/head -c (\d+)/.exec(command)?.[1]);
  let heard = Buffer.alloc(0);
  let script: {readonly mark: string; readonly bytes: number} | undefined;
  channel.on('error', () => {});
  channel.on('data', (bytes: Buffer) => {
    heard = Buffer.concat([heard, bytes]);
    if (!script && heard.length >= keeperBytes) {
      const keeper = heard.toString('utf8', 0, keeperBytes);
      heard = heard.subarray(keeperBytes);
      script = {mark: valueIn(keeper, 'mark'), bytes: Number(valueIn(keeper, 'bytes'))};
      const name = valueIn(keeper, 'name');
      const folder = valueIn(keeper, 'folder') || (name && `/tmp/${name}`);
      // Process group, keeper, when that started, sshd, and where it is kept how the script ends.
      channel.write(`${script.mark} 4242 4241 100 4240 ${folder}\n`);
      channel.stderr.write(`${script.mark}\n`);
    }
    if (!script || heard.length < script.bytes) return;
    channel.removeAllListeners('data').resume();
    channel.write(answerTo(heard.toString('utf8', 0, script.bytes), address));
    channel.exit(0);
    channel.end();
    channel.close();
  });
}

function valueIn(keeper: string, name: string): string {
  return new RegExp(`^pt_${name}='([^']*)'$`, 'm').exec(keeper)?.[1] ?? '';
}

function answerTo(script: string, address: string): string {
  if (!script.includes(factsScript)) return 'ready\n';
  answered.add(address);
  const mark = /^set -- '(\w+)'/.exec(script)?.[1] ?? '';
  return recordedFacts
    .replaceAll(recordedMark, mark)
    .replace(/^(\w+ host ).*/m, `$1${machineName(address)}`)
    .replace(/^(\w+ time ).*/m, `$1${Date.now() / 1000}`);
}
