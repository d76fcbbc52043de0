import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {buildPackage} from '../../src/engine/package/build-package.ts';
import {readManifests} from '../../src/engine/package/manifest.ts';
import {packagePath} from '../../src/engine/package/package-path.ts';
import {roleManifest} from '../../src/engine/package/role-manifest.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {fixture} from '../catalog/trees.ts';
import {modelOf} from '../config/configs.ts';
import {files, manifestsIn, treeOf} from './packages.ts';

const pathsOf = (entries: readonly {readonly path: string; readonly how: string}[]) =>
  entries.map(({path, how}) => `${how} ${path}`);

describe('the manifests of each era', () => {
  test.each([
    ['c', 'tree-c/pai-management', 'k8sPaiLibrary'],
    ['d', 'tree-d/pai-management', 'k8sPaiLibrary'],
    ['e', 'tree-e', 'deployment/k8sPaiLibrary'],
    ['f', 'tree-f', 'deployment/k8sPaiLibrary'],
    ['g', 'tree-g', 'deployment/k8sPaiLibrary'],
    ['h', 'tree-h', 'deployment/k8sPaiLibrary'],
  ])('%s', async (_, tree, library) => {
    const root = fixture(tree);
    const {manifests, problems} = await readManifests(join(root, library, 'maintainconf/deploy.yaml'), root);
    expect(problems).toEqual([]);
    const roles = ['master', 'worker', 'proxy'];
    expect(manifests.map(({job}) => job)).toEqual(roles.map((role) => `${role}-deployment`));
    const worker = pathsOf(manifests[1]?.entries ?? []);
    expect(worker).toContain('rendered etc/kubernetes/config');
    const scripts = ['hosts-check.sh', 'kubelet-start.sh', 'docker-ce-install.sh'];
    expect(worker).toEqual(expect.arrayContaining(scripts.map((script) => `copied ${script}`)));
    const {manifests: added} = await readManifests(join(root, library, 'maintainconf/add.yaml'), root);
    expect(added.map(({job}) => job)).toEqual(['add-worker-node']);
  });
});

test('a service.yaml is one job, whose templates lie beside it', async () => {
  const tree = await treeOf({
    'src/pylon/deploy/service.yaml': 'start-script: start.sh\ntemplate-list:\n  - start.sh\n  - a/b.yaml\n',
  });
  const {manifests, problems} = await manifestsIn(tree, 'src/pylon/deploy/service.yaml');
  expect(problems).toEqual([]);
  expect(manifests).toMatchObject([
    {
      job: 'pylon',
      entries: [
        {path: 'start.sh', src: 'src/pylon/deploy/start.sh.template', how: 'rendered', line: 3},
        {path: 'a/b.yaml', src: 'src/pylon/deploy/a/b.yaml.template', how: 'rendered', line: 4},
      ],
    },
  ]);
});

test('every mistake is named with its line, and the other jobs are there', async () => {
  const tree = await treeOf({
    'deploy.yaml': `
good:
  file-list:
    - {name: a, src: a, dst: .}
leaving:
  file-list:
    - {name: a, src: a, dst: ../..}
incomplete:
  template-list:
    - {src: a, dst: .}
    - {name: a}
strange:
  template-list: yes
empty:
a/b:
  file-list: []
`,
  });
  const {manifests, problems} = await manifestsIn(tree);
  expect(manifests.map(({job}) => job)).toEqual(['good']);
  expect(problems.map(({code, line, message}) => `${code} ${line} ${message}`)).toEqual([
    'path-leaves-tree 7 leaving.file-list.0 leads out of the package.',
    'tree-invalid 10 incomplete.template-list.0 has no name.',
    'tree-invalid 11 incomplete.template-list.1 has no src.',
    'tree-invalid 13 strange.template-list is no list.',
    'tree-invalid 14 empty has neither a template-list nor a file-list.',
    'tree-invalid 15 a/b cannot be the name of a folder: a/b.',
  ]);
});

test('a manifest that is no YAML is a Problem, and so is one that is a list', async () => {
  const tree = await treeOf({'deploy.yaml': 'a: [', 'list.yaml': '- a\n'});
  expect((await manifestsIn(tree)).problems).toMatchObject([{code: 'yaml-invalid'}]);
  expect((await manifestsIn(tree, 'list.yaml')).problems).toMatchObject([{code: 'tree-invalid'}]);
  expect((await manifestsIn(tree, 'nowhere.yaml')).problems).toMatchObject([{code: 'file-unreadable'}]);
});

describe('paths in a package', () => {
  test.each([
    ['etc/kubernetes', 'config', 'etc/kubernetes/config'],
    ['job/etc', 'config', 'etc/config'],
    ['job', 'kubelet.sh', 'kubelet.sh'],
    ['.', './kubelet.sh', 'kubelet.sh'],
    ['', 'job', 'job'],
    ['/etc//x/', 'y', 'etc/x/y'],
    ['a b', 'c d', 'a b/c d'],
    ['..', 'x', undefined],
    ['a/../..', 'x', undefined],
    ['a', '../x', undefined],
    ['a', '', 'a'],
    ['', '', undefined],
    ['a', 'x/', undefined],
    ['a', 'x\ny', undefined],
    ['a', 'x\\y', undefined],
    ['a', 'x ', undefined],
    ['a'.repeat(1000), 'x', undefined],
  ])('%j and %j are %j', (dst, name, expected) => {
    expect(packagePath('job', dst, name)).toBe(expected);
  });
});

describe('roles up to v0.4.0', () => {
  test.each(['a', 'b'])('of config-%s are the components they are made of', async (name) => {
    const view = (await modelOf(name)).views.kubernetes.reveal();
    const {job, entries} = roleManifest({view, role: 'worker', isFirst: false, file: 'x.yaml'});
    expect(job).toBe('src');
    expect(entries).toMatchObject([{path: 'kubelet.sh', src: 'template/kubelet.sh.template', how: 'rendered'}]);
    const master = roleManifest({view, role: 'master', isFirst: true, file: 'x.yaml'}).entries;
    expect(master.map(({path}) => path)).toContain('etc/kubernetes/manifests/apiserver.yaml');
  });

  test('one that goes to the first machine alone', () => {
    const component = new Map([
      ['name', 'proxy'],
      ['deleteAfterGenerate', 'True'],
    ]);
    const files = [
      new Map([
        ['src', 'kube-proxy.yaml'],
        ['dst', 'src'],
      ]),
    ];
    const view = new Map<string, never>([
      ['component_list', new Map([['proxy', files]])],
      ['remote_deployment', new Map([['master', new Map([['component', [component]]])]])],
    ] as never);
    const request = {view, role: 'master', file: 'x.yaml'};
    expect(roleManifest({...request, isFirst: true}).entries).toHaveLength(1);
    expect(roleManifest({...request, isFirst: false}).entries).toHaveLength(0);
  });

  test('a role and a component that are not there are said', async () => {
    const view = (await modelOf('a')).views.kubernetes.reveal();
    const attempt = (asked: typeof view, role: string) => {
      try {
        return roleManifest({view: asked, role, isFirst: true, file: 'x.yaml'});
      } catch (error) {
        return problemOf(error);
      }
    };
    expect(attempt(view, 'workers')).toMatchObject({code: 'unknown-name', hint: 'Did you mean worker?'});
    const without = new Map([...view].filter(([key]) => key !== 'component_list'));
    expect(attempt(without, 'worker')).toMatchObject({
      code: 'tree-invalid',
      message: 'worker has the component kubelet, which component_list does not describe.',
    });
  });
});

test('any manifest is read without an error, and what it names stays inside', async () => {
  const tree = await treeOf({inside: 'x'});
  const config = await modelOf('g');
  const word = fc.oneof(
    fc.constantFrom('a', '..', '../x', '/etc/passwd', 'inside', '.', 'job', '~', '1', '[]', '{}', 'true', '"a\\nb"'),
    fc.string({maxLength: 8}).map((text) => JSON.stringify(text)),
  );
  const entry = fc.oneof(
    word,
    fc.dictionary(fc.constantFrom('name', 'src', 'dst', 'else'), word).map(
      (map) =>
        `{${Object.entries(map)
          .map(([key, value]) => `${key}: ${value}`)
          .join(', ')}}`,
    ),
  );
  const list = fc.oneof(
    word,
    fc.array(entry, {maxLength: 4}).map((entries) => `[${entries.join(', ')}]`),
  );
  const manifest = fc.record({job: word, templates: list, copied: list});
  await fc.assert(
    fc.asyncProperty(manifest, async ({job, templates, copied}) => {
      await writeFile(join(tree, 'deploy.yaml'), `${job}:\n  template-list: ${templates}\n  file-list: ${copied}\n`);
      const {manifests} = await manifestsIn(tree);
      for (const one of manifests) {
        const built = await buildPackage({manifest: one, toolRoot: tree, config, host: 'gpu-01', files});
        for (const {path} of built.package?.files ?? []) expect(`/${path}/`).not.toContain('/../');
        for (const file of built.package?.files ?? []) {
          expect(['x', await readFile(join(tree, 'deploy.yaml'), 'utf8')]).toContain(
            Buffer.from(await file.read()).toString(),
          );
        }
      }
    }),
    {numRuns: 300},
  );
});
