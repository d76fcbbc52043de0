import {readFile, stat} from 'node:fs/promises';
import {displayText} from '../names.ts';
import {isSecretKey, withoutSecrets} from './secret-keys.ts';
import {largestFile} from './source-file.ts';
import {readYaml} from './yaml.ts';

/**
 * What a configuration file says, by dotted key, as it is written there; secrets replaced by `secret:<key>`. Comments
 * are left out, because they may hold anything. Undefined for what is no file or no YAML.
 */
export async function readSettings(file: string): Promise<Readonly<Record<string, string>> | undefined> {
  const facts = await stat(file).catch(() => undefined);
  if (!facts?.isFile() || facts.size > largestFile) return undefined;
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const yaml = readYaml(text, file);
  if (yaml.value === undefined) return undefined;
  const found: Found = {settings: new Map(), secrets: new Set()};
  collect(yaml.value, [], (path) => yaml.text(path), found);
  return Object.fromEntries([...found.settings].map(([key, value]) => [key, withoutSecrets(value, found.secrets)]));
}

interface Found {
  readonly settings: Map<string, string>;
  /** Values of secret keys, which may stand in other settings too (a URL with its password). */
  readonly secrets: Set<string>;
}

function collect(
  value: unknown,
  path: readonly (string | number)[],
  asWritten: (path: readonly (string | number)[]) => string | undefined,
  found: Found,
): void {
  const key = path.map((part) => displayText(String(part))).join('.');
  const isSecret = path.some((part) => typeof part === 'string' && isSecretKey(part));
  if (value instanceof Map) {
    for (const [name, item] of value) collect(item, [...path, String(name)], asWritten, found);
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, [...path, index], asWritten, found);
  } else {
    const text = asWritten(path) ?? String(value);
    if (isSecret && text.length >= 4) found.secrets.add(text);
    found.settings.set(key, isSecret ? `secret:${key}` : displayText(text));
  }
}
