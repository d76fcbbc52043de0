import type {YamlValue} from '../../src/engine/config/yaml.ts';

/** A value as lines to be compared: keys in their order, and scalars so that Python's types can be told apart. */
export function outline(value: YamlValue, indent = ''): string {
  if (value instanceof Map) {
    if (value.size === 0) return ' {}\n';
    const lines = [...value].map(([key, item]) => `${indent}${scalar(key)}:${outline(item, `${indent}  `)}`);
    return `${indent === '' ? '' : '\n'}${lines.join('')}`;
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []\n';
    return `\n${value.map((item) => `${indent}-${outline(item, `${indent}  `)}`).join('')}`;
  }
  return ` ${scalar(value)}\n`;
}

function scalar(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isInteger(value) ? value.toFixed(1) : String(value);
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
