import {existsSync} from 'node:fs';
import {hostname} from 'node:os';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Host, type Lab, logins, startLab, whyNoLab} from '../lab/lab.ts';
import {type OpensshLogin, openssh} from '../lab/openssh.ts';

const obstacle = whyNoLab();
if (obstacle) console.error(`Tests on lab hosts are skipped: ${obstacle}.`);

describe.skipIf(obstacle)('hosts of a lab', () => {
  let lab: Lab;
  let one: Host;
  let two: Host;
  const ssh = (host: Host, login: OpensshLogin, command: string, input?: string) =>
    openssh(lab, host, login, command, input);
  const asRoot = () => ({user: 'root', key: lab.keys.plain});

  beforeAll(async () => {
    lab = await startLab({hosts: 2});
    [one, two] = lab.hosts as [Host, Host];
  });
  afterAll(() => lab?.close());

  test.each(Object.values(logins))('$user logs in with password and key', async ({user, password}) => {
    for (const login of [
      {user, password},
      {user, key: lab.keys.plain},
    ]) {
      const {exit, stdout, stderr} = await ssh(one, login, 'id -un');
      expect({exit, last: stdout.trim().split('\n').at(-1)}, stderr).toEqual({exit: 0, last: user});
    }
  });

  test('a key with a passphrase logs in, a stranger with a key or a password does not', async () => {
    const {file, passphrase} = lab.keys.locked;
    expect(await ssh(one, {user: 'admin', key: file, passphrase}, 'echo in')).toMatchObject({exit: 0, stdout: 'in\n'});
    expect(await ssh(one, {user: 'admin', key: file, passphrase: 'other'}, 'echo in')).toMatchObject({exit: 255});
    expect(await ssh(one, {user: 'admin', key: lab.keys.stranger}, 'echo in')).toMatchObject({exit: 255});
    expect((await ssh(one, {user: 'admin', password: 'wrong'}, 'echo in')).stderr).toContain('Permission denied');
  });

  test('sudo asks admin for the password, deploy for nothing, and guest is not in sudoers', async () => {
    const key = lab.keys.plain;
    const {password} = logins.admin;
    expect(await ssh(one, {user: 'admin', key}, 'sudo -S -p "" id -u', `${password}\n`)).toMatchObject({stdout: '0\n'});
    expect((await ssh(one, {user: 'admin', key}, 'sudo -n id -u')).stderr).toContain('a password is required');
    expect(await ssh(one, {user: 'deploy', key}, 'sudo -n id -u')).toMatchObject({stdout: '0\n'});
    const guest = await ssh(one, {user: 'guest', key}, 'sudo -S -p "" id -u', `${logins.guest.password}\n`);
    expect(guest.stderr).toContain('guest is not in the sudoers file');
  });

  test('each login has its shell, and the noisy one its noise', async () => {
    const key = lab.keys.plain;
    for (const user of ['dash', 'fish', 'tcsh'])
      expect((await ssh(one, {user, key}, "sh -c 'ps -o comm= -p $PPID'; true")).stdout).toContain(user);
    const noisy = await ssh(one, {user: 'noisy', key}, 'pwd');
    expect(noisy.stdout).toContain('Quota: 93% used');
    expect(noisy.stderr).toContain('perl: warning');
  });

  test('each is a machine of its own', async () => {
    const facts = 'hostname; cat /etc/machine-id; cat /etc/ssh/ssh_host_*.pub; ls -d /proc/[0-9]* | wc -l';
    const [first, second] = await Promise.all(
      [one, two].map(async (host) => (await host.sh(facts)).trim().split('\n')),
    );
    expect(first?.[0]).toBe('node-1');
    expect(second?.[0]).toBe('node-2');
    expect(hostname()).not.toBe('node-1');
    for (const index of [1, 2, 3]) expect(first?.[index]).not.toBe(second?.[index]);
    expect(Number(first?.at(-1))).toBeLessThan(20);
    await one.sh('touch /usr/bin/of-one /usr/local/bin/of-one /etc/of-one /tmp/of-one');
    const mine = '/usr/bin/of-one /usr/local/bin/of-one /etc/of-one /tmp/of-one';
    expect(await two.sh(`ls ${mine} 2> /dev/null || true`)).toBe('');
    expect(mine.split(' ').filter((file) => existsSync(file))).toEqual([]);
  });

  test('they reach each other and nothing else', async () => {
    await one.sh(`timeout 5 bash -c 'head -c 8 < /dev/tcp/${two.address}/22'`);
    const outside = await one.sh("timeout 5 bash -c '< /dev/tcp/192.0.2.1/80' 2>&1 || true");
    expect(outside).toMatch(/unreachable|No route/);
  });

  test.skipIf(!existsSync('/proc/sys/net/ipv6'))('they answer on IPv6 too', async () => {
    const {exit, stdout, stderr} = await ssh(one, {...asRoot(), family: 6}, 'echo $SSH_CONNECTION');
    expect({exit, via6: stdout.includes(String(one.address6))}, stderr).toEqual({
      exit: 0,
      via6: one.address6 !== undefined,
    });
  });

  test.each(['stop', 'kill'] as const)('after %s nobody answers, and a start brings all files back', async (how) => {
    await two.sh(`echo ${how} > /etc/kept; echo ${how} > /usr/bin/kept; echo gone > /run/gone`);
    await two[how]();
    expect((await ssh(two, asRoot(), 'true')).stderr).toContain('timed out');
    await two.start();
    expect(await ssh(two, asRoot(), 'cat /etc/kept /usr/bin/kept; ls /run/gone')).toMatchObject({
      stdout: `${how}\n${how}\n`,
    });
  });

  test('a power failure says nothing to whoever is connected, an orderly stop does', async () => {
    const listen = () => ssh(two, asRoot(), 'echo here; sleep 60');
    for (const [how, said] of [
      ['stop', /closed by remote host/],
      ['kill', /Timeout, server .* not responding/],
    ] as const) {
      const connected = listen();
      await expect.poll(() => two.sh('pgrep -x sleep -a'), {timeout: 20_000}).toContain('sleep 60');
      await two[how]();
      expect((await connected).stderr).toMatch(said);
      await two.start();
    }
  });

  test('a cut cable is silence, and joined again the connection goes on', async () => {
    const connected = ssh(two, asRoot(), 'until [ -e /tmp/joined ]; do sleep 0.1; done; echo on');
    await expect.poll(() => two.sh('pgrep -x sleep -c || true'), {timeout: 20_000}).not.toBe('0\n');
    await two.cut();
    expect((await ssh(two, asRoot(), 'true')).stderr).toContain('timed out');
    expect(await one.sh(`timeout 5 bash -c '< /dev/tcp/${two.address}/22' 2>&1 || echo silent`)).toContain('silent');
    await two.join();
    await two.sh('touch /tmp/joined');
    await connected;
    expect(await ssh(two, asRoot(), 'echo on')).toMatchObject({exit: 0, stdout: 'on\n'});
  });

  test('new host keys are noticed', async () => {
    const before = two.knownHosts();
    await two.newHostKeys();
    const {exit, stderr} = await ssh(two, {...asRoot(), knownHosts: before}, 'true');
    expect({exit, changed: stderr.includes('REMOTE HOST IDENTIFICATION HAS CHANGED')}).toEqual({
      exit: 255,
      changed: true,
    });
    expect(await ssh(two, asRoot(), 'true')).toMatchObject({exit: 0});
  });

  test('options of sshd are as they are set', async () => {
    await two.sshd({MaxSessions: '1'});
    expect(await two.sh('sshd -T | grep -i maxsessions')).toBe('maxsessions 1\n');
    await two.sshd({});
    expect(await two.sh('sshd -T | grep -i maxsessions')).toBe('maxsessions 10\n');
  });
});
