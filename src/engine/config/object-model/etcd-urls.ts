import type {ValueMap} from '../context-values.ts';
import {type Assign, wordOf} from './assign.ts';

/** The members and the URLs of etcd, as flags of etcd and of the API server want them: in the order of the file. */
export function addEtcdUrls(info: ValueMap, masters: readonly ValueMap[], assign: Assign): void {
  const word = (host: ValueMap, key: string) => wordOf(host.get(key)) ?? '';
  const peers = masters.map((host) => `${word(host, 'etcdid')}=http://${word(host, 'hostip')}:2380`);
  const servers = masters.map((host) => `http://${word(host, 'hostip')}:4001`);
  assign.derived(info, 'etcd_cluster_ips_peer', peers.join(','), 'etcdid and hostip of the masters');
  assign.derived(info, 'etcd_cluster_ips_server', servers.join(','), 'hostip of the masters');
}
