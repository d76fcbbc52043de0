import {chmod} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Era} from '../../src/engine/catalog/types.ts';
import {imageReferences} from '../../src/engine/config/image-references.ts';
import {readRegistrySettings} from '../../src/engine/config/registry.ts';
import {fixture, makeTree} from '../catalog/trees.ts';

const read = (config: string | undefined, era: Era, toolRoot = '/nowhere') =>
  readRegistrySettings(config, {toolRoot, era});

/** The reading of one configuration file of that text. */
async function readText(era: Era, text: string, name = 'services-configuration.yaml') {
  const folder = await makeTree({[name]: text});
  await chmod(join(folder, name), 0o600);
  const reading = await read(folder, era);
  return {
    settings: reading.settings,
    problems: reading.problems.map(({severity = 'error', code, key, line, message, hint}) =>
      [severity, code, `${key ?? ''}:${line ?? ''}`, message, hint].join(' | '),
    ),
  };
}

const oldFormat = (keys: string) =>
  `cluster:\n  clusterid: x\n  docker-registry-info:\n${keys.replace(/^/gm, '    ')}\nhadoop: {}\n`;
const newFormat = (keys: string) => `cluster:\n  docker-registry:\n${keys.replace(/^/gm, '    ')}\nrest-server: {}\n`;

describe('the configurations of every era', () => {
  const base = {namespace: 'openpai', domain: 'registry.example.com:5000', secretName: 'pai-secret'};
  test.each([
    ['a', 'A', {...base, tag: 'v0.2'}],
    ['b', 'B', {...base, tag: 'v0.4.0'}],
    ['c', 'C', {...base, domain: 'public', tag: 'v0.5.0', username: 'operator'}],
    ['d', 'D', {...base, tag: 'v0.7.2'}],
    ['e', 'E', {...base, domain: 'docker.io', tag: 'v0.8.3'}],
    ['f', 'F', {...base, tag: 'v0.9.1'}],
    ['g', 'G', {...base, tag: 'v0.14.0'}],
    ['h', 'H', {...base, domain: 'docker.io', tag: 'v1.8.0'}],
  ] as const)('config-%s', async (name, era, expected) => {
    const {settings, problems} = await read(fixture(`config-${name}`), era, fixture(`tree-${name}`));
    expect(problems.filter(({severity}) => severity !== 'warning' && severity !== 'notice')).toEqual([]);
    const {password, file, ...rest} = settings ?? {};
    expect(rest).toEqual(expected);
    expect(file).toContain(fixture(`config-${name}`));
    expect(password?.reveal()).toBe(name === 'c' ? 'change-me' : undefined);
  });

  test('the file itself may be given, as era A wants it', async () => {
    expect((await read(join(fixture('config-a'), 'clusterconfig.yaml'), 'A')).settings?.tag).toBe('v0.2');
  });

  test('without a configuration there are neither settings nor problems', async () => {
    expect(await read(undefined, 'G')).toEqual({problems: []});
  });

  test('the misspelt name of v0.8 is read, with a warning', async () => {
    const {settings, problems} = await readText(
      'E',
      oldFormat('docker-namespace: n\ndocker-registry-domain: public\ndocker-tag: t'),
      'serivces-configuration.yaml',
    );
    expect(settings).toMatchObject({namespace: 'n', domain: 'public', tag: 't'});
    expect(problems).toEqual([expect.stringMatching(/^warning .*Rename it to services-configuration\.yaml\.$/)]);
  });
});

describe('the format', () => {
  test('is told by the section that is there, even in a new file without rest-server', async () => {
    const text = 'cluster:\n  docker-registry: {namespace: n, domain: d.io, tag: t}\n';
    expect(await readText('G', text)).toMatchObject({
      settings: {namespace: 'n', domain: 'd.io', tag: 't'},
      problems: [],
    });
    expect(
      (await readText('G', oldFormat('docker-namespace: n\ndocker-registry-domain: d.io\ndocker-tag: t'))).settings,
    ).toMatchObject({
      domain: 'd.io',
    });
  });

  test.each([
    ['hadoop: {}', 'old'],
    ['rest-server: {}', 'new'],
    ['rest-server: {}\nhadoop: {}', 'old'],
    ['', 'old'],
  ])('with both sections and %j is %s, as the conversion has it', async (more, tag) => {
    const text = `cluster:
  docker-registry-info: {docker-namespace: n, docker-registry-domain: d.io, docker-tag: old}
  docker-registry: {namespace: n, domain: d.io, tag: new}
${more}\n`;
    expect((await readText('G', text)).settings?.tag).toBe(tag);
  });
});

describe('values', () => {
  test.each([
    ['1.10', '1.10'],
    ['0755', '0755'],
    ['1e3', '1e3'],
    ['yes', 'yes'],
    ['2018-01-01', '2018-01-01'],
    ["'v1'", 'v1'],
  ])('a tag %s is %s', async (written, tag) => {
    expect((await readText('G', newFormat(`namespace: n\ndomain: d.io\ntag: ${written}`))).settings?.tag).toBe(tag);
  });

  test('a password keeps its text and is never shown', async () => {
    const {settings} = await readText(
      'G',
      newFormat('namespace: n\ndomain: d.io\ntag: t\nusername: 007\npassword: 0123'),
    );
    expect(settings?.username).toBe('007');
    expect(settings?.password?.reveal()).toBe('0123');
    expect(JSON.stringify(settings)).not.toContain('0123');
  });

  test('nothing, an empty text and None mean nobody logs in; an empty namespace is one', async () => {
    const {settings, problems} = await readText(
      'E',
      oldFormat(
        "docker-namespace: ''\ndocker-registry-domain: d.io\ndocker-tag: t\ndocker-username: None\ndocker-password:",
      ),
    );
    expect(settings).toMatchObject({namespace: ''});
    expect(settings).not.toHaveProperty('username');
    expect(settings).not.toHaveProperty('password');
    expect(problems).toEqual([]);
  });

  test('A–C: the tag is latest when none is given', async () => {
    const text = 'clusterinfo:\n  dockerregistryinfo:\n    docker_namespace: n\n    docker_registry_domain: public\n';
    expect((await readText('A', text, 'clusterconfig.yaml')).settings?.tag).toBe('latest');
  });

  test('F–H: what is left out comes from the tree, even the whole section', async () => {
    const folder = await makeTree({'services-configuration.yaml': 'rest-server: {}\n'});
    const {settings, problems} = await read(folder, 'F', fixture('tree-f'));
    expect(settings).toMatchObject({namespace: 'openpai', domain: 'docker.io', tag: 'latest'});
    expect(problems).toMatchObject([
      {severity: 'notice', message: expect.stringContaining('domain docker.io, namespace openpai, tag latest.')},
    ]);
    const part = await read(fixture('config-f'), 'F', fixture('tree-f'));
    expect(part.problems).toMatchObject([{severity: 'notice', key: 'cluster.docker-registry.namespace', line: 3}]);
    expect((await read(folder, 'F')).problems.map(({key}) => key)).toEqual([
      'cluster.docker-registry.domain',
      'cluster.docker-registry.namespace',
      'cluster.docker-registry.tag',
    ]);
  });
});

describe('mistakes, all at once, with file, line, key and what to write', () => {
  test('of values and of keys', async () => {
    const {settings, problems} = await readText(
      'G',
      newFormat(
        'namespace: OpenPAI\ndomain: http://registry.local:5000/v2\ntag: "a b"\nusernam: x\npassword: [secret]\ndocker-tag: t\ncolour: blue',
      ),
    );
    expect(settings).toBeUndefined();
    const at = 'cluster.docker-registry';
    expect(problems).toEqual([
      `error | config-invalid | ${at}.usernam:6 | ${at}.usernam is not a setting of the registry. | Write username instead.`,
      `error | config-invalid | ${at}.password:7 | ${at}.password must be a single value. | Write password: value`,
      `error | config-invalid | ${at}.docker-tag:8 | ${at}.docker-tag is not a setting of the registry. | Write tag instead.`,
      `warning | config-invalid | ${at}.colour:9 | ${at}.colour is not a setting of the registry. | Known are: domain, namespace, tag, username, password, secret-name.`,
      `error | config-invalid | ${at}.domain:4 | ${at}.domain is "http://registry.local:5000/v2", but a registry is a host with or without a port, without http:// and without a path. | Write domain: registry.local:5000`,
      `error | config-invalid | ${at}.namespace:3 | ${at}.namespace is "OpenPAI", but a namespace is lower case letters and digits, with single . _ - / between them. | Write namespace: openpai`,
      `error | config-invalid | ${at}.tag:5 | ${at}.tag is "a b", but a tag is letters, digits and . _ -, at most 128, not beginning with . or -. | Write tag: a-b`,
    ]);
  });

  test('of a host that Docker would take for a name on Docker Hub', async () => {
    const {settings, problems} = await readText('G', newFormat('namespace: n\ndomain: registry\ntag: t'));
    expect(settings).toBeUndefined();
    expect(problems).toEqual([
      'error | config-invalid | cluster.docker-registry.domain:4 | cluster.docker-registry.domain is "registry", which Docker takes for a name on Docker Hub, for there is neither a dot nor a port in it. | Write domain: registry:443, or with the port it listens on.',
    ]);
    for (const domain of ['registry:5000', '"[::1]:5000"', 'localhost', 'public', 'docker.io'])
      expect((await readText('G', newFormat(`namespace: n\ndomain: ${domain}\ntag: t`))).problems).toEqual([]);
  });

  test('of what is missing', async () => {
    const {problems} = await readText('E', 'cluster:\n  docker-registry-info:\n    docker-namespace: n\n');
    expect(problems).toEqual([
      'error | registry-setting-missing | cluster.docker-registry-info.docker-registry-domain:2 | cluster.docker-registry-info.docker-registry-domain is missing. | Write docker-registry-domain: registry.example.com:5000',
      'error | registry-setting-missing | cluster.docker-registry-info.docker-tag:2 | cluster.docker-registry-info.docker-tag is missing. | Write docker-tag: latest',
    ]);
  });

  test('of sections that are no maps', async () => {
    const {problems} = await readText('E', 'cluster: text\n');
    expect(problems[0]).toContain('config-invalid | cluster:1 | cluster must be a map of keys and values.');
  });

  test('of YAML', async () => {
    const {settings, problems} = await readText('G', 'cluster:\n\tx: 1\n');
    expect(settings).toBeUndefined();
    expect(problems[0]).toMatch(/^error \| yaml-invalid \| :2/);
  });

  test('a password beside no user name is a warning that does not show it', async () => {
    const {settings, problems} = await readText('G', newFormat('namespace: n\ndomain: d.io\ntag: t\npassword: hidden'));
    expect(settings).toBeDefined();
    expect(problems).toEqual([expect.stringContaining('warning | config-invalid | cluster.docker-registry.username')]);
    expect(problems.join()).not.toContain('hidden');
  });

  test('a file that holds a password and can be read by everybody is a warning', async () => {
    const folder = await makeTree({
      'services-configuration.yaml': newFormat('namespace: n\ndomain: d.io\ntag: t\nusername: u\npassword: p'),
    });
    const file = join(folder, 'services-configuration.yaml');
    await chmod(file, 0o644);
    expect((await read(folder, 'G')).problems).toMatchObject([
      {severity: 'warning', file, hint: `Run: chmod o-r ${file}`},
    ]);
    await chmod(file, 0o640);
    expect((await read(folder, 'G')).problems).toEqual([]);
  });

  test('a file of many megabytes is not read', async () => {
    const {problems} = await readText('G', `# ${'x'.repeat(5 * 1024 * 1024)}`);
    expect(problems).toEqual([expect.stringContaining('file-unreadable')]);
  });

  test('a folder that is not there, or holds no configuration', async () => {
    expect((await read('/nowhere/at/all', 'G')).problems).toMatchObject([
      {code: 'config-missing', message: 'The configuration /nowhere/at/all does not exist.'},
    ]);
    const folder = await makeTree({'layout.yaml': ''});
    expect((await read(folder, 'G')).problems).toMatchObject([
      {code: 'config-missing', hint: 'Add services-configuration.yaml, or give another folder with --config DIR.'},
    ]);
  });
});

test.each([
  ['central-list', 'public', 'ns', 'ns/web', 'ns/web:t'],
  ['central-list', 'r.io:5000', 'ns', 'ns/web', 'r.io:5000/ns/web:t'],
  ['central-list', 'r.io', '', 'web', 'r.io/web:t'],
  ['image-yaml', 'public', 'ns', 'web', 'ns/web:t'],
  ['image-yaml', 'r.io', 'ns', 'web', 'r.io/ns/web:t'],
  ['component', 'docker.io', 'ns', 'web', 'docker.io/ns/web:t'],
  ['component', 'r.io', '', 'web', 'r.io/web:t'],
  ['component-typed', 'public', 'ns', 'web', 'ns/web:t'],
  ['component-typed', 'docker.io', 'ns', 'web', 'docker.io/ns/web:t'],
] as const)('%s with domain %j and namespace %j: %s is pushed as %s', (layout, domain, namespace, local, pushed) => {
  expect(imageReferences(layout, {domain, namespace, tag: 't'}, 'web')).toEqual({local, pushed});
});

test('without settings there is a local name alone, and that of A–C has no namespace yet', () => {
  expect(imageReferences('component', undefined, 'web')).toEqual({local: 'web'});
  expect(imageReferences('central-list', undefined, 'web')).toEqual({local: '<namespace>/web'});
});
