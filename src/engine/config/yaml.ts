/** YAML as PyYAML reads it, with the place of every key. */

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
} from 'yaml';
import {displayText} from '../names.ts';
import type {Problem} from '../problem.ts';
import {dictHas, dictSet} from '../values/dict.ts';
import {Timestamp} from '../values/timestamp.ts';
import {hasErrors} from './problems.ts';
import {hasQuestionMark, isMissingKey, isPlain} from './yaml-nodes.ts';
import {placesOf, type YamlPath} from './yaml-places.ts';
import {refusedAt} from './yaml-refusal.ts';
import {type ScalarTag, scalarValue, tagOf, type YamlScalar} from './yaml-scalars.ts';

export type YamlValue = YamlScalar | YamlList | YamlMap;
type YamlList = readonly YamlValue[];
/** Keys in the order of the file; a key may be any scalar (`1:` is a whole number). */
export type YamlMap = ReadonlyMap<YamlScalar, YamlValue>;

export type {YamlPath};

export interface YamlFile {
  /** Undefined when nothing of the file can be used; null when it is empty. */
  readonly value: YamlValue | undefined;
  /** Code `yaml-invalid`. A key that is there twice is a warning: the last one counts, as for PyYAML. */
  readonly problems: readonly Problem[];
  /** Line of the key or entry, or of the nearest above it that is there. */
  line(path: YamlPath): number | undefined;
  /** A scalar as it is written, so that 1.10 stays 1.10; undefined for what is no scalar or not there. */
  text(path: YamlPath): string | undefined;
}

/** Reads one document. Never throws; `file` only names it in problems. */
export function readYaml(given: string, file: string): YamlFile {
  // The parser takes neither a mark at the beginning as nothing, nor a carriage return alone as the end of a line.
  const text = given.replace(/^\ufeff/, '').replace(/\r(?!\n)/g, '\n');
  const counter = new LineCounter();
  const problems: Problem[] = [];
  const wrong = (line: number, message: string) =>
    problems.push({
      code: 'yaml-invalid',
      message: displayText(message),
      hint: 'Mend the file at this line.',
      file,
      line,
    });
  const document = parse(text, counter, wrong);
  const root = document?.contents ?? undefined;
  const reading: Reading = {
    asPython: (node) => {
      const value = typeof node.value === 'string' ? node.value : '';
      const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
      const isLast = !text.endsWith('\n') && (node.range?.[1] ?? 0) >= text.length;
      return isBlock && isLast ? value.replace(/\n$/, '') : value;
    },
    lineOf: (node) => counter.linePos(node?.range?.[0] ?? 0).line,
    wrong,
    twice: (line, key) =>
      problems.push({
        code: 'yaml-invalid',
        severity: 'warning',
        message: `The key ${key} is there twice; the last one counts.`,
        hint: 'Remove one of the two.',
        file,
        line,
        key,
      }),
    anchors: new Map(),
    targets: new Map(),
    size: 0,
    isTooLarge: false,
  };
  const value = root === undefined ? (document ? null : undefined) : readValue(reading, root, []);
  const places = root && placesOf(root, reading.targets);
  return {
    value: hasErrors(problems) ? undefined : value,
    problems,
    line: (path) => (places ? reading.lineOf(places.nearest(path)) : undefined),
    text: (path) => places?.text(path),
  };
}

interface Reading {
  /** A block scalar at the very end of a file without a last line end has none either. */
  asPython(node: Scalar): string;
  lineOf(node: Node | undefined): number;
  wrong(line: number, message: string): void;
  twice(line: number, key: string): void;
  /** Values are made once and shared by their aliases; the size counts what they stand for. */
  readonly anchors: Map<string, {value: YamlValue; size: number; node: Node} | 'open'>;
  /** What each alias stands for. */
  readonly targets: Map<Node, Node>;
  size: number;
  isTooLarge: boolean;
}

/** Beyond this a file is an attack or a mistake; real configurations have hundreds of values and ten levels. */
const mostValues = 200_000;
const deepest = 100;

function parse(text: string, counter: LineCounter, wrong: Reading['wrong']): Document | undefined {
  const refusal = refusedAt(text, deepest);
  if (refusal) {
    wrong(refusal.line, refusal.message);
    return undefined;
  }
  // Every scalar stays a string: what it means is decided by PyYAML's rules, not by those of a schema.
  const document = parseDocument(text, {
    schema: 'failsafe',
    version: '1.1',
    lineCounter: counter,
    uniqueKeys: false,
    prettyErrors: false,
    keepSourceTokens: true,
    logLevel: 'error',
  });
  for (const error of document.errors) wrong(counter.linePos(error.pos[0]).line, `${plainSentence(error.message)}`);
  return document;
}

function plainSentence(message: string): string {
  const [first = ''] = message.split('\n');
  if (first.startsWith('Source contains multiple documents'))
    return 'The file holds several documents, and one is expected.';
  return `The YAML cannot be read: ${first.replace(/\.?$/, '.')}`;
}

function readValue(reading: Reading, node: Node | null | undefined, path: readonly string[]): YamlValue {
  if (reading.isTooLarge) return null;
  if (++reading.size > mostValues || path.length > deepest) {
    reading.isTooLarge = true;
    const because = path.length > deepest ? 'is nested too deeply' : 'stands for too many values';
    reading.wrong(reading.lineOf(node ?? undefined), `The file ${because} to be a configuration.`);
    return null;
  }
  if (!node) return null;
  if (isAlias(node)) return aliasValue(reading, node, node.source);

  const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
  if (anchor !== undefined && reading.anchors.has(anchor)) {
    reading.wrong(reading.lineOf(node), `The anchor &${anchor} is there twice.`);
  }
  const before = reading.size;
  if (anchor !== undefined) reading.anchors.set(anchor, 'open');
  const value = isMap(node)
    ? mapValue(reading, node, path)
    : isSeq(node)
      ? listValue(reading, node, path)
      : scalar(reading, node);
  if (anchor !== undefined) reading.anchors.set(anchor, {value, node, size: reading.size - before});
  return value;
}

function aliasValue(reading: Reading, node: Node, name: string): YamlValue {
  const anchored = reading.anchors.get(name);
  if (anchored === undefined || anchored === 'open') {
    const because = anchored === 'open' ? 'stands inside what it repeats' : 'repeats what is not there';
    reading.wrong(reading.lineOf(node), `The alias *${name} ${because}.`);
    return null;
  }
  reading.targets.set(node, anchored.node);
  reading.size += anchored.size;
  return anchored.value;
}

const questionMark = 'In brackets a text with a question mark needs quotes.';

function listValue(reading: Reading, node: Node, path: readonly string[]): YamlValue {
  if (!isSeq(node)) return null;
  checkTag(reading, node, 'tag:yaml.org,2002:seq');
  return node.items.map((item, index) => {
    if (hasQuestionMark(item, node.flow)) reading.wrong(reading.lineOf(item as Node), questionMark);
    return readValue(reading, item as Node, [...path, String(index)]);
  });
}

function mapValue(reading: Reading, node: Node, path: readonly string[]): YamlValue {
  if (!isMap(node)) return null;
  checkTag(reading, node, 'tag:yaml.org,2002:map');
  const own = new Map<YamlScalar, YamlValue>();
  const merged: YamlMap[] = [];
  for (const pair of node.items as Pair<Node, Node | null>[]) {
    if (isPlain(pair.key, '<<')) {
      merged.push(...mergedMaps(reading, pair.value, path));
      continue;
    }
    if (hasQuestionMark(pair.key, node.flow) || hasQuestionMark(pair.value, node.flow)) {
      reading.wrong(reading.lineOf(pair.key), questionMark);
    }
    if (isMissingKey(pair)) reading.wrong(reading.lineOf(pair.key), 'There is nothing before the colon.');
    const key = isPlain(pair.key, '=') ? '=' : readValue(reading, pair.key, path);
    // From here on nothing is read, so that nothing more can be said of the keys.
    if (reading.isTooLarge) break;
    if (Array.isArray(key) || key instanceof Map) {
      reading.wrong(reading.lineOf(pair.key), 'A list or a map cannot be a key.');
      continue;
    }
    const name = displayText(keyName(key as YamlScalar));
    if (dictHas(own, key as YamlScalar)) {
      reading.twice(reading.lineOf(pair.key), [...path.map(displayText), name].join('.'));
    }
    dictSet(own, key as YamlScalar, readValue(reading, pair.value, [...path, name]));
  }
  if (merged.length === 0) return own;
  // Merged keys come first and are overruled by the map's own; of several maps the first named wins.
  const all = new Map<YamlScalar, YamlValue>();
  for (const map of [...merged.reverse(), own]) for (const [key, value] of map) dictSet(all, key, value);
  return all;
}

function mergedMaps(reading: Reading, node: Node | null, path: readonly string[]): YamlMap[] {
  const value = readValue(reading, node, path);
  const maps = (Array.isArray(value) ? value : [value]).filter((item): item is YamlMap => item instanceof Map);
  if (maps.length === 0 && !reading.isTooLarge) {
    reading.wrong(reading.lineOf(node ?? undefined), '<< takes a map or a list of maps.');
  }
  return maps;
}

function scalar(reading: Reading, node: Node): YamlScalar {
  if (!isScalar(node)) return null;
  const text = reading.asPython(node);
  if (isPlain(node, '=') || isPlain(node, '<<')) {
    reading.wrong(reading.lineOf(node), `${text} stands for something else in YAML 1.1; put it in quotes.`);
  }
  const tag = scalarTag(
    reading,
    node.tag,
    node.type === 'PLAIN' || node.type === undefined ? tagOf(text) : 'str',
    node,
  );
  const value = scalarValue(tag, text);
  if (value !== undefined) return value;
  reading.wrong(reading.lineOf(node), `"${displayText(text).slice(0, 60)}" is no valid ${tag}.`);
  return null;
}

function scalarTag(reading: Reading, tag: string | undefined, plain: ScalarTag, node: Node): ScalarTag {
  if (tag === undefined || tag === '!') return plain;
  const [, name] = /^tag:yaml\.org,2002:(null|bool|int|float|timestamp|str)$/.exec(tag) ?? [];
  if (name !== undefined) return name as ScalarTag;
  reading.wrong(reading.lineOf(node), `The tag ${tag} is not understood here.`);
  return 'str';
}

function checkTag(reading: Reading, node: {tag?: string | undefined} & Node, expected: string): void {
  if (node.tag === undefined || node.tag === '!' || node.tag === expected) return;
  reading.wrong(reading.lineOf(node), `The tag ${node.tag} is not understood here.`);
}

function keyName(key: YamlScalar): string {
  return key instanceof Timestamp ? key.text : String(key);
}
