import type {ValueMap} from '../context-values.ts';
import {isAtLeast, type Release} from '../release.ts';
import type {Assign} from './assign.ts';

/** Until v0.7 a machine that is pai-master or pai-worker gets the labels of the services of its kind (behaviour 3.3). */
export function expandLabels(host: ValueMap, release: Release, assign: Assign): void {
  for (const [label, added] of Object.entries(labelsOf(release))) {
    if (host.get(label) !== 'true') continue;
    for (const [key, value] of Object.entries(added)) assign.derived(host, key, value, label);
  }
}

function labelsOf(release: Release): Readonly<Record<string, Readonly<Record<string, string>>>> {
  if (isAtLeast(release, 'v0.8')) return {};
  if (!isAtLeast(release, 'v0.6')) {
    return {
      'pai-master': {hdfsrole: 'master', yarnrole: 'master', zookeeper: 'true', ...onTheMaster},
      // Of a machine that is both, the worker wins.
      'pai-worker': {hdfsrole: 'worker', yarnrole: 'worker', 'node-exporter': 'true'},
    };
  }
  return {
    'pai-master': {
      'hadoop-name-node': 'true',
      'hadoop-resource-manager': 'true',
      zookeeper: 'true',
      ...onTheMaster,
      ...(isAtLeast(release, 'v0.7') ? {watchdog: 'true'} : {}),
    },
    'pai-worker': {'hadoop-data-node': 'true', 'hadoop-node-manager': 'true', 'node-exporter': 'true'},
  };
}

const onTheMaster = {
  jobhistory: 'true',
  launcher: 'true',
  restserver: 'true',
  webportal: 'true',
  prometheus: 'true',
  grafana: 'true',
  pylon: 'true',
  'node-exporter': 'true',
};
