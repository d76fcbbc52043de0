import {mkdir, mkdtemp, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {clusterName, makeStateFolder, stateHomeOf} from '../../src/engine/state.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pai-state-'));
});
afterEach(() => rm(folder, {recursive: true, force: true}));

describe('where state is kept', () => {
  it('follows --state, then XDG_STATE_HOME when it is absolute, then the home folder', () => {
    expect(stateHomeOf({XDG_STATE_HOME: '/x', HOME: '/h'}, '/given')).toBe('/given');
    expect(stateHomeOf({XDG_STATE_HOME: '/x', HOME: '/h'})).toBe('/x/pai-tui');
    expect(stateHomeOf({XDG_STATE_HOME: 'relative', HOME: '/h'})).toBe('/h/.local/state/pai-tui');
  });

  it.each([
    ['cluster:\n  clusterid: old-lab\n', 'old-lab'],
    ['cluster:\n  common:\n    cluster-id: new-lab\n', 'new-lab'],
    ['cluster:\n  clusterid: ../../etc\n', expect.stringMatching(/^_[A-Za-z0-9._-]+-[0-9a-f]{12}$/)],
    ['cluster:\n  clusterid: locks\n', expect.stringMatching(/^locks-[0-9a-f]{12}$/)],
  ])('calls a cluster by its id: %j', async (text, name) => {
    await writeFile(join(folder, 'services-configuration.yaml'), text);
    const found = await clusterName('/tree', folder);
    expect(found).toEqual(name);
    expect(found).not.toMatch(/\/|^\./);
  });

  it('calls a cluster without an id by its configuration or tree, two of the same name apart', async () => {
    await mkdir(join(folder, 'a/tree'), {recursive: true});
    await mkdir(join(folder, 'b/tree'), {recursive: true});
    const [a, b] = [
      await clusterName(join(folder, 'a/tree'), undefined),
      await clusterName(join(folder, 'b/tree'), undefined),
    ];
    expect(a).toMatch(/^tree-[0-9a-f]{8}$/);
    expect(b).toMatch(/^tree-[0-9a-f]{8}$/);
    expect(a).not.toBe(b);
  });

  it('makes a folder that nobody else can look into', async () => {
    const made = join(folder, 'deep/state/lab');
    await makeStateFolder(made);
    expect((await stat(made)).mode & 0o777).toBe(0o700);
  });
});
