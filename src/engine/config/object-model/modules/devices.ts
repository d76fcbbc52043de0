import type {ValueMap} from '../../context-values.ts';
import {mapIn, wordOf} from '../assign.ts';
import {labelled} from './hosts.ts';
import type {ModuleInput} from './types.ts';

/** The kinds of devices of the workers, each once, in the order of the file. */
export function workerDevices(input: Pick<ModuleInput, 'hosts' | 'skus'>): readonly string[] {
  const types = labelled(input, 'pai-worker').flatMap((host) => {
    const sku: ValueMap = mapIn(input.skus, wordOf(host.get('machine-type')) ?? '');
    return wordOf(mapIn(sku, 'computing-device').get('type')) ?? [];
  });
  return [...new Set(types)];
}

/** device-plugin: those of the configuration, and the rest of what the workers have. */
export function addDevices(input: ModuleInput): void {
  const {own, assign} = input;
  const written = own.get('devices');
  const devices = Array.isArray(written) ? written : [];
  const more = workerDevices(input).filter((type) => !devices.includes(type));
  assign.derived(own, 'devices', [...devices, ...more], 'devices, and computing-device of the skus of the workers');
}
