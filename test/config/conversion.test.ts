import {readFile} from 'node:fs/promises';
import {describe, expect, test} from 'vitest';
import type {ValueMap} from '../../src/engine/config/context-values.ts';
import {Origins} from '../../src/engine/config/origins.ts';
import {convertServices, servicesFormat} from '../../src/engine/config/services-conversion.ts';
import {SourceFile} from '../../src/engine/config/source-file.ts';
import {readYaml} from '../../src/engine/config/yaml.ts';
import {placeIn} from '../../src/engine/config/yaml-access.ts';
import {fixture} from '../catalog/trees.ts';
import {openFixture, said} from './configs.ts';
import {outline} from './python-outline.ts';

const place = (text: string) => placeIn(new SourceFile('services.yaml', 0o600, text, readYaml(text, 'services.yaml')));

describe('which format a file is in', () => {
  test.each([
    ['cluster: {clusterid: x}\nhadoop: {}\n', 'old'],
    ['restserver: {}\n', 'old'],
    ['cluster: {common: {}}\n', 'new'],
    ['rest-server: {}\n', 'new'],
    // The original took this for an old one and dropped everything in it.
    ['cluster: {docker-registry: {}}\npylon: {port: 80}\n', 'new'],
    ['', 'new'],
    ['rest-server: {}\nhadoop: {virtualClusters: {}}\n', 'mixed'],
  ])('%j', (text, format) => {
    expect(servicesFormat(place(text))).toBe(format);
  });
});

const old = `cluster:
  clusterid: gpu-lab
  data-path: /data
  nvidia-drivers-version: 384.111
  docker-registry-info:
    docker-namespace: openpai
    docker-registry-domain: public
    docker-username:
    docker-tag: v1
    secret-name: pai-secret
hadoop:
  custom-hadoop-binary-path: None
  virtualClusters: {default: {capacity: 100}}
frameworklauncher: {frameworklauncher-port: 9086}
restserver: {server-port: 9186}
webportal: {server-port: 9286}
grafana: {grafana-port: 3000}
prometheus:
  prometheus-port: 9091
  node-exporter-port: 9100
  yarn_exporter_port: 9459
  alerting: {alert_manager_port: 9093, alert_receiver: ops@example.com, smtp_url: mail}
pylon: {port: 80}
`;

test('every section finds its new name, the cluster id too', () => {
  const {sections, dropped} = convertServices(place(old), new Origins());
  expect(outline(sections)).toMatchInlineSnapshot(`
    ""cluster":
      "common":
        "cluster-id": "gpu-lab"
        "data-path": "/data"
      "docker-registry":
        "namespace": "openpai"
        "domain": "public"
        "tag": "v1"
        "secret-name": "pai-secret"
    "hadoop-resource-manager":
      "virtualClusters":
        "default":
          "capacity": 100
      "yarn_exporter_port": 9459
    "yarn-frameworklauncher":
      "frameworklauncher-port": 9086
    "rest-server":
      "server-port": 9186
    "webportal":
      "server-port": 9286
    "grafana":
      "port": 3000
    "prometheus":
      "port": 9091
    "node-exporter":
      "port": 9100
    "alert-manager":
      "receiver": "ops@example.com"
      "port": 9093
      "smtp_url": "mail"
    "pylon":
      "port": 80
    "
  `);
  expect(dropped.map((path) => path.join('.'))).toEqual([
    'cluster.nvidia-drivers-version',
    'hadoop.custom-hadoop-binary-path',
  ]);
});

test('sections that are new already stay, and count more than what is moved', () => {
  const text =
    'restserver: {server-port: 1}\ngrafana: {grafana-port: 1, port: 2}\nmarketplace: {a: b}\ncluster: {clusterid: x, common: {data-path: /d}}\n';
  const {sections} = convertServices(place(text), new Origins());
  expect(outline(sections)).toMatchInlineSnapshot(`
    ""cluster":
      "common":
        "cluster-id": "x"
        "data-path": "/d"
    "rest-server":
      "server-port": 1
    "grafana":
      "port": 2
    "marketplace":
      "a": "b"
    "
  `);
});

test('a converted value still comes from where it is written', () => {
  const origins = new Origins();
  const {sections} = convertServices(place(old), origins);
  const registry = (sections.get('cluster') as ValueMap).get('docker-registry') as ValueMap;
  expect(origins.of(registry, 'tag')).toEqual({
    from: 'file',
    file: 'services.yaml',
    line: 9,
    key: 'cluster.docker-registry-info.docker-tag',
  });
});

test('an old file for a tree of the new model is converted in memory, and that is told', async () => {
  const text = await readFile(`${fixture('config-d')}/services-configuration.yaml`, 'utf8');
  const proportional = text.replace('capacity: 120', 'capacity: 60');
  const {config, problems} = await openFixture('f', [['services-configuration.yaml', /[\s\S]+/, proportional]]);
  expect(said(problems)).toMatchInlineSnapshot(`
    [
      "notice | config-invalid | services-configuration.yaml:1 |  | services-configuration.yaml is written in the old format and was converted in memory. | Write the sections under their new names; the file itself was not changed.",
      "warning | config-invalid | services-configuration.yaml:10 | hadoop.custom-hadoop-binary-path | hadoop.custom-hadoop-binary-path has no place in the new format and is not used. | Remove it.",
      "warning | config-invalid | services-configuration.yaml:11 | hadoop.hadoop-version | hadoop.hadoop-version has no place in the new format and is not used. | Remove it.",
    ]
  `);
  expect(config).toMatchObject({clusterId: 'gpu-lab', services: {format: 'old'}});
  const view = config?.views.services.reveal() ?? new Map();
  expect((view.get('alert-manager') as ValueMap).get('configured')).toBe(true);
  expect((view.get('rest-server') as ValueMap).get('uri')).toBe('http://10.0.0.1:9186');
});
