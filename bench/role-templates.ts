/** Templates as the roles of a machine have them: a pod, a shell script, a balancer, a unit. Fifteen, no two alike. */
export const roleTemplates: readonly (readonly [name: string, text: string])[] = [
  'etcd',
  'apiserver',
  'controller-manager',
  'scheduler',
  'kubelet',
  'kube-proxy',
  'haproxy',
  'dashboard',
  'node-exporter',
  'watchdog',
  'docker-config',
  'drivers',
  'log-cleaner',
  'zookeeper',
  'hadoop-data-node',
].map((role, index) => [`${role}.template`, [pod, script, balancer][index % 3]?.(role) ?? '']);

function pod(role: string): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: ${role}-{{ hostcofig['nodename'] }}
  namespace: kube-system
  labels:
    name: ${role}
    {%- if hostcofig['pai-master'] is defined and hostcofig['pai-master'] == "true" %}
    master: "true"
    {%- endif %}
spec:
  hostNetwork: true
  containers:
  - name: ${role}
    image: {{ clusterconfig['dockerregistry'] }}/${role}:{{ clusterconfig['etcdversion'] }}
    command:
    - /usr/local/bin/${role}
    - --name
    - {{ hostcofig['etcdid'] }}
    - --initial-cluster
    - {{ clusterconfig['etcd_cluster_ips_peer'] }}
    - --listen-client-urls
    - http://{{ hostcofig['hostip'] }}:4001,http://{{ hostcofig['hostip'] }}:2379
    - --memory={{ machineinfo[hostcofig['machinetype']]['mem'] * 1024 }}Mi
    env:
    {%- for key, value in clusterconfig['env'].items() %}
    - name: {{ key }}
      value: "{{ value }}"
    {%- endfor %}
    {%- if 'gpu' in machineinfo[hostcofig['machinetype']] %}
    - name: GPU_TYPE
      value: {{ machineinfo[hostcofig['machinetype']]['gpu']['type'] }}
    - name: GPU_COUNT
      value: "{{ machineinfo[hostcofig['machinetype']]['gpu']['count'] }}"
    {%- endif %}
    volumeMounts:
    - mountPath: {{ clusterconfig['etcd-data-path'] | default('/var/etcd') }}
      name: data
`;
}

function script(role: string): string {
  return `#!/bin/bash
# ${role} of {{ hostcofig['nodename'] }}
{% set interval = clusterconfig['interval'] | default(15) * 4 %}
{% for path in clusterconfig['data-paths'].split(',') %}
mkdir -p {{ path }}/${role}
{% endfor %}
{% if hostcofig['machinetype'] in machineinfo %}
export CPUS={{ machineinfo[hostcofig['machinetype']]['cpu']['vcore'] }}
{% else %}
export CPUS=1
{% endif %}
docker run --net=host --pid=host --privileged --restart=always -d --name=${role} \\
  {{ clusterconfig['dockerregistry'] }}/hyperkube:{{ clusterconfig['hyperkubeversion'] }} ${role} \\
  --address={{ hostcofig['hostip'] }} --hostname-override={{ hostcofig['nodename'] }} \\
  --cluster-dns={{ clusterconfig['cluster-dns'] }} --v={{ clusterconfig['verbosity'] or 2 }} \\
  --labels="{% for label in labels %}{{ label }}={{ labels[label] }}{% if not loop.last %},{% endif %}{% endfor %}"
sleep {{ interval }}
`;
}

function balancer(role: string): string {
  return `{
  "role": "${role}",
  "node": "{{ hostcofig['nodename'] }}",
  "weights": {{ clusterconfig['weights'] }},
  "masters": {
{% for host in cluster['mastermachinelist'] if host != hostcofig['nodename'] %}    "{{ host }}": "{{ cluster['mastermachinelist'][host]['hostip'] }}:6443"{% if not loop.last %},{% endif %}
{% endfor %}  },
  "labels": "{{ labels | dictsort | map('join', '=') | join(' ') }}",
  "range": "{{ clusterconfig['service-cluster-ip-range'] }}"
}
`;
}
