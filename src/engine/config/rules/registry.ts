import {checkRegistryValues} from '../registry-checks.ts';
import {below, keyOf, lineOf, placeIn} from '../yaml-access.ts';
import {isDnsName, suggestion} from './host-names.ts';
import {written} from './kubernetes-places.ts';
import type {Finding, Rule, RuleInput} from './types.ts';

/** What is said of the registry beside its section in the services, which registry-checks.ts looks at. */
export const registry: readonly Rule[] = [
  {
    name: 'legal-secret-name',
    severity: 'error',
    holds: 'The name of the secret for the registry is one that Kubernetes takes (DNS-1123).',
    find: (input) => {
      const {services} = input.config;
      const paths = {
        single: ['clusterinfo', 'dockerregistryinfo', 'secretname'],
        old: ['cluster', 'docker-registry-info', 'secret-name'],
        new: ['cluster', 'docker-registry', 'secret-name'],
      };
      const name = services.place && written(services.place, ...paths[services.format]);
      if (!name || isDnsName(name.text)) return [];
      const message = `${name.name} is ${name.text}, and Kubernetes makes no secret of such a name.`;
      return [
        {
          at: name.place,
          message,
          hint: `Write lower case letters, digits, - and . only: ${suggestion(name.text) ?? 'regsecret'}`,
        },
      ];
    },
  },
  {
    name: 'registry-of-config-yaml',
    severity: 'error',
    holds:
      'The registry in config.yaml can be part of the name of an image: docker_registry_domain, docker_registry_namespace, docker_image_tag (v1.0 and later).',
    find: (input) => valuesOfConfigYaml(input).filter(({isError}) => isError),
  },
  {
    name: 'whole-login-of-config-yaml',
    severity: 'warning',
    holds: 'config.yaml has both docker_registry_username and docker_registry_password, or neither (v1.0 and later).',
    find: (input) => valuesOfConfigYaml(input).filter(({isError}) => !isError),
  },
  {
    name: 'same-image-tag',
    severity: 'notice',
    holds: 'docker_image_tag of config.yaml is the tag of services-configuration.yaml (v1.0 and later).',
    find: ({config, sources}) => {
      const source = sources.files.get('deployment');
      const tag = source && written(placeIn(source, 'docker_image_tag'));
      const {place, format} = config.services;
      const other = place && format === 'new' ? written(place, 'cluster', 'docker-registry', 'tag') : undefined;
      // What is no tag is told above.
      if (!tag || !other || tag.text === other.text || !/^[\w.-]+$/.test(tag.text)) return [];
      const message = `${tag.name} is ${tag.text}, and ${other.name} of ${other.place.source.name} is ${other.text}.`;
      return [
        {at: tag.place, message, hint: 'Write the same, unless the cluster is being brought to another release.'},
      ];
    },
  },
];

const keys = {
  domain: 'docker_registry_domain',
  namespace: 'docker_registry_namespace',
  tag: 'docker_image_tag',
  username: 'docker_registry_username',
  password: 'docker_registry_password',
  secretName: 'secret-name',
} as const;

function valuesOfConfigYaml({sources}: RuleInput): (Finding & {readonly isError: boolean})[] {
  const source = sources.files.get('deployment');
  if (!source) return [];
  const text = (key: string) => written(placeIn(source, key))?.text;
  const at = (key: string) => below(placeIn(source), key);
  const {domain, namespace, tag, username, password} = keys;
  const optional = <Name extends string>(name: Name, value: string | undefined) =>
    value === undefined ? {} : ({[name]: value} as Record<Name, string>);
  const values = {
    domain: text(domain) ?? 'docker.io',
    namespace: text(namespace) ?? 'openpai',
    // The shape says that it is missing.
    tag: text(tag) ?? 'latest',
    ...optional('username', text(username)),
    ...optional('password', text(password)),
  };
  const place = (setting: keyof typeof keys) => ({key: keyOf(at(keys[setting])), line: lineOf(at(keys[setting]))});
  return checkRegistryValues(values, {place}, source.file).map(({message, hint = '', key = '', severity}) => ({
    at: at(key),
    message,
    hint,
    isError: severity === undefined,
  }));
}
