/** Modules that came with v1.0 and later (behaviour 3.7). What is tuned in them is in the defaults of the tree. */

import {map, optional} from '../../shape.ts';
import {oneOf, text, truth, wholeNumber} from '../../shape-scalars.ts';
import {wordOf} from '../assign.ts';
import {addDevices} from './devices.ts';
import {addHived} from './hived.ts';
import type {ModuleInput, ServiceModule} from './types.ts';

const portNumber = wholeNumber(1, 65535);
const since = 'v1.0';

export const laterModules: readonly ServiceModule[] = [
  {
    name: 'database-controller',
    since,
    defaults: {'write-merger-port': 9748n},
    merge: 'shallow',
    derives: {'write-merger-url': 'http://{master}:{write-merger-port}'},
    shape: map({'write-merger-port': optional(portNumber)}),
  },
  {
    name: 'device-plugin',
    since,
    type: 'k8s',
    defaults: {devices: ['nvidia.com/gpu']},
    merge: 'shallow',
    run: addDevices,
  },
  {
    name: 'docker-cache',
    since,
    defaults: {enabled: false, storage_backend: 'azure', service_nodeport: 30500n},
    merge: 'shallow',
    derives: {uri: 'http://{master}:{service_nodeport}'},
    shape: map({enabled: optional(truth), service_nodeport: optional(portNumber)}),
  },
  {
    name: 'dshuttle',
    since,
    type: 'k8s',
    defaults: {master_web_port: 30999n},
    merge: 'shallow',
    derives: {uri: 'http://{master}:{master_web_port}'},
  },
  {name: 'fluentd', since, merge: 'shallow'},
  {
    name: 'hivedscheduler',
    since,
    type: 'k8s',
    defaults: {'webservice-port': 30096n, config: ''},
    merge: 'shallow',
    run: addHived,
    derives: {webservice: 'http://{master}:{webservice-port}'},
    shape: map({'webservice-port': optional(portNumber), config: optional(text)}),
  },
  {
    name: 'internal-storage',
    since,
    defaults: {type: 'hostPath', 'root-path': '/mnt/paiInternal', 'quota-gb': 30n},
    merge: 'shallow',
    derives: {'master-ip': '{master}'},
    shape: map({type: optional(oneOf('hostPath')), 'root-path': optional(text), 'quota-gb': optional(wholeNumber(1))}),
  },
  {name: 'k8s-dashboard', since, merge: 'shallow', run: addDashboard},
  {name: 'k8s-job-exit-spec', since, merge: 'shallow'},
  {
    name: 'log-manager',
    since,
    defaults: {
      port: 9103n,
      admin_name: 'admin',
      admin_password: 'admin',
      jwt_secret: 'jwt_secret',
      token_expired_second: 120n,
    },
    merge: 'shallow',
    shape: map({port: optional(portNumber), token_expired_second: optional(wholeNumber(1))}),
  },
  {
    name: 'storage-manager',
    since,
    defaults: {localpath: '/share', 'security-type': 'AUTO'},
    merge: 'shallow',
    shape: map({'security-type': optional(oneOf('AUTO', 'ADS'))}),
  },
  {
    name: 'marketplace-db',
    since,
    defaults: {port: 9291n},
    merge: 'shallow',
    derives: {host: '{master}'},
  },
  {
    name: 'marketplace-restserver',
    since,
    defaults: {port: 9292n},
    merge: 'shallow',
    derives: {host: '{master}', uri: 'http://{master}:{port}'},
  },
  {
    name: 'marketplace-webportal',
    since,
    defaults: {port: 9293n},
    merge: 'shallow',
    derives: {host: '{master}', uri: 'http://{master}:{port}'},
  },
  {
    name: 'postgresql',
    since,
    defaults: {port: 5432n},
    merge: 'shallow',
    derives: {host: '{master}', 'connection-str': 'postgresql://{user}:{passwd}@{master}:{port}/{db}'},
    shape: map({port: optional(portNumber)}),
  },
];

/** The address of the API server, and where the dashboard is: by the host name of the master. */
function addDashboard({own, hosts, layoutUrls, assign}: ModuleInput): void {
  const {api, dashboard} = layoutUrls;
  if (api !== undefined) assign.derived(own, 'api-servers-url', api, 'kubernetes.api-servers-url of the layout');
  const name = wordOf(hosts.find((host) => host.get('pai-master') === 'true')?.get('hostname'));
  if (name !== undefined) assign.derived(own, 'dashboard-host', name, 'hostname of the pai-master');
  const port = /:(\d+)\/?$/.exec(dashboard ?? '')?.[1];
  if (port !== undefined) assign.derived(own, 'dashboard-port', port, 'kubernetes.dashboard-url of the layout');
}
