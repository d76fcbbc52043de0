import type {ValueMap} from '../context-values.ts';
import {Copier} from '../context-values.ts';
import type {Reading} from '../eras/reading.ts';
import type {FileRole} from '../sources.ts';
import {placeIn, textAt} from '../yaml-access.ts';
import {createAssign, inner, mapIn, wordOf} from './assign.ts';
import {addEtcdUrls} from './etcd-urls.ts';
import {dockerCredential, imagePrefix} from './registry-values.ts';

/** A: each file is its own model, with a few values added (behaviour 3.1). */
export function singleViews({sources, origins}: Reading): {readonly services: ValueMap; readonly kubernetes: ValueMap} {
  const assign = createAssign(origins);
  const load = (role: FileRole): ValueMap => {
    const source = sources.files.get(role);
    return source ? new Copier(origins).map(placeIn(source)) : new Map();
  };
  const services = load('single-services');
  if (services.size > 0) {
    const registry = inner(inner(services, 'clusterinfo'), 'dockerregistryinfo');
    const word = (key: string) => wordOf(registry.get(key)) || undefined;
    const [username, password] = [word('docker_username'), word('docker_password')];
    const words = {
      domain: word('docker_registry_domain') ?? '',
      namespace: word('docker_namespace') ?? '',
      ...(username === undefined ? {} : {username}),
      ...(password === undefined ? {} : {password}),
    };
    const {base64code, credential} = dockerCredential(words);
    assign.derived(registry, 'base64code', base64code, 'user name and password of the registry');
    assign.derived(registry, 'credential', credential, 'user name and password of the registry');
    assign.derived(registry, 'prefix', imagePrefix(words, 'public'), 'domain and namespace of the registry');
    if (!registry.has('docker_tag')) assign.fallback(registry, 'docker_tag', 'latest', 'as the tools have it');
  }
  const kubernetes = load('single-kubernetes');
  const file = sources.files.get('single-kubernetes');
  const listName = file && textAt(placeIn(file, 'remote_deployment', 'master', 'listname'));
  if (listName === undefined) return {services, kubernetes};
  const masters = [...mapIn(kubernetes, listName).values()].filter((host): host is ValueMap => host instanceof Map);
  const info = inner(kubernetes, 'clusterinfo');
  addEtcdUrls(info, masters, assign);
  return {services, kubernetes};
}
