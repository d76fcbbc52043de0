import {chmod, mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {askVersion, findKubectl} from '../../../src/engine/cluster/kubectl/find-kubectl.ts';
import {createTerminal} from '../../../src/engine/terminal/create-terminal.ts';

const {signal} = new AbortController();
let folder: string;
let programs: string;
let system: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-kubectl-'));
  [programs, system] = [join(folder, 'own programs'), join(folder, 'system')];
  await mkdir(programs);
  await mkdir(system);
  // Nothing else of this computer, which may have a kubectl.
  await symlink('/usr/bin/tr', join(system, 'tr'));
});
afterEach(() => rm(folder, {recursive: true}));

/** What a kubectl of a version prints, and where it was started with other arguments. */
async function put(where: string, text: string): Promise<void> {
  await writeFile(join(where, 'kubectl'), `#!/bin/sh\n${text}`);
  await chmod(join(where, 'kubectl'), 0o755);
}
const says = (version: string) =>
  `[ "$*" = 'version --client --output=json' ] || exit 9
echo 'a warning of its own' >&2
printf '{\\n  "clientVersion": {\\n    "major": "1",\\n    "gitVersion": "${version}"\\n  }\\n}\\n'
`;
const find = async (path: string) => {
  const terminal = await createTerminal({environment: {PATH: path, HOME: folder}});
  return findKubectl(programs, {terminal}, signal);
};

describe('kubectl of this computer', () => {
  test('is found by PATH and in the folder, each with its version', async () => {
    await put(system, says('v1.31.4'));
    await put(programs, says('v1.20.2+k3s'));
    expect(await find(`${system}:${programs}`)).toEqual({
      onPath: {path: join(system, 'kubectl'), version: 'v1.31.4'},
      inPrograms: {path: join(programs, 'kubectl'), version: 'v1.20.2+k3s'},
      ...{isFolderThere: true, isOnPath: true, platform: process.platform, arch: process.arch},
    });
  });

  test('has no version where it fails or says none', async () => {
    await put(system, 'exit 1\n');
    await put(programs, 'echo hello\n');
    expect(await find(system)).toMatchObject({
      onPath: {path: join(system, 'kubectl')},
      inPrograms: {path: join(programs, 'kubectl')},
      isOnPath: false,
    });
    const terminal = await createTerminal();
    expect(await askVersion(join(system, 'kubectl'), {terminal}, signal)).toBeUndefined();
    expect(await askVersion(join(folder, 'none'), {terminal}, signal)).toBeUndefined();
    await put(system, says('v1.20.2'));
    expect(await askVersion(join(system, 'kubectl'), {terminal}, signal)).toBe('v1.20.2');
  });

  test('is not found where there is none, nor its folder', async () => {
    await rm(programs, {recursive: true});
    expect(await find(system)).toEqual({
      ...{isFolderThere: false, isOnPath: false, platform: process.platform, arch: process.arch},
    });
  });
});
