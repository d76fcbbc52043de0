import {chmod, mkdtemp, rm, utimes, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {takenUp} from '../../../src/engine/cluster/boot/taken-up.ts';
import type {MachineAccess} from '../../../src/engine/machine-tools.ts';
import {createLocalRemote} from '../../helpers/local-remote.ts';

let folder: string;
let manifest: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-taken-up-'));
  manifest = join(folder, 'etcd.yaml');
  await writeFile(manifest, 'kind: Pod\n');
});
afterAll(() => rm(folder, {recursive: true, force: true}));

const now = Math.floor(Date.now() / 1000);

/** What is said where the manifest was put so many seconds ago and a container was begun at this time, as docker prints it. */
async function saidOf(shell: string, {age, begun}: {readonly age: number; readonly begun?: string}) {
  const ids = begun === undefined ? ':' : 'echo c1';
  const docker = `#!/bin/sh
case "$*" in
  ps*container.name=etcd*) ${ids} ;;
  'inspect --format {{.Created}} c1') echo '${begun}' ;;
  *) exit 3 ;;
esac
`;
  await writeFile(join(folder, 'docker'), docker);
  await chmod(join(folder, 'docker'), 0o755);
  await utimes(manifest, now - age, now - age);
  const environment = {PATH: `${folder}:${process.env['PATH'] ?? ''}`};
  const remote = createLocalRemote({name: 'master-1', shell: shell.split(' '), environment});
  const machines: MachineAccess = {use: (_machine, work) => work(remote)};
  const look = await takenUp(machines, 'master-1', {part: 'etcd', manifest}, new AbortController().signal);
  expect(remote.asked.map(({sudo, reads}) => ({sudo, reads}))).toEqual([{sudo: true, reads: true}]);
  return 'found' in look ? 'taken up' : look.waitsFor;
}

/** '2026-11-28T10:04:27.512345678Z' */
const ago = (seconds: number) => new Date((now - seconds) * 1000).toISOString().replace('.000Z', '.512345678Z');

describe.each(['dash', 'busybox sh'])('what runs of a manifest, by %s', (shell) => {
  test('is what it says when it was begun after the manifest was put', async () => {
    expect(await saidOf(shell, {age: 20, begun: ago(5)})).toBe('taken up');
    expect(await saidOf(shell, {age: 20, begun: ago(20)})).toBe('taken up');
  });

  test('is not yet when it was begun before', async () => {
    expect(await saidOf(shell, {age: 20, begun: ago(3600)})).toBe(
      `etcd of master-1: its kubelet has not taken up ${manifest} yet`,
    );
  });

  test('is what it says when a kubelet had time to see that nothing is to be begun anew', async () => {
    expect(await saidOf(shell, {age: 600, begun: ago(3600)})).toBe('taken up');
    // A clock that was set back says nothing.
    expect(await saidOf(shell, {age: -3600, begun: ago(7200)})).toBe('taken up');
  });

  test('has a container', async () => {
    expect(await saidOf(shell, {age: 600})).toBe('etcd of master-1: its container does not run');
  });
});
