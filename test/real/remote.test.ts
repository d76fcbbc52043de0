import {spawnSync} from 'node:child_process';
import {Readable} from 'node:stream';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {createClock} from '../../src/engine/clock.ts';
import type {Remote, RemoteCommand, SshCredential, SshTarget} from '../../src/engine/machine-tools.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {createSsh} from '../../src/engine/remote/create-ssh.ts';
import {hostKeyBook} from '../../src/engine/remote/host-key-book.ts';
import {readKnownHosts} from '../../src/engine/remote/known-hosts.ts';
import type {SshLimits} from '../../src/engine/remote/limits.ts';
import {Secret} from '../../src/engine/secret.ts';
import {type logins as allLogins, type Host, type Lab, logins, startLab, whyNoLab} from '../lab/lab.ts';
import {tellObstacle} from '../lab/obstacles.ts';
import {remoteContract} from '../remote/contract.ts';
import {never, until} from '../remote/waiting.ts';

type LoginName = keyof typeof allLogins;

const obstacle = tellObstacle('Tests of machines over SSH', whyNoLab());

describe.skipIf(obstacle)('a machine with a stock sshd', () => {
  let lab: Lab;
  let host: Host;
  let other: Host;
  beforeAll(async () => {
    lab = await startLab({hosts: 2});
    [host, other] = lab.hosts as [Host, Host];
  });
  afterAll(() => lab?.close());

  const sshOf = (limits: Partial<SshLimits> = {}) => {
    const known = readKnownHosts(lab.knownHosts(), 'known_hosts').entries;
    return createSsh({
      hostKeys: hostKeyBook([], [{name: 'known_hosts', entries: known}]),
      clock: createClock(),
      limits,
    });
  };
  const passwordOf = (login: LoginName): SshCredential => ({
    kind: 'password',
    password: new Secret(logins[login].password),
  });
  const targetOf = (login: LoginName, more: Partial<SshTarget> = {}): SshTarget => ({
    name: host.name,
    address: host.address,
    port: 22,
    user: login,
    credentials: [passwordOf(login)],
    ...more,
  });
  const withRemote = async <T>(target: SshTarget, work: (remote: Remote) => Promise<T>, limits = {}): Promise<T> => {
    const remote = await sshOf(limits).connect(target, never);
    try {
      return await work(remote);
    } finally {
      await remote.close();
    }
  };
  const hear = async (remote: Remote, command: RemoteCommand) => {
    const said = {out: '', err: ''};
    const end = await remote.run(
      command,
      {
        stdout: (bytes) => (said.out += String(Buffer.from(bytes))),
        stderr: (bytes) => (said.err += String(Buffer.from(bytes))),
      },
      never,
    );
    return {...end, ...said};
  };
  const problemFrom = async (work: Promise<unknown>) =>
    problemOf(
      await work.then(
        () => undefined,
        (error) => error,
      ),
    );

  const sudoDefault = (name: string) =>
    host.sh(`cp -p /etc/sudoers /etc/sudoers.before && echo 'Defaults ${name}' >>/etc/sudoers`);
  const sudoAsBefore = () => host.sh('mv /etc/sudoers.before /etc/sudoers');

  remoteContract('keeps the contract', async () => {
    const target = targetOf('admin');
    return {
      ssh: sshOf(),
      target,
      isAlive: async (group) => {
        const found = await host.sh(`ps -o stat= -g ${group} 2>/dev/null | grep -v '^Z' || :`);
        return found.trim() !== '';
      },
      close: async () => {},
    };
  });

  test.each(Object.keys(logins) as LoginName[])('%s runs scripts, whatever its shell and profile do', async (login) => {
    await withRemote(targetOf(login), async (remote) => {
      const heard = await hear(remote, {
        script: 'id -un; echo "$1" >&2; cat; exit 9',
        args: ["it's !x\\"],
        stdin: 'data',
      });
      expect(heard).toEqual({exit: 9, out: `${login}\ndata`, err: "it's !x\\\n"});
    });
  });

  test.each(['admin', 'deploy', 'root', 'dash', 'fish', 'tcsh', 'noisy'] as const)(
    '%s runs a whole script as root, which reads its stdin',
    async (login) => {
      await withRemote(targetOf(login), async (remote) => {
        const heard = await hear(remote, {script: 'id -un; id -u; cat; exit 3', sudo: true, stdin: 'data'});
        expect(heard).toEqual({exit: 3, out: 'root\n0\ndata', err: ''});
        expect(await remote.run({script: 'kill -KILL $$', sudo: true}, {}, never)).toEqual({signal: 'SIGKILL'});
      });
    },
  );

  test('a script as root that is aborted is ended with all it started', async () => {
    await withRemote(targetOf('admin'), async (remote) => {
      const stop = new AbortController();
      const running = remote.run(
        {script: 'sleep 4242 & echo on; wait', sudo: true},
        {stdout: () => stop.abort(new Error('stopped'))},
        stop.signal,
      );
      await expect(running).rejects.toThrow('stopped');
      expect(await host.sh('pgrep -fc "^sleep 4242" || :')).toBe('0\n');
    });
  });

  test('a script that ignores TERM is killed', async () => {
    const stop = new AbortController();
    await withRemote(
      targetOf('admin'),
      async (remote) => {
        const running = remote.run(
          {script: "trap '' TERM; echo on; while :; do sleep 4343; done"},
          {stdout: () => stop.abort(new Error('stopped'))},
          stop.signal,
        );
        await expect(running).rejects.toThrow('stopped');
        expect(await host.sh('pgrep -fc "^sleep 4343" || :')).toBe('0\n');
      },
      {killMs: 500},
    );
  });

  describe('with a sudo that gives every command a terminal of its own (use_pty)', () => {
    beforeAll(() => sudoDefault('use_pty'));
    afterAll(() => sudoAsBefore());

    test('a script reads its stdin and tells its end', async () => {
      await withRemote(targetOf('admin'), async (remote) => {
        const stdin = 'x'.repeat(3_000_000);
        const heard = await hear(remote, {script: 'id -un; wc -c; echo err >&2; exit 3', sudo: true, stdin});
        expect(heard).toEqual({exit: 3, out: 'root\n3000000\n', err: 'err\n'});
        expect(await remote.run({script: 'kill -KILL $$', sudo: true}, {}, never)).toEqual({signal: 'SIGKILL'});
      });
    });

    test('a script that is aborted is ended with all it started', async () => {
      await withRemote(targetOf('admin'), async (remote) => {
        const stop = new AbortController();
        const running = remote.run(
          {script: 'sleep 4545 & echo on; wait', sudo: true},
          {stdout: () => stop.abort(new Error('stopped'))},
          stop.signal,
        );
        await expect(running).rejects.toThrow('stopped');
        expect(await host.sh('pgrep -fc "^sleep 4545" || :')).toBe('0\n');
      });
    });
  });

  test('sudo that wants a terminal says so', async () => {
    await sudoDefault('requiretty');
    try {
      await withRemote(targetOf('admin'), async (remote) => {
        const problem = await problemFrom(remote.run({script: 'true', sudo: true}, {}, never));
        expect(problem).toMatchObject({code: 'sudo-refused', message: 'sudo on node-1 wants a terminal.'});
      });
    } finally {
      await sudoAsBefore();
    }
  });

  test('sudo that refuses says why, and nothing runs', async () => {
    const refusal = (target: SshTarget) =>
      withRemote(target, (remote) => problemFrom(remote.run({script: 'touch /tmp/ran', sudo: true}, {}, never)));
    expect(await refusal(targetOf('admin', {sudoPassword: new Secret('not it')}))).toMatchObject({
      code: 'sudo-refused',
      message: 'sudo on node-1 refuses the password of admin.',
      machine: 'node-1',
    });
    expect(await refusal(targetOf('guest'))).toMatchObject({
      code: 'sudo-refused',
      message: 'sudo on node-1 does not let guest run commands as root.',
    });
    const key: SshCredential = {kind: 'key', file: lab.keys.plain};
    expect(await refusal(targetOf('admin', {credentials: [key]}))).toMatchObject({code: 'secret-missing'});
    expect(await host.sh('ls /tmp/ran 2>&1 || :')).toContain('No such file');
  });

  test('no password is seen among the processes, in the journal of sudo or in an output', async () => {
    await withRemote(targetOf('admin'), async (remote) => {
      const script = 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"';
      const {out, err} = await hear(remote, {script, sudo: true});
      expect(out).toContain('/bin/sh');
      expect(out + err).not.toContain(logins.admin.password);
    });
  });

  test('keys of every kind let in, several credentials are tried in order', async () => {
    const keys: SshCredential[] = [
      {kind: 'key', file: lab.keys.stranger},
      {kind: 'key', file: lab.keys.locked.file, passphrase: new Secret(lab.keys.locked.passphrase)},
    ];
    await withRemote(targetOf('admin', {credentials: keys}), async (remote) => {
      expect(await hear(remote, {script: 'id -un'})).toMatchObject({out: 'admin\n'});
    });
  });

  test('an agent lets in with the key it holds', async ({skip}) => {
    const agent = spawnSync('ssh-agent', ['-s'], {encoding: 'utf8'});
    if (agent.error) skip('there is no ssh-agent');
    const [, socket = ''] = /SSH_AUTH_SOCK=([^;]+);/.exec(agent.stdout) ?? [];
    const [, pid = ''] = /SSH_AGENT_PID=(\d+);/.exec(agent.stdout) ?? [];
    try {
      const added = spawnSync('ssh-add', ['-q', lab.keys.plain], {env: {...process.env, SSH_AUTH_SOCK: socket}});
      expect(added.status).toBe(0);
      await withRemote(targetOf('admin', {credentials: [{kind: 'agent', socket}]}), async (remote) => {
        expect(await hear(remote, {script: 'id -un'})).toMatchObject({out: 'admin\n'});
      });
    } finally {
      process.kill(Number(pid));
    }
  });

  test('a login that is refused says what was tried and what is taken', async () => {
    const credentials: SshCredential[] = [
      {kind: 'key', file: lab.keys.stranger},
      {kind: 'password', password: new Secret('wrong')},
    ];
    const problem = await problemFrom(sshOf().connect(targetOf('admin', {credentials}), never));
    expect(problem).toMatchObject({code: 'login-refused', machine: 'node-1'});
    expect(problem.detail).toBe(`the key ${lab.keys.stranger} was refused\nthe password was refused`);
    expect(problem.hint).toContain('publickey');
    expect(JSON.stringify(problem)).not.toContain('wrong');
  });

  test('a key with a passphrase that nobody gave is what is missing', async () => {
    const credentials: SshCredential[] = [{kind: 'key', file: lab.keys.locked.file}];
    const problem = await problemFrom(sshOf().connect(targetOf('admin', {credentials}), never));
    expect(problem).toMatchObject({code: 'secret-missing', machine: 'node-1'});
  });

  test('all host keys of a machine are shown without logging in', async () => {
    const keys = await sshOf().hostKeys(targetOf('admin', {credentials: []}), never);
    const printed = await host.sh('cat /etc/ssh/ssh_host_*_key.pub');
    expect(keys.map(({type, blob}) => `${type} ${blob}`).sort()).toEqual(
      printed
        .trim()
        .split('\n')
        .map((line) => line.split(' ').slice(0, 2).join(' '))
        .sort(),
    );
  });

  test('another machine is reached through this one, whose host key is checked as well', async () => {
    const target = targetOf('admin', {name: other.name, address: other.address, jump: targetOf('deploy')});
    await withRemote(target, async (remote) => {
      expect(await hear(remote, {script: 'hostname'})).toMatchObject({out: 'node-2\n'});
    });
    const nobody = createSsh({hostKeys: hostKeyBook([], []), clock: createClock()});
    expect(await problemFrom(nobody.connect(target, never))).toMatchObject({
      code: 'host-key-unknown',
      machine: 'node-1',
    });
    const closed = {...target, address: '127.0.0.1', port: 1};
    const problem = await problemFrom(sshOf().connect(closed, never));
    expect(problem).toMatchObject({
      code: 'machine-unreachable',
      message: expect.stringContaining('node-1 could not connect'),
    });
  });

  test('an address of IPv6 is reached', async ({skip}) => {
    if (host.address6 === undefined) skip('this computer has no IPv6');
    await withRemote(targetOf('admin', {address: host.address6 ?? ''}), async (remote) => {
      expect(await hear(remote, {script: 'id -un'})).toMatchObject({out: 'admin\n'});
    });
  });

  test('many logins at once are paced so that all get in', async () => {
    await host.sshd({MaxStartups: '3:50:6'});
    try {
      const ssh = sshOf();
      const target = targetOf('admin', {credentials: [{kind: 'key', file: lab.keys.plain}]});
      const remotes = await Promise.all(Array.from({length: 40}, () => ssh.connect(target, never)));
      expect(remotes.length).toBe(40);
      await Promise.all(remotes.map((remote) => remote.close()));
    } finally {
      await host.sshd({});
    }
  });

  test('a read-only home and a read-only /tmp do not keep scripts from running, nor their end from being known', async () => {
    await host.makeReadOnly('/home');
    await host.makeReadOnly('/tmp');
    try {
      await withRemote(targetOf('admin'), async (remote) => {
        expect(await hear(remote, {script: 'echo fine; exit 4'})).toMatchObject({exit: 4, out: 'fine\n'});
      });
    } finally {
      await host.mend('/tmp');
      await host.mend('/home');
    }
  });

  test('a machine that is cut off in the middle of a command is noticed, and its exit code is had when it is back', async () => {
    const target = targetOf('admin', {credentials: [{kind: 'key', file: lab.keys.plain}]});
    const limits = {keepaliveMs: 300, keepaliveMisses: 2, connectMs: 2_000};
    await withRemote(
      target,
      async (remote) => {
        const begun = Promise.withResolvers<number>();
        const running = remote.run({script: 'sleep 3; exit 21'}, {begun: begun.resolve}, never);
        await begun.promise;
        await host.cut();
        setTimeout(() => void host.join(), 4_000);
        expect(await running).toEqual({exit: 21});
      },
      limits,
    );
  });

  test('a machine that is started anew in the middle of a command says that it is lost', async () => {
    const target = targetOf('admin', {credentials: [{kind: 'key', file: lab.keys.plain}]});
    await withRemote(
      target,
      async (remote) => {
        const begun = Promise.withResolvers<number>();
        const running = remote.run({script: 'sleep 1000'}, {begun: begun.resolve}, never);
        const lost = problemFrom(running);
        const group = await begun.promise;
        await host.kill();
        await host.start();
        expect(await lost).toMatchObject({code: 'machine-lost', detail: `processGroup: ${group}`});
        expect(await remote.isAlive(group, never)).toBe(false);
      },
      {keepaliveMs: 300, keepaliveMisses: 2, connectMs: 2_000},
    );
  });

  test('a shell in a terminal has its size and colours, and tells how it ended', async () => {
    await withRemote(targetOf('admin'), async (remote) => {
      const shell = await remote.shell(
        {columns: 77, rows: 33, script: 'stty size; echo "$TERM it\'s"; read x; stty size; exit 6'},
        never,
      );
      let seen = '';
      shell.onOutput((bytes) => (seen += String(Buffer.from(bytes))));
      await until(() => seen.includes("it's"));
      expect(seen).toContain('33 77');
      expect(seen).toContain("xterm-256color it's");
      shell.resize(100, 40);
      shell.write('\r');
      expect(await shell.ended).toEqual({exit: 6});
      expect(seen).toContain('40 100');
    });
  });

  test('a login shell that is hung up is gone', async () => {
    await withRemote(targetOf('guest'), async (remote) => {
      const shell = await remote.shell({columns: 80, rows: 24}, never);
      shell.write('exec sleep 4444\r');
      let count = '';
      while (count !== '1\n') count = await host.sh('pgrep -fc "^sleep 4444" || :');
      shell.close();
      await shell.ended;
      while (count !== '0\n') count = await host.sh('pgrep -fc "^sleep 4444" || :');
    });
  });

  test('an upload that is cut off is lost and not taken for whole', async () => {
    const target = targetOf('admin', {credentials: [{kind: 'key', file: lab.keys.plain}]});
    await withRemote(
      target,
      async (remote) => {
        async function* source() {
          for (let count = 0; ; count++) {
            if (count === 10) await host.cut();
            if (count === 20) setTimeout(() => void host.join(), 1_500);
            yield Buffer.alloc(500_000);
          }
        }
        const running = remote.run({script: 'cat >/dev/null', stdin: Readable.from(source())}, {}, never);
        expect(await problemFrom(running)).toMatchObject({code: 'machine-lost'});
      },
      {keepaliveMs: 300, keepaliveMisses: 2, connectMs: 2_000},
    );
  });
});
