import {isAtLeast, type Release} from '../../release.ts';
import {laterAlerts} from './alerts.ts';
import {clusterModules} from './cluster.ts';
import {hadoopModules} from './hadoop.ts';
import {laterModules} from './later.ts';
import {monitoringModules} from './monitoring.ts';
import {portalModules} from './portal.ts';
import type {ServiceModule} from './types.ts';

/** The known modules of a release, by name. */
export function modulesOf(release: Release): ReadonlyMap<string, ServiceModule> {
  const all = [
    ...clusterModules,
    ...hadoopModules,
    ...monitoringModules,
    ...portalModules,
    ...laterModules,
    laterAlerts,
  ];
  const fits = ({since, until}: ServiceModule) =>
    (since === undefined || isAtLeast(release, since)) && (until === undefined || !isAtLeast(release, until));
  return new Map(all.filter(fits).map((module) => [module.name, module]));
}
