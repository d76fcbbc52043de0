import {expect, test} from 'vitest';
import {openCatalog} from '../../src/engine/catalog/open.ts';
import type {Catalog} from '../../src/engine/catalog/types.ts';
import {orderGroups} from '../../src/engine/graph.ts';
import {fixture, makeComponentTree, makeTree} from './trees.ts';

const outline = ({components, images}: Catalog) => ({
  needs: Object.fromEntries(components.map(({name, needs}) => [name, needs.join(' ')])),
  bases: Object.fromEntries(images.map(({name, foreignBases}) => [name, foreignBases.join(' ')])),
});

test.each([
  ['tree-a', 'A', 'central-list', 'service-deployment'],
  ['tree-b', 'B', 'central-list', 'service-deployment'],
  ['tree-c', 'C', 'central-list', 'pai-management'],
  ['tree-d', 'D', 'image-yaml', 'pai-management'],
  ['tree-e', 'E', 'component', ''],
  ['tree-f', 'F', 'component', ''],
  ['tree-g', 'G', 'component', ''],
  ['tree-h', 'H', 'component-typed', ''],
  ['sample', 'G', 'component', ''],
])('%s is a tree of era %s without problems', async (name, era, layout, below) => {
  const root = fixture(name);
  const catalog = await openCatalog(root);
  expect(catalog).toMatchObject({era, layout, root, toolRoot: below ? `${root}/${below}` : root, problems: []});
});

test('A: images of service.yaml, the word None, copied folders, a base behind a mark', async () => {
  const catalog = await openCatalog(fixture('tree-a'), {registry: {namespace: 'openpai'}});
  expect(outline(catalog)).toEqual({
    needs: {'base-image': '', 'hadoop-run': 'base-image', 'rest-server': ''},
    bases: {'base-image': 'busybox:latest', 'hadoop-run': '', 'rest-server': 'busybox:latest'},
  });
  expect(catalog.images.find(({name}) => name === 'hadoop-run')).toMatchObject({
    dockerfile: 'src/hadoop-run/dockerfile',
    context: 'src/hadoop-run',
    localName: 'openpai/hadoop-run',
    templates: ['dockerfile'],
    copyList: [{from: '../frameworklauncher', to: 'src/hadoop-run/copied_file/frameworklauncher'}],
  });
  expect(catalog.images.find(({name}) => name === 'rest-server')?.templates).toEqual([]);
});

test('A–C: behind the word None no template counts, as for the tools', async () => {
  const root = await makeTree({
    'service.yaml':
      'imagelist:\n  web:\n    templatelist: [None, dockerfile]\n    prerequisite: [None]\n    copy: None\n',
    'src/web/dockerfile': 'FROM busybox',
    'src/web/dockerfile.template': 'FROM other',
  });
  expect(await openCatalog(root)).toMatchObject({
    images: [{templates: [], foreignBases: ['busybox'], copyList: []}],
    problems: [],
  });
});

test('A–C: the local name shows that its namespace is not known yet', async () => {
  const catalog = await openCatalog(fixture('tree-c'));
  expect(catalog.images.map(({localName}) => localName)).toEqual([
    '<namespace>/base-image',
    '<namespace>/cleaning-image',
    '<namespace>/webportal',
  ]);
});

test('B: a base named with the namespace is that image of the tree, and is called so too', async () => {
  const catalog = await openCatalog(fixture('tree-b'));
  expect(outline(catalog).needs).toEqual({'base-image': '', zookeeper: 'base-image'});
  expect(catalog.images[0]?.alsoCalled).toEqual(['openpai/base-image']);
  const known = await openCatalog(fixture('tree-b'), {registry: {namespace: 'openpai'}});
  expect(known.images[0]?.alsoCalled).toBeUndefined();
  const other = await openCatalog(fixture('tree-b'), {registry: {namespace: 'other'}});
  expect(other.images[1]?.foreignBases).toEqual(['openpai/base-image']);
});

test('C: a prerequisite that was forgotten is found in the FROM line of the template', async () => {
  expect(outline(await openCatalog(fixture('tree-c'))).needs).toMatchObject({
    'cleaning-image': 'base-image',
    webportal: 'base-image',
  });
});

test('D: prerequisite and FROM both count, copy-list is read', async () => {
  const catalog = await openCatalog(fixture('tree-d'));
  expect(outline(catalog).needs).toEqual({'base-image': '', 'hadoop-run': 'base-image', 'rest-server': 'base-image'});
  expect(catalog.images[2]?.copyList).toEqual([
    {from: '../rest-server', to: 'src/rest-server/copied_file/rest-server'},
  ]);
  expect(catalog.images[1]).toMatchObject({localName: 'hadoop-run', templates: ['dockerfile'], foreignBases: []});
});

test('E: FROM and component.dep make needs; every need is copied; a component may have no image', async () => {
  const catalog = await openCatalog(fixture('tree-e'));
  expect(outline(catalog).needs).toEqual({
    'base-image': '',
    'cleaining-image': 'base-image',
    cleaner: '',
    'cluster-configuration': '',
    'end-to-end-test': 'hadoop-run',
    'hadoop-ai': '',
    'hadoop-run': 'base-image hadoop-ai',
    prometheus: '',
    pylon: '',
  });
  expect(catalog.components.find(({name}) => name === 'hadoop-run')?.copies).toEqual(['base-image', 'hadoop-ai']);
  expect(catalog.components.find(({name}) => name === 'hadoop-ai')).toEqual({
    name: 'hadoop-ai',
    folder: 'src/hadoop-ai',
    images: [],
    needs: [],
    copies: [],
    preHook: 'src/hadoop-ai/build/build-pre.sh',
  });
  // The folder is misspelt as in v0.8.3, the image is not; a skipped Dockerfile is no image.
  expect(catalog.images.map(({name}) => name)).toEqual([
    'base-image',
    'cleaning-image',
    'end-to-end-test',
    'hadoop-run',
  ]);
});

test('G: dots stay in the names of images, hooks before and after are seen', async () => {
  const catalog = await openCatalog(fixture('tree-g'));
  expect(catalog.version).toBe('v0.14.0');
  const component = (wanted: string) => catalog.components.find(({name}) => name === wanted);
  expect(component('drivers')?.images).toEqual(['drivers-384.111', 'drivers-418.56']);
  expect(component('rest-server')?.postHook).toBe('src/rest-server/build/build-post.sh');
});

test('H: common and k8s Dockerfiles are images, those of the other type are not', async () => {
  const catalog = await openCatalog(fixture('tree-h'));
  expect(catalog.images.map(({name, dockerfile}) => [name, dockerfile])).toEqual([
    ['base-image', 'src/base-image/build/base-image.common.dockerfile'],
    ['cleaning-image', 'src/cleaning-image/build/cleaning-image.common.dockerfile'],
    ['frameworkcontroller', 'src/frameworkcontroller/build/frameworkcontroller.k8s.dockerfile'],
    ['webportal', 'src/webportal/build/webportal.common.dockerfile'],
  ]);
  expect(catalog.components.find(({name}) => name === 'cleaning-image')?.needs).toEqual(['base-image']);
});

test('the sample tree is twelve components, three levels deep', async () => {
  const {components} = await openCatalog(fixture('sample'));
  const {groups, cycles} = orderGroups(new Map(components.map(({name, needs}) => [name, needs])));
  expect(components).toHaveLength(12);
  expect(groups).toHaveLength(3);
  expect(cycles).toEqual([]);
});

test('images of one component are built in the order of their own FROM lines', async () => {
  const root = await makeComponentTree({
    'src/web/build/a.dockerfile': 'FROM z',
    'src/web/build/m.dockerfile': 'FROM busybox\nCOPY --from=a /x /x',
    'src/web/build/z.dockerfile': 'FROM busybox',
  });
  const {components, problems} = await openCatalog(root);
  expect(components).toMatchObject([{images: ['z', 'a', 'm'], needs: []}]);
  expect(problems).toEqual([]);
});

test('a copied stage and a mounted image are needs like a base', async () => {
  const root = await makeComponentTree({
    'src/a/build/a.dockerfile': 'FROM busybox',
    'src/b/build/b.dockerfile': 'FROM busybox',
    'src/c/build/c.dockerfile':
      'FROM scratch\nCOPY --from=a:latest /x /x\nCOPY --from=nginx:1 /y /y\nRUN --mount=type=bind,from=b,target=/b ls',
  });
  const {images} = await openCatalog(root);
  expect(images[2]).toMatchObject({
    needs: ['a', 'b'],
    foreignBases: ['nginx:1'],
    needsBuildkit: {line: 4, because: 'RUN has --mount'},
  });
});

test('the tree may lie one folder below, under any name, and the tool folder may be opened itself', async () => {
  const files = {
    'cluster-management/paictl.py': '',
    'cluster-management/src/base/image.yaml': '',
    'cluster-management/src/base/dockerfile': 'FROM busybox',
    'cluster-management/bootstrap/x/service.yaml': '',
  };
  const root = await makeTree(files);
  expect(await openCatalog(root)).toMatchObject({era: 'D', root, toolRoot: `${root}/cluster-management`});
  expect(await openCatalog(`${root}/cluster-management`)).toMatchObject({
    era: 'D',
    toolRoot: `${root}/cluster-management`,
  });
  for (const [tree, era] of [
    ['tree-a', 'A'],
    ['tree-b', 'B'],
  ] as const) {
    const toolRoot = fixture(`${tree}/service-deployment`);
    expect(await openCatalog(toolRoot)).toMatchObject({era, root: toolRoot, toolRoot});
  }
});

test('images alone are a tree too, without the tools around them', async () => {
  const components = await makeTree({'src/web/build/web.dockerfile': 'FROM busybox'});
  expect(await openCatalog(components)).toMatchObject({layout: 'component', images: [{name: 'web'}]});
  const typed = await makeTree({'src/web/build/web.k8s.dockerfile': 'FROM busybox'});
  expect(await openCatalog(typed)).toMatchObject({era: 'H', images: [{name: 'web'}]});
  const folders = await makeTree({'src/web/image.yaml': '', 'src/web/Dockerfile': 'FROM busybox'});
  expect(await openCatalog(folders)).toMatchObject({
    layout: 'image-yaml',
    images: [{dockerfile: 'src/web/Dockerfile'}],
  });
  const listed = await makeTree({'service.yaml': 'imagelist:\n  web:\n', 'src/web/dockerfile': 'FROM busybox'});
  expect(await openCatalog(listed)).toMatchObject({layout: 'central-list', images: [{name: 'web'}], problems: []});
});

test('a tree without images is a tree', async () => {
  expect(await openCatalog(await makeComponentTree({}))).toMatchObject({images: [], components: [], problems: []});
});
