/** Looking into values of YAML where anything may be missing or of another kind. */

import type {SourceFile} from './source-file.ts';
import type {YamlMap, YamlPath, YamlValue} from './yaml.ts';

/** A file, and a place in it. */
export interface Place {
  readonly source: SourceFile;
  readonly path: YamlPath;
}

export function placeIn(source: SourceFile, ...path: YamlPath): Place {
  return {source, path};
}

export function below({source, path}: Place, ...more: YamlPath): Place {
  return {source, path: [...path, ...more]};
}

export function lineOf({source, path}: Place): number {
  return source.yaml.line(path) ?? 1;
}

export function valueAt({source, path}: Place): YamlValue | undefined {
  let value: YamlValue | undefined = source.yaml.value;
  for (const part of path) {
    if (value instanceof Map) value = entryOf(value, String(part));
    else if (Array.isArray(value)) value = value[Number(part)];
    else return undefined;
  }
  return value;
}

/** Paths name keys as they are written, also those that are numbers to YAML. */
export function entryOf(map: YamlMap, name: string): YamlValue | undefined {
  if (map.has(name)) return map.get(name);
  for (const [key, value] of map) if (String(key) === name) return value;
  return undefined;
}

/** An empty map for what is no map. */
export function mapAt(place: Place): YamlMap {
  const value = valueAt(place);
  return value instanceof Map ? value : new Map();
}

export function listAt(place: Place): readonly YamlValue[] {
  const value = valueAt(place);
  return Array.isArray(value) ? value : [];
}

/** A scalar as it is written (1.10 stays 1.10); undefined for nothing, and for what is no scalar. */
export function textAt(place: Place): string | undefined {
  const value = valueAt(place);
  if (value === undefined || value === null || value instanceof Map || Array.isArray(value)) return undefined;
  return place.source.yaml.text(place.path) ?? String(value);
}

/** Dotted, entries of lists by their number: `machine-list.0.hostip`. */
export function keyOf({path}: Place): string {
  return path.join('.');
}
