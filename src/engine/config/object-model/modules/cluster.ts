import type {Data} from '../../context-values.ts';
import {isAtLeast} from '../../release.ts';
import {map, optional} from '../../shape.ts';
import {flag, oneOf, path, text, truth} from '../../shape-scalars.ts';
import {inner, wordOf} from '../assign.ts';
import {dockerCredential, imagePrefix} from '../registry-values.ts';
import type {ModuleInput, ServiceModule} from './types.ts';

const common = {'cluster-id': 'pai', 'data-path': '/datastorage', 'qos-switch': 'true', 'az-rdma': 'false'};
const registry = {namespace: 'openpai', domain: 'docker.io', tag: 'latest', 'secret-name': 'regsecret'};

const commonShape = {
  'cluster-id': optional(text, '', ['clusterid']),
  'data-path': optional(path),
  'qos-switch': optional(flag),
  'az-rdma': optional(flag),
};

export const clusterModules: readonly ServiceModule[] = [
  {
    name: 'cluster',
    defaults: {common, 'docker-registry': registry},
    merge: 'deep',
    run: addRegistry,
    shape: map({common: optional(map(commonShape)), 'docker-registry': optional(map({}))}),
  },
  {
    name: 'cluster',
    since: 'v1.0',
    defaults: {
      common: {
        ...(common as {readonly [key: string]: Data}),
        'cluster-type': 'k8s',
        'job-history': 'true',
        'k8s-rbac': 'false',
        'deploy-in-aks': 'false',
        'docker-data-root': '/var/lib/docker',
      },
      'docker-registry': registry,
    },
    merge: 'deep',
    run: addRegistry,
    shape: map({
      common: optional(
        map({
          ...commonShape,
          'cluster-type': optional(oneOf('k8s', 'yarn')),
          'job-history': optional(flag),
          'k8s-rbac': optional(flag),
          'deploy-in-aks': optional(flag),
          'docker-data-root': optional(path),
        }),
      ),
      'docker-registry': optional(map({})),
    }),
  },
  {
    name: 'drivers',
    defaults: {
      'set-nvidia-runtime': false,
      version: '384.111',
      'pre-installed-nvidia-path': '/usr/local/nvidia',
      'enable-ib-installation': false,
    },
    merge: 'deep',
    shape: map({
      'set-nvidia-runtime': optional(truth),
      version: optional(oneOf('384.111', '390.25', '410.73', '418.56')),
      'pre-installed-nvidia-path': optional(path),
      'enable-ib-installation': optional(truth),
    }),
  },
];

/** Without a login: the credential is made of what the configuration says. */
function addRegistry({own, release, assign}: ModuleInput): void {
  const section = inner(own, 'docker-registry');
  const word = (key: string) => wordOf(section.get(key));
  const username = word('username');
  const password = word('password');
  const words = {
    domain: word('domain') ?? '',
    namespace: word('namespace') ?? '',
    ...(username === undefined ? {} : {username}),
    ...(password === undefined ? {} : {password}),
  };
  const prefix = imagePrefix(words, isAtLeast(release, 'v1.0') ? 'docker.io' : 'public');
  assign.derived(section, 'prefix', prefix, 'domain and namespace of the registry');
  if (username === undefined) assign.fallback(section, 'username', null, 'nothing');
  if (password === undefined) assign.fallback(section, 'password', null, 'nothing');
  const {base64code, credential} = dockerCredential(words);
  assign.derived(section, 'base64code', base64code, 'user name and password of the registry');
  assign.derived(section, 'credential', credential, 'user name and password of the registry');
}
