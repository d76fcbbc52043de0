import {parseArgs} from 'node:util';
import type {ProblemError} from '../engine/index.ts';
import {
  appFlags,
  type Command,
  commandNamed,
  commands,
  commandsOf,
  isNoun,
  laterCommands,
  laterNouns,
  nouns,
} from './commands.ts';
import {didYouMean} from './did-you-mean.ts';
import {type Flag, type FlagName, flagSpelling, flags, isFlagName, type Options} from './flags.ts';
import {misuse} from './misuse.ts';
import {type Rewritten, rewriteOldSpelling, whatLaterScriptsDo} from './old-spellings.ts';

/** What an argument list asks for. */
export type Asked =
  | {readonly kind: 'app'; readonly options: Options}
  | {readonly kind: 'version'}
  /** Help about everything (no words), a noun, or a command. */
  | {readonly kind: 'help'; readonly about: string}
  /** One command, or two where an old spelling did two things; the second only after the first went well. */
  | {readonly kind: 'commands'; readonly invocations: readonly Invocation[]; readonly old?: Rewritten};

export interface Invocation {
  readonly command: Command;
  readonly names: readonly string[];
  /** Words behind --, where the command takes some. */
  readonly rest: readonly string[];
  readonly options: Options;
}

/** Reads the arguments after the program's name. Throws `usage` with the nearest word. */
export function parse(argv: readonly string[]): Asked {
  const later = whatLaterScriptsDo(argv);
  if (later) throw notYet(`${later} is`);
  const old = rewriteOldSpelling(argv);
  const lists = (old?.becomes ?? [argv]).map(readWords);
  const words = lists[0] ?? readWords(argv);
  const [noun, verb] = words.positionals;
  if (noun !== undefined && noun !== 'help' && !isNoun(noun)) throw unknownNoun(noun);
  if (laterCommands.includes(`${noun} ${verb}`)) throw notYet(`"${noun} ${verb}" is`);
  for (const {mistake} of lists) if (mistake) throw mistake;
  if (noun === undefined) return old ? withoutVerb(words) : withoutCommand(words);
  if (words.given.has('version')) throw misuse('--version stands alone.', 'Try: pai-tui --version');
  if (noun === 'help') return {kind: 'help', about: helpTopic(words.positionals.slice(1))};
  if (words.given.has('help')) return {kind: 'help', about: helpTopic(words.positionals)};
  if (!commandNamed(noun) && verb === undefined) {
    throw misuse(`Say what to do with ${noun}: ${verbsOf(noun).join(', ')}.`, `Try: pai-tui ${noun} --help`);
  }
  return {kind: 'commands', invocations: lists.map(invocation), ...(old ? {old} : {})};
}

interface Words {
  readonly positionals: readonly string[];
  /** Words behind the first --. */
  readonly rest: readonly string[];
  readonly given: ReadonlyMap<FlagName, string | true>;
  /** The flags among them that were given by their short word. */
  readonly short: ReadonlySet<FlagName>;
  /** The first flag behind a word that cannot be taken: a word that is no command is the graver mistake. */
  readonly mistake?: ProblemError;
}

/** Splits arguments into words and flags, whatever the command: flags may stand anywhere. */
function readWords(argv: readonly string[]): Words {
  const end = argv.indexOf('--');
  const {tokens} = parseArgs({
    args: argv.slice(0, end < 0 ? undefined : end),
    options: optionsOfAll(),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const positionals: string[] = [];
  const given = new Map<FlagName, string | true>();
  const short = new Set<FlagName>();
  let mistake: ProblemError | undefined;
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const {name} = token;
    if (!isFlagName(name)) {
      mistake ??= unknownFlag(token.rawName, positionals);
      if (positionals.length === 0) throw mistake;
      continue;
    }
    const flag: Flag = flags[name];
    if (!flag.value && token.value !== undefined) throw misuse(`--${name} takes no value.`);
    if (flag.value) checkValue(name, flag, token.value, token.inlineValue === true);
    given.set(name, token.value ?? true);
    if (!token.rawName.startsWith('--')) short.add(name);
  }
  return {positionals, rest: end < 0 ? [] : argv.slice(end + 1), given, short, ...(mistake ? {mistake} : {})};
}

/** Of flags with the same short word the first has it; which one was meant is known with the command. */
function optionsOfAll() {
  const taken = new Set<string>();
  return Object.fromEntries(
    Object.entries<Flag>(flags).map(([name, {short, ...flag}]) => {
      const isFree = short !== undefined && !taken.has(short);
      if (isFree) taken.add(short);
      return [name, optionOf(isFree ? {...flag, short} : flag)];
    }),
  );
}

function optionOf(flag: Flag): {type: 'string' | 'boolean'; short?: string} {
  return {type: flag.value ? 'string' : 'boolean', ...(flag.short ? {short: flag.short} : {})};
}

function checkValue(name: FlagName, flag: Flag, value: string | undefined, inline: boolean): void {
  if (value === undefined || value === '' || (!inline && value.startsWith('-') && value.length > 1)) {
    throw misuse(`--${name} needs a value: ${flagSpelling(name)}.`);
  }
  if (flag.choices && !flag.choices.includes(value)) {
    throw misuse(`--${name} is one of ${flag.choices.join(', ')}, not "${value}".`, didYouMean(value, flag.choices));
  }
}

/** The older tools never opened anything: without a verb they said how they are used. */
function withoutVerb(words: Words): Asked {
  if (words.given.has('help')) return {kind: 'help', about: ''};
  throw misuse('Say what to do: build or push.', 'Try: pai-tui image --help');
}

function withoutCommand(words: Words): Asked {
  if (words.given.has('help')) return {kind: 'help', about: ''};
  if (words.given.has('version')) return {kind: 'version'};
  for (const name of words.given.keys()) {
    if (!(appFlags as readonly FlagName[]).includes(name)) {
      const takers = commands.filter((command) => command.flags.includes(name)).map((command) => command.name);
      throw misuse(`--${name} belongs to a command (${takers.join(', ')}).`, 'Try: pai-tui --help');
    }
  }
  return {kind: 'app', options: Object.fromEntries(words.given)};
}

function invocation(words: Words): Invocation {
  const [noun = '', verb = ''] = words.positionals;
  const alone = commandNamed(noun);
  const command = alone ?? commandNamed(`${noun} ${verb}`);
  if (!command) {
    throw misuse(
      `There is no command "${noun} ${verb}".`,
      didYouMean(verb, verbsOf(noun)) ?? `${noun} has: ${verbsOf(noun).join(', ')}.`,
    );
  }
  const given = new Map([...words.given].map(([name, value]) => [meantBy(name, words, command), value]));
  for (const name of given.keys()) {
    if (!command.flags.includes(name)) {
      throw misuse(
        `${command.name} takes no --${name}.`,
        command.flags.length > 0 ? `It takes: ${command.flags.map((flag) => `--${flag}`).join(' ')}.` : undefined,
      );
    }
  }
  // Where nothing belongs behind --, that only says that no flags follow.
  const names = [...words.positionals.slice(alone ? 1 : 2), ...(command.rest ? [] : words.rest)];
  const rest = command.rest ? words.rest : [];
  checkNames(command, names);
  if (command.rest?.needed && rest.length === 0) {
    const {placeholder} = command.rest;
    throw misuse(`${command.name} needs a ${placeholder} behind --.`, `Try: ${command.examples[0]}`);
  }
  return {command, names, rest, options: Object.fromEntries(given)};
}

/** The flag of this command that has the short word by which another one of the same short word was read. */
function meantBy(name: FlagName, {short}: Words, command: Command): FlagName {
  if (!short.has(name) || command.flags.includes(name)) return name;
  const word = (flags[name] as Flag).short;
  return command.flags.find((other) => (flags[other] as Flag).short === word) ?? name;
}

function checkNames(command: Command, names: readonly string[]): void {
  const {argument} = command;
  if (!argument) {
    if (names.length > 0) throw misuse(`${command.name} takes no names, but got "${names.join(' ')}".`);
    return;
  }
  if (argument.count === 'some' && names.length === 0) {
    const all = argument.of === 'machines' ? '@all stands for all machines.' : undefined;
    throw misuse(`${command.name} needs at least one ${argument.placeholder}.`, all);
  }
  if (argument.count === 'one' && names.length !== 1) {
    const got = names.length === 0 ? '' : `, but got ${names.length}`;
    throw misuse(
      `${command.name} needs one ${argument.placeholder}${got}.`,
      argument.of === 'runs' ? 'See the ids with: pai-tui run list. The word last stands for the newest.' : undefined,
    );
  }
  if (typeof argument.of !== 'string') {
    const unknown = names.find((name) => !argument.of.includes(name));
    if (unknown !== undefined) {
      throw misuse(
        `${command.name} knows ${argument.of.join(', ')}, not "${unknown}".`,
        didYouMean(unknown, argument.of),
      );
    }
  }
}

function helpTopic(words: readonly string[]): string {
  const [noun, verb] = words;
  if (noun === undefined) return '';
  if (!isNoun(noun)) throw unknownNoun(noun);
  return verb !== undefined && commandNamed(`${noun} ${verb}`) ? `${noun} ${verb}` : noun;
}

function unknownNoun(noun: string): ProblemError {
  if ((laterNouns as readonly string[]).includes(noun)) return notYet(`"${noun}" is`);
  const near = didYouMean(noun, [...Object.keys(nouns), ...laterNouns]);
  return misuse(`There is no command "${noun}".`, near ?? `Commands begin with: ${Object.keys(nouns).join(', ')}.`);
}

function notYet(what: string): ProblemError {
  return misuse(
    `${what} not part of this version of pai-tui yet.`,
    `This version has: ${Object.keys(nouns).join(', ')}.`,
  );
}

function unknownFlag(written: string, positionals: readonly string[]): ProblemError {
  if (written === '-a') return notYet('-a, for what k8sClusterManagement.py did to clusters and machines, is');
  const later = laterFlags[written];
  if (later) return misuse(`${written} is not part of this version of pai-tui yet: ${later}.`, 'Leave it out.');
  const command = commandNamed(positionals.slice(0, 2).join(' ')) ?? commandNamed(positionals[0] ?? '');
  const known = (command?.flags ?? (Object.keys(flags) as FlagName[])).map((name) => `--${name}`);
  return misuse(`There is no flag ${written}.`, didYouMean(written, known) ?? 'Try: pai-tui --help');
}

/** What other versions bring and a script may already say. Ignoring them would be worse than refusing. */
const laterFlags: Readonly<Record<string, string>> = {
  '--cluster': 'a configuration is named by its folder, with -c DIR',
};

function verbsOf(noun: string): readonly string[] {
  return commandsOf(noun).map((command) => command.name.slice(noun.length + 1));
}
