/** One value of a configuration, changed in its file. */

import {createHash} from 'node:crypto';
import {realpath, stat} from 'node:fs/promises';
import {basename} from 'node:path';
import {displayText} from '../names.ts';
import {type Problem, ProblemError} from '../problem.ts';
import type {Files} from '../tools.ts';
import {editYaml} from './edit/edit-yaml.ts';
import {locate} from './edit/locate.ts';
import {outlineOf} from './edit/outline.ts';
import {dots, isSecretKey} from './secret-keys.ts';
import {readExactly} from './source-file.ts';
import type {ValueNode} from './value-tree.ts';
import {readYaml, type YamlFile, type YamlPath, type YamlValue} from './yaml.ts';

/** A value as it stands in its file. */
export interface WrittenValue {
  readonly file: string;
  readonly line: number;
  /** The key in the file, dotted. */
  readonly key: string;
  /** With its quotes; empty where nothing is written. */
  readonly text: string;
  /** Of the whole file when it was read. */
  readonly digest: string;
}

export interface ValueChange {
  /** False when it was so already: then nothing was written. */
  readonly changed: boolean;
}

/** Throws `edit-refused` for what is not written as one value on one line, and for secrets, which are not shown. */
export async function writtenValue({origin, text: shown = '', children}: ValueNode): Promise<WrittenValue> {
  if (origin?.from !== 'file' || children) throw refused({message: 'This is not written in a file as one value.'});
  const {file, line, key} = origin;
  const place = {file, line, key};
  if (shown.includes(dots) || key.split('.').some(isSecretKey)) {
    throw refused({message: 'This is a secret, or holds one, and is not shown here.', ...place});
  }
  const text = await readExactly(file);
  const path = pathIn(readYaml(text, file), key, line);
  if (!path) throw changedSince(place);
  const {spot} = locate(outlineOf(text), path, {text, file, path});
  const written = spot.kind === 'empty' ? '' : text.slice(spot.start, spot.end);
  if (spot.kind === 'map' || spot.kind === 'list' || written.includes('\n')) {
    throw refused({message: 'This is written as more than one value on one line.', ...place});
  }
  return {...place, text: written, digest: digestOf(text)};
}

/** Reads the file again first: refused when it is not the same any more. */
export async function changeValue(value: WrittenValue, typed: string, files: Files): Promise<ValueChange> {
  const {file, line, key} = value;
  const wanted = scalarOf(typed, {file, line, key});
  // A link stays one: what it leads to is written.
  const target = await realpath(file).catch(() => file);
  const text = await readExactly(target);
  const path = digestOf(text) === value.digest ? pathIn(readYaml(text, file), key, line) : undefined;
  if (!path) throw changedSince({file, line, key});
  if (typed.trim() === value.text) return {changed: false};
  const edited = editYaml(text, {type: 'set', path, value: wanted}, file);
  if (edited.type === 'refused') throw new ProblemError(edited.problem);
  if (edited.text === text) return {changed: false};
  await writeEdited(target, edited.text, files);
  return {changed: true};
}

/** Another text for a file of a configuration, which keeps its mode and owner. Links are resolved. Throws `edit-refused`. */
export async function writeEdited(target: string, text: string, files: Pick<Files, 'writeFile'>): Promise<void> {
  const {mode, uid, gid, nlink} = await stat(target);
  if (nlink > 1) {
    throw refused({
      message: `${displayText(basename(target))} has a second name (a hard link), which would be cut off.`,
      file: target,
    });
  }
  await files.writeFile(target, text, mode & 0o7777, {uid, gid});
}

/** What somebody typed as YAML means it. */
function scalarOf(typed: string, place: Pick<Problem, 'file' | 'line' | 'key'>): YamlValue {
  const text = typed.trim();
  const hint = 'Put quotes around it to have it as it is typed.';
  const {value, problems} = readYaml(text, 'what was typed');
  const spot = outlineOf(text);
  const [mistake] = problems;
  if (value === undefined || mistake) {
    throw refused({message: `What was typed is no YAML: ${mistake?.message ?? 'it cannot be read'}`, hint, ...place});
  }
  if (value instanceof Map || Array.isArray(value)) {
    throw refused({message: 'What was typed is a map or a list, not one value.', hint, ...place});
  }
  if (text !== '' && text.slice(spot.start, spot.end) !== text) {
    throw refused({message: 'Part of what was typed would be a comment, a tag or an anchor.', hint, ...place});
  }
  return value;
}

/** The path a dotted key stands for: keys may have dots of their own, so the line tells. */
function pathIn(yaml: YamlFile, key: string, line: number): YamlPath | undefined {
  for (const path of pathsFor(yaml.value, key.split('.'))) if (yaml.line(path) === line) return path;
  return undefined;
}

function* pathsFor(value: YamlValue | undefined, parts: readonly string[]): Generator<YamlPath> {
  if (parts.length === 0) {
    yield [];
    return;
  }
  if (Array.isArray(value)) {
    const [index = '', ...rest] = parts;
    for (const path of pathsFor(value[Number(index)], rest)) yield [Number(index), ...path];
  }
  if (!(value instanceof Map)) return;
  for (const [name, item] of value) {
    const own = String(name).split('.');
    if (own.some((part, at) => part !== parts[at])) continue;
    for (const path of pathsFor(item as YamlValue, parts.slice(own.length))) yield [String(name), ...path];
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function changedSince({file, ...place}: Pick<WrittenValue, 'file' | 'line' | 'key'>): ProblemError {
  return refused({
    message: `${displayText(basename(file))} has changed since it was read: nothing was written.`,
    hint: 'It is read again now. Look at the value, and change it then.',
    file,
    ...place,
  });
}

function refused(problem: Omit<Problem, 'code'>): ProblemError {
  return new ProblemError({code: 'edit-refused', hint: 'Open the file in an editor to change it.', ...problem});
}
