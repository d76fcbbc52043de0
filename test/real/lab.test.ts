import {existsSync, readFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Host, type Lab, logins, startLab, whyNoLab} from '../lab/lab.ts';
import {differences} from '../lab/list-files.ts';
import {tellObstacle} from '../lab/obstacles.ts';
import {type OpensshLogin, openssh} from '../lab/openssh.ts';

const obstacle = tellObstacle('Tests on lab hosts', whyNoLab());

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

  test('a wrong clock is that of logins, and of sudo', async () => {
    const isOffBy = async (minutes: number, command: string) => {
      const begun = Math.floor(Date.now() / 1000);
      const {stdout} = await ssh(one, {user: 'deploy', key: lab.keys.plain}, command);
      const right = Number(stdout) - minutes * 60;
      return begun <= right && right <= Date.now() / 1000;
    };
    await one.clock(-10);
    expect(await isOffBy(-10, 'date +%s')).toBe(true);
    expect(await isOffBy(-10, 'sudo date +%s')).toBe(true);
    await one.clock(0);
    expect(await isOffBy(0, 'date +%s')).toBe(true);
  });

  test('a disk is full at the byte, and whole again', async () => {
    const admin = {user: 'admin', key: lab.keys.plain};
    await one.fillDisk('/home', 64);
    const full = await ssh(one, admin, 'head -c 65536 /dev/zero > fits && head -c 1 /dev/zero > does-not');
    expect(full).toMatchObject({exit: 1, stderr: expect.stringContaining('No space left on device')});
    await one.mend('/home');
    expect(await ssh(one, admin, 'ls; echo 1 > fits && rm fits')).toEqual({exit: 0, stdout: '', stderr: ''});
  });

  test('a home is read-only, and writable again', async () => {
    const admin = {user: 'admin', key: lab.keys.plain};
    await one.makeReadOnly('/home/admin');
    expect((await ssh(one, admin, 'touch file')).stderr).toContain('Read-only file system');
    await one.mend('/home/admin');
    expect(await ssh(one, admin, 'touch file && rm file')).toMatchObject({exit: 0});
  });

  test('journalctl reads units, priorities and several lines, also of what came later', async () => {
    await one.journal([
      {unit: 'kubelet.service', message: 'first'},
      {unit: 'docker.service', message: 'of another'},
      {unit: 'kubelet.service', message: 'of two\nlines', priority: 3},
    ]);
    await one.journal([{unit: 'kubelet.service', message: 'later'}]);
    const read = (options: string) => one.sh(`journalctl --no-pager --output=cat ${options}`);
    expect(await read('--unit=kubelet')).toBe('first\nof two\nlines\nlater\n');
    expect(await read('--unit=kubelet --priority=err')).toBe('of two\nlines\n');
    expect(await read('--boot --lines=1')).toBe('later\n');
  });

  test('every change of a disk is seen, and what does not count is left out', async () => {
    const before = await one.listFiles(['/home/noisy', '/var/log']);
    expect(before.get('/etc/hostname')).toMatch(/^file 644 0:0 sha256:[0-9a-f]{64}$/);
    expect(before.get('/root')).toBe('folder 700 0:0');
    expect(before.get('/home/admin')).toMatch(/^folder 700 \d+:\d+$/);
    await one.sh(`
      touch /home/noisy/left-out /var/log/left-out /run/not-on-a-disk
      echo 1 > /etc/added; mkdir -p /etc/kubernetes/pki; chmod 600 /etc/kubernetes/pki; ln -s /proc /srv/link
      echo 1 >> /etc/hosts; chown admin /etc/networks; chmod 600 /root/.bashrc; rm /etc/rpc
      echo 1 > /usr/bin/added; echo 1 > /usr/local/bin/added; chmod 700 /usr/bin/env; rm /usr/bin/tac
      touch /usr/bin/cat; mkdir /usr/lib/of-one`);
    const after = await one.listFiles(['/home/noisy', '/var/log']);
    expect(Object.fromEntries(differences(before, after))).toEqual({
      '/etc/added': 'added',
      '/etc/hosts': 'changed',
      '/etc/kubernetes': 'added',
      '/etc/kubernetes/pki': 'added',
      '/etc/networks': 'changed',
      '/etc/rpc': 'removed',
      '/root/.bashrc': 'changed',
      '/srv/link': 'added',
      '/usr/bin/added': 'added',
      '/usr/bin/env': 'added',
      '/usr/bin/tac': 'added',
      '/usr/lib/of-one': 'added',
      '/usr/local/bin/added': 'added',
    });
    expect(after.get('/usr/bin/tac')).toBe('removed');
    expect(after.get('/srv/link')).toBe('link 0:0 -> /proc');
    expect(differences(after, await one.listFiles(['/home/noisy', '/var/log']))).toEqual(new Map());
  });

  test('what rc.local does is done at each boot', async () => {
    await two.sh(`printf '#!/bin/sh\ntouch /run/by-rc-local\nexit 1\n' > /etc/rc.local; chmod 755 /etc/rc.local`);
    await two.kill();
    await two.start();
    expect(await two.sh('ls /run/by-rc-local')).toBe('/run/by-rc-local\n');
  });

  test('recorded programs answer what they were asked, in every login', async () => {
    await one.replay('lost-gpu');
    const query = 'nvidia-smi --query-gpu=pci.bus_id,memory.total,driver_version,name --format=csv,noheader,nounits';
    const {stdout} = await ssh(one, asRoot(), `${query} | wc -l; lspci -D -nn | grep -c NVIDIA`);
    expect(stdout).toBe('3\n4\n');
    await one.replay('no-driver');
    expect(await ssh(one, asRoot(), query)).toMatchObject({exit: 9, stdout: expect.stringContaining('has failed')});
    expect((await ssh(one, asRoot(), 'nvidia-smi -L')).stderr).toContain('no such call is in the recording');
  });
});

const noDocker = tellObstacle('Tests on lab hosts with Docker', whyNoLab({docker: true}));

describe.skipIf(noDocker)('hosts with Docker', () => {
  let lab: Lab;
  let one: Host;
  let two: Host;
  beforeAll(async () => {
    lab = await startLab({hosts: 2, docker: 2});
    [one, two] = lab.hosts as [Host, Host];
    for (const host of lab.hosts) await host.sh('cat > /opt/busybox; chmod 755 /opt/busybox', readFileSync(busybox()));
    for (const host of lab.hosts) await host.sh(importImage);
  });
  afterAll(() => lab?.close());

  test('each has an engine of its own', async () => {
    const [first, second] = await Promise.all([one, two].map((host) => host.sh('docker info --format "{{.ID}}"')));
    expect(first).not.toBe(second);
    await one.sh('docker run --detach --name of-one busybox sleep 1000');
    expect(await one.sh('docker ps --format "{{.Names}}"')).toBe('of-one\n');
    expect(await two.containers()).toEqual([]);
    expect(await one.containers()).toEqual([{name: 'of-one', image: 'busybox', state: 'running'}]);
    await one.sh('docker rm --force of-one');
  });

  test('containers have what a kubelet and its pods ask for', async () => {
    const asked = '--privileged --network=host --pid=host --oom-score-adj=-500 --ulimit nofile=1048576:1048576';
    expect(await one.sh(`docker run --rm ${asked} busybox hostname`)).toBe('node-1\n');
    await one.sh('docker run --detach --name ran-into busybox sleep 1000');
    expect(await one.sh('docker exec --privileged ran-into id -u')).toBe('0\n');
    expect(await one.sh('docker run --rm busybox ls /sys/class/net')).toContain('eth0');
    await one.sh('docker rm --force ran-into');
  });

  test('images and containers that restart are there again after a power failure', async () => {
    await two.sh('docker run --detach --name kept --restart=always busybox sleep 1000');
    await two.kill();
    await two.start();
    await expect
      .poll(() => two.sh('docker ps --filter status=running --format "{{.Names}}"'), {timeout: 60_000})
      .toBe('kept\n');
  });
});

function busybox(): string {
  return ['/bin/busybox', '/usr/bin/busybox'].find((file) => existsSync(file)) ?? 'busybox';
}

/** An image of nothing but busybox, by its applets' names. */
const importImage = `
  mkdir -p /opt/image/bin
  cp /opt/busybox /opt/image/bin/busybox
  for applet in sh ls id sleep hostname; do ln -f /opt/image/bin/busybox /opt/image/bin/$applet; done
  tar -C /opt/image -c . | docker import - busybox:latest`;
