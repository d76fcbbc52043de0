/** The ports that services listen on in the network of their machine, under the names of each format. */

export interface ServicePort {
  readonly service: string;
  /** Where it stands among the sections of services. */
  readonly path: readonly string[];
  /** Puts the service on other machines than the pai-masters, until v0.7. */
  readonly label: string;
  /** On every machine, not on the pai-masters alone. */
  readonly isEverywhere?: true;
}

export function servicePorts(format: 'single' | 'old' | 'new'): readonly ServicePort[] {
  return format === 'single' ? portsOfA : portsOfSections;
}

const at = (service: string, path: string, label: string): ServicePort => ({service, path: path.split('/'), label});

/** By the words of the new format, into which old files are converted. */
const portsOfSections: readonly ServicePort[] = [
  at('rest-server', 'rest-server/server-port', 'restserver'),
  at('webportal', 'webportal/server-port', 'webportal'),
  at('grafana', 'grafana/port', 'grafana'),
  at('prometheus', 'prometheus/port', 'prometheus'),
  at('pylon', 'pylon/port', 'pylon'),
  at('frameworklauncher', 'yarn-frameworklauncher/frameworklauncher-port', 'launcher'),
  at('alert-manager', 'alert-manager/port', 'alert-manager'),
  at('alert-handler', 'alert-manager/alert-handler/port', 'alert-manager'),
  at('yarn-exporter', 'hadoop-resource-manager/yarn_exporter_port', 'hadoop-resource-manager'),
  {...at('node-exporter', 'node-exporter/port', 'node-exporter'), isEverywhere: true},
  {...at('job-exporter', 'job-exporter/port', 'job-exporter'), isEverywhere: true},
  {...at('log-manager', 'log-manager/port', 'log-manager'), isEverywhere: true},
  at('postgresql', 'postgresql/port', 'postgresql'),
  at('database-controller', 'database-controller/write-merger-port', 'database-controller'),
  at('hivedscheduler', 'hivedscheduler/webservice-port', 'hivedscheduler'),
  at('marketplace-db', 'marketplace-db/port', 'marketplace-db'),
  at('marketplace-restserver', 'marketplace-restserver/port', 'marketplace-restserver'),
  at('marketplace-webportal', 'marketplace-webportal/port', 'marketplace-webportal'),
];

const portsOfA: readonly ServicePort[] = [
  at('rest-server', 'restserverinfo/server_port', 'restserver'),
  at('webportal', 'webportalinfo/server_port', 'webportal'),
  at('grafana', 'grafanainfo/grafana_port', 'grafana'),
  at('prometheus', 'prometheusinfo/prometheus_port', 'prometheus'),
  at('frameworklauncher', 'frameworklauncher/frameworklauncher_port', 'launcher'),
  at('pylon', 'pyloninfo/port', 'pylon'),
  {...at('node-exporter', 'prometheusinfo/node_exporter_port', 'node-exporter'), isEverywhere: true},
];
