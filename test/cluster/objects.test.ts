import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, it} from 'vitest';
import type {ClusterLayout} from '../../src/engine/cluster/layout/types.ts';
import {clusterObjects, manifestObjects, type ObjectSet} from '../../src/engine/cluster/packages/objects.ts';
import {plainHttpFile, plainHttpSettings, plainHttpToken} from '../../src/engine/cluster/packages/plain-http.ts';
import {plainHttpSteps} from '../../src/engine/cluster/packages/steps.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {Secret} from '../../src/engine/secret.ts';
import type {Edit} from '../config/configs.ts';
import {treeOf} from '../package/packages.ts';
import {bootableLayout, layoutOf, settings, versionEdits} from './layouts.ts';

const assets = fileURLToPath(new URL('../../assets', import.meta.url));
const golden = fileURLToPath(new URL('../golden/kubernetes', import.meta.url));
const kubernetes = 'kubernetes-configuration.yaml';
const layout = await bootableLayout();
const host = {podNetwork: {kind: 'host'}} as const;
const routes = {podNetwork: {kind: 'routes', range: '10.200.0.0/16', ranges: {}}} as const;

async function isWrittenDown(name: string, of: ClusterLayout, set: ObjectSet) {
  const text = JSON.stringify(clusterObjects(assets, set, of, routes), undefined, 2);
  await expect(`${text}\n`).toMatchFileSnapshot(join(golden, `objects-${name}.json`));
}

describe('objects of the API', () => {
  it.each(['kube-proxy', 'dashboard', 'plain-http'] satisfies ObjectSet[])('of %s are as written down', async (set) => {
    await isWrittenDown(set, layout, set);
  });

  it.each([
    ['by-host-name', [['layout.yaml', 'hostip: 10.0.0.1\n', 'hostip: infra-01.lab\n']]],
    [
      'registry',
      [
        [kubernetes, /docker-registry: .*/, 'docker-registry: registry.lab:5000/k8s'],
        [kubernetes, /dashboard-version: .*/, 'dashboard-version: v2.0.5'],
      ],
    ],
    ['own-image', [settings('pai-tui:', '  images:', '    kubernetes-dashboard: registry.lab/dash@sha256:0123')]],
  ] satisfies [string, Edit[]][])('of the dashboard follow the configuration: %s', async (name, edits) => {
    await isWrittenDown(`dashboard-${name}`, await layoutOf('g', [...versionEdits('v1.20.2'), ...edits]), 'dashboard');
  });

  it('of the dashboard may lie on any node where no machine is named for it', async () => {
    const machines = layout.machines.map((machine) => ({...machine, labels: []}));
    await isWrittenDown('dashboard-no-machine', {...layout, machines}, 'dashboard');
  });

  it('know a range of pods only where there is one', () => {
    const text = (choice: typeof host | typeof routes) =>
      JSON.stringify(clusterObjects(assets, 'kube-proxy', layout, choice));
    expect(text(routes)).toContain('--cluster-cidr=10.200.0.0/16');
    expect(text(host)).not.toContain('--cluster-cidr');
  });

  it('are read from a manifest of the operator, lists and empty documents too', async () => {
    const pod = (name: string) => `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}}`;
    const tree = await treeOf({
      'dns.yaml': `# a\n---\n${pod('a')}\n---\n{apiVersion: v1, kind: List, items: [${pod('b')}, ${pod('c')}]}\n`,
    });
    const names = (await manifestObjects(join(tree, 'dns.yaml'))).map(({metadata}) => metadata.name);
    expect(names).toEqual(['a', 'b', 'c']);
    await writeFile(join(tree, 'bad.yaml'), 'kind: Pod\n');
    const said = async (name: string) =>
      problemOf(await manifestObjects(join(tree, name)).catch((error: unknown) => error));
    expect(await said('bad.yaml')).toMatchObject({code: 'config-invalid'});
    expect(await said('none.yaml')).toMatchObject({code: 'file-unreadable'});
  });
});

describe('plain HTTP to the API', () => {
  it('is for machines of the cluster and their pods, with a token that nobody sees', () => {
    const token = new Secret('aaa.bbb.ccc');
    const {text, digest} = plainHttpSettings(layout, routes, token);
    const lines = text.reveal().split('\n');
    expect(lines).toContain(`  acl of_cluster src ${layout.masters[0]?.address}`);
    expect(lines).toContain('  acl of_cluster src 10.200.0.0/16');
    expect(lines).toContain('  http-request set-header Authorization "Bearer aaa.bbb.ccc"');
    expect(`${text}`).not.toContain('aaa');
    expect(plainHttpSettings(layout, host, token).digest).not.toBe(digest);
    expect(() => plainHttpSettings(layout, routes, new Secret('a"\nb'))).toThrow('no token');
  });

  it('has its settings where its steps put them', () => {
    const [master] = layout.masters;
    if (!master) throw new Error('no master');
    expect(plainHttpSteps(master)[0]?.does).toMatchObject([{path: plainHttpFile, digest: 'secret'}]);
    const secret = clusterObjects(assets, 'plain-http', layout, host).find(({kind}) => kind === 'Secret');
    expect(secret).toMatchObject({
      kind: 'Secret',
      metadata: {name: plainHttpToken.name, namespace: plainHttpToken.namespace},
    });
  });
});
