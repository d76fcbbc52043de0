import {createTemplates} from '../src/engine/template/templates.ts';
import type {Value} from '../src/engine/values/types.ts';
import {atMost, type Figure, median, milliseconds, seconds} from './measure.ts';
import {roleTemplates} from './role-templates.ts';

const machineCount = 1000;
const rounds = 5;

/** Every role template for every machine of a large cluster, compiled once. */
export async function measureTemplates(): Promise<readonly Figure[]> {
  const compiling: number[] = [];
  const rendering: number[] = [];
  let characters = 0;
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    const templates = createTemplates();
    const compiled = roleTemplates.map(([name, text]) => templates.compile(name, text));
    compiling.push(performance.now() - began);
    const machines = Array.from({length: machineCount}, (_, index) => contextOf(index));
    const start = performance.now();
    characters = 0;
    for (const machine of machines) for (const template of compiled) characters += template.render(machine).text.length;
    rendering.push(performance.now() - start);
  }
  const renders = machineCount * roleTemplates.length;
  return [
    {what: `${roleTemplates.length} templates compiled`, value: milliseconds(median(compiling))},
    {what: 'one rendering', value: `${Math.round((median(rendering) / renders) * 1000)} µs`},
    {what: 'text of all renderings', value: `${(characters / 1e6).toFixed(1)} MB`},
    atMost(`${machineCount} machines × ${roleTemplates.length} role templates`, median(rendering), 2000, seconds),
  ];
}

/** What the templates of v0.8 see of one machine. */
function contextOf(index: number): ReadonlyMap<string, Value> {
  const host = map({
    nodename: `node-${index}`,
    hostip: `10.0.${Math.floor(index / 250)}.${index % 250}`,
    machinetype: index % 2 === 0 ? 'GPU-8' : 'CPU',
    etcdid: `etcd${index}`,
    'pai-master': index === 0 ? 'true' : 'false',
  });
  return new Map<string, Value>([['hostcofig', host], ...shared]);
}

function map(entries: Readonly<Record<string, Value>>): Map<Value, Value> {
  return new Map<Value, Value>(Object.entries(entries));
}

const masters = Object.fromEntries([1, 2, 3].map((each) => [`master-${each}`, map({hostip: `10.0.9.${each}`})]));

const shared: readonly (readonly [string, Value])[] = [
  ['cluster', map({mastermachinelist: map(masters)})],
  ['labels', map({'pai-worker': 'true', zone: 'a', machinetype: 'gpu', zkid: '1'})],
  [
    'machineinfo',
    map({
      'GPU-8': map({mem: 224n, cpu: map({vcore: 24n}), gpu: map({type: 'teslak80', count: 4n})}),
      CPU: map({mem: 64n, cpu: map({vcore: 8n})}),
    }),
  ],
  [
    'clusterconfig',
    map({
      dockerregistry: 'docker.io/openpai',
      etcdversion: '3.2.17',
      hyperkubeversion: 'v1.9.9',
      etcd_cluster_ips_peer: 'etcd1=http://10.0.9.1:2380,etcd2=http://10.0.9.2:2380,etcd3=http://10.0.9.3:2380',
      'cluster-dns': '10.254.0.10',
      'service-cluster-ip-range': '10.254.0.0/16',
      'data-paths': '/mnt/a,/mnt/b,/mnt/c',
      env: map({HTTP_PROXY: '', LEVEL: 'info', DEBUG: false}),
      weights: map({default: 40.0, vc1: 30.5, vc2: 29.5}),
      verbosity: 0n,
    }),
  ],
];
