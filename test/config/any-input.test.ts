import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {Era} from '../../src/engine/catalog/types.ts';
import {openConfig} from '../../src/engine/config/open.ts';
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

/** Keys that readers look for, so that what is made up reaches further than the first check. */
const keys = [
  ...['machine-list', 'machine-sku', 'default-machine-properties', 'hostname', 'hostip', 'k8s-role', 'pai-master'],
  ...[
    'kubernetes',
    'load-balance-ip',
    'api-servers-url',
    'cluster',
    'common',
    'docker-registry',
    'docker-registry-info',
  ],
  ...['hadoop', 'virtualClusters', 'rest-server', 'restserver', 'prometheus', 'alerting', 'webportal', 'plugins'],
  ...['authentication', 'group-manager', 'grouplist', 'hivedscheduler', 'config', 'alert-manager', 'email-configs'],
  ...[
    'hadoop-resource-manager',
    'capacity',
    'clusterinfo',
    'dockerregistryinfo',
    'remote_deployment',
    'master',
    'listname',
  ],
  ...[
    'machinelist',
    'machineinfo',
    'cpu',
    'gpu',
    'computing-device',
    'service_type',
    '<<',
    '1',
    '__proto__',
    'constructor',
  ],
];

const yamlText = fc.letrec<{value: unknown}>((tie) => ({
  value: fc.oneof(
    {maxDepth: 5, depthSize: 'medium'},
    fc.constantFrom('true', '"true"', 'null', '', '10.0.0.1', '22', '1.10', '2018-01-01', 'master', '""', '-1', '.nan'),
    fc.array(tie('value'), {maxLength: 4}),
    fc.dictionary(fc.constantFrom(...keys), tie('value'), {maxKeys: 6}),
  ),
})).value;

async function openWith(folder: string, file: string, content: string | Uint8Array, era: Era) {
  await writeFile(join(folder, file), content);
  return openConfig(folder, {era});
}

/** In brackets, so that every value is a text of YAML; scalars stay as they are written. */
function flow(value: unknown): string {
  if (typeof value === 'string') return value === '' ? '~' : value;
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  return `{${Object.entries(value as object)
    .map(([key, item]) => `${JSON.stringify(key)}: ${flow(item)}`)
    .join(', ')}}`;
}

describe.each(Object.keys(files))('config-%s with any file in place of one of its own', (name) => {
  const era = name.toUpperCase() as Era;

  test.each(files[name] ?? [])('%s: whatever it says is answered with a problem or a model', async (file) => {
    const folder = await editedConfig(name, []);
    await fc.assert(
      fc.asyncProperty(yamlText, async (value) => {
        const {config, problems} = await openWith(folder, file, `${flow(value)}\n`, era);
        const errors = problems.filter(({severity}) => severity === undefined || severity === 'error');
        expect(config === undefined).toBe(errors.length > 0);
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
