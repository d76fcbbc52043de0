import '../helpers/property-seed.ts';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {parse} from 'yaml';
import {mergeKubeconfig} from '../../src/engine/kubeconfig/merge-kubeconfig.ts';
import {Secret} from '../../src/engine/secret.ts';

const given = {
  ...{cluster: 'prod', user: 'prod-admin', context: 'prod', server: 'https://10.0.0.9:6443'},
  authorities: 'CA',
  credentials: {certificate: 'CERT', key: new Secret('KEY')},
};
const base64 = (text: string) => Buffer.from(text).toString('base64');
const cluster = {server: 'https://10.0.0.9:6443', 'certificate-authority-data': base64('CA')};
const user = {'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY')};

function merged(text: string | undefined, {use = false, ...changed}: Partial<typeof given> & {use?: boolean} = {}) {
  const before = text === undefined ? undefined : new Secret(text);
  const result = mergeKubeconfig({...given, ...changed}, {text: before, file: '~/.kube/config', use});
  if (result.type === 'refused') throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return {text: result.text.reveal(), changes: result.changes};
}

/** Twice is once. */
function mergedForGood(text: string, further: {use?: boolean} = {}) {
  const first = merged(text, further);
  expect(merged(first.text, further)).toEqual({text: first.text, changes: []});
  return first;
}

const work = `# mine, by hand
apiVersion: v1
kind: Config
preferences: {}
clusters:
# the one at work
- cluster:
    server:   "https://work:6443"   # do not touch
  name: work
contexts:
- context: {cluster: work, user: me, namespace: dev}
  name: work
current-context: work
users:
- name: me
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: get-token
`;

describe('a file without the cluster', () => {
  test('that is not there, or empty, becomes one with the cluster alone', () => {
    for (const text of [undefined, '', ' \n']) {
      const {text: made, changes} = merged(text);
      expect(parse(made)).toEqual({
        ...{apiVersion: 'v1', kind: 'Config', 'current-context': 'prod'},
        clusters: [{name: 'prod', cluster}],
        users: [{name: 'prod-admin', user}],
        contexts: [{name: 'prod', context: {cluster: 'prod', user: 'prod-admin'}}],
      });
      expect(changes).toEqual(['The file is new, with prod alone.']);
    }
    const {text} = merged(undefined);
    expect(merged(text)).toEqual({text, changes: []});
  });

  test('gets three entries; each line that was there stays, and the context in use', () => {
    const {text, changes} = mergedForGood(work);
    expect(changes).toEqual([
      'The cluster prod is added.',
      'The user prod-admin is added.',
      'The context prod is added.',
    ]);
    const before = parse(work);
    expect(parse(text)).toEqual({
      ...before,
      clusters: [...before.clusters, {name: 'prod', cluster}],
      users: [...before.users, {name: 'prod-admin', user}],
      contexts: [...before.contexts, {name: 'prod', context: {cluster: 'prod', user: 'prod-admin'}}],
    });
    const lines = text.split('\n');
    let at = -1;
    for (const line of work.split('\n').slice(0, -1)) {
      at = lines.indexOf(line, at + 1);
      expect(at, line).toBeGreaterThanOrEqual(0);
    }
  });

  test('changes the context in use only where that is asked for', () => {
    const {text, changes} = mergedForGood(work, {use: true});
    expect(text).toContain('\ncurrent-context: prod\n');
    expect(changes.at(-1)).toBe('The context in use becomes prod (it was work).');
  });

  test.each([
    ['only comments', '# nothing yet\n'],
    ['empty lists', 'apiVersion: v1\nkind: Config\nclusters: []\nusers: []\ncontexts: []\ncurrent-context: ""\n'],
    ['lists of nothing', 'apiVersion: v1\nkind: Config\nclusters: null\nusers:\ncontexts: ~\n'],
    ['JSON', '{"apiVersion": "v1", "kind": "Config", "clusters": [], "users": [], "contexts": []}'],
    ['no lists', 'apiVersion: v1\nkind: Config\n'],
    ['line ends of Windows', 'apiVersion: v1\r\nkind: Config\r\nclusters: []\r\n'],
  ])('with %s', (_, text) => {
    expect(parse(mergedForGood(text).text)).toMatchObject({
      ...{apiVersion: 'v1', kind: 'Config', 'current-context': 'prod'},
      clusters: [{name: 'prod', cluster}],
      users: [{name: 'prod-admin', user}],
      contexts: [{name: 'prod', context: {cluster: 'prod', user: 'prod-admin'}}],
    });
  });
});

describe('a file with the cluster', () => {
  test('gets what differs, and keeps what else stands in the entries', () => {
    const old = `apiVersion: v1
kind: Config
clusters:
- name: prod
  cluster:
    server: https://10.0.0.1:6443   # the old balancer
    insecure-skip-tls-verify: true
    proxy-url: http://proxy:3128
users:
- name: prod-admin
  user:
    token: hunter2
    client-certificate-data: ${base64('OLD')}
    as: someone
contexts:
- name: prod
  context: {cluster: prod, user: someone-else, namespace: gpu}
current-context: prod
`;
    const {text, changes} = mergedForGood(old);
    expect(parse(text)).toMatchObject({
      clusters: [{name: 'prod', cluster: {...cluster, 'proxy-url': 'http://proxy:3128'}}],
      users: [{name: 'prod-admin', user: {...user, as: 'someone'}}],
      contexts: [{name: 'prod', context: {cluster: 'prod', user: 'prod-admin', namespace: 'gpu'}}],
    });
    expect(text).toContain('server: https://10.0.0.9:6443   # the old balancer\n');
    expect(text).not.toMatch(/insecure|token|hunter2/);
    expect(changes).toEqual([
      'server of the cluster prod changes.',
      'certificate-authority-data of the cluster prod is added.',
      'insecure-skip-tls-verify of the cluster prod goes.',
      'client-certificate-data of the user prod-admin changes.',
      'client-key-data of the user prod-admin is added.',
      'token of the user prod-admin goes.',
      'user of the context prod changes.',
    ]);
  });

  test('whose entries are hollow gets them filled', () => {
    const {text} = mergedForGood(
      'clusters:\n- name: prod\n- name: x\n  cluster:\n    server: y\nusers:\n- name: prod-admin\n  user:\n',
    );
    expect(parse(text)).toMatchObject({
      clusters: [{name: 'prod', cluster}, {name: 'x'}],
      users: [{name: 'prod-admin', user}],
    });
  });

  test('gets a renewed certificate and key, and nothing else', () => {
    const {text} = merged(work);
    const credentials = {certificate: 'NEWER', key: new Secret('NEWER-KEY')};
    const renewed = merged(text, {credentials});
    const expected = text.replace(base64('CERT'), base64('NEWER')).replace(base64('KEY'), base64('NEWER-KEY'));
    expect(renewed.text).toBe(expected);
  });
});

describe('a file that is not touched', () => {
  test.each([
    ['- a\n', 'edit-refused: It is no kubeconfig: its contents are not keys and values.'],
    ['clusters: {a: b}\n', 'edit-refused: It is no kubeconfig: "clusters" is no list.'],
    ['clusters: [\n', 'yaml-invalid: '],
    ['a: 1\n---\nb: 2\n', 'yaml-invalid: '],
  ])('%j', (text, says) => {
    expect(() => merged(text)).toThrow(says);
  });

  test('since an entry is shared by an anchor is told with its place, and without what is secret', () => {
    const text = 'users:\n- name: prod-admin\n  user: &u\n    token: hunter2\n- name: other\n  user: *u\n';
    const result = mergeKubeconfig(given, {text: new Secret(text), file: '~/.kube/config', use: false});
    expect(result).toMatchObject({type: 'refused', problem: {code: 'edit-refused', file: '~/.kube/config'}});
    expect(JSON.stringify(result)).not.toMatch(/hunter2|S0VZ/);
  });
});

test('any kubeconfig of other clusters keeps its lines, in their order', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9.-]{0,10}$/).filter((text) => !text.startsWith('prod'));
  const note = fc.constantFrom('', '# a note\n', '\n');
  const step = fc.constantFrom('', '  ');
  const entries = fc.array(fc.tuple(name, note), {minLength: 1, maxLength: 4});
  fc.assert(
    fc.property(entries, entries, step, fc.boolean(), (clusters, users, indent, isFlow) => {
      const item =
        (field: string, key: string) =>
        ([id, above]: [string, string]) =>
          above +
          indent +
          (isFlow
            ? `- {name: ${id}, ${field}: {${key}: x}}\n`
            : `- name: ${id}\n${indent}  ${field}:\n${indent}    ${key}: x # ${id}\n`);
      const text = `apiVersion: v1\nclusters:\n${clusters.map(item('cluster', 'server')).join('')}users:\n${users.map(item('user', 'token')).join('')}kind: Config\n`;
      const result = mergedForGood(text);
      const there = result.text.split('\n');
      let at = -1;
      for (const line of text.split('\n').slice(0, -1)) {
        at = there.indexOf(line, at + 1);
        expect(at, `${line} of\n${result.text}`).toBeGreaterThanOrEqual(0);
      }
      const {clusters: clustersNow, users: usersNow} = parse(result.text);
      expect(clustersNow.at(-1)).toEqual({name: 'prod', cluster});
      expect(usersNow.at(-1)).toEqual({name: 'prod-admin', user});
    }),
    {numRuns: 100},
  );
});
