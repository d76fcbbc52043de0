/** What the templates of assets/kubernetes see. */

import {createHash} from 'node:crypto';
import {isIPv4} from 'node:net';
import {basename} from 'node:path';
import type {Value} from '../../values/types.ts';
import {machineKubeconfigs} from '../certificate-cluster.ts';
import type {ClusterLayout, ClusterMachine} from '../layout/types.ts';
import {versionFlags} from '../layout/versions.ts';
import type {PackageChoice} from './choice.ts';

type Plain = string | number | boolean | readonly Plain[] | {readonly [key: string]: Plain};

/** For a machine: `cluster`, `host`, `etcd`, `kubeconfigs`, `flags`, `plainHttp`. Without one, what is the same for all of them. */
export function assetContext(
  layout: ClusterLayout,
  choice: PackageChoice,
  machine?: ClusterMachine,
  cluster = clusterNames(layout, choice),
): ReadonlyMap<string, Value> {
  const plain: Readonly<Record<string, Plain>> = {
    flags: versionFlags(layout.version),
    plainHttp: {digest: choice.plainHttpDigest ?? ''},
    ...(machine ? ofMachine(layout, choice, machine) : {}),
  };
  return new Map([
    ['cluster', cluster],
    ...Object.entries(plain).map(([name, value]) => [name, asValue(value)] as const),
  ]);
}

/** Names that are not the same for all machines. */
export const namesOfMachine = ['host', 'etcd', 'kubeconfigs', 'plainHttp'] as const;

/** What is the same for all machines, for whoever makes the contexts of many of them. */
export function clusterNames(layout: ClusterLayout, choice: Pick<PackageChoice, 'podNetwork'>): Value {
  return asValue(cluster(layout, choice));
}

function ofMachine(layout: ClusterLayout, choice: PackageChoice, machine: ClusterMachine) {
  return {
    host: {...seen(machine, choice), ...listening(machine)},
    etcd: etcd(layout, choice, machine),
    kubeconfigs: machine.roles.includes('master') ? kubeconfigDigests(layout, machine) : {},
  };
}

/** By the names of their files: 'scheduler'. */
function kubeconfigDigests(layout: ClusterLayout, machine: ClusterMachine): Readonly<Record<string, string>> {
  return Object.fromEntries(
    machineKubeconfigs(layout, machine).map(({path, content}) => {
      const text = typeof content === 'string' ? content : content.reveal();
      return [basename(path, '.conf'), createHash('sha256').update(text).digest('hex').slice(0, 16)];
    }),
  );
}

function cluster(layout: ClusterLayout, choice: Pick<PackageChoice, 'podNetwork'>): Plain {
  const {name, version, api, masterPort, serviceRange, dns, domain, etcdDataPath, qosSwitch, images} = layout;
  const dashboard = layout.machines.find(({labels}) => labels.includes('dashboard'));
  return {
    ...{name, version, api, masterPort, serviceRange, domain, etcdDataPath, qosSwitch, images},
    // In etcd's token and nowhere else, so it is made plain.
    token: name.replace(/[^\w.-]/g, '-'),
    dns: dns ?? '',
    plainHttp: layout.plainHttp,
    sources: plainHttpSources(layout, choice),
    // The original leads to it by the address of the machine that says so.
    dashboardNode: dashboard?.nodeName ?? '',
    dashboardAddress: dashboard && isIPv4(dashboard.address) ? dashboard.address : '',
    podNetwork: choice.podNetwork.kind,
    podRange: 'range' in choice.podNetwork ? choice.podNetwork.range : '',
    machines: layout.machines.map((machine) => seen(machine, choice)),
    masters: layout.masters.map((machine) => seen(machine, choice)),
  };
}

/** From where plain HTTP may be spoken: machines of the cluster and their pods. */
export function plainHttpSources(
  {machines}: ClusterLayout,
  {podNetwork}: Pick<PackageChoice, 'podNetwork'>,
): readonly string[] {
  const addresses = machines.map(({address}) => address).filter((address) => isIPv4(address));
  return ['127.0.0.1', ...addresses, ...('range' in podNetwork ? [podNetwork.range] : [])];
}

function seen({name, nodeName, address, etcdId}: ClusterMachine, {podNetwork}: Pick<PackageChoice, 'podNetwork'>) {
  return {
    ...{name, nodeName, address, isAddress: isIPv4(address), etcdId: etcdId ?? ''},
    podRange: podNetwork.kind === 'routes' ? (podNetwork.ranges[name] ?? '') : '',
  };
}

/** A machine that is known by name listens everywhere: programs bind addresses. */
function listening({address}: ClusterMachine) {
  return isIPv4(address)
    ? {listenAddress: address, probeAddress: address}
    : {listenAddress: '0.0.0.0', probeAddress: '127.0.0.1'};
}

function etcd(
  {masters}: ClusterLayout,
  {etcdMembers, etcdMark}: PackageChoice,
  {name, address, etcdId}: ClusterMachine,
): Plain {
  const own = {name: etcdId ?? name, peerUrl: etcdPeerUrl(address)};
  // One that was added stands in the list already, which is left as etcd gave it.
  const isListed = etcdMembers?.some((member) => member.name === own.name && member.peerUrl === own.peerUrl);
  const members = etcdMembers
    ? isListed
      ? etcdMembers
      : [...etcdMembers.filter((member) => member.peerUrl !== own.peerUrl), own]
    : masters.map((master) => ({name: master.etcdId ?? master.name, peerUrl: etcdPeerUrl(master.address)}));
  // The nearest first: the API server goes by the order.
  const addresses = [address, ...masters.map((master) => master.address).filter((other) => other !== address)];
  return {
    initialState: etcdMembers ? 'existing' : 'new',
    mark: etcdMark ?? '',
    initialCluster: members.map((member) => `${member.name}=${member.peerUrl}`).join(','),
    servers: addresses.map((each) => `https://${each}:2379`).join(','),
  };
}

/** Where the members of etcd of ours find one. */
export function etcdPeerUrl(address: string): string {
  return `https://${address}:2380`;
}

function asValue(plain: Plain): Value {
  if (typeof plain === 'number') return BigInt(plain);
  if (typeof plain !== 'object') return plain;
  if (isList(plain)) return plain.map(asValue);
  return new Map(Object.entries(plain).map(([key, value]) => [key, asValue(value)]));
}

function isList(plain: Plain): plain is readonly Plain[] {
  return Array.isArray(plain);
}
