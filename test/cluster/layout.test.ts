import {describe, expect, it} from 'vitest';
import {clusterLayout} from '../../src/engine/cluster/layout/layout.ts';
import {etcdRefusal, judgeVersion, versionFlags} from '../../src/engine/cluster/layout/versions.ts';
import {type Edit, modelOf} from '../config/configs.ts';
import {layoutOf, settings, versionEdits} from './layouts.ts';

const bootable = versionEdits('v1.20.2');

async function refusals(name: string, edits: readonly Edit[]): Promise<readonly string[]> {
  const {layout, problems} = clusterLayout(await modelOf(name, edits));
  if (problems.some(({severity}) => severity === undefined)) expect(layout).toBeUndefined();
  return problems.map(({message, line}) => `${line ?? '-'}: ${message}`);
}

describe('the layout of a cluster', () => {
  it.each(['b', 'c', 'd', 'e', 'f', 'g'])('is read from a configuration of era %s', async (era) => {
    const layout = await layoutOf(era);
    expect(layout.masters.length).toBeGreaterThan(0);
    expect(layout.masters.every(({etcdId}) => etcdId !== undefined)).toBe(true);
    expect(layout).toMatchObject({version: 'v1.20.2', isProven: true, etcdVersion: '3.4.23', domain: 'cluster.local'});
    expect(layout).toMatchObject({
      api: {port: 6443},
      masterPort: 6443,
      serviceAddress: '169.254.0.1',
      plainHttp: false,
    });
    expect(layout.podNetwork).toEqual({kind: 'auto', range: '10.200.0.0/16'});
  });

  it('names images as the original does, and haproxy of Docker Hub', async () => {
    expect((await layoutOf('g')).images).toEqual({
      apiserver: 'gcr.io/google_containers/kube-apiserver:v1.20.2',
      controllerManager: 'gcr.io/google_containers/kube-controller-manager:v1.20.2',
      scheduler: 'gcr.io/google_containers/kube-scheduler:v1.20.2',
      hyperkube: 'gcr.io/google_containers/hyperkube:v1.20.2',
      etcd: 'gcr.io/google_containers/etcd:3.4.23',
      pause: 'gcr.io/google_containers/pause-amd64:3.0',
      dashboard: 'gcr.io/google_containers/kubernetes-dashboard-amd64:v1.8.3',
      haproxy: 'haproxy:2.6',
      proxy: 'gcr.io/google_containers/hyperkube:v1.20.2',
    });
  });

  it('takes settings of our own, with paths that count from their file', async () => {
    const own = settings(
      'haproxy-version: 2.8.1',
      'pai-tui:',
      '  pod-network-manifest: cni/flannel.yaml',
      '  pod-network-range: 10.99.0.0/16',
      '  cluster-domain: site.example',
      '  plain-http-api: "true"',
      '  images: {hyperkube: "reg:5000/kubelet:v1.20.2", pause: reg/pause:3.2}',
      '  docker: {bundle: /srv/docker.tar, packages: [docker-ce], mirrors: [http://mirror:5000]}',
    );
    const layout = await layoutOf('g', [...bootable, own]);
    expect(layout).toMatchObject({domain: 'site.example', plainHttp: true});
    expect(layout.podNetwork).toMatchObject({kind: 'manifest', range: '10.99.0.0/16'});
    expect(layout.podNetwork).toMatchObject({file: expect.stringMatching(/^\/.*\/cni\/flannel\.yaml$/)});
    expect(layout.images).toMatchObject({hyperkube: 'reg:5000/kubelet:v1.20.2', proxy: 'reg:5000/kubelet:v1.20.2'});
    expect(layout.images).toMatchObject({pause: 'reg/pause:3.2', haproxy: 'gcr.io/google_containers/haproxy:2.8.1'});
    expect(layout.docker).toEqual({
      bundle: '/srv/docker.tar',
      packages: ['docker-ce'],
      mirrors: ['http://mirror:5000'],
    });
  });

  it('refuses what cannot be booted, each with its line', async () => {
    expect(await refusals('g', [])).toEqual([
      '9: Kubernetes v1.9.9 is too old to be booted: what is set up here speaks TLS only, as 1.20 and later do. A running cluster of that version can still be looked at.',
      '8: etcd 3.2.17 cannot be booted: members are added as learners, which etcd has since 3.4. A running cluster of that version can still be looked at.',
    ]);
    expect(
      await refusals('g', [
        ...bootable,
        ['kubernetes-configuration.yaml', 'scheduler-version: v1.20.2', 'scheduler-version: v1.21.0'],
      ]),
    ).toEqual(['10: kube-scheduler-version is v1.21.0, and apiserver-version is v1.20.2.']);
    expect(await refusals('g', [...bootable, settings('pai-tui: {pod-network: manifest}')])).toEqual([
      '2: pod-network is manifest, and no file is named.',
    ]);
    expect(await refusals('g', [...bootable, settings('pai-tui: {pod-network-range: 10.9.9.0/24}')])).toEqual([
      expect.stringMatching(
        /^2: pod-network-range is 10\.9\.9\.0\/24: each of \d machines needs 256 addresses of it\.$/,
      ),
    ]);
  });

  it('says of a layout without versions that nothing can be booted', async () => {
    expect(await refusals('h', [])).toEqual([expect.stringContaining('leaves them to kubespray')]);
  });
});

describe('versions', () => {
  it.each([
    ['v1.19.16', 'too old'],
    ['v1.24.0', 'does not run containers by Docker'],
    ['v2.0.0', 'no version of Kubernetes 1'],
    ['latest', 'no version'],
  ])('%s is refused', (version, because) => {
    expect(judgeVersion(version).refusal).toContain(because);
  });

  it('are proven where they were seen to boot', () => {
    expect(['v1.20.2', 'v1.20.15', 'v1.21.0', 'v1.23.17'].map((version) => judgeVersion(version))).toEqual([
      {isProven: true},
      {isProven: true},
      {isProven: false},
      {isProven: false},
    ]);
    expect(etcdRefusal('3.4.13-0')).toBeUndefined();
    expect(etcdRefusal('3.3.10')).toContain('learners');
  });

  it('close insecure ports as long as there are any', () => {
    expect(versionFlags('v1.20.2')).toEqual({controllerManager: ['--port=0'], scheduler: ['--port=0']});
    expect(versionFlags('v1.22.1')).toEqual({controllerManager: [], scheduler: ['--port=0']});
    expect(versionFlags('v1.23.0')).toEqual({controllerManager: [], scheduler: []});
  });
});
