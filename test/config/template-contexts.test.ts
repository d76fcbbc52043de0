import {describe, expect, test} from 'vitest';
import {type TemplateFamily, templateContext} from '../../src/engine/config/template-contexts.ts';
import {type Edit, modelOf, openFixture} from './configs.ts';

const service = new Map([['template-list', ['start.sh']]]);
const families: Readonly<Record<string, TemplateFamily>> = {
  image: {of: 'image'},
  service: {of: 'service', service},
  machine: {of: 'kubernetes', host: 'gpu-01'},
  standalone: {of: 'kubernetes standalone'},
  'quick-start': {of: 'quick-start', env: new Map([['dns', '10.0.0.53']])},
};

/** The names that each family sees. */
async function namesOf(name: string): Promise<Record<string, string>> {
  const config = await modelOf(name);
  return Object.fromEntries(
    Object.entries(families).map(([family, wanted]) => [family, [...templateContext(config, wanted).keys()].join(' ')]),
  );
}

describe('the names that templates see', () => {
  test.each(['a', 'b', 'c', 'd'])('in config-%s', async (name) => {
    expect(await namesOf(name)).toEqual({
      image: 'clusterconfig',
      service: 'clusterinfo machineinfo machinelist',
      machine: 'hostcofig clusterconfig cluster',
      standalone: 'clusterconfig',
      'quick-start': 'env',
    });
  });

  test('in config-e, where services see what their service.yaml says', async () => {
    expect(await namesOf('e')).toMatchObject({
      service: 'clusterinfo machineinfo machinelist serviceinfo',
      machine: 'hostcofig clusterconfig cluster',
      standalone: 'clusterconfig',
    });
    expect(templateContext(await modelOf('e'), {of: 'service', service}).get('serviceinfo')).toBe(service);
  });

  test.each(['f', 'g', 'h'])('in config-%s', async (name) => {
    expect(await namesOf(name)).toMatchObject({
      service: 'cluster_cfg',
      machine: 'hostcofig cluster_cfg',
      standalone: 'cluster_cfg',
      'quick-start': 'env',
    });
  });
});

test('images see the whole of what services see, and Kubernetes the whole file beside its clusterinfo', async () => {
  const config = await modelOf('d');
  const [services, kubernetes] = [config.views.services.reveal(), config.views.kubernetes.reveal()];
  expect(templateContext(config, {of: 'image'}).get('clusterconfig')).toBe(services);
  const names = templateContext(config, {of: 'kubernetes', host: 'gpu-01'});
  expect(names.get('cluster')).toBe(kubernetes);
  expect(names.get('clusterconfig')).toBe(kubernetes.get('clusterinfo'));
  expect(templateContext(config, {of: 'service', service}).get('clusterinfo')).toBe(services.get('clusterinfo'));
});

test.each(['a', 'd', 'f', 'g', 'h'])(
  'the machine itself is hostcofig in config-%s, also one that is no worker',
  async (name) => {
    for (const host of ['infra-01', 'gpu-01']) {
      const machine = templateContext(await modelOf(name), {of: 'kubernetes', host}).get('hostcofig');
      expect(machine instanceof Map && machine.get('hostip')).toBe(host === 'gpu-01' ? '10.0.0.11' : '10.0.0.1');
    }
  },
);

test.each(['d', 'g'])('a machine that config-%s does not have has no context', async (name) => {
  const config = await modelOf(name);
  expect(() => templateContext(config, {of: 'kubernetes', host: 'gpu-99'})).toThrow('has no machine gpu-99');
});

test('services of G see no kubernetes, its own templates do', async () => {
  const config = await modelOf('g');
  const keysOf = (family: TemplateFamily) => {
    const seen = templateContext(config, family).get('cluster_cfg');
    return seen instanceof Map ? [...seen.keys()] : [];
  };
  expect(keysOf({of: 'service', service})).not.toContain('kubernetes');
  expect(keysOf({of: 'kubernetes standalone'})).toEqual(['kubernetes', 'layout']);
});

test('what the configuration lacks is no name either', async () => {
  const edit: Edit = ['clusterconfig.yaml', /^machineinfo:\n(?: .*\n)+/m, ''];
  const {draft} = await openFixture('a', [edit]);
  const names = draft && templateContext(draft, {of: 'service', service});
  expect([...(names?.keys() ?? [])]).toEqual(['clusterinfo', 'machinelist']);
});
