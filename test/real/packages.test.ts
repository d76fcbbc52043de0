import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {buildPackage} from '../../src/engine/package/build-package.ts';
import {readManifests} from '../../src/engine/package/manifest.ts';
import {removePackage} from '../../src/engine/package/remove-package.ts';
import {type Sent, sendPackage} from '../../src/engine/package/send-package.ts';
import type {Package} from '../../src/engine/package/types.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {modelOf} from '../config/configs.ts';
import {type Host, type Lab, startLab, whyNoLab} from '../lab/lab.ts';
import type {LoginName} from '../lab/logins.ts';
import {opensshRemote} from '../lab/openssh-remote.ts';
import {files} from '../package/packages.ts';

const obstacle = whyNoLab();
if (obstacle) console.error(`Tests of packages on lab hosts are skipped: ${obstacle}.`);

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

  const send = (user: LoginName, sudo = false) =>
    sendPackage(opensshRemote(lab, host, user), pack, {run, sudo}, signal);
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
      await removePackage(opensshRemote(lab, host, user), folder, {sudo: false}, signal);
      expect(await leftIn(home)).toBe('');
    },
  );

  test('a machine that has all of it is sent nothing, a machine where one file was changed is', async () => {
    const folder = folderOf(await send('deploy', true));
    // As a job does: one sudo, and files that only root may read.
    await host.sh(`sh ${folder}/install.sh ${folder}; chmod 600 /etc/pai-test/config`);
    expect(await send('deploy', true)).toEqual({sent: false, notices: []});
    await host.sh('echo changed >> /etc/pai-test/config');
    expect(await send('deploy', true)).toMatchObject({sent: true, differing: ['etc/pai-test/config']});
    await removePackage(opensshRemote(lab, host, 'deploy'), folder, {sudo: true}, signal);
    expect(await leftIn('/home/deploy')).toBe('');
  });

  test('what a job made as root is removed with sudo, and without it is said to be left', async () => {
    const folder = folderOf(await send('deploy'));
    await host.sh(`mkdir ${folder}/of-root; touch ${folder}/of-root/x`);
    const remote = opensshRemote(lab, host, 'deploy');
    const problem = await removePackage(remote, folder, {sudo: false}, signal).catch(problemOf);
    expect(problem).toMatchObject({
      code: 'file-unwritable',
      machine: 'node-1',
      hint: `Remove it there: rm -rf ${folder}`,
      detail: expect.stringContaining('Permission denied'),
    });
    await removePackage(remote, folder, {sudo: true}, signal);
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
});
