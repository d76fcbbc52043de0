import {spawnSync} from 'node:child_process';
import {chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {changesIn} from '../../../src/engine/cluster/packages/steps.ts';

const scripts = fileURLToPath(new URL('../../../assets/kubernetes/scripts', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pai-clean-'));
  cpSync(scripts, join(folder, 'scripts'), {recursive: true});
  mkdirSync(join(folder, 'bin'));
  // Of this computer's own processes, one may be a kubelet.
  const script = join(folder, 'scripts/clean-containers.sh');
  writeFileSync(script, readFileSync(script, 'utf8').replaceAll('/proc/', `${folder}/proc/`));
});
afterEach(() => rmSync(folder, {recursive: true, force: true}));

/** A program of that name for the scripts, which notes down how it is called. */
function put(name: string, text: string): void {
  const file = join(folder, 'bin', name);
  writeFileSync(file, `#!/bin/sh\necho "$*" >>${folder}/${name}.calls\n${text}\n`);
  chmodSync(file, 0o755);
}

function run(script: string, ...args: readonly string[]) {
  const {status, stdout, stderr} = spawnSync('sh', [join(folder, 'scripts', script), ...args], {
    env: {PATH: `${folder}/bin:${process.env['PATH'] ?? ''}`},
    encoding: 'utf8',
  });
  return status === 0 ? changesIn(stdout) : {exit: status, said: stderr.trim()};
}

test.each([
  ['pai-tui', ['removed the container kubelet']],
  ['older', ['removed the container kubelet']],
  ['', {exit: 3, said: expect.stringContaining('this machine is of another cluster')}],
])('the container kubelet goes where pai-tui or OpenPAI started it: by "%s"', (maker, outcome) => {
  put('docker', `case $* in 'inspect --type container --format '*) echo '${maker}' ;; esac`);
  expect(run('clean-containers.sh')).toEqual(outcome);
  expect(readFileSync(join(folder, 'docker.calls'), 'utf8').includes('rm -f')).toBe(maker !== '');
});

test('no pod goes where a kubelet of somebody else would begin it anew', () => {
  mkdirSync(join(folder, 'proc/4711'), {recursive: true});
  writeFileSync(join(folder, 'proc/4711/comm'), 'k3s-server\n');
  put('docker', `case $* in inspect*) exit 1 ;; ps*) echo pod ;; esac`);
  expect(run('clean-containers.sh')).toEqual({exit: 3, said: expect.stringMatching(/process .*4711: stop it first/)});
  expect(readFileSync(join(folder, 'docker.calls'), 'utf8')).not.toContain('rm -f');
});

test('a folder of the kubelet that is a link is left as it is, with what it leads to', () => {
  mkdirSync(join(folder, 'disk'));
  writeFileSync(join(folder, 'disk/pod'), 'of a pod');
  symlinkSync(join(folder, 'disk'), join(folder, 'kubelet'));
  const paths = join(folder, 'scripts/paths.sh');
  writeFileSync(
    paths,
    readFileSync(paths, 'utf8')
      .replace(/(?<==)\//g, `${folder}/`)
      .replace(/^kubelet_data=.*$/m, `kubelet_data=${folder}/kubelet`),
  );
  expect(run('clean-files.sh')).toEqual({exit: 2, said: expect.stringContaining(`is a link to ${folder}/disk`)});
  expect(readFileSync(join(folder, 'kubelet/pod'), 'utf8')).toBe('of a pod');
});
