import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {certificateInput} from '../../src/engine/cluster/packages/certificate-input.ts';
import {bridgeOf, type DecidedPodNetwork, podRanges} from '../../src/engine/cluster/packages/choice.ts';
import {dockerSettings, readDockerSettingsScript} from '../../src/engine/cluster/packages/docker-settings.ts';
import {packageJob} from '../../src/engine/cluster/packages/packages.ts';
import {
  certificateSteps,
  changesIn,
  cleanSteps,
  deploySteps,
  plainHttpSteps,
  stepScript,
} from '../../src/engine/cluster/packages/steps.ts';
import {Secret} from '../../src/engine/secret.ts';
import {bootableLayout} from './layouts.ts';

const layout = await bootableLayout();
const [master] = layout.masters;
const [worker] = layout.workers;
if (!master || !worker) throw new Error('The fixture has a master and a worker.');
const scripts = (steps: readonly {readonly script: string}[]) => steps.map(({script}) => script);

describe('the steps of an operation', () => {
  it('make a machine part of a cluster, the keys before what needs them', () => {
    const before = ['set-hosts.sh', 'swap-off.sh', 'prepare-kernel.sh', 'put-docker-settings.sh', 'install-docker.sh'];
    const common = [...before, 'pull-images.sh', 'set-pod-routes.sh', 'install-certificates.sh'];
    expect(scripts(deploySteps(layout, worker))).toEqual([...common, 'start-kubelet.sh']);
    const ofMaster = ['install-files.sh', 'start-kubelet.sh', 'install-files.sh'];
    expect(scripts(deploySteps(layout, master))).toEqual([...common, ...ofMaster]);
    expect(packageJob('deploy', master)).toBe('master-deployment');
  });

  it('install docker from where the configuration says', () => {
    const from = (docker: typeof layout.docker) =>
      deploySteps({...layout, docker}, worker).find(({script}) => script === 'install-docker.sh');
    expect(from({})).toMatchObject({args: ['distribution']});
    expect(from({repository: 'deb http://r ./', packages: ['docker-ce']})).toMatchObject({
      args: ['repository', 'docker-ce'],
      stdin: 'docker source',
    });
    expect(from({bundle: '/b.tar'})).toMatchObject({args: ['bundle'], stdin: 'docker source'});
  });

  it('put other certificates, and the settings of the plain HTTP API before its pod', () => {
    expect(scripts(certificateSteps(layout, worker))).toEqual(['install-certificates.sh', 'start-kubelet.sh']);
    expect(scripts(plainHttpSteps(master))).toEqual(['install-certificates.sh', 'install-files.sh']);
  });

  it('keep the data of etcd under a name, or remove them, on masters alone', () => {
    const etcd = (keepAs?: string, on = master) =>
      cleanSteps(layout, on, keepAs === undefined ? {} : {keepAs}).find(({script}) => script === 'clean-etcd-data.sh');
    expect(etcd('kept-20261128')?.args).toEqual(['/var/etcd/data', 'kept-20261128']);
    expect(etcd('kept-20261128')?.does).toContainEqual({
      kind: 'machine file',
      on: master.name,
      path: '/var/etcd/data/data.kept-20261128/**',
    });
    expect(etcd()?.args).toEqual(['/var/etcd/data', 'remove']);
    expect(etcd('kept', worker)).toBeUndefined();
  });

  it('say that the kubelet makes the folders of plugins only where the pod network is one', () => {
    const folders = (podNetwork: typeof layout.podNetwork) =>
      deploySteps({...layout, podNetwork}, worker).flatMap(({does}) =>
        does.flatMap((effect) => ('path' in effect && effect.path.includes('/cni') ? effect.path : [])),
      );
    expect(folders({kind: 'host'})).toEqual([]);
    const network = {kind: 'manifest', range: '10.200.0.0/16', file: '/cni.yaml'} as const;
    expect(folders(network)).toEqual(['/etc/cni', '/opt/cni', '/var/lib/cni/**']);
  });

  it('take files and devices of plugins away only where the pod network is one', () => {
    const plugins = (podNetwork: typeof layout.podNetwork) =>
      cleanSteps({...layout, podNetwork}, worker, {}).flatMap(({script, args}) => (args.includes('cni') ? script : []));
    expect(plugins({kind: 'host'})).toEqual([]);
    const scripts = ['clean-network.sh', 'clean-files.sh'];
    expect(plugins({kind: 'manifest', range: '10.200.0.0/16', file: '/cni.yaml'})).toEqual(scripts);
  });

  it('run by one text, whatever script it is', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pai-steps-'));
    writeFileSync(join(folder, 'say.sh'), 'echo "$0 $1|$2"; cat; exit 3\n');
    const {stdout, status} = spawnSync('sh', ['-c', stepScript, 'sh', folder, 'say.sh', 'a b', 'c'], {
      input: 'in',
      encoding: 'utf8',
    });
    rmSync(folder, {recursive: true});
    expect([stdout, status]).toEqual([`${folder}/say.sh a b|c\nin`, 3]);
    expect(spawnSync('sh', ['-n'], {input: readDockerSettingsScript}).status).toBe(0);
  });

  it('say what they changed, once they came to their end', () => {
    expect(changesIn('changed: /etc/hosts\r\nwarning: x\r\npai-tui: changed 1\r\n')).toEqual(['/etc/hosts']);
    expect(changesIn('pai-tui: changed 0\n')).toEqual([]);
    expect(changesIn('changed: /etc/hosts\n')).toBeUndefined();
  });
});

it('certificates go as lines to the script that puts them, below their folder alone', () => {
  const files = [
    {path: '/etc/kubernetes/pki/ca.crt', mode: 0o644, content: 'A\nB\n'},
    {path: '/etc/kubernetes/pki/ca.key', mode: 0o600, content: new Secret('K')},
  ];
  const text = 'put 644 /etc/kubernetes/pki/ca.crt\n A\n B\nput 600 /etc/kubernetes/pki/ca.key\n K\nend\n';
  expect(certificateInput(files).reveal()).toBe(text);
  for (const path of ['/etc/passwd', '/etc/kubernetes/../passwd', '/etc/kubernetes/a b']) {
    expect(() => certificateInput([{path, mode: 0o600, content: ''}])).toThrow('no path for keys');
  }
});

describe('ranges for pods', () => {
  const machines = ['10.0.0.1', '10.0.1.1', '10.0.0.7'].map((address, index) => ({
    ...worker,
    name: `m${index}`,
    address,
  }));

  it('stay where docker has them, and are of one machine each', () => {
    expect(podRanges({machines}, '10.200.0.0/16')).toEqual({
      m0: '10.200.1.0/24',
      m1: '10.200.0.0/24',
      m2: '10.200.7.0/24',
    });
    const taken = {m1: '10.200.7.1/24', m0: '172.17.0.1/16'};
    expect(podRanges({machines}, '10.200.0.0/16', taken)).toEqual({
      m1: '10.200.7.0/24',
      m0: '10.200.1.0/24',
      m2: '10.200.0.0/24',
    });
    expect(bridgeOf('10.200.7.0/24')).toBe('10.200.7.1/24');
  });

  it('are as many as machines, however their addresses end', () => {
    const many = Array.from({length: 256}, (_, index) => ({...worker, name: `m${index}`, address: `10.0.${index}.9`}));
    expect(new Set(Object.values(podRanges({machines: many}, '10.8.0.0/16'))).size).toBe(256);
  });
});

describe('the settings of docker', () => {
  const podNetwork: DecidedPodNetwork = {
    kind: 'routes',
    range: '10.200.0.0/16',
    ranges: {[worker.name]: '10.200.4.0/24'},
  };
  const settings = (existing: string, more: Partial<Parameters<typeof dockerSettings>[0]> = {}) =>
    dockerSettings({layout, machine: worker, podNetwork: {kind: 'host'}, existing, isFresh: false, ...more});

  it('are left byte for byte where nothing has to be added', () => {
    expect(settings('')).toBe('');
    expect(settings('{"a":1,\n"b": 2}')).toBe('{"a":1,\n"b": 2}');
    const merged = settings('{"log-opts": {"max-size": "1m"}}', {podNetwork});
    expect(JSON.parse(merged)).toEqual({'log-opts': {'max-size': '1m'}, bip: '10.200.4.1/24', 'userland-proxy': false});
    expect(settings(merged, {podNetwork})).toBe(merged);
  });

  it('add to lists, and move no data of a docker that was there', () => {
    const docker = {mirrors: ['http://m:5000'], insecureRegistries: ['r:5000']};
    const merged = JSON.parse(settings('{"insecure-registries": ["q:5000"]}', {layout: {docker}}));
    expect(merged).toEqual({'insecure-registries': ['q:5000', 'r:5000'], 'registry-mirrors': ['http://m:5000']});
    expect(JSON.parse(settings('', {isFresh: true}))).toEqual({'data-root': worker.dockerData});
    expect(settings('{"data-root":"/d"}', {isFresh: true})).toBe('{"data-root":"/d"}');
  });

  it('are refused where the file is no JSON', () => {
    expect(() => settings('{')).toThrow('is no JSON object');
    expect(() => settings('[]')).toThrow('is no JSON object');
  });
});
