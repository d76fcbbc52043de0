import {execFileSync} from 'node:child_process';
import {chmod, mkdir, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {imageOrder} from '../../src/engine/catalog/image-order.ts';
import {openCatalog} from '../../src/engine/catalog/open.ts';
import type {Problem} from '../../src/engine/problem.ts';
import {makeComponentTree, makeTree} from './trees.ts';

/** Code, file below the root, line and severity of each problem. */
async function places(root: string): Promise<string[]> {
  const {problems} = await openCatalog(root);
  return problems.map(({code, severity = 'error', file = '', line = 0}) =>
    [severity, code, `${file.slice(root.length + 1)}:${line}`].join(' '),
  );
}

async function problemsOf(root: string): Promise<readonly Problem[]> {
  return (await openCatalog(root)).problems;
}

const d = (files: Record<string, string>) =>
  makeTree({
    'paictl.py': '',
    'bootstrap/x/service.yaml': '',
    'src/base/image.yaml': '',
    'src/base/dockerfile': 'FROM busybox',
    ...files,
  });

const c = (imagelist: string, files: Record<string, string> = {}) =>
  makeTree({
    'k8sClusterManagement.py': '',
    'service.yaml': `imagelist:\n${imagelist}servicelist: {}\n`,
    'src/base/dockerfile': 'FROM busybox',
    ...files,
  });

describe('everything wrong in a tree is there at once, with file and line', () => {
  test('in a tree of components', async () => {
    const root = await makeComponentTree({
      'src/a/build/a.dockerfile': 'FROM busybox\nFRMO x\nRUN',
      'src/b/build/a.dockerfile': 'FROM busybox',
      'src/c/build/c.dockerfile': 'FROM d',
      'src/d/build/d.dockerfile': '# see below\nFROM busybox',
      'src/d/build/component.dep': '# first\nc\n\nhadoop-ia\n',
      'src/hadoop-ai/build/components.dep': 'c\r\n',
      'src/hadoop-ai/docker/deep/x.dockerfile': 'FROM busybox',
      'src/hadoop-ai/build/Upper.dockerfile': 'FROM busybox',
    });
    expect(await places(root)).toEqual([
      'error dockerfile-invalid src/a/build/a.dockerfile:2',
      'error dockerfile-invalid src/a/build/a.dockerfile:3',
      'error duplicate-image src/b/build/a.dockerfile:1',
      'error dependency-cycle src/c/build/c.dockerfile:1',
      'error unknown-dependency src/d/build/component.dep:4',
      'error tree-invalid src/hadoop-ai/build/Upper.dockerfile:0',
      'warning tree-invalid src/hadoop-ai/build/components.dep:0',
      'warning tree-invalid src/hadoop-ai/docker/deep/x.dockerfile:0',
    ]);
    const {problems, components, images} = await openCatalog(root);
    expect(problems.find(({code}) => code === 'unknown-dependency')?.hint).toBe('Did you mean hadoop-ai?');
    expect(problems.find(({code}) => code === 'dependency-cycle')).toMatchObject({
      message: 'These need each other in a ring, so none can be built first: c → d → c.',
      detail: 'c needs d: src/c/build/c.dockerfile:1\nd needs c: src/d/build/component.dep:2',
    });
    expect(images.map(({name, component}) => [name, component])).toEqual([
      ['a', 'a'],
      ['c', 'c'],
      ['d', 'd'],
    ]);
    expect(components.find(({name}) => name === 'hadoop-ai')?.needs).toEqual(['c']);
    expect(components.find(({name}) => name === 'b')?.images).toEqual([]);
  });

  test('in image.yaml files', async () => {
    const root = await d({
      'src/a/image.yaml':
        'prerequisite: bas\ncopy-list:\n  - src: ../../etc\n    dst: src/a/x\n  - src: /etc\n    dst: src/a/y\n  - text\n',
      'src/a/dockerfile': 'FROM busybox',
      'src/b/image.yaml': 'template-list:\n  - ../../../x\n  - gone\n',
      'src/c/image.yaml': 'copy-list: [\n',
      'src/c/dockerfile': 'FROM busybox',
      'src/e/image.yaml': '- a list\n',
      'src/e/dockerfile': 'FROM busybox',
      'src/f/image.yaml': 'copylist: []\nprerequisite: f\n',
      'src/f/dockerfile': 'FROM busybox',
    });
    expect(await places(root)).toEqual([
      'error unknown-dependency src/a/image.yaml:1',
      'error path-leaves-tree src/a/image.yaml:3',
      'error path-leaves-tree src/a/image.yaml:5',
      'error tree-invalid src/a/image.yaml:7',
      'error tree-invalid src/b/image.yaml:1',
      'error path-leaves-tree src/b/image.yaml:2',
      'error tree-invalid src/b/image.yaml:3',
      'error yaml-invalid src/c/image.yaml:2',
      'error tree-invalid src/e/image.yaml:1',
      'warning tree-invalid src/f/image.yaml:1',
      'error dependency-cycle src/f/image.yaml:2',
    ]);
    expect((await openCatalog(root)).images.find(({name}) => name === 'a')?.copyList).toEqual([]);
  });

  test('in service.yaml', async () => {
    const root = await c(
      '  base:\n    prerequisite: None\n  Web:\n  base:\n  web:\n    prerequisite: base\n    copy: [../../etc, ../gone]\n  gone:\n  low: {templatelist: {a: b}}\n',
      {'src/web/dockerfile': 'FROM base\nCOPY x', 'src/low/dockerfile': 'FROM busybox'},
    );
    expect(await places(root)).toEqual([
      'error tree-invalid service.yaml:4',
      'error duplicate-image service.yaml:5',
      'error path-leaves-tree service.yaml:8',
      'error path-leaves-tree service.yaml:8',
      'error tree-invalid service.yaml:9',
      'error tree-invalid service.yaml:10',
      'error dockerfile-invalid src/web/dockerfile:2',
    ]);
  });

  test('a source of copy that is not there is a warning: the tools make some while building', async () => {
    const root = await c('  base:\n    copy: [made/later]\n');
    expect(await places(root)).toEqual(['warning tree-invalid service.yaml:3']);
  });

  test('an image that is no map of keys and values', async () => {
    const root = await c('  base: [a, b]\n  web: None\n', {'src/web/dockerfile': 'FROM base'});
    expect(await places(root)).toEqual(['error tree-invalid service.yaml:2', 'error tree-invalid service.yaml:3']);
  });

  test('YAML with a mistake in it', async () => {
    const root = await c('  base:\n   bad: [\n');
    expect((await problemsOf(root)).map(({code}) => code)).toContain('yaml-invalid');
  });
});

test('in a tree by cluster type, both types of one image are a duplicate, an untyped Dockerfile is ignored', async () => {
  const root = await makeComponentTree({
    'src/a/build/a.common.dockerfile': 'FROM busybox',
    'src/a/build/a.k8s.dockerfile': 'FROM busybox',
    'src/a/build/plain.dockerfile': 'FROM busybox',
    'src/a/build/other.yarn.dockerfile': 'FROM busybox',
  });
  expect(await places(root)).toEqual([
    'error duplicate-image src/a/build/a.k8s.dockerfile:1',
    'warning tree-invalid src/a/build/plain.dockerfile:0',
  ]);
});

describe('rings', () => {
  test('of images in one component, and of one image with itself', async () => {
    const root = await makeComponentTree({
      'src/web/build/one.dockerfile': 'FROM two',
      'src/web/build/two.dockerfile': 'FROM busybox\nCOPY --from=one /x /x',
      'src/self/build/self.dockerfile': 'FROM self',
      'src/dep/build/component.dep': 'dep\n',
    });
    const messages = (await problemsOf(root)).map(({message}) => message.replace(/^.*: /, ''));
    expect(messages).toEqual(['dep → dep', 'self → self', 'one → two → one'].map((ring) => `${ring}.`));
  });

  test('of one name leave what is on them and behind them out of the order, as others do', async () => {
    const root = await makeComponentTree({
      'src/a/build/component.dep': 'a\n',
      'src/a/build/a.dockerfile': 'FROM busybox',
      'src/behind/build/behind.dockerfile': 'FROM a',
      'src/self/build/self.dockerfile': 'FROM self',
      'src/free/build/free.dockerfile': 'FROM busybox',
    });
    const catalog = await openCatalog(root);
    const {groups, rings, needs} = imageOrder(catalog);
    expect(groups).toEqual([['free']]);
    expect(rings).toEqual([['a'], ['self']]);
    expect(Object.fromEntries(needs)).toEqual({a: ['a'], behind: ['a'], free: [], self: ['self']});
    expect(catalog.components.map(({copies}) => copies)).toEqual([[], ['a'], [], []]);
  });
});

test('a component folder that is a link is passed over, which is said', async () => {
  const root = await makeComponentTree({
    'src/real/build/real.dockerfile': 'FROM busybox',
    'vendor/build/v.dockerfile': '',
  });
  await symlink('real', join(root, 'src/alias'));
  await symlink('../vendor', join(root, 'src/vendor'));
  const {components, images} = await openCatalog(root);
  expect([components.map(({name}) => name), images.map(({name}) => name)]).toEqual([['real'], ['real']]);
  expect(await places(root)).toEqual(['warning tree-invalid src/alias:0', 'warning tree-invalid src/vendor:0']);
});

describe('what leads out of the tree', () => {
  test('by a symbolic link is refused where it would be read or written by name, and warned of elsewhere', async () => {
    const outside = await makeTree({'x.dockerfile': 'FROM busybox', 'folder/file': ''});
    const root = await makeComponentTree({'src/a/build/a.dockerfile': 'FROM busybox', 'src/a/data/x': ''});
    await symlink(join(outside, 'x.dockerfile'), join(root, 'src/a/build/x.dockerfile'));
    await symlink(join(outside, 'x.dockerfile'), join(root, 'src/a/build/build-pre.sh'));
    await symlink(join(outside, 'folder'), join(root, 'src/b'));
    await symlink(join(outside, 'nothing-there-yet'), join(root, 'src/a/dependency'));
    await symlink('../../../../../../../../etc/passwd', join(root, 'src/a/data/users'));
    await symlink('../data/x', join(root, 'src/a/data/inside'));
    expect(await places(root)).toEqual([
      'error path-leaves-tree src/a/build/build-pre.sh:0',
      'error path-leaves-tree src/a/build/x.dockerfile:0',
      'warning path-leaves-tree src/a/data/users:0',
      'error path-leaves-tree src/a/dependency:0',
      'error path-leaves-tree src/b:0',
    ]);
    const {images, components} = await openCatalog(root);
    expect(images.map(({name}) => name)).toEqual(['a']);
    expect(components.map(({name, preHook}) => [name, preHook])).toEqual([['a', undefined]]);
  });

  test('through a link on the way of a copy-list is refused, although its text stays inside', async () => {
    const outside = await makeTree({file: ''});
    const root = await d({
      'src/a/image.yaml': 'copy-list:\n  - {src: link/file, dst: src/a/x}\n  - {src: src/base, dst: link/new}\n',
      'src/a/dockerfile': 'FROM busybox',
    });
    await symlink(outside, join(root, 'link'));
    expect(await places(root)).toEqual([
      'error path-leaves-tree src/a/image.yaml:2',
      'error path-leaves-tree src/a/image.yaml:3',
    ]);
  });

  test('an opened tool folder does not reach beside itself, and says what to open', async () => {
    const root = await makeTree({
      'pai/paictl.py': '',
      'pai/bootstrap/x/service.yaml': '',
      'pai/src/a/image.yaml': 'copy-list:\n  - {src: ../sources, dst: src/a/x}\n',
      'pai/src/a/dockerfile': 'FROM busybox',
      'sources/file': '',
    });
    expect(await problemsOf(root)).toEqual([]);
    expect((await problemsOf(join(root, 'pai')))[0]).toMatchObject({
      code: 'path-leaves-tree',
      hint: expect.stringContaining('open the folder above'),
    });
  });
});

describe('odd files', () => {
  test('a pipe named like a Dockerfile is a problem and nothing waits for it', async () => {
    const root = await makeComponentTree({'src/a/build/a.dockerfile': 'FROM busybox'});
    execFileSync('/usr/bin/env', ['mkfifo', join(root, 'src/a/build/pipe.dockerfile')]);
    expect(await places(root)).toEqual(['error file-unreadable src/a/build/pipe.dockerfile:0']);
  });

  test('a link that leads in a circle is a problem', async () => {
    const root = await makeComponentTree({'src/a/build/a.dockerfile': 'FROM busybox'});
    await symlink('loop.dockerfile', join(root, 'src/a/build/loop.dockerfile'));
    expect(await places(root)).toEqual(['error file-unreadable src/a/build/loop.dockerfile:0']);
  });

  test('a link to what is not there is a problem where a file is read or run', async () => {
    const root = await makeComponentTree({'src/a/build/a.dockerfile': 'FROM busybox', 'src/a/data/x': ''});
    for (const name of [
      'build/build-post.sh',
      'build/build-pre.sh',
      'build/component.dep',
      'build/x.dockerfile',
      'data/y',
    ])
      await symlink('gone', join(root, 'src/a', name));
    expect(await places(root)).toEqual([
      'error file-unreadable src/a/build/build-post.sh:0',
      'error file-unreadable src/a/build/build-pre.sh:0',
      'error file-unreadable src/a/build/component.dep:0',
      'error file-unreadable src/a/build/x.dockerfile:0',
    ]);
    const [first] = await problemsOf(root);
    expect(first?.message).toBe('src/a/build/build-post.sh is a symbolic link to what is not there.');
    const images = await d({'src/a/dockerfile': 'FROM busybox'});
    await symlink('gone', join(images, 'src/a/image.yaml'));
    expect(await places(images)).toEqual(['error file-unreadable src/a/image.yaml:0']);
  });

  test('a folder named like a Dockerfile is none, one named like a hook is a problem', async () => {
    const root = await makeComponentTree({
      'src/a/build/x.dockerfile/inside': '',
      'src/a/build/build-pre.sh/inside': '',
      'src/a/build/component.dep/inside': '',
    });
    expect(await places(root)).toEqual([
      'error file-unreadable src/a/build/build-pre.sh:0',
      'error file-unreadable src/a/build/component.dep:0',
    ]);
  });

  test.skipIf(process.getuid?.() !== 0)('what may not be read is told once, at the folder or the file', async () => {
    const root = await makeComponentTree({
      'src/a/build/a.dockerfile': 'FROM busybox',
      'src/b/build/b.dockerfile': 'FROM busybox',
      'src/b/build/component.dep': 'a',
    });
    await chmod(join(root, 'src/a/build/a.dockerfile'), 0);
    await chmod(join(root, 'src/b/build'), 0);
    await chmod(root, 0o755);
    expect(await asNobody(() => places(root))).toEqual([
      'error file-unreadable src/a/build/a.dockerfile:0',
      'error file-unreadable src/b/build:0',
    ]);
    await chmod(root, 0o700);
    await expect(asNobody(() => openCatalog(root))).rejects.toMatchObject({
      problem: {code: 'no-tree', message: `The folder ${root} cannot be opened: permission denied.`},
    });
  });

  test('a file of bytes that are no text is a problem', async () => {
    const root = await makeComponentTree({});
    await mkdir(join(root, 'src/a/build'), {recursive: true});
    await writeFile(join(root, 'src/a/build/a.dockerfile'), Buffer.from([0xff, 0xfe, 0, 1, 2]));
    expect(await places(root)).toEqual(['error dockerfile-invalid src/a/build/a.dockerfile:1']);
  });

  test('what a stopped build left behind is not taken for images', async () => {
    const root = await makeComponentTree({
      'src/a/build/a.dockerfile': 'FROM busybox',
      'src/b/build/b.dockerfile': 'FROM a',
      'src/b/dependency/a/build/a.dockerfile': 'FROM busybox',
      'src/b/generated/x.dockerfile': 'FROM busybox',
    });
    expect(await places(root)).toEqual([]);
  });

  test('names that would break a screen or a path are refused and shown without harm', async () => {
    const root = await makeComponentTree({
      'src/a\u001b[31m/build/a.dockerfile': 'FROM x',
      'src/b/build/-x.dockerfile': 'FROM x',
    });
    const problems = await problemsOf(root);
    expect(problems.map(({code}) => code)).toEqual(['tree-invalid', 'tree-invalid']);
    expect(problems.map(({message}) => message).join()).not.toContain('\u001b');
  });
});

test('what lies where the tools would stumble over it is told and does not count', async () => {
  const root = await makeComponentTree({
    'src/top.dockerfile': 'FROM busybox',
    'src/a/flat.dockerfile': 'FROM busybox',
    'src/a/component.dep': 'gone',
    'src/a/build/deep/components.dep': 'gone',
    'src/a/dependency/b/build/component.dep': 'gone',
  });
  expect(await places(root)).toEqual([
    'warning tree-invalid src/a/build/deep/components.dep:0',
    'warning tree-invalid src/a/component.dep:0',
    'warning tree-invalid src/a/flat.dockerfile:0',
    'warning tree-invalid src/top.dockerfile:0',
  ]);
  expect((await openCatalog(root)).images).toEqual([]);
});

/** The same as another account, which may read less. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('a folder that is no tree', () => {
  const failure = async (folder: string) => {
    try {
      await openCatalog(folder);
    } catch (error) {
      return (error as {problem?: Problem}).problem;
    }
    return undefined;
  };

  test('is told what was looked for', async () => {
    const root = await makeTree({'README.md': ''});
    expect(await failure(root)).toMatchObject({
      code: 'no-tree',
      message: `${root} is no source tree of any known version.`,
      hint: 'Give the folder of a checkout with --source DIR or PAI_SOURCE.',
      detail: expect.stringContaining('paictl.py and build/pai_build.py'),
    });
  });

  test('that is not there, or is a file', async () => {
    const root = await makeTree({file: ''});
    expect(await failure(join(root, 'gone'))).toMatchObject({
      code: 'no-tree',
      message: `The folder ${root}/gone does not exist.`,
    });
    expect(await failure(join(root, 'file'))).toMatchObject({
      code: 'no-tree',
      message: `${root}/file is a file, not the folder of a source tree.`,
    });
  });

  test('but lies inside one is told where that begins', async () => {
    const root = await makeComponentTree({'src/a/app/x': ''});
    expect(await failure(join(root, 'src/a/app'))).toMatchObject({
      hint: `A source tree begins further up: open ${root}.`,
    });
  });

  test('but holds several is asked which', async () => {
    const root = await makeTree({
      'one/paictl.py': '',
      'one/build/pai_build.py': '',
      'two/paictl.py': '',
      'two/build/pai_build.py': '',
    });
    expect(await failure(root)).toMatchObject({
      code: 'no-tree',
      message: `${root} holds several source trees: one, two.`,
      hint: `Open one of them, for instance ${root}/one.`,
    });
  });

  test('but a link in it leads to one is told where that is', async () => {
    const tree = await makeComponentTree({});
    const root = await makeTree({});
    await symlink(tree, join(root, 'link'));
    expect(await failure(root)).toMatchObject({hint: `A link in it leads to a source tree: open ${tree}.`});
  });

  test('and a tree that a second name leads to is one tree', async () => {
    const root = await makeTree({'v1/paictl.py': '', 'v1/build/pai_build.py': ''});
    await symlink('v1', join(root, 'current'));
    await symlink('.', join(root, 'here'));
    expect(await openCatalog(root)).toMatchObject({root, toolRoot: join(root, 'v1'), problems: []});
  });
});
