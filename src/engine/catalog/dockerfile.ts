/** What a Dockerfile stands on: its stages, the images it names, and whether it needs BuildKit. */

import {displayText} from '../names.ts';
import {type Instruction, type Mistake, readInstructions, splitWords} from './dockerfile-lines.ts';
import {expandWord} from './dockerfile-variables.ts';

export interface Dockerfile {
  readonly stages: readonly Stage[];
  /** Images it names that are no stage of its own, without scratch; in file order. */
  readonly references: readonly Reference[];
  readonly needsBuildkit?: {readonly line: number; readonly because: string};
  /** Lines that Docker would refuse, or that cannot be decided from the file alone. */
  readonly errors: readonly Mistake[];
}

interface Stage {
  /** After AS, lower case. */
  readonly name?: string;
  /** An image, `scratch`, or the name of an earlier stage; ARG defaults put in. */
  readonly base: string;
  /** As written. */
  readonly platform?: string;
  readonly line: number;
}

export interface Reference {
  readonly reference: string;
  readonly line: number;
  readonly by: 'FROM' | 'COPY --from' | 'RUN --mount';
}

/** Reads a Dockerfile without running any of it. Never throws: what is wrong is in `errors`. */
export function parseDockerfile(text: string): Dockerfile {
  const {instructions, escapeMark, syntax, errors} = readInstructions(text);
  const reading: Reading = {escapeMark, stages: [], references: [], errors: [...errors], globals: new Map()};
  if (syntax) needBuildkit(reading, syntax.line, 'it names its own syntax');
  for (const instruction of instructions) readInstruction(reading, instruction);
  if (reading.stages.length === 0 && reading.errors.length === 0) {
    const line = instructions[0]?.line ?? 1;
    reading.errors.push({line, message: instructions.length === 0 ? 'it is empty' : 'it has no FROM'});
  }
  const {stages, references, needsBuildkit} = reading;
  return {
    stages,
    references,
    ...(needsBuildkit ? {needsBuildkit} : {}),
    errors: reading.errors.sort((a, b) => a.line - b.line),
  };
}

interface Reading {
  readonly escapeMark: string;
  readonly stages: Stage[];
  readonly references: Reference[];
  readonly errors: Mistake[];
  /** ARG before the first FROM; undefined when it has no default. */
  readonly globals: Map<string, string | undefined>;
  needsBuildkit?: {line: number; because: string};
}

const keywords = new Set(
  'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);

/** ARGs BuildKit sets by itself; the classic builder leaves them empty. */
const platformArgs = new Set(
  ['TARGET', 'BUILD'].flatMap((side) => ['PLATFORM', 'OS', 'ARCH', 'VARIANT'].map((what) => side + what)),
);

function readInstruction(reading: Reading, instruction: Instruction): void {
  const {keyword, rest, line} = instruction;
  if (!keywords.has(keyword)) note(reading, line, `${displayText(keyword).slice(0, 40)} is not an instruction`);
  else if (rest === '' && keyword !== 'CMD' && keyword !== 'ENTRYPOINT')
    note(reading, line, `${keyword} has nothing after it`);
  else if (keyword === 'FROM') readFrom(reading, rest, line);
  else if (reading.stages.length === 0) {
    if (keyword === 'ARG') readGlobalArg(reading, rest, line);
    else note(reading, line, `${keyword} comes before the first FROM`);
  } else if (keyword === 'ONBUILD') readOnbuild(reading, rest, line);
  else if (keyword === 'COPY' || keyword === 'ADD' || keyword === 'RUN') readFlags(reading, keyword, rest, line);
  if (instruction.heredoc) needBuildkit(reading, line, `${keyword} has a here-document`);
}

/** What ONBUILD names is needed by whoever builds on this image, not by this build. */
function readOnbuild(reading: Reading, rest: string, line: number): void {
  const inner = /^\S+/.exec(rest)?.[0].toUpperCase() ?? '';
  if (inner === 'ONBUILD' || inner === 'FROM' || inner === 'MAINTAINER') {
    note(reading, line, `ONBUILD ${inner} is not allowed`);
  }
}

function readFrom(reading: Reading, rest: string, line: number): void {
  const {flags, words} = flagsOf(rest, reading.escapeMark);
  const platform = flags.find(([name]) => name === 'platform')?.[1];
  const unknown = flags.find(([name]) => name !== 'platform');
  if (unknown) note(reading, line, `FROM does not know --${displayText(unknown[0])}`);
  if (words.length !== 1 && !(words.length === 3 && words[1]?.toUpperCase() === 'AS')) {
    note(reading, line, 'FROM takes one image, or an image, AS and a name');
    return;
  }
  const name = words[2]?.toLowerCase();
  if (name !== undefined && !/^[a-z][a-z0-9._-]*$/.test(name)) {
    note(
      reading,
      line,
      `${displayText(words[2] ?? '')} cannot be the name of a stage (a letter, then letters, digits, . _ -)`,
    );
  }
  const automatic = [...platformArgs].find((arg) => platform?.includes(arg) && reading.globals.get(arg) === undefined);
  if (automatic !== undefined) needBuildkit(reading, line, `FROM --platform takes ${automatic}`);

  const base = expand(reading, words[0] ?? '', line);
  if (base === undefined) {
    // The stage is there all the same, so that what follows is not reported as standing before the first FROM.
    reading.stages.push({base: 'scratch', line, ...(name === undefined ? {} : {name})});
    return;
  }
  const isStage = reading.stages.some((stage) => stage.name === base.toLowerCase());
  if (!isStage && /[A-Z]/.test(repositoryOf(base))) note(reading, line, 'the name of an image is lower case');
  if (!isStage && base !== 'scratch') reading.references.push({reference: base, line, by: 'FROM'});
  reading.stages.push({
    base,
    line,
    ...(name === undefined ? {} : {name}),
    ...(platform === undefined ? {} : {platform}),
  });
}

function readGlobalArg(reading: Reading, rest: string, line: number): void {
  for (const word of splitWords(rest, reading.escapeMark)) {
    const [, name, text] = /^([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (name === undefined) {
      note(reading, line, `ARG ${displayText(word).slice(0, 40)} is not a name`);
      continue;
    }
    const value =
      text === undefined ? undefined : expandWord(text, reading.escapeMark, (other) => reading.globals.get(other));
    if (value !== undefined && 'error' in value) note(reading, line, value.error);
    else reading.globals.set(name, value?.text);
  }
}

/** The image a FROM names, or undefined after its mistake was noted. */
function expand(reading: Reading, word: string, line: number): string | undefined {
  const missing = new Set<string>();
  const value = expandWord(word, reading.escapeMark, (name) => {
    const known = reading.globals.get(name);
    if (known === undefined) missing.add(name);
    return known;
  });
  const wrong = (message: string) => {
    note(reading, line, message);
    return undefined;
  };
  if ('error' in value) return wrong(value.error);
  const automatic = [...missing].find((name) => platformArgs.has(name) && word.includes(name));
  if (automatic !== undefined) {
    return wrong(`FROM uses ${automatic}, which is only known while building: say the image without it`);
  }
  const isReference = /^[A-Za-z0-9][A-Za-z0-9._:/@+-]*$/.test(value.text) && !/[/:@]$|\/\//.test(value.text);
  if (isReference) return value.text;
  const unset = [...missing];
  if (value.text === '' && unset.length === 0) return wrong('FROM names no image');
  if (unset.length > 0) return wrong(`FROM uses ${unset.join(', ')}, which has no default`);
  return wrong(`FROM ${displayText(value.text).slice(0, 80)} is not the name of an image`);
}

/** Without registry, tag and digest. */
function repositoryOf(reference: string): string {
  const path = reference.replace(/@.*$/, '').replace(/:[^/]*$/, '');
  return path.replace(/^(?:[^/]*[.:][^/]*|localhost)\//, '');
}

function readFlags(reading: Reading, keyword: 'COPY' | 'ADD' | 'RUN', rest: string, line: number): void {
  const {flags, words} = flagsOf(rest, reading.escapeMark);
  if (keyword !== 'RUN' && words.length < 2 && !/^\[/.test(words[0] ?? '')) {
    note(reading, line, `${keyword} takes at least one source and a destination`);
  }
  for (const [name, value = ''] of flags) {
    if (isOnlyOfBuildkit(keyword, name)) needBuildkit(reading, line, `${keyword} has --${name}`);
    if (keyword === 'COPY' && name === 'from') addReference(reading, value, line, 'COPY --from');
    if (keyword !== 'RUN' || name !== 'mount') continue;
    const from = value.split(',').find((part) => /^from=/i.test(part));
    if (from) addReference(reading, from.slice('from='.length), line, 'RUN --mount');
  }
}

function isOnlyOfBuildkit(keyword: string, flag: string): boolean {
  return keyword === 'RUN' || (flag !== 'from' && flag !== 'chown');
}

/** A stage by name or number is no image; a variable there is not replaced by Docker either. */
function addReference(reading: Reading, text: string, line: number, by: Reference['by']): void {
  const name = text.replace(/^(["'])([\s\S]*)\1$/, '$2');
  if (/^\d+$/.test(name)) {
    if (Number(name) >= reading.stages.length - 1) note(reading, line, `${by}=${name} names no earlier stage`);
    return;
  }
  if (name === '' || name === 'scratch' || name.includes('$')) return;
  if (reading.stages.some((stage) => stage.name === name.toLowerCase())) return;
  reading.references.push({reference: name, line, by});
}

function flagsOf(
  rest: string,
  escapeMark: string,
): {flags: [name: string, value: string | undefined][]; words: string[]} {
  const words = splitWords(rest, escapeMark);
  const flags: [string, string | undefined][] = [];
  while (words[0]?.startsWith('--') && words[0] !== '--') {
    const [, name = '', value] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(words.shift() ?? '') ?? [];
    flags.push([name.toLowerCase(), value]);
  }
  return {flags, words};
}

function note(reading: Reading, line: number, message: string): void {
  reading.errors.push({line, message});
}

function needBuildkit(reading: Reading, line: number, because: string): void {
  reading.needsBuildkit ??= {line, because};
}
