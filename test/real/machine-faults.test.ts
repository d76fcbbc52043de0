import {Readable} from 'node:stream';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import type {Remote, RemoteCommand, SshCredential} from '../../src/engine/machine-tools.ts';
import {type Problem, problemOf} from '../../src/engine/problem.ts';
import type {SshLimits} from '../../src/engine/remote/limits.ts';
import {Secret} from '../../src/engine/secret.ts';
import {type Host, type Lab, startLab, whyNoLab} from '../lab/lab.ts';
import type {LoginName} from '../lab/logins.ts';
import {tellObstacle} from '../lab/obstacles.ts';
import {productSsh, targetOf} from '../lab/product-ssh.ts';

const obstacle = tellObstacle('Tests of what goes wrong with machines', whyNoLab());

const never = new AbortController().signal;

/** So that a machine which is gone is given up in seconds. */
const impatient = {keepaliveMs: 500, keepaliveMisses: 3, reconnectMs: 1_000, connectMs: 2_000, turnedAwayMs: 2_000};

describe.skipIf(obstacle)('a machine on which something is wrong', () => {
  let lab: Lab;
  let host: Host;
  const open: Remote[] = [];

  beforeAll(async () => {
    lab = await startLab({hosts: 1});
    [host] = lab.hosts as [Host];
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((remote) => remote.close()));
  });
  afterAll(() => lab?.close());

  const sshWith = (limits: Partial<SshLimits> = {}) => productSsh(lab.knownHosts(), limits);
  const connect = async (login: LoginName, {ssh = sshWith(), credentials = [] as readonly SshCredential[]} = {}) => {
    const remote = await ssh.connect(targetOf(host, login, ...credentials), never);
    open.push(remote);
    return remote;
  };
  const failing = (work: Promise<unknown>): Promise<Problem> =>
    work.then(
      () => {
        throw new Error('it did not fail');
      },
      (error: unknown) => problemOf(error),
    );

  describe('before anything runs', () => {
    test('refuses the connection', async () => {
      await host.sh('kill "$(cat /run/sshd.pid)"; while [ -e /run/sshd.pid ]; do sleep 0.02; done');
      const problem = await failing(connect('admin'));
      await host.sshd({});
      expect(problem).toMatchObject({
        code: 'machine-unreachable',
        machine: 'node-1',
        message: expect.stringContaining('refused'),
      });
    });

    test.each(['cut', 'kill'] as const)('does not answer (%s)', async (how) => {
      await host[how]();
      const problem = await failing(connect('admin', {ssh: sshWith(impatient)}));
      await (how === 'cut' ? host.join() : host.start());
      expect(problem).toMatchObject({code: 'machine-unreachable', message: expect.stringContaining('did not answer')});
      expect(await run(await connect('admin'), {script: 'echo back'})).toMatchObject({exit: 0, out: 'back\n'});
    });

    test('drops connections that are not logged in yet, and all come in all the same', async () => {
      await host.sshd({MaxStartups: '2:100:2'});
      const ssh = sshWith();
      const remotes = await Promise.all(Array.from({length: 12}, () => connect('admin', {ssh})));
      await host.sshd({});
      const said = await Promise.all(remotes.map((remote, index) => run(remote, {script: `echo ${index}`})));
      expect(said.map(({out}) => out)).toEqual(remotes.map((_, index) => `${index}\n`));
    });

    test('drops all of them, and that is said', async () => {
      // Whoever is connected and says nothing holds the only place.
      await host.sshd({MaxStartups: '1:100:1'});
      await host.sh(
        '{ sleep 100 | bash -c "exec 3<> /dev/tcp/127.0.0.1/22; cat >&3"; } > /dev/null 2>&1 & echo $! > /run/holder',
      );
      await expect.poll(() => host.sh('ps ax'), {timeout: 30_000}).toContain('1 of 1-1 startups');
      const problem = await failing(connect('admin', {ssh: sshWith(impatient)}));
      await host.sshd({});
      await host.sh('kill "$(cat /run/holder)"');
      expect(problem).toMatchObject({code: 'machine-unreachable', hint: expect.stringContaining('MaxStartups')});
    });

    test('lets nobody in with a wrong password, a wrong key or a key without its passphrase', async () => {
      const wrong = 'not the password';
      const refused = await failing(connect('admin', {credentials: [{kind: 'password', password: new Secret(wrong)}]}));
      expect(refused).toMatchObject({code: 'login-refused', machine: 'node-1'});
      expect(JSON.stringify(refused)).not.toContain(wrong);
      expect(await failing(connect('admin', {credentials: [{kind: 'key', file: lab.keys.stranger}]}))).toMatchObject({
        code: 'login-refused',
      });
      const {file, passphrase} = lab.keys.locked;
      expect(await failing(connect('admin', {credentials: [{kind: 'key', file}]}))).toMatchObject({
        code: 'secret-missing',
      });
      const secret = new Secret(passphrase);
      await connect('admin', {credentials: [{kind: 'key', file, passphrase: secret}]});
    });

    test('shows another host key than before, and is sent nothing', async () => {
      const ssh = sshWith();
      await host.newHostKeys();
      expect(await failing(connect('admin', {ssh}))).toMatchObject({code: 'host-key-changed', machine: 'node-1'});
      expect(await failing(connect('admin', {ssh: productSsh('')}))).toMatchObject({code: 'host-key-unknown'});
      await connect('admin');
    });
  });

  describe('while a command runs', () => {
    test('is cut off for a moment: the command goes on and nothing of it is lost', async () => {
      const remote = await connect('admin');
      const begun = Promise.withResolvers<number>();
      const running = run(remote, {script: 'for i in $(seq 20); do echo $i; sleep 0.1; done; exit 3'}, begun.resolve);
      await begun.promise;
      await host.cut();
      await host.sh('sleep 1');
      await host.join();
      const lines = Array.from({length: 20}, (_, index) => `${index + 1}\n`);
      expect(await running).toMatchObject({exit: 3, out: lines.join('')});
    });

    test.each(['cut', 'kill'] as const)('is gone for good (%s), which is said with what may still run', async (how) => {
      const remote = await connect('admin', {ssh: sshWith(impatient)});
      const begun = Promise.withResolvers<number>();
      const running = failing(run(remote, {script: 'sleep 1000'}, begun.resolve));
      const group = await begun.promise;
      await host[how]();
      expect(await running).toMatchObject({
        code: 'machine-lost',
        machine: 'node-1',
        detail: expect.stringContaining(String(group)),
      });
      await (how === 'cut' ? host.join() : host.start());
      const again = await connect('admin');
      await again.endGroup(group, never);
      expect(await again.isAlive(group, never)).toBe(false);
      expect(await host.sh('pgrep -fx "sleep 1000" || true')).toBe('');
    });

    test('is cut off in the middle of an upload', async () => {
      const remote = await connect('admin', {ssh: sshWith(impatient)});
      const cut = Promise.withResolvers<void>();
      const halfway = Promise.withResolvers<void>();
      async function* source() {
        for (let count = 0; count < 64; count++) {
          if (count === 32) halfway.resolve();
          if (count === 32) await cut.promise;
          yield Buffer.alloc(100_000, count);
        }
      }
      const script = 'cat > upload.part && mv upload.part upload';
      const running = failing(run(remote, {script, stdin: Readable.from(source())}));
      await halfway.promise;
      await host.cut();
      cut.resolve();
      expect(await running).toMatchObject({code: 'machine-lost'});
      await host.join();
      expect(await host.sh('ls /home/admin/upload 2> /dev/null || true')).toBe('');
      const again = await connect('admin');
      expect(await run(again, {script, stdin: Buffer.alloc(6_400_000)})).toMatchObject({exit: 0});
      expect(await host.sh('stat -c %s /home/admin/upload; rm /home/admin/upload*')).toBe('6400000\n');
    });

    test('runs a script that never ends, until it is stopped', async () => {
      const remote = await connect('admin');
      const stop = new AbortController();
      const reason = new Error('stopped');
      const begun = Promise.withResolvers<number>();
      const running = remote.run(
        {script: 'while :; do echo on; sleep 0.05; done | cat'},
        {begun: begun.resolve, stdout: () => stop.abort(reason)},
        stop.signal,
      );
      await expect(running).rejects.toBe(reason);
      expect(await processesOf(await begun.promise)).toBe('');
    });

    test('runs one that ignores TERM, until it is killed', async () => {
      const remote = await connect('admin', {ssh: sshWith({killMs: 500})});
      const stop = new AbortController();
      const begun = Promise.withResolvers<number>();
      const running = remote.run(
        {script: 'trap "" TERM HUP INT; (trap "" TERM HUP; sleep 1000) & echo on; while :; do sleep 0.1; done'},
        {begun: begun.resolve, stdout: () => stop.abort(new Error('stopped'))},
        stop.signal,
      );
      await expect(running).rejects.toThrow('stopped');
      expect(await processesOf(await begun.promise)).toBe('');
    });

    test('runs one that prints 100 MB', async () => {
      const remote = await connect('admin');
      const heard = {stdout: 0, stderr: 0};
      const end = await remote.run(
        {script: 'head -c 100000000 /dev/zero; echo end >&2; exit 5'},
        {stdout: ({length}) => (heard.stdout += length), stderr: ({length}) => (heard.stderr += length)},
        never,
      );
      expect({...end, ...heard}).toEqual({exit: 5, stdout: 100_000_000, stderr: 4});
    });
  });

  describe('in its accounts, disks and clock', () => {
    test.each(['noisy', 'dash', 'fish', 'tcsh'] as const)(
      'a script does the same by the login shell and profile of %s, and under sudo',
      async (login) => {
        const remote = await connect(login);
        const words = ["it's", 'a  b', '$HOME `id` "x" !!', 'line\nend', ''];
        const script = 'for word; do printf "<%s>" "$word"; done; id -u; echo to err >&2; exit 7';
        const out = words.map((word) => `<${word}>`).join('');
        const own = await run(remote, {script, args: words});
        expect(own).toMatchObject({exit: 7, err: 'to err\n', out: expect.stringMatching(/^<it's>[\s\S]*<>\d{4}\n$/)});
        expect(await run(remote, {script, args: words, sudo: true})).toEqual({
          exit: 7,
          out: `${out}0\n`,
          err: 'to err\n',
        });
      },
    );

    test('sudo refuses a wrong password and who is not in sudoers, and both are told apart', async () => {
      const ssh = sshWith();
      const key = {kind: 'key', file: lab.keys.plain} as const;
      const target = {...targetOf(host, 'admin', key), sudoPassword: new Secret('not his')};
      const admin = await ssh.connect(target, never);
      open.push(admin);
      const wrong = await failing(run(admin, {script: 'id', sudo: true}));
      const guest = await failing(run(await connect('guest'), {script: 'id', sudo: true}));
      expect([wrong.code, guest.code]).toEqual(['sudo-refused', 'sudo-refused']);
      expect(wrong.message).not.toBe(guest.message);
      expect(guest.message).toContain('does not let guest');
      expect(JSON.stringify([wrong, guest])).not.toContain('not his');
    });

    test.each(['full', 'read-only'] as const)(
      'commands run where the home is %s, and say what they could not do',
      async (how) => {
        await (how === 'full' ? host.fillDisk('/home') : host.makeReadOnly('/home/admin'));
        try {
          const remote = await connect('admin');
          expect(await run(remote, {script: 'echo fine'})).toEqual({exit: 0, out: 'fine\n', err: ''});
          const {exit, err} = await run(remote, {script: 'echo text > file'});
          expect({exit, said: /No space left|I\/O error|Read-only|read-only/.test(err)}).toEqual({
            exit: expect.any(Number),
            said: true,
          });
          expect(exit).not.toBe(0);
          await remote.close();
        } finally {
          await host.mend(how === 'full' ? '/home' : '/home/admin');
        }
      },
    );

    test('a clock that is ten minutes off is that of commands, and moves no deadline', async () => {
      await host.clock(10);
      try {
        const remote = await connect('admin');
        const before = Math.floor(Date.now() / 1000);
        const {out} = await run(remote, {script: 'date +%s'});
        expect(Number(out)).toBeGreaterThanOrEqual(before + 600);
        expect(await failing(run(remote, {script: 'sleep 1000', deadlineMs: 500}))).toMatchObject({
          code: 'deadline-passed',
        });
        expect(await run(remote, {script: 'sleep 0.2; echo in time', deadlineMs: 60_000})).toMatchObject({exit: 0});
      } finally {
        await host.clock(0);
      }
    });

    test("two operators at once do not come into each other's way", async () => {
      const [one, two] = await Promise.all([connect('admin', {ssh: sshWith()}), connect('admin', {ssh: sshWith()})]);
      const begun = Promise.withResolvers<number>();
      const staying = run(
        two,
        {script: 'read -r word; echo "$word"', stdin: Readable.from(late()), sudo: true},
        begun.resolve,
      );
      async function* late() {
        await gone.promise;
        yield 'still here\n';
      }
      const gone = Promise.withResolvers<void>();
      await begun.promise;
      const said = await Promise.all(
        [one, two].flatMap((remote, who) =>
          Array.from({length: 10}, (_, index) => run(remote, {script: `echo ${who} ${index}`, sudo: index % 2 === 0})),
        ),
      );
      expect(said.map(({out}) => out)).toEqual(said.map((_, index) => `${Math.floor(index / 10)} ${index % 10}\n`));
      await one.close();
      gone.resolve();
      expect(await staying).toMatchObject({exit: 0, out: 'still here\n'});
    });
  });

  /** What of a process group is there on the host, past the code under test. */
  const processesOf = (group: number) => host.sh(`ps -o pid=,args= -g ${group} | grep -v defunct || true`);
});

async function run(remote: Remote, command: RemoteCommand, begun: (group: number) => void = () => {}) {
  const out: Uint8Array[] = [];
  const err: Uint8Array[] = [];
  const watch = {begun, stdout: (bytes: Uint8Array) => out.push(bytes), stderr: (bytes: Uint8Array) => err.push(bytes)};
  const end = await remote.run(command, watch, never);
  return {...end, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString()};
}
