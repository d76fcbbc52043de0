import {isAtLeast} from '../release.ts';
import {below, mapAt, textAt} from '../yaml-access.ts';
import type {Entry} from './entries.ts';
import {knownFlags, machineKeys} from './known-keys.ts';
import type {Finding, Rule, RuleInput} from './types.ts';

/** Labels of machines: keys whose value is the text "true" (behaviour 0.2). */
export const labels: readonly Rule[] = [
  {
    name: 'label-in-quotes',
    severity: 'warning',
    holds: 'A label of your own is the text "true" as well, not true, yes or on.',
    find: (input) =>
      entriesWithLabels(input).flatMap((entry) =>
        // Known labels are looked at by the shape of the file.
        ownKeys(entry).flatMap((key): readonly Finding[] => {
          const at = below(entry.place, key);
          const value = mapAt(entry.place).get(key);
          if (value !== true) return [];
          const message = `${entry.name}.${key} is the YAML boolean ${textAt(at)}, and a label is the text "true".`;
          return [{at, message, hint: `Write ${key}: "true", with the quotes.`}];
        }),
      ),
  },
  {
    name: 'label-is-true',
    severity: 'warning',
    holds: 'A label is written "true", in lower case: "True", "yes" or 1 are none.',
    find: (input) =>
      entriesWithLabels(input).flatMap((entry) =>
        [...mapAt(entry.place)].flatMap(([name, value]): readonly Finding[] => {
          const key = String(name);
          const at = below(entry.place, key);
          const text = textAt(at);
          if (text === undefined || typeof value === 'boolean' || !isMeant(key, text)) return [];
          const message = `${entry.name}.${key} is ${JSON.stringify(text)}, and only the text "true" makes it a label.`;
          const isNo = /^(?:no|off|false|n|0|disabled?)$/i.test(text);
          return [{at, message, hint: `Write ${key}: "${isNo ? 'false' : 'true'}"`}];
        }),
      ),
  },
];

/** Since v1.0 there are three labels and no others, which the shape of layout.yaml looks at. */
function entriesWithLabels({entries, config}: RuleInput): readonly Entry[] {
  return isAtLeast(config.release, 'v1.0') ? [] : entries;
}

function ownKeys({place}: Entry): readonly string[] {
  return [...mapAt(place).keys()].map(String).filter((key) => !knownFlags.includes(key) && !machineKeys.includes(key));
}

/** A known label with any value but true and false; another key when its value is a yes. */
function isMeant(key: string, text: string): boolean {
  if (knownFlags.includes(key)) return text !== 'true' && text !== 'false';
  return !machineKeys.includes(key) && text !== 'true' && /^(?:true|yes|on)$/i.test(text);
}
