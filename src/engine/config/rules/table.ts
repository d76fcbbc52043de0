/** Every rule, in the order of docs/configuration.md. */

import {addresses} from './addresses.ts';
import {alerting} from './alerting.ts';
import {apiAddress} from './api-address.ts';
import {availability} from './availability.ts';
import {dashboard} from './dashboard.ts';
import {etcd} from './etcd.ts';
import {folders} from './folders.ts';
import {hostNames} from './host-names.ts';
import {labels} from './labels.ts';
import {login} from './login.ts';
import {machineTypes} from './machine-types.ts';
import {networks} from './networks.ts';
import {podNetworks} from './pod-networks.ts';
import {ports} from './ports.ts';
import {registry} from './registry.ts';
import {secrets} from './secrets.ts';
import {sections} from './sections.ts';
import {singleFiles} from './single-files.ts';
import {slips} from './slips.ts';
import {textAsWritten} from './text-as-written.ts';
import type {Rule} from './types.ts';
import {versions} from './versions.ts';
import {virtualClusters} from './virtual-clusters.ts';
import {workers} from './workers.ts';
import {zookeeper} from './zookeeper.ts';

export const ruleGroups: readonly {readonly of: string; readonly rules: readonly Rule[]}[] = [
  {of: 'Machines', rules: [...hostNames, ...addresses, ...machineTypes, ...labels, ...login, ...workers]},
  {of: 'Kubernetes', rules: [...availability, ...apiAddress, ...dashboard, ...etcd, ...versions]},
  {of: 'Networks and ports', rules: [...networks, ...podNetworks, ...ports]},
  {of: 'Services', rules: [...zookeeper, ...virtualClusters, ...alerting, ...registry]},
  {of: 'Files and values', rules: [...secrets, ...slips, ...sections, ...textAsWritten, ...folders, ...singleFiles]},
];

export const rules: readonly Rule[] = ruleGroups.flatMap((group) => group.rules);
