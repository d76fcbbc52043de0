/** The settings of our own: `pai-tui` below `kubernetes`, and what they are when they are not written. */

import {dirname, resolve} from 'node:path';
import {below, listAt, mapAt, type Place, textAt} from '../../config/yaml-access.ts';
import type {DockerSource, ImageName, PodNetwork} from './types.ts';

/** Where pods get addresses unless the configuration says another range. */
const usualPodRange = '10.200.0.0/16';
const usualDomain = 'cluster.local';

export interface OwnSettings {
  readonly podNetwork: PodNetwork;
  readonly images: Readonly<Partial<Record<ImageName, string>>>;
  readonly domain: string;
  readonly dnsManifest?: string;
  readonly plainHttp: boolean;
  readonly docker: DockerSource;
}

/** `kubernetes` is where the settings of Kubernetes are written; paths count from the file. */
export function ownSettings(kubernetes: Place | undefined): OwnSettings {
  const own = kubernetes && below(kubernetes, 'pai-tui');
  const text = (...path: readonly string[]) => own && textAt(below(own, ...path));
  const file = (...path: readonly string[]) => {
    const written = text(...path);
    return own && written !== undefined ? resolve(dirname(own.source.file), written) : undefined;
  };
  const texts = (...path: readonly string[]) => (own ? listAt(below(own, ...path)).map(String) : []);
  const dnsManifest = file('dns-manifest');
  const [repository, bundle] = [text('docker', 'repository'), file('docker', 'bundle')];
  const lists = {
    packages: texts('docker', 'packages'),
    mirrors: texts('docker', 'mirrors'),
    insecureRegistries: texts('docker', 'insecure-registries'),
  };
  return {
    podNetwork: podNetwork(text('pod-network'), text('pod-network-range'), file('pod-network-manifest')),
    images: own ? imagesAt(below(own, 'images')) : {},
    domain: text('cluster-domain') ?? usualDomain,
    ...(dnsManifest === undefined ? {} : {dnsManifest}),
    plainHttp: text('plain-http-api') === 'true',
    docker: {
      ...(repository === undefined ? {} : {repository}),
      ...(bundle === undefined ? {} : {bundle}),
      ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
    },
  };
}

function podNetwork(kind: string | undefined, range = usualPodRange, file: string | undefined): PodNetwork {
  if (kind === 'host') return {kind: 'host'};
  if (kind === 'routes') return {kind, range};
  // A missing file is told by who makes the layout.
  if (kind === 'manifest' || (kind === undefined && file !== undefined))
    return {kind: 'manifest', range, file: file ?? ''};
  return {kind: 'auto', range};
}

/** What an image is called in the configuration. */
const imageKeys: Readonly<Record<ImageName, string>> = {
  apiserver: 'kube-apiserver',
  controllerManager: 'kube-controller-manager',
  scheduler: 'kube-scheduler',
  hyperkube: 'hyperkube',
  etcd: 'etcd',
  pause: 'pause',
  dashboard: 'kubernetes-dashboard',
  haproxy: 'haproxy',
  proxy: 'kube-proxy',
};

function imagesAt(place: Place): OwnSettings['images'] {
  const written = mapAt(place);
  const known = Object.entries(imageKeys).filter(([, key]) => typeof written.get(key) === 'string');
  return Object.fromEntries(known.map(([name, key]) => [name, textAt(below(place, key))]));
}
