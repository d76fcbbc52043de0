/** The era whose names and rules a configuration is read by. */

import type {Era} from '../catalog/types.ts';
import type {Problem} from '../problem.ts';
import {servicesFormat} from './services-conversion.ts';
import type {SourceFile} from './source-file.ts';
import type {Sources} from './sources.ts';
import type {ConfigFormat} from './types.ts';
import {mapAt, placeIn} from './yaml-access.ts';

/**
 * The wanted one (that of the tree), else what the files look like. A configuration of another format than the wanted
 * era has is an error: templates would look for names that are not there.
 */
export function eraOf(sources: Sources, wanted: Era | undefined, problems: Problem[]): Era {
  const {format, folder} = sources;
  if (wanted !== undefined && erasOf[format].includes(wanted)) return wanted;
  const era = lookOf(sources);
  if (wanted !== undefined) {
    problems.push({
      code: 'config-invalid',
      message: `The configuration is ${wordsFor[format]}, and the tree is of era ${wanted}, which has ${wordsFor[formatOf(wanted)]}.`,
      hint: 'Name the configuration of that tree, or the tree of that configuration.',
      file: folder,
    });
  }
  return era;
}

const erasOf: Readonly<Record<ConfigFormat, readonly Era[]>> = {
  'single-files': ['A'],
  'cluster-configuration': ['B', 'C', 'D', 'E', 'F'],
  layout: ['G'],
  'layout-and-config': ['H'],
};

const wordsFor: Readonly<Record<ConfigFormat, string>> = {
  'single-files': 'cluster-config.yaml and clusterconfig.yaml',
  'cluster-configuration': 'cluster-configuration.yaml with its companions',
  layout: 'layout.yaml with its companions',
  'layout-and-config': 'layout.yaml and config.yaml',
};

function formatOf(era: Era): ConfigFormat {
  const formats = Object.keys(erasOf) as ConfigFormat[];
  return formats.find((format) => erasOf[format].includes(era)) ?? 'layout';
}

function lookOf({format, files}: Sources): Era {
  if (format !== 'cluster-configuration') return erasOf[format][0] ?? 'A';
  const services = files.get('services');
  if (services && services.yaml.value !== undefined && servicesFormat(placeIn(services)) === 'new') return 'F';
  return services ? oldEra(services, files.get('kubernetes')) : 'E';
}

/** By keys that came and went (behaviour 2.4, 2.6). */
function oldEra(services: SourceFile, kubernetes: SourceFile | undefined): Era {
  const has = (source: SourceFile | undefined, section: string, key: string) =>
    source !== undefined && mapAt(placeIn(source, section)).has(key);
  if (services.name.startsWith('serivces')) return 'E';
  if (has(kubernetes, 'kubernetes', 'etcd-data-path') || has(services, 'prometheus', 'yarn_exporter_port')) return 'E';
  if (has(services, 'prometheus', 'alerting') || has(services, 'prometheus', 'scrape_interval')) return 'D';
  return has(services, 'cluster', 'docker-verison') ? 'C' : 'D';
}
