import {expect, test} from 'vitest';
import type {YamlMap, YamlValue} from '../../src/engine/config/yaml.ts';
import {modelOf} from './configs.ts';

/** Every single value below one, with what holds it. */
function* leaves(value: YamlValue, path: string): Generator<{holder: object; key: unknown; path: string}> {
  const entries: Iterable<[unknown, YamlValue]> =
    value instanceof Map ? (value as YamlMap) : Array.isArray(value) ? value.entries() : [];
  for (const [key, item] of entries) {
    const below = `${path}.${String(key)}`;
    if (item instanceof Map || Array.isArray(item)) yield* leaves(item, below);
    else yield {holder: value as object, key, path: below};
  }
}

test.each(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])(
  'every value that templates of config-%s see has an origin',
  async (name) => {
    const config = await modelOf(name);
    const all = [config.views.services, config.views.kubernetes].flatMap((view) => [...leaves(view.reveal(), '')]);
    expect(all.length).toBeGreaterThan(50);
    expect(all.filter(({holder, key}) => !config.originOf(holder, key)).map(({path}) => path)).toEqual([]);
  },
);

test('what a module derives says from what, in words', async () => {
  const config = await modelOf('f');
  const services = config.views.services.reveal();
  const which = (service: string, key: string) => config.originOf(services.get(service) as YamlMap, key);
  expect(which('prometheus', 'url')).toEqual({from: 'derived', of: 'hostip of the first pai-master and port'});
  expect(which('webportal', 'webportal-address')).toEqual({from: 'derived', of: 'hostip of the first pai-master'});
});
