/** Where each format of the configuration keeps the registry, and what its keys are called there. */

import type {Era} from '../catalog/types.ts';
import {displayText, nearestNames} from '../names.ts';
import type {Problem} from '../problem.ts';
import type {YamlFile, YamlMap} from './yaml.ts';

/** As they are written; absent when they are not given. */
export interface RegistryValues {
  readonly domain?: string;
  readonly namespace?: string;
  readonly tag?: string;
  readonly username?: string;
  readonly password?: string;
  readonly secretName?: string;
}

export interface RegistrySection {
  readonly values: RegistryValues;
  /** Where it should be stands something else: what it lacks is not worth a word. */
  readonly isBroken: boolean;
  /** Where a setting is written, or would be: dotted key and line. */
  place(setting: keyof RegistryValues): {readonly key: string; readonly line: number};
}

interface Format {
  /** The section itself. */
  readonly path: readonly string[];
  readonly keys: Readonly<Record<keyof RegistryValues, string>>;
}

/** Reads the section of the format that the file is in. Mistakes of type and unknown keys go to `problems`. */
export function readRegistrySection(
  yaml: YamlFile,
  era: Era | 'defaults',
  file: string,
  problems: Problem[],
): RegistrySection {
  const format = era === 'defaults' ? formats.defaults : formatOf(yaml, era);
  const values: Partial<Record<keyof RegistryValues, string>> = {};
  let isBroken = false;
  for (const [index] of format.path.entries()) {
    const path = format.path.slice(0, index + 1);
    const value = mapAt(yaml, path);
    if (value !== 'no map') continue;
    isBroken = true;
    const key = path.join('.');
    const message = `${key} must be a map of keys and values.`;
    problems.push({
      code: 'config-invalid',
      message,
      hint: `Write the keys below ${key}:, indented.`,
      file,
      key,
      line: yaml.line(path) ?? 1,
    });
  }
  const section = mapAt(yaml, format.path);
  if (section instanceof Map) {
    for (const [name, value] of section as YamlMap) {
      const path = [...format.path, String(name)];
      const setting = settingOf(format, String(name));
      const line = yaml.line(path) ?? 1;
      const key = path.map(displayText).join('.');
      if (setting === undefined) problems.push(unknownKey(format, String(name), {file, key, line}));
      else if (value instanceof Map || Array.isArray(value)) {
        problems.push({
          code: 'config-invalid',
          message: `${key} must be a single value.`,
          hint: `Write ${String(name)}: value`,
          file,
          key,
          line,
        });
      } else {
        const text = value === null ? '' : (yaml.text(path) ?? String(value));
        if (isGiven(setting, text)) values[setting] = text;
      }
    }
  }
  return {
    values,
    isBroken,
    place(setting) {
      const path = [...format.path, format.keys[setting]];
      return {key: path.join('.'), line: yaml.line(path) ?? 1};
    },
  };
}

const oldKeys = {
  domain: 'docker-registry-domain',
  namespace: 'docker-namespace',
  tag: 'docker-tag',
  username: 'docker-username',
  password: 'docker-password',
  secretName: 'secret-name',
};

const newKeys = {
  domain: 'domain',
  namespace: 'namespace',
  tag: 'tag',
  username: 'username',
  password: 'password',
  secretName: 'secret-name',
};

const formats = {
  /** 2.2 */
  single: {
    path: ['clusterinfo', 'dockerregistryinfo'],
    keys: {
      domain: 'docker_registry_domain',
      namespace: 'docker_namespace',
      tag: 'docker_tag',
      username: 'docker_username',
      password: 'docker_password',
      secretName: 'secretname',
    },
  },
  /** 2.6 */
  old: {path: ['cluster', 'docker-registry-info'], keys: oldKeys},
  /** 2.7 */
  new: {path: ['cluster', 'docker-registry'], keys: newKeys},
  /** src/cluster/config/cluster.yaml, which is the cluster section itself. */
  defaults: {path: ['docker-registry'], keys: newKeys},
} as const satisfies Record<string, Format>;

/**
 * By what is there. Where a file has the sections of both formats, the rule of the old-to-new conversion decides
 * (2.8): it is new when it has rest-server and no hadoop. That rule alone is not asked, since it takes a new file
 * without rest-server for an old one and loses the registry.
 */
function formatOf(yaml: YamlFile, era: Era): Format {
  const has = (format: Format) => mapAt(yaml, format.path) !== undefined;
  const there = [formats.single, formats.old, formats.new].filter(has);
  if (there.length === 0) return era === 'A' ? formats.single : era < 'F' ? formats.old : formats.new;
  if (has(formats.old) && has(formats.new)) {
    const isNew = mapAt(yaml, ['hadoop']) === undefined && mapAt(yaml, ['rest-server']) !== undefined;
    return era < 'F' || !isNew ? formats.old : formats.new;
  }
  return there[0] ?? formats.new;
}

/** Undefined when there is nothing; a key that holds nothing counts as an empty map. */
function mapAt(yaml: YamlFile, path: readonly string[]): YamlMap | 'no map' | undefined {
  let value: unknown = yaml.value;
  for (const part of path) {
    if (!(value instanceof Map) || !value.has(part)) return undefined;
    value = value.get(part);
  }
  if (value === null) return new Map();
  return value instanceof Map ? value : 'no map';
}

function settingOf(format: Format, key: string): keyof RegistryValues | undefined {
  return (Object.keys(format.keys) as (keyof RegistryValues)[]).find((setting) => format.keys[setting] === key);
}

/** An empty namespace is a choice. Elsewhere empty means not given, and the early tools wrote None for nothing. */
function isGiven(setting: keyof RegistryValues, text: string): boolean {
  if (setting === 'namespace') return true;
  if (text === '') return false;
  return !((setting === 'username' || setting === 'password') && text === 'None');
}

function unknownKey(format: Format, name: string, place: {file: string; key: string; line: number}): Problem {
  // The same setting under the name another format has for it.
  const other = Object.values(formats)
    .map((each) => settingOf(each, name))
    .find((setting) => setting !== undefined);
  const instead = other ? [format.keys[other]] : nearestNames(name, Object.values(format.keys), 1);
  return {
    code: 'config-invalid',
    severity: instead.length > 0 ? 'error' : 'warning',
    message: `${place.key} is not a setting of the registry.`,
    hint: instead.length > 0 ? `Write ${instead[0]} instead.` : `Known are: ${Object.values(format.keys).join(', ')}.`,
    ...place,
  };
}
