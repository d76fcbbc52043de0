import {
  type Argument,
  appFlags,
  type Command,
  commandNamed,
  commands,
  commandsOf,
  flagMeaning,
  isNoun,
  nouns,
} from './commands.ts';
import {type FlagName, flagSpelling} from './flags.ts';
import {wrapped} from './wrap.ts';

/** Help about everything (''), a noun, or a command, all drawn from the table of commands. */
export function helpText(about: string): string {
  const command = commandNamed(about);
  if (command) return commandHelp(command);
  return isNoun(about) ? nounHelp(about) : generalHelp();
}

/** `image build [NAME…]` */
export function commandSpelling(command: Command): string {
  const {name, argument, rest} = command;
  const behind = rest ? ` ${rest.needed ? `-- ${rest.placeholder}` : `[-- ${rest.placeholder}]`}` : '';
  return `${name}${argument ? ` ${argumentSpelling(argument)}` : ''}${behind}`;
}

function argumentSpelling({placeholder, count, of}: Argument): string {
  if (typeof of !== 'string') return of.join('|');
  if (count === 'any') return `[${placeholder}...]`;
  return count === 'some' ? `${placeholder}...` : placeholder;
}

function generalHelp(): string {
  return [
    'pai-tui: images and machines of clusters in the OpenPAI tradition, on screen and',
    'headless.',
    '',
    'Usage: pai-tui [-c DIR] [-s DIR]     open the screens',
    '       pai-tui NOUN VERB [flags]     do one thing and end',
    '',
    ...Object.keys(nouns).flatMap((noun) => commandsOf(noun).flatMap(commandLines)),
    '',
    'Flags of the screens:',
    ...flagLines(appFlags),
    '',
    'Exit codes: 0 done or nothing to do, 1 failed, 2 wrong use, 3 tree or',
    'configuration invalid, 4 refused for safety, 5 stopped by the operator,',
    '6 not reachable and nothing changed.',
    '',
    'More: pai-tui NOUN --help, pai-tui NOUN VERB --help. What docker_build.py,',
    'paictl.py and pai_build.py took for images is understood too.',
  ].join('\n');
}

function nounHelp(noun: keyof typeof nouns): string {
  return [
    `pai-tui ${noun}: ${nouns[noun]}`,
    '',
    ...commandsOf(noun).flatMap(commandLines),
    '',
    `More: pai-tui ${noun} VERB --help`,
  ].join('\n');
}

function commandHelp(command: Command): string {
  return [
    ...wrapped(command.about, columns),
    '',
    `Usage: pai-tui ${commandSpelling(command)}${command.flags.length > 0 ? ' [flags]' : ''}`,
    ...(command.more ?? []).flatMap((paragraph) => ['', ...wrapped(paragraph, columns)]),
    ...(command.flags.length > 0 ? ['', 'Flags:', ...flagLines(command.flags, command)] : []),
    ...(command.json ? ['', 'JSON:', `  ${command.json}`] : []),
    '',
    command.examples.length > 1 ? 'Examples:' : 'Example:',
    ...command.examples.map((example) => `  ${example}`),
  ].join('\n');
}

function commandLines(command: Command): string[] {
  const widest = Math.max(...commands.map((other) => commandSpelling(other).length));
  return hanging(commandSpelling(command), widest, command.about);
}

function flagLines(names: readonly FlagName[], command?: Command): string[] {
  const widest = Math.max(...names.map((name) => flagSpelling(name).length));
  return names.flatMap((name) => hanging(flagSpelling(name), widest, flagMeaning(name, command)));
}

/** Help is read at 80 columns. */
const columns = 80;

/** A word and what it means, the meaning wrapped beside the word. */
function hanging(word: string, widest: number, meaning: string): string[] {
  const indent = widest + 4;
  return wrapped(meaning, columns - indent).map((line, index) =>
    index === 0 ? `  ${word.padEnd(widest)}  ${line}` : `${' '.repeat(indent)}${line}`,
  );
}
