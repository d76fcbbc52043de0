import type {Value, ValueMap} from '../context-values.ts';
import {isAtLeast} from '../release.ts';
import {inner, wordOf} from './assign.ts';
import type {OldInput} from './old-input.ts';
import {dockerCredential, imagePrefix} from './registry-values.ts';

/** clusterinfo.dockerregistryinfo of B–E (behaviour 3.2, 3.4). */
export function addRegistry({assign, release}: OldInput, info: ValueMap): void {
  const registry = inner(info, 'docker-registry-info');
  assign.same(info, 'dockerregistryinfo', info, 'docker-registry-info');
  info.set('dockerregistryinfo', registry);
  assign.same(registry, 'docker_namespace', registry, 'docker-namespace');
  assign.same(registry, 'docker_registry_domain', registry, 'docker-registry-domain');
  for (const [name, key] of Object.entries(login)) {
    const value = registry.get(key);
    if (value !== undefined && value !== null) assign.same(registry, name, registry, key);
    // An empty value is the text "None" until v0.5, and Python's None since.
    else if (isAtLeast(release, 'v0.6')) assign.fallback(registry, name, null, 'nothing');
    else assign.fallback(registry, name, 'None', 'nothing, as the tools wrote it');
  }
  assign.same(registry, 'docker_tag', registry, 'docker-tag');
  assign.same(registry, 'secretname', registry, 'secret-name');
  const words = {
    domain: word(registry, 'docker-registry-domain') ?? '',
    namespace: word(registry, 'docker-namespace') ?? '',
    ...optional('username', word(registry, 'docker-username')),
    ...optional('password', word(registry, 'docker-password')),
  };
  const {credential, base64code} = dockerCredential(words);
  assign.derived(registry, 'base64code', base64code, 'user name and password of the registry');
  assign.derived(registry, 'credential', credential, 'user name and password of the registry');
  assign.derived(registry, 'prefix', imagePrefix(words, 'public'), 'domain and namespace of the registry');
}

const login = {docker_username: 'docker-username', docker_password: 'docker-password'};

/** The early tools wrote None for nothing; nobody is called so. */
function word(registry: ValueMap, key: string): string | undefined {
  const value: Value | undefined = registry.get(key);
  return value === 'None' ? undefined : wordOf(value);
}

function optional(key: 'username' | 'password', value: string | undefined): {username?: string; password?: string} {
  return value === undefined ? {} : {[key]: value};
}
