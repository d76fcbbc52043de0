import {spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {changesIn} from '../../src/engine/cluster/packages/steps.ts';

const scripts = fileURLToPath(new URL('../../assets/kubernetes/scripts', import.meta.url));
let folder: string;

/** A machine without docker, and without what could restart it. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pai-docker-'));
  cpSync(scripts, join(folder, 'scripts'), {recursive: true});
  const change = (name: string, from: RegExp, to: string) => {
    const file = join(folder, 'scripts', name);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(from);
    writeFileSync(file, text.replace(from, to));
  };
  change('paths.sh', /^docker_settings=.*$/m, `docker_settings=${folder}/docker/daemon.json`);
  change('common.sh', /^PATH=.*$/m, `PATH=${folder}/bin`);
  mkdirSync(join(folder, 'bin'));
  for (const name of ['cat', 'chmod', 'cmp', 'cp', 'dirname', 'mkdir', 'mktemp', 'mv', 'rm', 'stat']) {
    const {stdout} = spawnSync('sh', ['-c', `command -v ${name}`], {encoding: 'utf8'});
    symlinkSync(stdout.trim(), join(folder, 'bin', name));
  }
});
afterEach(() => rmSync(folder, {recursive: true}));

test('settings are there before docker is, so that it begins with them', () => {
  const input = '{"data-root": "/mnt/docker"}\n';
  const put = () =>
    spawnSync('/bin/sh', [join(folder, 'scripts/put-docker-settings.sh')], {
      input,
      encoding: 'utf8',
      env: {PATH: join(folder, 'bin')},
    });
  const {status, stdout, stderr} = put();
  expect([status, stderr]).toEqual([0, '']);
  expect(changesIn(stdout)).toEqual([join(folder, 'docker/daemon.json')]);
  expect(readFileSync(join(folder, 'docker/daemon.json'), 'utf8')).toBe(input);
  expect(changesIn(put().stdout)).toEqual([]);
});
