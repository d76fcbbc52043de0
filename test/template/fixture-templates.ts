/** Every template of the fixture trees, with what it sees: of the tree's configuration, under the names of its era. */

import {readdir} from 'node:fs/promises';
import {basename, dirname, join, relative} from 'node:path';
import {openCatalog} from '../../src/engine/catalog/open.ts';
import {openConfig} from '../../src/engine/config/open.ts';
import {readSourceFile} from '../../src/engine/config/source-file.ts';
import {type TemplateFamily, templateContext} from '../../src/engine/config/template-contexts.ts';
import type {ClusterConfig} from '../../src/engine/config/types.ts';
import type {YamlMap, YamlValue} from '../../src/engine/config/yaml.ts';
import type {Value} from '../../src/engine/values/types.ts';
import {fixture} from '../catalog/trees.ts';
import {quickStartEnvironment} from './quick-start-environment.ts';

export const eras = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;

export interface FixtureTemplate {
  /** Below the folder of the era; of those that are rendered for each machine with its name behind an @. */
  readonly name: string;
  /** Absolute. */
  readonly file: string;
  /** The folder of the tools that render it; nothing outside of it is read. */
  readonly root: string;
  readonly context: ReadonlyMap<string, Value>;
}

export async function fixtureTemplates(era: (typeof eras)[number]): Promise<readonly FixtureTemplate[]> {
  const folder = fixture(`tree-${era}`);
  const catalog = await openCatalog(folder);
  // Fixture trees have few configuration modules; without a tree all of the release are there, as in a real one.
  const options = catalog.era < 'F' ? {tree: catalog} : {era: catalog.era};
  const {config, problems} = await openConfig(fixture(`config-${era}`), options);
  if (!config) throw new Error(JSON.stringify(problems));
  const files = (await readdir(folder, {recursive: true})).filter((path) => path.endsWith('.template')).sort();
  const templates = files.map(async (path) => {
    const file = join(folder, path);
    // Up to v0.4.0 Kubernetes has tools of its own, beside those of services.
    const root = path.startsWith('kubernetes-deployment/') ? join(folder, 'kubernetes-deployment') : catalog.toolRoot;
    const name = path.replace(/\.template$/, '');
    const families = await familiesOf(file, relative(root, file), config);
    return families.map((family) => ({
      name: family.of === 'kubernetes' ? `${name}@${family.host}` : name,
      file,
      root,
      context: templateContext(config, family),
    }));
  });
  return (await Promise.all(templates)).flat();
}

async function familiesOf(file: string, path: string, config: ClusterConfig): Promise<readonly TemplateFamily[]> {
  if (path.includes('quick-start/')) return [{of: 'quick-start', env: await quickStartEnvironment(config)}];
  if (/^(deployment\/)?(k8sPaiLibrary\/)?template\//.test(path)) {
    if (/^(config|kube-proxy|dashboard)/.test(basename(path))) return [{of: 'kubernetes standalone'}];
    return config.machines
      .filter(({roles}) => roles.length > 0)
      .map(({hostname}) => ({of: 'kubernetes', host: hostname}));
  }
  if (config.era < 'E' && path.startsWith('src/')) return [{of: 'image'}];
  return [{of: 'service', service: await serviceOf(file)}];
}

/** What the service.yaml of a template says; nothing for one that no service names. */
async function serviceOf(file: string): Promise<YamlValue> {
  for (const folder of [dirname(file), dirname(dirname(file))]) {
    const source = (await readdir(folder)).includes('service.yaml')
      ? await readSourceFile(join(folder, 'service.yaml'), [])
      : undefined;
    if (source) return source.yaml.value ?? null;
  }
  return new Map() as YamlMap;
}
