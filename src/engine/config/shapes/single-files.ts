/** The two files of A (behaviour 2.1, 2.2). */

import {anything, type Field, list, map, needed, optional, type Shape, table} from '../shape.ts';
import {address, cidr, flag, hostName, ipv4, path, port, text, wholeNumber} from '../shape-scalars.ts';

const each = (shape: Shape, examples: Readonly<Record<string, string>>): Readonly<Record<string, Field>> =>
  Object.fromEntries(Object.entries(examples).map(([key, value]) => [key, needed(shape, `${key}: ${value}`)]));

const deployed = map({
  listname: needed(text, 'listname: workermachinelist'),
  component: needed(list(map({name: needed(text, 'name: kubelet')})), 'component: with a list'),
});

/** cluster-config.yaml; the lists of machines have names of their own, see `machinesOfRole`. */
export const singleKubernetes: Shape = map({
  clusterinfo: needed(
    map({
      ...each(ipv4, {'cluster-dns': '10.0.0.53'}),
      ...each(address, {'api-servers-ip': '10.0.0.1', 'dashboard-host': '10.0.0.1'}),
      ...each(cidr, {'service-cluster-ip-range': '169.254.0.0/16'}),
      ...each(text, {
        'storage-backend': 'etcd2',
        dockerregistry: 'gcr.io/google_containers',
        hyperkubeversion: 'v1.7.3',
        etcdversion: '2.2.5',
        apiserverversion: 'v1.7.3',
        kubeschedulerversion: 'v1.7.3',
        kubecontrollermanagerversion: 'v1.7.3',
        dashboard_version: 'v1.6.1',
      }),
    }),
    'clusterinfo: with the settings of Kubernetes',
  ),
  component_list: needed(
    table(list(map({src: needed(text, 'src: NAME'), dst: needed(text, 'dst: FOLDER')}))),
    'component_list: with the files of each component',
  ),
  remote_deployment: needed(
    map({
      master: needed(deployed, 'master: with listname and component'),
      worker: needed(deployed, 'worker: with listname and component'),
      proxy: optional(deployed),
    }),
    'remote_deployment: with master and worker',
  ),
});

export function machinesOfRole(role: string): Shape {
  return table(
    map({
      hostip: needed(address, 'hostip: ADDRESS', ['ip']),
      nodename: needed(text, 'nodename: with the hostip'),
      username: needed(text, 'username: NAME'),
      password: optional(text),
      sshport: optional(port),
      etcdid: role === 'master' ? needed(text, 'etcdid: etcdid1') : optional(text),
    }),
  );
}

const section = (fields: Readonly<Record<string, Field>>, name: string): Field =>
  needed(map(fields), `${name}: with ${Object.keys(fields).join(', ')}`);

/** clusterconfig.yaml. */
export const singleServices: Shape = map({
  clusterinfo: needed(
    map({
      dataPath: needed(path, 'dataPath: /datastorage'),
      paiPath: optional(path),
      ...each(text, {nvidia_drivers_version: '384.111', dockerverison: '17.06.2'}),
      dockerregistryinfo: needed(map({}), 'dockerregistryinfo: with domain and namespace'),
      hadoopinfo: section(
        each(text, {
          custom_hadoop_binary_path: 'None',
          hadoopversion: '2.7.2',
          configmapname: 'hadoop-configuration',
          hadoop_vip: '10.0.0.1',
        }),
        'hadoopinfo',
      ),
      frameworklauncher: section(
        {...each(text, {frameworklauncher_vip: '10.0.0.1'}), ...each(port, {frameworklauncher_port: '9086'})},
        'frameworklauncher',
      ),
      restserverinfo: section(
        {
          ...each(text, {
            src_path: '../rest-server/',
            webservice_uri: 'http://10.0.0.1:9086',
            hdfs_uri: 'hdfs://10.0.0.1:9000',
          }),
          ...each(port, {server_port: '9186'}),
          ...each(text, {jwt_secret: 'SECRET'}),
        },
        'restserverinfo',
      ),
      webportalinfo: section(each(port, {server_port: '9286'}), 'webportalinfo'),
      grafanainfo: section(
        {...each(text, {grafana_url: 'http://10.0.0.1'}), ...each(port, {grafana_port: '3000'})},
        'grafanainfo',
      ),
      prometheusinfo: section(
        {
          ...each(text, {prometheus_url: 'http://10.0.0.1'}),
          ...each(port, {prometheus_port: '9091', node_exporter_port: '9100'}),
        },
        'prometheusinfo',
      ),
      pyloninfo: optional(anything),
    }),
    'clusterinfo: with the settings of the services',
  ),
  machineinfo: needed(
    table(
      map({
        mem: needed(wholeNumber(0), 'mem: 64 (GiB)'),
        cpu: needed(map({vcore: needed(wholeNumber(1), 'vcore: 16')}), 'cpu: {vcore: 16}'),
        gpu: optional(map({type: needed(text, 'type: NAME'), count: needed(wholeNumber(0), 'count: 4')})),
      }),
    ),
    'machineinfo: with mem and cpu for each kind of machine',
  ),
  machinelist: needed(
    table(
      map({
        ip: needed(address, 'ip: ADDRESS', ['hostip']),
        nodename: needed(hostName, 'nodename: with the ip'),
        machinetype: needed(text, 'machinetype: NAME, a key of machineinfo', ['machine-type']),
        ...Object.fromEntries(
          [
            'zookeeper',
            'jobhistory',
            'launcher',
            'restserver',
            'webportal',
            'prometheus',
            'prom',
            'grafana',
            'pylon',
            'node-exporter',
          ].map((label) => [label, optional(flag)]),
        ),
      }),
    ),
    'machinelist: with an entry for each machine',
  ),
});
