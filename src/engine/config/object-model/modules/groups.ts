/** Groups of authentication in v1.0 and later: what they may do is put into a text of JSON (behaviour 3.7). */

import type {Value, ValueMap} from '../../context-values.ts';
import {inner} from '../assign.ts';
import {pythonJson} from '../python-text.ts';
import type {ModuleInput} from './types.ts';

export function addGroups({own, assign, problem}: ModuleInput): void {
  const section = own.get('group-manager');
  if (!(section instanceof Map)) return;
  const list = section.get('grouplist');
  const groups: (readonly [group: Value | undefined, key: readonly string[]])[] = [
    [section.get('admin-group'), ['group-manager', 'admin-group']],
    [section.get('default-group'), ['group-manager', 'default-group']],
    ...(Array.isArray(list) ? list : []).map(
      (group, index) => [group, ['group-manager', 'grouplist', String(index)]] as const,
    ),
  ];
  for (const [group, key] of groups) {
    if (!(group instanceof Map)) continue;
    const acls = inner(inner(group, 'extension'), 'acls');
    if (key[1] === 'admin-group' && !acls.has('admin')) assign.fallback(acls, 'admin', true, 'as the tools have it');
    if (key[1] === 'default-group' && !acls.has('virtualClusters')) {
      assign.fallback(acls, 'virtualClusters', ['default'], 'as the tools have it');
    }
    checkAcls(acls, [...key, 'extension', 'acls'], problem);
    assign.derived(group, 'extension', pythonJson(group.get('extension') ?? null), 'extension, as JSON');
  }
}

function checkAcls(acls: ValueMap, key: readonly string[], problem: ModuleInput['problem']): void {
  const name = `authentication.${key.join('.')}`;
  const clusters = acls.get('virtualClusters');
  if (clusters !== undefined && !(Array.isArray(clusters) && clusters.every((each) => typeof each === 'string'))) {
    problem(
      [...key, 'virtualClusters'],
      `${name}.virtualClusters must be a list of names.`,
      'Write virtualClusters: [default]',
    );
  }
  const admin = acls.get('admin');
  if (admin !== undefined && typeof admin !== 'boolean') {
    problem([...key, 'admin'], `${name}.admin must be true or false.`, 'Write admin: true, without quotes.');
  }
}
