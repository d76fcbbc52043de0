import {floatRepr} from '../../values/float-repr.ts';
import {nameOfKey} from '../context-values.ts';
import {isSecretKey} from '../secret-keys.ts';
import type {YamlMap, YamlPath, YamlValue} from '../yaml.ts';
import {keyOf, placeIn, textAt} from '../yaml-access.ts';
import type {Finding, Rule} from './types.ts';

/** Texts without quotes that YAML takes for numbers, so that something else arrives. */
export const textAsWritten: readonly Rule[] = [
  {
    name: 'text-as-written',
    severity: 'warning',
    holds: 'What is meant as a text and looks like a number stands in quotes: tag: "1.10", password: "0123".',
    find: ({sources}) =>
      [...sources.files.values()].flatMap((source) =>
        scalarsIn(source.yaml.value ?? null, []).flatMap(({path, value}): readonly Finding[] => {
          const at = placeIn(source, ...path);
          const text = textAt(at);
          const python = printed(value);
          if (text === undefined || python === undefined || python === text || isAmount(path, text, value)) return [];
          const isSecret = path.some((part) => typeof part === 'string' && isSecretKey(part));
          const name = keyOf(at);
          const message = isSecret
            ? `${name} has no quotes and is read as a number, so that another text arrives than is written.`
            : `${name} is ${text}, which YAML reads as ${python}.`;
          return [
            {
              at,
              message,
              hint: isSecret ? 'Put it in quotes.' : `Write "${text}", with the quotes, if the text is meant.`,
            },
          ];
        }),
      ),
  },
];

interface Scalar {
  readonly path: YamlPath;
  readonly value: YamlValue;
}

/** What an alias repeats is looked at where it is written first. */
function scalarsIn(value: YamlValue, path: YamlPath, seen = new Set<YamlValue>()): Scalar[] {
  if (!(value instanceof Map) && !Array.isArray(value)) return path.length === 0 ? [] : [{path, value}];
  if (seen.has(value)) return [];
  seen.add(value);
  const items: (readonly [string | number, YamlValue])[] = Array.isArray(value)
    ? [...value.entries()]
    : [...(value as YamlMap)].map(([key, item]) => [nameOfKey(key), item]);
  return items.flatMap(([key, item]) => scalarsIn(item, [...path, key], seen));
}

/** As Python prints a number; undefined for what is none. */
function printed(value: YamlValue): string | undefined {
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'number' ? floatRepr(value) : undefined;
}

/** 33.50 is no other amount than 33.5. */
function isAmount(path: YamlPath, text: string, value: YamlValue): boolean {
  const key = String(path.findLast((part) => typeof part === 'string'));
  return (
    /(?:capacity|count|mem|vcore|interval|threshold|port|seconds?|size|limit|quota-gb)$/i.test(key) &&
    Number(text.replaceAll('_', '')) === Number(value)
  );
}
