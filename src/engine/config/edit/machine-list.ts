/** The machine list of a configuration, when machines have come or gone. */

import {createHash} from 'node:crypto';
import {basename} from 'node:path';
import {displayText} from '../../names.ts';
import {ProblemError} from '../../problem.ts';
import {dots, isSecretKey, withoutSecrets} from '../secret-keys.ts';
import type {ClusterConfig, MachineConfig} from '../types.ts';
import type {YamlMap} from '../yaml.ts';
import {mapAt, type Place} from '../yaml-access.ts';
import {editYaml} from './edit-yaml.ts';
import type {Edit} from './types.ts';

export interface MachineListChange {
  readonly file: string;
  /** SHA-256 of its whole text, before and after. */
  readonly before: string;
  readonly after: string;
  /** '+ …' and '- …', in the order of the file; secrets as dots. */
  readonly lines: readonly string[];
}

interface ChangedMachines {
  /** Of a node list. */
  readonly add: readonly MachineConfig[];
  /** Of the configuration. */
  readonly remove: readonly MachineConfig[];
}

export interface EditedList {
  readonly change: MachineListChange;
  /** The whole text; it may hold secrets. */
  readonly text: string;
}

/**
 * The list with and without these machines; all other lines, comments too, stay as they are. Undefined where nothing is to
 * be changed. Throws `edit-refused` where that cannot be.
 */
export function editMachineList(config: ClusterConfig, {add, remove}: ChangedMachines): EditedList | undefined {
  const [like] = config.machines.filter(({place}) => !add.some((machine) => machine.place.source === place.source));
  const place = remove[0]?.place ?? like?.place;
  if (!place || add.length + remove.length === 0) return undefined;
  const {source} = place;
  if (config.format === 'single-files' || remove.some((machine) => machine.place.source !== source)) {
    throw refused('Its machines stand in several lists, by what they are for.', source.file);
  }
  const edits = [
    // From the end, so that the numbers before stay what they are.
    ...[...remove]
      .sort((a, b) => lastOf(b.place) - lastOf(a.place))
      .map(({place: {path}}): Edit => ({type: 'remove', path})),
    ...add.map((machine): Edit => ({type: 'insert-item', path: place.path.slice(0, -1), value: entryOf(machine)})),
  ];
  let {text} = source;
  const lines: string[] = [];
  for (const edit of edits) {
    const edited = editYaml(text, edit, source.file);
    if (edited.type === 'refused') throw new ProblemError(edited.problem);
    lines.push(...differentLines(text, edited.text));
    text = edited.text;
  }
  const secrets = new Set([...add, ...remove].flatMap(({login}) => login.password?.reveal() ?? []));
  const change = {
    ...{file: source.file, before: digestOf(source.text), after: digestOf(text)},
    lines: lines.map((line) => shownLine(line, secrets)),
  };
  return {change, text};
}

/** SHA-256, as in `MachineListChange`. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function lastOf({path}: Place): number {
  return Number(path.at(-1));
}

/** As an entry of a list; maps of old releases have the name as a key, and maybe one role for all. */
function entryOf({hostname, roles, place}: MachineConfig): YamlMap {
  const entry = mapAt(place);
  if (entry.has('hostname')) return entry;
  const role = entry.has('k8s-role') ? [] : roles.slice(0, 1).map((name) => ['k8s-role', name] as const);
  return new Map([['hostname', hostname], ...entry, ...role]);
}

/** Of two texts that differ in one place. */
function differentLines(before: string, after: string): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start++;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  return [
    ...old.slice(start, old.length - end).map((line) => `- ${line}`),
    ...now.slice(start, now.length - end).map((line) => `+ ${line}`),
  ];
}

function shownLine(line: string, secrets: ReadonlySet<string>): string {
  const [, before, key = ''] = /^(.*?([\w-]+):\s+)\S/.exec(line) ?? [];
  if (before !== undefined && isSecretKey(key)) return `${before}${dots}`;
  return withoutSecrets(line.trimEnd(), secrets);
}

function refused(message: string, file: string): ProblemError {
  return new ProblemError({
    code: 'edit-refused',
    message: `${displayText(basename(file))} cannot be changed: ${message}`,
    hint: 'Leave --update-config out, and change the machine list in an editor.',
    file,
  });
}
