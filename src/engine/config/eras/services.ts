/** services-configuration.yaml in both of its formats (behaviour 2.6, 2.7, 2.8). */

import {displayText} from '../../names.ts';
import {checkShape} from '../check-shape.ts';
import {Copier, type ValueMap} from '../context-values.ts';
import {Guarded} from '../guarded.ts';
import {nodeAt} from '../node.ts';
import type {Origins} from '../origins.ts';
import {isAtLeast} from '../release.ts';
import {type Conversion, convertServices, servicesFormat} from '../services-conversion.ts';
import {anything, map} from '../shape.ts';
import {oldServices} from '../shapes/services-old.ts';
import type {ServicesConfig} from '../types.ts';
import {mapAt, type Place, placeIn} from '../yaml-access.ts';
import {checkFiles} from './files.ts';
import type {Reading} from './reading.ts';

/** What B–H say of services, in the words of the new format. */
export function readServices(reading: Reading): ServicesConfig {
  const {sources, release, problems, origins} = reading;
  const source = sources.files.get('services');
  const isNewTree = isAtLeast(release, 'v0.9');
  const without = 'the registry and every service are set up by it';
  // Since v1.0 it is made after Kubernetes was set up.
  const missing = isAtLeast(release, 'v1.0') ? 'warning' : 'error';
  problems.push(...checkFiles(sources, [{role: 'services', shape: isNewTree ? map({}) : anything, missing, without}]));
  if (!source) return {format: isNewTree ? 'new' : 'old', sections: new Guarded(new Map())};

  const place = placeIn(source);
  const format = servicesFormat(place);
  if (!isNewTree) {
    if (format === 'new' && mapAt(place).size > 0) noteTooNew(reading, place);
    else problems.push(...checkShape(nodeAt(place), oldServices(release)));
  }
  if (format !== 'new' && isNewTree) noteConversion(reading, place, format, convertServices(place, origins));
  const sections = new Guarded(serviceSections(place, origins));
  return {format: format === 'new' ? 'new' : 'old', sections, place};
}

/** The sections in the words of the new format, as fresh values. */
export function serviceSections(place: Place, origins: Origins): ValueMap {
  return servicesFormat(place) === 'new' ? new Copier(origins).map(place) : convertServices(place, origins).sections;
}

function noteTooNew({problems, release}: Reading, {source}: Place): void {
  problems.push({
    code: 'config-invalid',
    message: `${source.name} is written in the format of v0.9 and later, and the tree is of ${release}.`,
    hint: 'Open the tree that this configuration is for, or write the sections cluster, hadoop, restserver of the old format.',
    file: source.file,
    line: 1,
  });
}

function noteConversion({problems}: Reading, {source}: Place, format: string, conversion: Conversion): void {
  const {moved, dropped} = conversion;
  problems.push({
    code: 'config-invalid',
    severity: 'notice',
    message: `${source.name} ${format === 'mixed' ? 'has sections of the old format' : 'is written in the old format'} and was converted in memory.`,
    hint: 'Write the sections under their new names; the file itself was not changed.',
    detail: moved.map(({from, to}) => `${from} -> ${to}`).join('\n'),
    file: source.file,
    line: 1,
  });
  for (const path of dropped) {
    problems.push({
      code: 'config-invalid',
      severity: 'warning',
      message: `${displayText(path.join('.'))} has no place in the new format and is not used.`,
      hint: 'Remove it.',
      file: source.file,
      line: source.yaml.line(path) ?? 1,
      key: displayText(path.join('.')),
    });
  }
}
