import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Era} from '../../src/engine/catalog/types.ts';
import {readExternalStorage} from '../../src/engine/config/external-storage.ts';
import {readNodeList} from '../../src/engine/config/node-list.ts';
import {openConfig} from '../../src/engine/config/open.ts';
import {hasErrors} from '../../src/engine/config/problems.ts';
import {makeTree} from '../catalog/trees.ts';
import {anyYaml} from './any-yaml.ts';
import {editedConfig} from './configs.ts';

const files: Readonly<Record<string, readonly string[]>> = {
  a: ['cluster-config.yaml', 'clusterconfig.yaml'],
  d: [
    'cluster-configuration.yaml',
    'kubernetes-configuration.yaml',
    'k8s-role-definition.yaml',
    'services-configuration.yaml',
  ],
  f: ['cluster-configuration.yaml', 'kubernetes-configuration.yaml', 'services-configuration.yaml'],
  g: ['layout.yaml', 'kubernetes-configuration.yaml', 'services-configuration.yaml'],
  h: ['layout.yaml', 'config.yaml', 'services-configuration.yaml'],
};

async function openWith(folder: string, file: string, content: string | Uint8Array, era: Era) {
  await writeFile(join(folder, file), content);
  return openConfig(folder, {era});
}

describe.each(Object.keys(files))('config-%s with any file in place of one of its own', (name) => {
  const era = name.toUpperCase() as Era;

  test.each(files[name] ?? [])('%s: whatever it says is answered with a problem or a model', async (file) => {
    const folder = await editedConfig(name, []);
    await fc.assert(
      fc.asyncProperty(anyYaml, async (text) => {
        const {config, problems} = await openWith(folder, file, text, era);
        expect(config === undefined).toBe(hasErrors(problems));
        for (const problem of problems) {
          expect(problem.code).not.toBe('bug');
          expect(problem.message).toMatch(/^\S.*\.$/s);
          expect(problem.message).not.toMatch(/undefined|\[object|NaN/);
          if (problem.line !== undefined) expect(problem.line).toBeGreaterThan(0);
        }
      }),
      {numRuns: 60},
    );
  });

  test('any bytes are answered, and never taken for a model', async () => {
    const folder = await editedConfig(name, []);
    const [file = ''] = files[name] ?? [];
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({minLength: 1, maxLength: 200}), async (bytes) => {
        const {config, problems} = await openWith(folder, file, bytes, era);
        expect(config).toBeUndefined();
        expect(problems.length).toBeGreaterThan(0);
      }),
      {numRuns: 60},
    );
  });
});

test('any node list and any storage file is answered with a problem or with what it says', async () => {
  const folder = await makeTree({});
  const file = join(folder, 'any.yaml');
  await fc.assert(
    fc.asyncProperty(anyYaml, async (text) => {
      await writeFile(file, text);
      const list = await readNodeList(file);
      expect(list.machines === undefined).toBe(hasErrors(list.problems));
      const external = await readExternalStorage(file);
      expect(external.storage === undefined).toBe(hasErrors(external.problems));
    }),
    {numRuns: 200},
  );
});
