import {isAtLeast, type Release} from '../release.ts';
import {type Field, map, needed, optional, type Shape, table} from '../shape.ts';
import {amount, path, port, text} from '../shape-scalars.ts';

/** services-configuration.yaml of B–E (behaviour 2.6). The registry in it is checked by registry.ts. */
export function oldServices(release: Release): Shape {
  const before = (end: Release, example: string, shape: Shape = text): Field =>
    isAtLeast(release, end) ? optional(shape) : needed(shape, example);
  return map({
    cluster: needed(
      map({
        clusterid: needed(text, 'clusterid: NAME, what the cluster is called', ['cluster-id', 'clusterID']),
        'data-path': needed(path, 'data-path: /datastorage'),
        'docker-registry-info': needed(map({}), 'docker-registry-info: with domain, namespace and tag'),
        'nvidia-drivers-version': before('v0.7', 'nvidia-drivers-version: 384.111'),
        'docker-verison': before('v0.7', 'docker-verison: 17.06.2 (spelt so)'),
      }),
      'cluster: with clusterid, data-path and docker-registry-info',
    ),
    hadoop: needed(
      map({
        'custom-hadoop-binary-path': needed(text, 'custom-hadoop-binary-path: None'),
        'hadoop-version': before('v0.8', 'hadoop-version: 2.9.0'),
        virtualClusters: before('v0.6', 'virtualClusters: with description and capacity of each', virtualClusters),
      }),
      'hadoop: with custom-hadoop-binary-path',
    ),
    frameworklauncher: section({'frameworklauncher-port': needed(port, 'frameworklauncher-port: 9086')}),
    restserver: section({
      'server-port': needed(port, 'server-port: 9186'),
      'jwt-secret': needed(text, 'jwt-secret: SECRET'),
      'default-pai-admin-username': needed(text, 'default-pai-admin-username: NAME'),
      'default-pai-admin-password': needed(text, 'default-pai-admin-password: SECRET'),
    }),
    webportal: section({'server-port': needed(port, 'server-port: 9286')}),
    grafana: section({'grafana-port': needed(port, 'grafana-port: 3000')}),
    prometheus: section({
      'prometheus-port': needed(port, 'prometheus-port: 9091'),
      'node-exporter-port': needed(port, 'node-exporter-port: 9100'),
    }),
    pylon: section({port: needed(port, 'port: 80')}),
  });
}

function section(fields: Readonly<Record<string, Field>>): Field {
  const examples = Object.values(fields).map(({example}) => example);
  return needed(map(fields), examples.join(', '));
}

const virtualClusters = table(map({capacity: needed(amount, 'capacity: 40 (percent)'), description: optional(text)}));
