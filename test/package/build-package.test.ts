import {chmod, readFile, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {inspect} from 'node:util';
import {describe, expect, test} from 'vitest';
import {buildPackage} from '../../src/engine/package/build-package.ts';
import {readManifests} from '../../src/engine/package/manifest.ts';
import {roleManifest} from '../../src/engine/package/role-manifest.ts';
import type {Package} from '../../src/engine/package/types.ts';
import {fixture} from '../catalog/trees.ts';
import {modelOf} from '../config/configs.ts';
import {files, packageIn, treeOf} from './packages.ts';

const golden = (path: string) => readFile(new URL(`../golden/${path}`, import.meta.url));
const textOf = async (built: Package | undefined, path: string) => {
  const file = built?.files.find((one) => one.path === path);
  return file && Buffer.from(await file.read()).toString('utf8');
};

describe('a package of each era is rendered for its machine as Jinja2 does', () => {
  test.each([
    ['c', 'tree-c/pai-management', 'k8sPaiLibrary', 'pai-management/k8sPaiLibrary'],
    ['d', 'tree-d/pai-management', 'k8sPaiLibrary', 'pai-management/k8sPaiLibrary'],
    ['e', 'tree-e', 'deployment/k8sPaiLibrary', 'deployment/k8sPaiLibrary'],
    ['f', 'tree-f', 'deployment/k8sPaiLibrary', 'deployment/k8sPaiLibrary'],
    ['g', 'tree-g', 'deployment/k8sPaiLibrary', 'deployment/k8sPaiLibrary'],
  ])('%s', async (era, tree, library, folder) => {
    const toolRoot = fixture(tree);
    const {manifests} = await readManifests(join(toolRoot, library, 'maintainconf/deploy.yaml'), toolRoot);
    const manifest = manifests.find(({job}) => job === 'master-deployment');
    if (!manifest) throw new Error('no manifest');
    const config = await modelOf(era);
    for (const host of ['infra-01', 'gpu-01']) {
      const {package: built} = await buildPackage({manifest, toolRoot, config, host, files});
      for (const [name, path] of [
        ['kubelet.sh', 'kubelet.sh'],
        ['etcd.yaml', 'etc/kubernetes/manifests/etcd.yaml'],
      ] as const) {
        const expected = await golden(`${era}/${folder}/template/${name}@${host}`);
        expect(await textOf(built, path)).toBe(expected.toString('utf8'));
      }
      expect(built?.machine).toBe(host);
    }
  });

  test('b, from its roles', async () => {
    const config = await modelOf('b');
    const view = config.views.kubernetes.reveal();
    const manifest = roleManifest({view, role: 'worker', isFirst: true, file: 'k8s-role-definition.yaml'});
    const toolRoot = fixture('tree-b/kubernetes-deployment');
    const {package: built} = await buildPackage({manifest, toolRoot, config, host: 'gpu-01', files});
    const expected = await golden('b/kubernetes-deployment/template/kubelet.sh@gpu-01');
    expect(await textOf(built, 'kubelet.sh')).toBe(expected.toString('utf8'));
  });
});

const manifest = (entries: string) => `job:\n  template-list:\n${entries}`;
const entry = (name: string) => `    - {name: ${name}, src: ${name}.template, dst: etc}\n`;

describe('modes', () => {
  test('copied files keep theirs; rendered scripts may be executed', async () => {
    const tree = await treeOf({
      'deploy.yaml': `${manifest(entry('a.sh') + entry('b.yaml'))}  file-list:\n    - {name: c, src: c, dst: .}\n    - {name: d, src: d, dst: .}\n`,
      'a.sh.template': '#!/bin/sh\necho {{ hostcofig.hostip }}\n',
      'b.yaml.template': 'a: 1\n',
      c: '#!/bin/sh\n',
      d: 'x',
    });
    await chmod(join(tree, 'd'), 0o640);
    const {package: built, problems} = await packageIn(tree, 'job');
    expect(problems).toEqual([]);
    expect(built?.files.map(({path, mode, installed}) => [path, mode.toString(8), installed])).toEqual([
      ['c', '755', undefined],
      ['d', '640', undefined],
      ['etc/a.sh', '755', '/etc/a.sh'],
      ['etc/b.yaml', '644', '/etc/b.yaml'],
    ]);
  });
});

describe('secrets', () => {
  // The password of gpu-01 in the configuration of v0.14.
  const texts = {
    'deploy.yaml': manifest(entry('plain') + entry('password') + entry('upper.sh') + entry('length')),
    'plain.template': '{{ hostcofig.username }}',
    'password.template': 'p: {{ hostcofig.password }}',
    'upper.sh.template': '#!/bin/sh\n{{ hostcofig.password | upper | reverse }}',
    'length.template': '{% if hostcofig.password | length > 8 %}long{% else %}short{% endif %}',
  };

  test('make a file readable for its owner alone, and its digest is not told, in whatever form they stand there', async () => {
    const {package: built} = await packageIn(await treeOf(texts), 'job', await modelOf('d'));
    const found = Object.fromEntries(
      built?.files.map(({path, mode, digest}) => [path, [mode.toString(8), digest]]) ?? [],
    );
    expect(found['etc/password']).toEqual(['600', 'secret']);
    expect(found['etc/upper.sh']).toEqual(['700', 'secret']);
    expect(found['etc/length']).toEqual(['600', 'secret']);
    expect(found['etc/plain']).toEqual(['644', expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  test('are not in what is printed of a package', async () => {
    const config = await modelOf('d');
    const {package: built} = await packageIn(await treeOf(texts), 'job', config);
    const [secret = ''] = config.views.kubernetes.secrets();
    expect(await textOf(built, 'etc/password')).toContain(secret);
    for (const text of [JSON.stringify(built), inspect(built, {depth: null, showHidden: true}), String(built)]) {
      expect(text).not.toContain(secret);
    }
  });
});

describe('paths', () => {
  test('of sources that leave the tool root are refused, also through a link', async () => {
    const outside = await treeOf({secret: 'x'});
    const tree = await treeOf({
      'deploy.yaml': `job:\n  file-list:\n    - {name: a, src: ../x, dst: .}\n    - {name: b, src: /etc/passwd, dst: .}\n    - {name: c, src: link, dst: .}\n    - {name: d, src: nowhere, dst: .}\n    - {name: e, src: folder, dst: .}\n`,
      'folder/x': '',
    });
    await symlink(join(outside, 'secret'), join(tree, 'link'));
    const {package: built, problems} = await packageIn(tree, 'job');
    expect(built).toBeUndefined();
    expect(problems.map(({code, line}) => [code, line])).toEqual([
      ['path-leaves-tree', 3],
      ['path-leaves-tree', 4],
      ['path-leaves-tree', 5],
      ['file-unreadable', 6],
      ['file-unreadable', 7],
    ]);
  });

  test('a link inside the tool root is followed', async () => {
    const tree = await treeOf({
      'deploy.yaml': 'job:\n  file-list:\n    - {name: a, src: link, dst: .}\n',
      real: 'text',
    });
    await symlink('real', join(tree, 'link'));
    expect(await textOf((await packageIn(tree, 'job')).package, 'a')).toBe('text');
  });

  test('one that is there twice is told, and the later entry counts', async () => {
    const tree = await treeOf({
      'deploy.yaml': 'job:\n  file-list:\n    - {name: a, src: x, dst: .}\n    - {name: a, src: y, dst: .}\n',
      x: 'first',
      y: 'second',
    });
    const {package: built, problems} = await packageIn(tree, 'job');
    expect(await textOf(built, 'a')).toBe('second');
    expect(problems).toMatchObject([{code: 'tree-invalid', severity: 'warning', line: 4}]);
  });

  test('a file where a folder is needed is a mistake', async () => {
    const tree = await treeOf({
      'deploy.yaml': 'job:\n  file-list:\n    - {name: a, src: x, dst: .}\n    - {name: b, src: x, dst: a}\n',
      x: '',
    });
    expect((await packageIn(tree, 'job')).problems).toMatchObject([{code: 'tree-invalid', line: 4}]);
  });
});

test('every template that fails is told at once, with its own line', async () => {
  const tree = await treeOf({
    'deploy.yaml': manifest(entry('a') + entry('b') + entry('c')),
    'a.template': 'x\n{{ nothing.at.all }}',
    'b.template': '{% if %}',
    'c.template': '{{ hostcofig.unknown }}',
  });
  const {package: built, problems} = await packageIn(tree, 'job');
  expect(built).toBeUndefined();
  expect(problems.map(({code, file, line}) => [code, file?.split('/').at(-1), line])).toEqual([
    ['template-failed', 'a.template', 2],
    ['template-invalid', 'b.template', 1],
    ['template-undefined', 'c.template', 1],
  ]);
});

test('the digest of a package follows from contents, modes and paths alone', async () => {
  const texts = {'deploy.yaml': `job:\n  file-list:\n    - {name: a, src: x, dst: .}\n`, x: 'text'};
  const [one, same] = [await treeOf(texts), await treeOf(texts)];
  const digest = async (tree: string) => (await packageIn(tree, 'job')).package?.digest;
  const before = await digest(one);
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  expect(await digest(same)).toBe(before);
  await chmod(join(same, 'x'), 0o755);
  expect(await digest(same)).not.toBe(before);
  await writeFile(join(one, 'x'), 'other');
  expect(await digest(one)).not.toBe(before);
});

test('a file that changed since is not sent', async () => {
  const tree = await treeOf({'deploy.yaml': `job:\n  file-list:\n    - {name: a, src: x, dst: .}\n`, x: 'text'});
  const built = (await packageIn(tree, 'job')).package;
  await writeFile(join(tree, 'x'), 'other');
  await expect(textOf(built, 'a')).rejects.toMatchObject({problem: {code: 'plan-changed'}});
});
