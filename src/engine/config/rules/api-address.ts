import {isAtLeast} from '../release.ts';
import {placeIn} from '../yaml-access.ts';
import {addressNumber} from './ipv4.ts';
import {kubernetesPlace, type Written, written} from './kubernetes-places.ts';
import type {Finding, Rule, RuleInput} from './types.ts';

/** The address of the API server and of the dashboard, which are written in several places. */
export const apiAddress: readonly Rule[] = [
  {
    name: 'same-api-url',
    severity: 'warning',
    holds: 'api-servers-url of layout.yaml and the settings of kubernetes-configuration.yaml name the same API server.',
    find: (input) => {
      const url = layoutUrl(input, 'api-servers-url');
      const address = kubernetesPlace(input, 'address');
      if (!url || !address) return [];
      const port = kubernetesKey(input, 'api-servers-port')?.text ?? '8080';
      const scheme = kubernetesKey(input, 'api-servers-http-schema')?.text ?? 'http';
      const other = `${scheme}://${address.text}:${port}`;
      if (!URL.canParse(other) || isSameServer(url.text, other)) return [];
      const message = `${url.name} is ${url.text}, and by ${address.place.source.name} the API server is at ${other}.`;
      return [{at: url.place, message, hint: `Write ${other}, or mend ${address.place.source.name}.`}];
    },
  },
  {
    name: 'same-dashboard-url',
    severity: 'warning',
    holds: 'dashboard-url of layout.yaml is an address of the machine with the dashboard (v0.10 to v0.17).',
    find: (input) => {
      const url = layoutUrl(input, 'dashboard-url');
      const host = input.entries.find(({labels}) => labels.includes('dashboard'));
      if (!url || host?.address === undefined || isAtLeast(input.config.release, 'v1.0')) return [];
      const {hostname} = new URL(url.text);
      if ([host.address, host.hostname].includes(hostname)) return [];
      const message = `${url.name} is ${url.text}, and the dashboard runs on ${host.hostname}, which has ${host.address}.`;
      return [{at: url.place, message, hint: `Write http://${host.address}:9090`}];
    },
  },
  {
    name: 'fixed-api-port',
    severity: 'warning',
    holds: 'api-servers-port is 8080 and api-servers-http-schema is http: templates have them fixed (v0.9 to v0.17).',
    find: (input) => {
      if (!isAtLeast(input.config.release, 'v0.9') || isAtLeast(input.config.release, 'v1.0')) return [];
      return Object.entries({'api-servers-port': '8080', 'api-servers-http-schema': 'http'}).flatMap(
        ([key, fixed]): readonly Finding[] => {
          const value = kubernetesKey(input, key);
          if (!value || value.text === fixed || !isSense(value)) return [];
          const message = `${value.name} is ${value.text}, and the templates of kubeconfig and haproxy have ${fixed} fixed.`;
          return [{at: value.place, message, hint: `Write ${fixed}, or change the templates of the tree too.`}];
        },
      );
    },
  },
  {
    name: 'port-of-dashboard-url',
    severity: 'warning',
    holds: 'dashboard-url of layout.yaml ends with its port, from where k8s-dashboard takes it (v1.0 and later).',
    find: (input) => {
      const url = layoutUrl(input, 'dashboard-url');
      if (!url || !isAtLeast(input.config.release, 'v1.0') || /:\d+\/?$/.test(url.text)) return [];
      const {origin} = new URL(url.text);
      const message = `${url.name} is ${url.text}, and has no port at its end.`;
      return [{at: url.place, message, hint: `Write ${origin}:9090`}];
    },
  },
];

/** What the shape refuses is told by it. */
function layoutUrl({sources}: RuleInput, key: string): Written | undefined {
  const layout = sources.files.get('layout');
  const url = layout && written(placeIn(layout, 'kubernetes', key));
  return url && URL.canParse(url.text) && /^https?:\/\//.test(url.text) ? url : undefined;
}

function kubernetesKey({sources}: RuleInput, key: string): Written | undefined {
  const source = sources.files.get('kubernetes');
  return source && written(placeIn(source, 'kubernetes', key));
}

function isSense({text}: Written): boolean {
  return /^\d{1,5}$/.test(text) || text === 'https';
}

function isSameServer(one: string, other: string): boolean {
  const [a, b] = [new URL(one), new URL(other)];
  const host = ({hostname}: URL) => addressNumber(hostname) ?? hostname;
  return a.protocol === b.protocol && host(a) === host(b) && a.port === b.port;
}
