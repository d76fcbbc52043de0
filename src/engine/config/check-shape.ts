import {displayText, nearestNames} from '../names.ts';
import type {Problem, Severity} from '../problem.ts';
import type {Node} from './node.ts';
import type {Field, ListShape, MapShape, ScalarShape, Shape} from './shape.ts';
import type {YamlScalar} from './yaml-scalars.ts';

/**
 * Everything by which a file, or a part of it, differs from its shape; nothing when its YAML could not be read. Of a
 * thousand mistakes the first thousand.
 */
export function checkShape(node: Node, shape: Shape): Problem[] {
  const problems: Problem[] = [];
  if (node.value !== undefined) check({problems, names: node.key === '' ? [] : [node.key]}, node, shape);
  return problems;
}

interface Checking {
  readonly problems: Problem[];
  /** How the keys above are called in sentences: `machine-list[gpu-01]` is easier to find than `machine-list.17`. */
  readonly names: readonly string[];
}

/** Nobody mends more at a time. */
const most = 1000;

function check(checking: Checking, node: Node, shape: Shape): void {
  switch (shape.kind) {
    case 'anything':
      return;
    case 'scalar':
      checkScalar(checking, node, shape);
      return;
    case 'list':
      checkList(checking, node, shape);
      return;
    case 'map':
      checkMap(checking, node, shape);
      return;
    case 'table':
      if (!isMap(checking, node)) return;
      for (const key of (node.value as ReadonlyMap<unknown, unknown>).keys()) {
        check(named(checking, String(key)), node.child(String(key)), shape.of);
      }
  }
}

function checkScalar(checking: Checking, node: Node, {rule}: ScalarShape): void {
  const value = node.value;
  if (value instanceof Map || Array.isArray(value)) {
    report(checking, node, 'must be a single value', 'Write one value behind the colon.');
    return;
  }
  const flaw = rule?.((value ?? null) as YamlScalar, node.text);
  if (flaw) report(checking, node, flaw.message, flaw.hint, flaw.severity);
}

function checkList(checking: Checking, node: Node, shape: ListShape): void {
  const value = node.value;
  const hint = 'Write its entries on lines of their own that begin with "- ".';
  if (!Array.isArray(value)) {
    report(checking, node, 'must be a list', hint);
    return;
  }
  if (value.length < (shape.least ?? 0)) report(checking, node, 'is empty', hint);
  const above = checking.names.slice(0, -1);
  const last = checking.names.at(-1) ?? '';
  for (const index of value.keys()) {
    const entry = node.child(index);
    const name = shape.namedBy === undefined ? undefined : entry.child(shape.namedBy).text;
    check({...checking, names: [...above, `${last}[${name || `entry ${index + 1}`}]`]}, entry, shape.of);
  }
}

function checkMap(checking: Checking, node: Node, shape: MapShape): void {
  if (!isMap(checking, node)) return;
  const value = node.value as ReadonlyMap<unknown, unknown>;
  const keys = [...value.keys()].map(String);
  const explained = new Set<string>();
  for (const [key, field] of Object.entries(shape.fields)) {
    const inside = named(checking, key);
    const at = node.child(key);
    const content = value.get(key);
    // An empty value counts as a key that is not there.
    if (content !== undefined && content !== null) check(inside, at, field.shape);
    else if (value.has(key)) {
      if (field.needed) report(inside, at, 'is empty', `Write ${field.example}`, field.needed);
    } else {
      // One key can be meant for one other.
      const left = keys.filter((other) => !explained.has(other));
      const slip = slipFor(key, field, left, shape);
      if (slip !== undefined) {
        explained.add(slip);
        report(named(checking, slip), node.child(slip), `is not read: the key is ${key}`, `Write ${key} instead.`);
      } else if (field.needed) report(inside, at, 'is missing', `Write ${field.example}`, field.needed);
    }
  }
  if (shape.others === 'free') return;
  for (const key of keys) {
    if (Object.hasOwn(shape.fields, key) || explained.has(key)) continue;
    const hint = `Known are: ${Object.keys(shape.fields).join(', ')}.`;
    report(named(checking, key), node.child(key), 'is not known here', hint, shape.others);
  }
}

/** Of a map with thousands of keys, none is a slip that matters. */
const mostCompared = 200;

/** A key that is there and was meant to be this one. */
function slipFor(key: string, field: Field, keys: readonly string[], shape: MapShape): string | undefined {
  const known = field.misspelt?.find((other) => keys.includes(other));
  if (known !== undefined) return known;
  // Where any key may stand, only what is needed and missing makes a near one suspicious.
  if (shape.others === 'free' && !field.needed) return undefined;
  const free = keys.filter((other) => !Object.hasOwn(shape.fields, other));
  return nearestNames(key, free.slice(0, mostCompared), 1)[0];
}

function isMap(checking: Checking, node: Node): boolean {
  if (node.value instanceof Map) return true;
  const hint = checking.names.length === 0 ? 'Write keys with values.' : 'Write its keys below it, indented.';
  report(checking, node, 'must be a map of keys and values', hint);
  return false;
}

function named(checking: Checking, key: string): Checking {
  return {...checking, names: [...checking.names, key]};
}

function report(checking: Checking, node: Node, message: string, hint: string, severity?: Severity): void {
  const name = checking.names.length === 0 ? node.name : checking.names.join('.');
  if (checking.problems.length > most) return;
  const isTooMany = checking.problems.length === most;
  checking.problems.push({
    code: 'config-invalid',
    ...(severity === undefined || severity === 'error' || isTooMany ? {} : {severity}),
    message: isTooMany ? `${node.name} has more mistakes than can be listed.` : `${displayText(name)} ${message}.`,
    hint: isTooMany ? 'Mend those that are listed first.' : hint,
    file: node.file,
    line: node.line,
    ...(node.key === '' ? {} : {key: displayText(node.key)}),
  });
}
