import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {execute} from '../lab/execute.ts';
import {type Host, type Lab, logins, startLab} from '../lab/lab.ts';
import {differences} from '../lab/list-files.ts';
import {tellObstacle} from '../lab/obstacles.ts';
import {openssh} from '../lab/openssh.ts';
import {type OwnDebian, ownDebian, ownDebianMs, servePackages, whyNoDebian} from '../lab/own-debian.ts';

const obstacle = tellObstacle('Tests on lab hosts with a Debian of their own', whyNoDebian());

describe.skipIf(obstacle)('hosts with a Debian of their own', () => {
  let debian: OwnDebian;
  let lab: Lab;
  let one: Host;
  let two: Host;
  beforeAll(async () => {
    debian = await ownDebian();
    lab = await startLab({hosts: 2, ownDebian: debian.root});
    [one, two] = lab.hosts as [Host, Host];
  }, ownDebianMs);
  afterAll(() => lab?.close());

  test('have no Docker, and the same accounts as all hosts', async () => {
    expect(await one.sh('command -v docker dockerd containerd || echo none')).toBe('none\n');
    expect(await one.sh('dpkg-query --show openssh-server')).toMatch(/^openssh-server\t1:/);
    const admin = {user: 'admin', password: logins.admin.password};
    const asked = await openssh(lab, one, admin, 'sudo -S -p "" id -u', `${logins.admin.password}\n`);
    expect(asked).toMatchObject({exit: 0, stdout: '0\n'});
  });

  test('change only their own /usr, and every change of it is seen', async () => {
    const before = await one.listFiles(['/var', '/tmp']);
    await one.sh('rm /usr/bin/tac; echo 1 > /usr/bin/added');
    const changes = differences(before, await one.listFiles(['/var', '/tmp']));
    expect(Object.fromEntries(changes)).toEqual({'/usr/bin/added': 'added', '/usr/bin/tac': 'removed'});
    expect(await two.sh('ls /usr/bin/tac')).toBe('/usr/bin/tac\n');
  });

  test('install Docker from a repository on the network of the lab, and have it after a power failure', async () => {
    const repository = await servePackages(debian.packages, lab.address);
    try {
      const install = 'apt-get -q update && apt-get -q install --yes --no-install-recommends docker.io';
      const script = `cat > /etc/apt/sources.list; export DEBIAN_FRONTEND=noninteractive; ${install}`;
      await one.sh(script, `${repository.line}\n`, 600_000);
      // Without systemd a package starts no service.
      await one.sh('service docker start');
      await runsContainers(one);
    } finally {
      await repository.close();
    }
    await one.kill();
    await one.start();
    expect(await one.sh('docker run --rm own:1 hostname -s')).toMatch(/^[0-9a-f]{12}\n$/);
  }, 900_000);

  test('install Docker from a bundle of packages', async () => {
    const bundle = '/root/bundle.tar';
    await execute('tar', ['-C', debian.packages, '-cf', `${two.root}${bundle}`, '.']);
    const script = `mkdir /root/bundle && tar -C /root/bundle -xf ${bundle} && dpkg -i /root/bundle/*.deb && service docker start`;
    await two.sh(`export DEBIAN_FRONTEND=noninteractive; ${script}`, '', 600_000);
    await runsContainers(two);
  }, 900_000);
});

/** An image is made of the host itself: there is no other. */
async function runsContainers(host: Host): Promise<void> {
  await expect
    .poll(() => host.sh('docker version > /dev/null 2>&1 && echo up || true'), {timeout: 60_000})
    .toBe('up\n');
  await host.sh('tar -C / -c bin lib lib64 usr/bin usr/lib usr/lib64 | docker import - own:1', '', 600_000);
  const asked = '--privileged --network=host --oom-score-adj=-500 --ulimit nofile=1048576:1048576';
  expect(await host.sh(`docker run --rm ${asked} own:1 hostname`)).toBe(`${host.name}\n`);
}
