import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, it} from 'vitest';
import {clusterObjects, manifestObjects, type ObjectSet} from '../../src/engine/cluster/packages/objects.ts';
import {plainHttpFile, plainHttpSettings, plainHttpToken} from '../../src/engine/cluster/packages/plain-http.ts';
import {plainHttpSteps} from '../../src/engine/cluster/packages/steps.ts';
import {problemOf} from '../../src/engine/problem.ts';
import {Secret} from '../../src/engine/secret.ts';
import {treeOf} from '../package/packages.ts';
import {bootableLayout} from './layouts.ts';

const assets = fileURLToPath(new URL('../../assets', import.meta.url));
const golden = fileURLToPath(new URL('../golden/kubernetes', import.meta.url));
const layout = await bootableLayout();
const host = {podNetwork: {kind: 'host'}} as const;
const routes = {podNetwork: {kind: 'routes', range: '10.200.0.0/16', ranges: {}}} as const;

describe('objects of the API', () => {
  it.each(['kube-proxy', 'dashboard', 'plain-http'] satisfies ObjectSet[])('of %s are as written down', async (set) => {
    const objects = clusterObjects(assets, set, layout, routes);
    await expect(`${JSON.stringify(objects, undefined, 2)}\n`).toMatchFileSnapshot(join(golden, `objects-${set}.json`));
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
