import {appFlags, type Command, commands, commandsOf, flagMeaning, nouns} from './commands.ts';
import {flagValue, namesWord, nounsWithVerbs, verbOf} from './completion-words.ts';
import {type Flag, type FlagName, flags} from './flags.ts';

export function fishScript(): string {
  return [
    'complete -c pai-tui -f',
    ...Object.entries(nouns).map(
      ([noun, about]) => `complete -c pai-tui -n __fish_use_subcommand -a ${noun} -d ${quoted(about)}`,
    ),
    ...appFlags.map((name) => `complete -c pai-tui -n __fish_use_subcommand ${offerFlag(name)}`),
    ...commands.flatMap(offerCommand),
  ].join('\n');
}

function offerCommand(command: Command): string[] {
  const [noun = ''] = command.name.split(' ');
  const isAlone = command.name === noun;
  const verbs = isAlone ? nounsWithVerbs() : commandsOf(noun).map(verbOf);
  const before = `__fish_seen_subcommand_from ${noun}; and not __fish_seen_subcommand_from ${verbs.join(' ')}`;
  const here = isAlone
    ? before
    : `__fish_seen_subcommand_from ${noun}; and __fish_seen_subcommand_from ${verbOf(command)}`;
  return [
    ...(isAlone ? [] : [`complete -c pai-tui -n '${before}' -a ${verbOf(command)} -d ${quoted(command.about)}`]),
    ...(command.argument ? [`complete -c pai-tui -n '${here}' ${offerNames(command.argument.of)}`] : []),
    ...command.flags.map((name) => `complete -c pai-tui -n '${here}' ${offerFlag(name, command)}`),
  ];
}

function offerNames(of: NonNullable<Command['argument']>['of']): string {
  if (of === 'files') return '-F';
  if (typeof of !== 'string') return `-a '${of.join(' ')}'`;
  return `-a '(pai-tui ${namesWord} ${of} (commandline -opc)[2..] 2>/dev/null)'`;
}

function offerFlag(name: FlagName, command?: Command): string {
  const {short}: Flag = flags[name];
  return `-l ${name}${short ? ` -s ${short}` : ''}${offerValue(name)} -d ${quoted(flagMeaning(name, command))}`;
}

function offerValue(name: FlagName): string {
  const value = flagValue(name);
  switch (value?.kind) {
    case undefined:
      return '';
    case 'choices':
      return ` -x -a '${value.words.join(' ')}'`;
    case 'folder':
      return " -x -a '(__fish_complete_directories (commandline -ct))'";
    case 'file':
      return ' -r -F';
    case 'nothing':
      return ' -x';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
