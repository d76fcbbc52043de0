/** What every reader of an era is given, and what it makes. */

import type {Era} from '../../catalog/types.ts';
import type {Problem} from '../../problem.ts';
import type {Origins} from '../origins.ts';
import type {Release} from '../release.ts';
import type {Sources} from '../sources.ts';
import type {KubernetesConfig, MachineConfig, MachineDefaults, ServicesConfig, Sku} from '../types.ts';

export interface Reading {
  readonly sources: Sources;
  readonly era: Era;
  readonly release: Release;
  /** Grows. */
  readonly problems: Problem[];
  readonly origins: Origins;
}

/** What the files say; parts that are missing or wrong are left out after the reason was noted. */
export interface Said {
  readonly machines: readonly MachineConfig[];
  readonly machineDefaults?: MachineDefaults;
  readonly skus: ReadonlyMap<string, Sku>;
  readonly kubernetes?: KubernetesConfig;
  readonly services: ServicesConfig;
}
