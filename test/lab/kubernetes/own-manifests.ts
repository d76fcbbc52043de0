/** Manifests as operators have their own: a pod network of plugins, and cluster DNS, out of what images of the lab can do. */
import {readFileSync} from 'node:fs';

export interface OwnManifestOptions {
  /** With kubectl, ip and iptables. */
  readonly image: string;
  /** Where pods get their addresses: a /16. */
  readonly podRange: string;
  /** Where the name server answers. */
  readonly dnsAddress: string;
  /** The address of the only name that it knows, kubernetes.default.svc.cluster.local. */
  readonly apiAddress: string;
}

const script = (name: string) => readFileSync(new URL(`manifests/${name}`, import.meta.url), 'utf8');
const namespace = 'kube-system';

/** JSON, which is YAML too. A bridge on each node, and routes from each node to the others, which are of one segment. */
export function podNetworkManifest({image, podRange}: OwnManifestOptions): string {
  const name = 'lab-pods';
  const rules = [{apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list']}];
  const env = [
    {name: 'NODE', valueFrom: {fieldRef: {fieldPath: 'spec.nodeName'}}},
    {name: 'RANGE', value: podRange},
  ];
  const folders = {plugins: '/opt/cni/bin', settings: '/etc/cni/net.d'};
  const role = {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name};
  return listOf(
    {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name, namespace}},
    {apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: {name}, rules},
    {
      ...{apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: {name}},
      ...{roleRef: role, subjects: [{kind: 'ServiceAccount', name, namespace}]},
    },
    {
      ...{apiVersion: 'v1', kind: 'ConfigMap', metadata: {name, namespace}},
      data: {'install.sh': script('install.sh'), 'plugin.sh': script('plugin.sh')},
    },
    {
      ...{apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: {name, namespace}},
      spec: ofPods(name, {
        ...{serviceAccountName: name, hostNetwork: true, tolerations: [{operator: 'Exists'}]},
        containers: [
          {
            ...{name, image, env, command: ['sh', '/manifest/install.sh'], securityContext: {privileged: true}},
            volumeMounts: [
              {name: 'manifest', mountPath: '/manifest'},
              ...Object.entries(folders).map(([volume, mountPath]) => ({name: volume, mountPath})),
            ],
          },
        ],
        volumes: [
          {name: 'manifest', configMap: {name}},
          ...Object.entries(folders).map(([volume, path]) => ({
            ...{name: volume, hostPath: {path, type: 'DirectoryOrCreate'}},
          })),
        ],
      }),
    },
  );
}

/** The same for a name server with an address of the services. The nodes have perl, as every Debian has. */
export function dnsManifest({image, dnsAddress, apiAddress}: OwnManifestOptions): string {
  const name = 'lab-dns';
  const env = [
    {name: 'NAME', value: 'kubernetes.default.svc.cluster.local'},
    {name: 'ADDRESS', value: apiAddress},
  ];
  const volumeMounts = [
    {name: 'manifest', mountPath: '/manifest'},
    {name: 'programs', mountPath: '/usr', readOnly: true},
  ];
  return listOf(
    {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name, namespace}, data: {'dns.pl': script('dns.pl')}},
    {
      ...{apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name, namespace}},
      spec: ofPods(name, {
        ...{dnsPolicy: 'Default', terminationGracePeriodSeconds: 0},
        containers: [{name, image, env, command: ['perl', '/manifest/dns.pl'], volumeMounts}],
        volumes: [
          {name: 'manifest', configMap: {name}},
          {name: 'programs', hostPath: {path: '/usr', type: 'Directory'}},
        ],
      }),
    },
    {
      ...{apiVersion: 'v1', kind: 'Service', metadata: {name, namespace}},
      spec: {selector: {app: name}, clusterIP: dnsAddress, ports: [{port: 53, protocol: 'UDP'}]},
    },
  );
}

function ofPods(app: string, spec: object) {
  return {selector: {matchLabels: {app}}, template: {metadata: {labels: {app}}, spec}};
}

function listOf(...items: readonly object[]): string {
  return `${JSON.stringify({apiVersion: 'v1', kind: 'List', items}, undefined, 2)}\n`;
}
