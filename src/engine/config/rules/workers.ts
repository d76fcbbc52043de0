import {isAtLeast} from '../release.ts';
import {placeIn} from '../yaml-access.ts';
import {type Entry, machineList, textOf} from './entries.ts';
import type {Rule} from './types.ts';

/** Who runs jobs, and on what devices. */
export const workers: readonly Rule[] = [
  {
    name: 'some-worker',
    severity: 'warning',
    holds: 'At least one machine is a pai-worker.',
    // Since v1.0 the reader of the format says so.
    find: ({entries, config, sources}) => {
      const list = machineList(sources);
      // A pai-worker that is written in another way than "true" is told where it is.
      const isWorker = (entry: Entry) => ![undefined, 'false'].includes(textOf(entry, 'pai-worker'));
      if (!list || entries.length === 0 || entries.some(isWorker) || isAtLeast(config.release, 'v1.0')) return [];
      const hint = 'Write pai-worker: "true" (with the quotes) at the machines that run jobs.';
      return [{at: list, message: 'No machine is a pai-worker, so no job can run.', hint}];
    },
  },
  {
    name: 'one-kind-of-device',
    severity: 'error',
    holds:
      'All workers have the same computing-device.type where enable_hived_scheduler of config.yaml is false (v1.0 and later).',
    find: ({entries, config, sources}) => {
      const source = sources.files.get('deployment');
      if (!source) return [];
      const at = placeIn(source, 'enable_hived_scheduler');
      const isOff = source.yaml.value instanceof Map && source.yaml.value.get('enable_hived_scheduler') === false;
      const types = entries
        .filter(({labels}) => labels.includes('pai-worker'))
        .flatMap((entry) => config.skus.get(textOf(entry, 'machine-type') ?? '')?.gpu?.type ?? []);
      const kinds = [...new Set(types)];
      if (!isOff || kinds.length < 2) return [];
      const message = `enable_hived_scheduler is false, and the workers have ${kinds.length} kinds of devices: ${kinds.join(', ')}.`;
      return [{at, message, hint: 'Write true, or give all workers the same computing-device.type.'}];
    },
  },
];
