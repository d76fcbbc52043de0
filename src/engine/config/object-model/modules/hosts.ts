import type {ValueMap} from '../../context-values.ts';
import {wordOf} from '../assign.ts';
import type {ModuleInput} from './types.ts';

/** The machines with a label, in the order of the file. */
export function labelled({hosts}: Pick<ModuleInput, 'hosts'>, label: string): readonly ValueMap[] {
  return hosts.filter((host) => host.get(label) === 'true');
}

export function wordsOf(hosts: readonly ValueMap[], key: string): readonly string[] {
  return hosts.flatMap((host) => wordOf(host.get(key)) ?? []);
}
