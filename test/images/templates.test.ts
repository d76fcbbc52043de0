import {mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {openCatalog} from '../../src/engine/catalog/open.ts';
import {createFiles} from '../../src/engine/files/create-files.ts';
import {imageTemplates, readTemplateFacts} from '../../src/engine/images/templates.ts';
import {makeTree} from '../catalog/trees.ts';
import {modelOf} from '../config/configs.ts';

const central = 'imagelist:\n  web:\n    templatelist: [dockerfile]\n    prerequisite: None\nservicelist: {}\n';

/** A folder that is gone after the test. */
async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pai-image-templates-'));
  onTestFinished(() => rm(folder, {recursive: true}));
  return folder;
}

/** What is rendered for the image of a tree whose template this is. */
async function renderImage(template: string, change: (root: string) => Promise<void> = async () => {}) {
  const root = await makeTree({
    'service.yaml': central,
    'src/web/dockerfile.template': template,
    'src/common/labels.part': "LABEL cluster={{ clusterconfig['clusterID'] }}\n",
  });
  await change(root);
  const {images, toolRoot} = await openCatalog(root);
  const files = createFiles({cacheFile: join(await scratch(), 'hashes')});
  const templates = imageTemplates(await modelOf('c'));
  const facts = await readTemplateFacts(images, toolRoot, templates, files);
  const texts =
    facts.problems.length > 0
      ? []
      : (await Promise.all(images.map((image) => templates.render(image, toolRoot, files)))).flatMap((each) =>
          each.files.map(({text}) => text),
        );
  return {texts, problems: facts.problems, warnings: facts.warnings};
}

describe('the template of an image', () => {
  test('may include another of its tree, which sees the same names', async () => {
    const {texts, problems} = await renderImage("FROM busybox\n{% include 'src/common/labels.part' %}\n");
    expect({texts, problems}).toEqual({texts: ['FROM busybox\nLABEL cluster=gpu-lab'], problems: []});
  });

  test.each(['../outside.part', 'src/../../outside.part', '/etc/hostname'])('may not include %s', async (name) => {
    const {problems} = await renderImage(`FROM busybox\n{% include '${name}' %}\n`);
    expect(problems).toMatchObject([
      {code: 'template-failed', line: 2, message: expect.stringContaining('no template')},
    ]);
  });

  test('may not include what a link leads to outside of the tree', async () => {
    const outside = join(await scratch(), 'outside.part');
    await writeFile(outside, 'secret');
    const {problems} = await renderImage("FROM busybox\n{% include 'src/common/link.part' %}\n", (root) =>
      symlink(outside, join(root, 'src/common/link.part')),
    );
    expect(problems).toMatchObject([{code: 'path-leaves-tree'}]);
  });
});
