import {describe, expect, test} from 'vitest';
import type {Era} from '../../src/engine/catalog/types.ts';
import {openConfig} from '../../src/engine/config/open.ts';
import type {YamlMap} from '../../src/engine/config/yaml.ts';
import {fixture, makeTree} from '../catalog/trees.ts';
import {type Edit, editedConfig, said} from './configs.ts';

/** A configuration opened for a tree with these files. */
async function openFor(
  era: Era,
  files: Readonly<Record<string, string>>,
  {edits = [], version}: {edits?: readonly Edit[]; version?: string} = {},
) {
  const folder = await editedConfig(era.toLowerCase(), edits);
  const toolRoot = await makeTree(files);
  const {draft, problems} = await openConfig(folder, {tree: {toolRoot, era, ...(version ? {version} : {})}});
  const view = draft?.views.services.reveal() ?? new Map();
  return {
    service: (name: string) => Object.fromEntries((view.get(name) as YamlMap | undefined) ?? []),
    names: [...view.keys()].map(String),
    problems: said(problems).map((line) => line.replaceAll(toolRoot, 'TREE')),
    release: draft?.release,
    config: draft,
  };
}

const services = 'services-configuration.yaml';

/** The module of a component, and the defaults that come with it. */
const module = (name: string, defaults?: string): Record<string, string> => ({
  [`src/${name}/config/${name.replaceAll('-', '_')}.py`]: '# never run',
  ...(defaults === undefined ? {} : {[`src/${name}/config/${name}.yaml`]: defaults}),
});

describe('the modules of a tree', () => {
  test('only those that are there are in the context, with the defaults they come with', async () => {
    const {names, service} = await openFor('G', {...module('grafana', 'port: 4000\n'), ...module('cluster')});
    expect(names).toEqual(['layout', 'cluster', 'grafana']);
    expect(service('grafana')).toEqual({port: 4000n, url: 'http://10.0.0.1:4000'});
  });

  test('the configuration counts more, and every value knows which of the two it is from', async () => {
    const edit: Edit = [services, 'rest-server:', 'grafana: {port: 5000}\nrest-server:'];
    const {service, config} = await openFor('G', module('grafana', 'port: 4000\ntheme: dark\n'), {edits: [edit]});
    expect(service('grafana')).toEqual({port: 5000n, theme: 'dark', url: 'http://10.0.0.1:5000'});
    const grafana = config?.views.services.reveal().get('grafana') as YamlMap;
    expect(config?.originOf(grafana, 'port')).toMatchObject({from: 'file', line: 8, key: 'grafana.port'});
    expect(config?.originOf(grafana, 'theme')).toEqual({from: 'default', which: 'grafana.yaml of the tree'});
  });

  test('one that nobody knows is merged, and named', async () => {
    const edit: Edit = [services, 'rest-server:', 'quota: {limits: {gpu: 4}}\nrest-server:'];
    const tree = module('quota', 'limits: {gpu: 1, cpu: 2}\nport: 1\n');
    const {service, problems} = await openFor('G', tree, {edits: [edit]});
    expect(service('quota')).toEqual({
      limits: new Map([
        ['gpu', 4n],
        ['cpu', 2n],
      ]),
      port: 1n,
    });
    expect(problems.filter((line) => line.includes('quota'))).toEqual([
      'notice | config-invalid | quota.yaml: |  | The configuration module quota is not known here: its defaults and the configuration are merged, and values it derives are missing. | Templates that need such values show nothing for them.',
    ]);
  });

  test('a section that belongs to none of them is not used, and that is told', async () => {
    const edit: Edit = [services, 'rest-server:', 'grafna: {port: 1}\nextra: {}\nrest-server:'];
    const {problems} = await openFor(
      'G',
      {...module('grafana'), ...module('rest-server'), ...module('cluster')},
      {edits: [edit]},
    );
    expect(problems.filter((line) => /grafna|extra/.test(line))).toMatchInlineSnapshot(`
      [
        "warning | config-invalid | services-configuration.yaml:8 | grafna | grafna is no configuration module of the tree. | Write grafana if that is meant; the section is not used.",
        "notice | config-invalid | services-configuration.yaml:9 | extra | extra is no configuration module of the tree. | Its section is not used.",
      ]
    `);
  });

  test('a tree of images alone counts as one with every known module', async () => {
    const {names} = await openFor('G', {'src/base-image/build/base-image.dockerfile': 'FROM scratch'});
    expect(names).toContain('webportal');
  });

  test('defaults that are no YAML are told with their file', async () => {
    const {problems} = await openFor('G', module('grafana', 'port: [\n'));
    expect(problems.some((line) => line.startsWith('error | yaml-invalid | grafana.yaml'))).toBe(true);
  });

  test('a needed value of a module that is not there is missed', async () => {
    const {problems} = await openFor('G', {...module('webportal'), ...module('rest-server')});
    expect(problems.filter((line) => line.includes('needs'))).toMatchInlineSnapshot(`
      [
        "warning | config-invalid | services-configuration.yaml:1 | webportal | webportal needs prometheus.url, which is not there. | Add prometheus to the tree, or take webportal out of it.",
      ]
    `);
  });
});

test('the fixture of v0.9 has modules, and its configuration is right for them', async () => {
  const tree = {toolRoot: fixture('tree-f'), era: 'F'} as const;
  const {config, problems} = await openConfig(fixture('config-f'), {tree});
  expect(problems.filter(({severity}) => severity !== 'notice')).toEqual([]);
  expect([...(config?.views.services.reveal().keys() ?? [])]).toEqual([
    'kubernetes',
    'machine',
    'layout',
    'cluster',
    'hadoop-resource-manager',
    'prometheus',
    'rest-server',
    'webportal',
    'zookeeper',
  ]);
});

describe('the type of a cluster', () => {
  const tree = {
    ...module('zookeeper', 'service_type: yarn\n'),
    ...module('hivedscheduler', 'service_type: k8s\nconfig: ""\n'),
  };
  test.each([
    ['G', '0.14.0', undefined, ['zookeeper', 'hivedscheduler']],
    ['G', '0.17.0', undefined, ['zookeeper']],
    ['G', '0.17.0', 'k8s', ['hivedscheduler']],
    ['H', '1.0.0', 'yarn', ['zookeeper']],
    ['H', '1.8.0', 'yarn', ['hivedscheduler']],
  ] as const)('%s %s with cluster-type %s has %j', async (era, version, type, expected) => {
    const written: Edit[] =
      type === undefined || (era === 'H' && type === 'yarn')
        ? []
        : [[services, 'cluster:\n', `cluster:\n  common: {cluster-type: ${type}}\n`]];
    const ofH: Edit[] = era === 'H' ? [[services, 'cluster-type: k8s', `cluster-type: ${type}`]] : [];
    const {names} = await openFor(era, tree, {version, edits: [...written, ...ofH]});
    expect([...names].filter((name) => name !== 'layout').sort()).toEqual([...expected].sort());
  });
});

describe('releases inside an era', () => {
  test.each([
    ['D', {'k8sClusterManagement.py': ''}, undefined, 'v0.6'],
    ['D', {}, undefined, 'v0.7'],
    ['G', {}, '0.15.1', 'v0.15'],
    ['G', {}, '1.8.0', 'v0.14'],
    ['H', {'deployment/nodeCmd.py': ''}, undefined, 'v1.8'],
    ['H', {}, undefined, 'v1.6'],
    ['H', {}, 'v1.2.1\n', 'v1.2'],
  ] as const)('%s with %j and version %s is %s', async (era, files, version, release) => {
    expect((await openFor(era, files, version ? {version} : {})).release).toBe(release);
  });
});

describe('modules of v1.0 and later', () => {
  const layout = 'layout.yaml';

  test('what alerts can do follows from mail settings and token, and templates are those of the tree', async () => {
    const mail =
      'admin-receiver: a, smtp-host: h, smtp-port: 25, smtp-from: f, smtp-auth-username: u, smtp-auth-password: p';
    const tree = {
      ...module(
        'alert-manager',
        'port: 9093\nactions-available: [webportal-notification]\nalert-handler: {port: 9095}\n',
      ),
      'src/alert-manager/deploy/alert-templates/general/html.ejs': '',
      'src/alert-manager/deploy/alert-templates/general/subject.ejs': '',
      'src/alert-manager/deploy/alert-templates/half/html.ejs': '',
    };
    const edit: Edit = [
      services,
      'rest-server:',
      `alert-manager:\n  pai-bearer-token: t\n  alert-handler: {email-configs: {${mail}}}\nrest-server:`,
    ];
    const {service} = await openFor('H', tree, {edits: [edit]});
    const alerts = service('alert-manager');
    expect(alerts['actions-available']).toEqual([
      'webportal-notification',
      'email-admin',
      'email-user',
      'stop-jobs',
      'tag-jobs',
    ]);
    const handler = alerts['alert-handler'] as YamlMap;
    expect((handler.get('email-configs') as YamlMap).get('templates')).toEqual(['general']);
    const without = (await openFor('H', tree)).service('alert-manager');
    expect(without['actions-available']).toEqual(['webportal-notification']);
  });

  test('what groups may do is JSON as Python writes it', async () => {
    const {service} = await openFor('H', {});
    const groups = service('authentication')['group-manager'] as YamlMap;
    expect((groups.get('admin-group') as YamlMap).get('extension')).toBe('{"acls": {"admin": true}}');
    expect((groups.get('default-group') as YamlMap).get('extension')).toBe(
      '{"acls": {"virtualClusters": ["default"]}}',
    );
  });

  test('two kinds of devices need a configuration of hived', async () => {
    const edits: Edit[] = [
      [
        layout,
        'machine-sku:',
        'machine-sku:\n  amd: {mem: 1Gi, cpu: {vcore: 1}, computing-device: {type: amd.com/gpu, model: M, count: 1}}',
      ],
      [layout, 'machine-type: gpu-worker', 'machine-type: amd'],
    ];
    const {service, problems} = await openFor('H', {}, {edits});
    expect(service('device-plugin')['devices']).toEqual(['nvidia.com/gpu', 'amd.com/gpu']);
    expect(service('rest-server')['default-computing-device-type']).toBe('amd.com/gpu');
    expect(problems.filter((line) => line.startsWith('error'))).toMatchInlineSnapshot(`
      [
        "error | config-invalid | services-configuration.yaml:1 | hivedscheduler.config | The workers have 2 kinds of devices (amd.com/gpu, nvidia.com/gpu), and hivedscheduler has no config. | Write hivedscheduler.config, or give all workers the same computing-device.type.",
      ]
    `);
  });
});
