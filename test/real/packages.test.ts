import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Remote} from '../../src/engine/machine-tools.ts';
import {buildPackage} from '../../src/engine/package/build-package.ts';
import {readManifests} from '../../src/engine/package/manifest.ts';
import {removePackage} from '../../src/engine/package/remove-package.ts';
import {type Sent, sendPackage} from '../../src/engine/package/send-package.ts';
import type {Package} from '../../src/engine/package/types.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {modelOf} from '../config/configs.ts';
import {connectTo} from '../lab/connect.ts';
import {type Host, type Lab, startLab, whyNoLab} from '../lab/lab.ts';
import type {LoginName} from '../lab/logins.ts';
import {tellObstacle} from '../lab/obstacles.ts';
import {files} from '../package/packages.ts';

const obstacle = tellObstacle('Tests of packages on lab hosts', whyNoLab());

const {signal} = new AbortController();
const run = '20261127-120000-k8s-bootup-1a2b';

describe.skipIf(obstacle)('packages on real hosts', () => {
  let lab: Lab;
  let host: Host;
  let tree: string;
  let pack: Package;

  beforeAll(async () => {
    tree = await mkdtemp(join(tmpdir(), 'pai-packages-'));
    await mkdir(join(tree, 'src'));
    await writeFile(join(tree, 'src/install.sh'), '#!/bin/sh\nset -e\ncp -r "$1/etc" /\n', {mode: 0o755});
    await writeFile(join(tree, 'src/kubeconfig.template'), 'server: {{ cluster_cfg.kubernetes["api-servers-url"] }}\n');
    await writeFile(join(tree, 'src/large'), Buffer.alloc(3_000_000, 'x'));
    const entry = (name: string, src: string, dst: string) => `    - {name: ${name}, src: src/${src}, dst: ${dst}}\n`;
    await writeFile(
      join(tree, 'deploy.yaml'),
      `job:\n  template-list:\n${entry('config', 'kubeconfig.template', 'etc/pai-test')}  file-list:\n${entry('install.sh', 'install.sh', '.')}${entry('large', 'large', '.')}`,
    );
    const {manifests} = await readManifests(join(tree, 'deploy.yaml'), tree);
    const [manifest] = manifests;
    if (!manifest) throw new Error('no manifest');
    const built = await buildPackage({manifest, toolRoot: tree, config: await modelOf('g'), host: 'gpu-01', files});
    if (!built.package) throw new Error(JSON.stringify(built.problems));
    pack = built.package;
    lab = await startLab({hosts: 1});
    [host] = lab.hosts as [Host];
  });
  afterAll(async () => {
    await lab?.close();
    await rm(tree, {recursive: true, force: true});
  });

  const on = async <T>(user: LoginName, work: (remote: Remote) => Promise<T>): Promise<T> => {
    const remote = await connectTo(lab, host, user);
    try {
      return await work(remote);
    } finally {
      await remote.close();
    }
  };
  const send = (user: LoginName, sudo = false) => on(user, (remote) => sendPackage(remote, pack, {run, sudo}, signal));
  const remove = (user: LoginName, folder: string, sudo = false) =>
    on(user, (remote) => removePackage(remote, folder, {sudo}, signal));
  const folderOf = (sent: Sent) => {
    if (!sent.sent) throw new Error('nothing was sent');
    return sent.folder;
  };
  const leftIn = async (home: string) =>
    (await host.sh(`cd ${home}; find . -name '.pai-tui*' -o -name '.part-*'`)).trim();

  test.each(['root', 'deploy', 'noisy', 'fish', 'tcsh', 'dash'] as const)(
    'one arrives whole at %s, for that account alone, and goes without a trace',
    async (user) => {
      const folder = folderOf(await send(user));
      const home = user === 'root' ? '/root' : `/home/${user}`;
      expect(folder).toBe(`${home}/.pai-tui/${run}/job`);
      const modes = await host.sh(
        `cd ${folder}; stat -c '%a %U %s %n' . .. ../.. etc etc/pai-test/config install.sh large`,
      );
      expect(
        modes
          .trim()
          .split('\n')
          .map((line) => line.replace(/ \d+ (?=\.|etc$)/, ' ')),
      ).toEqual([
        `700 ${user} .`,
        `700 ${user} ..`,
        `700 ${user} ../..`,
        `700 ${user} etc`,
        expect.stringMatching(`^644 ${user} \\d+ etc/pai-test/config$`),
        `755 ${user} 34 install.sh`,
        `644 ${user} 3000000 large`,
      ]);
      await remove(user, folder);
      expect(await leftIn(home)).toBe('');
    },
  );

  test.each(['deploy', 'admin'] as const)(
    'where %s finds all of it as root, nothing is sent; where one file was changed, it is',
    async (user) => {
      const folder = folderOf(await send(user, true));
      // As a job does: one sudo, and files that only root may read.
      await host.sh(`sh ${folder}/install.sh ${folder}; chmod 600 /etc/pai-test/config`);
      expect(await send(user, true)).toEqual({sent: false, notices: []});
      await host.sh('echo changed >> /etc/pai-test/config');
      expect(await send(user, true)).toMatchObject({sent: true, differing: ['etc/pai-test/config']});
      await remove(user, folder, true);
      expect(await leftIn(`/home/${user}`)).toBe('');
    },
  );

  test('what a job made as root is removed with sudo, and without it is said to be left', async () => {
    const folder = folderOf(await send('deploy'));
    await host.sh(`mkdir ${folder}/of-root; touch ${folder}/of-root/x`);
    const problem = await remove('deploy', folder).catch(problemOf);
    expect(problem).toMatchObject({
      code: 'file-unwritable',
      machine: 'node-1',
      hint: `Remove it there: rm -rf ${folder}`,
      detail: expect.stringContaining('Permission denied'),
    });
    await remove('deploy', folder, true);
    expect(await leftIn('/home/deploy')).toBe('');
  });

  test('a full disk is said, and what arrived of it is removed', async () => {
    await host.fillDisk('/home/deploy', 1000);
    try {
      expect(await send('deploy').catch(problemOf)).toMatchObject({
        code: 'disk-full',
        machine: 'node-1',
        message: 'The disk of /home/deploy on node-1 is full: the package job was not sent.',
      });
      expect(await host.sh(`ls -A /home/deploy/.pai-tui/${run}`)).toBe('');
    } finally {
      await host.mend('/home/deploy');
    }
  });

  test('a home folder that is read-only is said', async () => {
    await host.makeReadOnly('/home/deploy');
    try {
      expect(await send('deploy').catch(problemOf)).toMatchObject({
        code: 'file-unwritable',
        machine: 'node-1',
        message: 'Nothing can be put into /home/deploy/.pai-tui on node-1: it is on a read-only file system.',
      });
    } finally {
      await host.mend('/home/deploy');
    }
  });

  test('a home folder that belongs to somebody else is said', async () => {
    await host.sh('chown root /home/guest; chmod 755 /home/guest');
    expect(await send('guest').catch(problemOf)).toMatchObject({
      code: 'file-unwritable',
      message: 'Nothing can be put into /home/guest/.pai-tui on node-1: permission denied.',
    });
  });

  test('one whose machine is cut off in the middle is said, and arrives when it is sent again', async () => {
    const limits = {keepaliveMs: 500, keepaliveMisses: 2, reconnectMs: 2000};
    const remote = await connectTo(lab, host, 'deploy', limits);
    const large: Package = {...pack, files: [...pack.files, await largeFile(200_000_000)]};
    const sending = sendPackage(remote, large, {run, sudo: false}, signal).catch(problemOf);
    await expect.poll(() => leftIn('/home/deploy'), {timeout: 60_000}).toContain('.part-job');
    await host.cut();
    try {
      expect(await sending).toMatchObject({code: 'machine-lost', machine: 'node-1'});
    } finally {
      await host.join();
      await remote.close();
    }
    // The one from before may still be at work there, and must not touch what comes now.
    const folder = folderOf(await send('deploy'));
    await host.sh('pkill -TERM -u deploy tar || true');
    expect((await host.sh(`cd ${folder}; find . -type f`)).trim().split('\n')).toHaveLength(pack.files.length);
    await remove('deploy', folder);
    expect(await leftIn('/home/deploy')).toBe('');
  });
});

async function largeFile(size: number) {
  const bytes = Buffer.alloc(size);
  return {path: 'larger', mode: 0o644, size, digest: '', read: () => Promise.resolve(bytes)};
}
