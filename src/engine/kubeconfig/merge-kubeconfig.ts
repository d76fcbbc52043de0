/** One cluster put into the kubeconfig of a person, who has others in it. */

import {editYaml} from '../config/edit/edit-yaml.ts';
import type {Edit} from '../config/edit/types.ts';
import {readYaml, type YamlMap, type YamlPath, type YamlValue} from '../config/yaml.ts';
import {entriesOf, type KeyedCertificate, type KubeconfigWithData, kubeconfigWithData} from '../kube/certificates.ts';
import {displayText} from '../names.ts';
import {isError, type Problem} from '../problem.ts';
import {Secret} from '../secret.ts';

export interface KubeconfigTarget {
  /** What the file holds; undefined where there is none. */
  readonly text: Secret | undefined;
  /** Only names it in problems. */
  readonly file: string;
  /** Whether the new context becomes the one in use though another is; without one it does in any case. */
  readonly use: boolean;
}

export type MergedKubeconfig =
  /** `changes` is empty when all of it was there; else what became different, as sentences without a secret. */
  | {readonly type: 'merged'; readonly text: Secret; readonly changes: readonly string[]}
  /** Code `edit-refused`, or `yaml-invalid` for a file that cannot be read. The file is to stay as it is. */
  | {readonly type: 'refused'; readonly problem: Problem};

/**
 * A kubeconfig with the three entries of a cluster in it. Entries of these names are changed where they differ: how the
 * server is reached, whom to trust, and the credentials, of which no other kind may stay, since kubectl would prefer or
 * refuse it. All else stays byte for byte: other entries, comments, and what else stands in these (a namespace, a proxy).
 */
export function mergeKubeconfig(given: KubeconfigWithData, target: KubeconfigTarget): MergedKubeconfig {
  const {file} = target;
  let text = target.text?.reveal() ?? '';
  if (text.trim() === '') {
    return {
      type: 'merged',
      text: kubeconfigWithData(given),
      changes: [`The file is new, with ${given.cluster} alone.`],
    };
  }
  const {value, problems} = readYaml(text, file);
  const mistake = problems.find(isError);
  if (mistake) return {type: 'refused', problem: mistake};
  const root = value === null ? new Map() : value;
  if (!isMap(root)) return refusal('It is no kubeconfig: its contents are not keys and values.', file);
  const noList = sections.find(({list}) => root.get(list) && !Array.isArray(root.get(list)));
  if (noList) return refusal(`It is no kubeconfig: "${noList.list}" is no list.`, file);
  // No edit moves what another one names: what is added comes last, and what is removed is no item of a list.
  const steps = stepsOf(root, given, target.use);
  for (const {edit} of steps) {
    const result = editYaml(text, edit, file);
    if (result.type === 'refused') return result;
    text = result.text;
  }
  return {type: 'merged', text: new Secret(text), changes: steps.flatMap(({says}) => says ?? [])};
}

/** The certificate and the key that a user has in a file; undefined where it has no whole pair, or cannot be read. */
export function credentialsIn(text: Secret, user: string): KeyedCertificate | undefined {
  const {value} = readYaml(text.reveal(), 'kubeconfig');
  const users = isMap(value) ? value.get('users') : undefined;
  const entry = Array.isArray(users) ? users.find((one) => isMap(one) && one.get('name') === user) : undefined;
  const fields = isMap(entry) ? entry.get('user') : undefined;
  const dataOf = (key: string) => {
    const data = isMap(fields) ? fields.get(key) : undefined;
    return typeof data === 'string' ? Buffer.from(data, 'base64').toString('utf8') : undefined;
  };
  const [certificate, key] = [dataOf('client-certificate-data'), dataOf('client-key-data')];
  return certificate === undefined || key === undefined ? undefined : {certificate, key: new Secret(key)};
}

const sections = [
  // client-go refuses `insecure-skip-tls-verify` beside an authority.
  {list: 'clusters', field: 'cluster', without: ['certificate-authority', 'insecure-skip-tls-verify']},
  {
    list: 'users',
    field: 'user',
    without: [
      ...['client-certificate', 'client-key', 'token', 'tokenFile', 'username', 'password', 'exec', 'auth-provider'],
    ],
  },
  {list: 'contexts', field: 'context', without: []},
] as const;

interface Step {
  readonly edit: Edit;
  /** What becomes different by it; absent where that is nothing to a person. */
  readonly says?: string;
}

function stepsOf(root: YamlMap, given: KubeconfigWithData, use: boolean): Step[] {
  const entries = {...entriesOf(given), context: {cluster: given.cluster, user: given.user}};
  // kubectl does not take a file without these two.
  const head = [
    ['apiVersion', 'v1'],
    ['kind', 'Config'],
  ] as const;
  return [
    ...head.filter(([key]) => !root.has(key)).map(([key, value]) => ({edit: put(root, [], key, value)})),
    ...sections.flatMap(({list, field, without}) =>
      stepsOfEntry(root.get(list), {list, field, name: given[field], values: revealed(entries[field]), without}),
    ),
    ...stepsOfUse(root, given.context, use),
  ];
}

interface Entry {
  readonly list: string;
  readonly field: string;
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
  /** Keys that must not stand beside them. */
  readonly without: readonly string[];
}

function stepsOfEntry(items: YamlValue | undefined, {list, field, name, values, without}: Entry): Step[] {
  const item = new Map<string, YamlValue>([
    ['name', name],
    [field, values],
  ]);
  const added = `The ${field} ${name} is added.`;
  if (items === undefined) return [{edit: {type: 'insert-key', path: [], key: list, value: [item]}, says: added}];
  const entries = (items ?? []) as readonly YamlValue[];
  const index = entries.findIndex((entry) => isMap(entry) && entry.get('name') === name);
  const entry = entries[index];
  if (!isMap(entry)) return [{edit: {type: 'insert-item', path: [list], value: item}, says: added}];
  const there = entry.get(field);
  if (!isMap(there)) {
    return [{edit: put(entry, [list, index], field, values), says: `The ${field} ${name} gets its contents.`}];
  }
  const path = [list, index, field];
  const of = `of the ${field} ${name}`;
  return [
    ...[...values]
      .filter(([key, value]) => there.get(key) !== value)
      .map(([key, value]) => ({
        edit: put(there, path, key, value),
        says: `${key} ${of} ${there.has(key) ? 'changes' : 'is added'}.`,
      })),
    ...without
      .filter((key) => there.has(key))
      .map((key) => ({edit: {type: 'remove' as const, path: [...path, key]}, says: `${key} ${of} goes.`})),
  ];
}

function stepsOfUse(root: YamlMap, context: string, always: boolean): Step[] {
  const current = root.get('current-context');
  if (current === context || (current && !always)) return [];
  const before = current ? ` (it was ${displayText(String(current))})` : '';
  return [{edit: put(root, [], 'current-context', context), says: `The context in use becomes ${context}${before}.`}];
}

function put(map: YamlMap, path: YamlPath, key: string, value: YamlValue): Edit {
  return map.has(key) ? {type: 'set', path: [...path, key], value} : {type: 'insert-key', path, key, value};
}

function revealed(values: Readonly<Record<string, string | Secret>>): Map<string, string> {
  return new Map(
    Object.entries(values).map(([key, value]) => [key, typeof value === 'string' ? value : value.reveal()]),
  );
}

function refusal(message: string, file: string): MergedKubeconfig {
  const hint = 'Mend it, or name another file for this cluster (KUBECONFIG may name several, with ":" between them).';
  return {type: 'refused', problem: {code: 'edit-refused', message, hint, file}};
}

function isMap(value: YamlValue | undefined): value is YamlMap {
  return value instanceof Map;
}
