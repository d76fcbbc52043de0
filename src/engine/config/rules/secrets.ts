import {nameOfKey} from '../context-values.ts';
import {isSecretKey} from '../secret-keys.ts';
import type {SourceFile} from '../source-file.ts';
import type {YamlPath, YamlValue} from '../yaml.ts';
import {keyOf, placeIn} from '../yaml-access.ts';
import type {YamlScalar} from '../yaml-scalars.ts';
import type {Finding, Rule} from './types.ts';

/** Passwords, tokens and keys in files that are open to everybody on this computer. */
export const secrets: readonly Rule[] = [
  {
    name: 'secrets-not-for-everybody',
    severity: 'warning',
    holds:
      'A file with a password or another secret cannot be read by everybody on this computer (change-me and the like are no secrets).',
    find: ({sources, computer}) =>
      [...sources.files.values()].flatMap((source): readonly Finding[] => {
        if (!computer.openFiles.has(source.file)) return [];
        const [first, ...more] = secretsIn(source.yaml.value ?? null, []);
        if (!first) return [];
        const at = placeIn(source, ...first);
        const others =
          more.length === 0 ? '' : more.length === 1 ? ' and another secret' : ` and ${more.length} more secrets`;
        const message = `Everybody on this computer can read ${source.name}, which holds ${keyOf(at)}${others}.`;
        return [{at, message, hint: `Run: chmod o-rwx ${quoted(source)}`}];
      }),
  },
];

/** What an alias repeats is looked at where it is written first. */
function secretsIn(value: YamlValue, path: YamlPath, seen = new Set<YamlValue>()): YamlPath[] {
  if (seen.has(value)) return [];
  if (typeof value === 'object') seen.add(value);
  if (Array.isArray(value)) return value.flatMap((item, index) => secretsIn(item as YamlValue, [...path, index], seen));
  if (!(value instanceof Map)) return [];
  return [...(value as ReadonlyMap<YamlScalar, YamlValue>)].flatMap(([key, item]) => {
    const at = [...path, nameOfKey(key)];
    if (item instanceof Map || Array.isArray(item)) return secretsIn(item, at, seen);
    return isSecretKey(nameOfKey(key)) && isSecret(item) ? [at] : [];
  });
}

/** What samples write in the place of a secret is none. */
function isSecret(value: YamlValue): boolean {
  if (typeof value === 'bigint' || typeof value === 'number') return true;
  return (
    typeof value === 'string' &&
    !/^(?:|None|change[-_ ]?me.*|your[-_ ].*|<.*>|x+|\*+|[A-Z_]*PASSWORD)$/i.test(value.trim())
  );
}

function quoted({file}: SourceFile): string {
  return /^[\w@%+=:,./-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`;
}
