import {appFlags, type Command, commands, commandsOf, nouns} from './commands.ts';
import {type Flag, type FlagName, flags} from './flags.ts';

/** The hidden word by which a completion asks for the names of images or runs. */
export const namesWord = '__names';

/** The completion of one shell, drawn from the table of commands: 'bash', 'zsh' or 'fish'. */
export function completionScript(shell: string): string {
  if (shell === 'fish') return fishScript();
  // zsh reads completions written for bash.
  return shell === 'zsh'
    ? `autoload -Uz compinit bashcompinit && compinit && bashcompinit\n${bashScript()}`
    : bashScript();
}

function bashScript(): string {
  return [
    '_pai_tui() {',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of shell
    "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words='' noun='' verb='' value='' word",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of shell
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    // The value of a flag is no noun. bash makes three words of --source=DIR.
    '    if [ -n "$value" ] && [ "$word" != = ]; then value=; continue; fi',
    '    case $word in',
    `      ${valueFlags()}) value=yes ;;`,
    '      -*|=) ;;',
    '      *) if [ -z "$noun" ]; then noun=$word; elif [ -z "$verb" ]; then verb=$word; fi ;;',
    '    esac',
    '  done',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of shell
    '  if [ "$current" = = ]; then current=; elif [ "$previous" = = ]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi',
    '  case $previous in',
    ...(Object.keys(flags) as FlagName[]).flatMap(bashValueCase),
    '  esac',
    '  case "$noun $verb" in',
    ...commands.map((command) => `    '${padded(command.name)}') words="${bashWords(command)}" ;;`),
    ...nounsWithVerbs().map((noun) => `    '${noun} '*) words='${verbsOf(noun).join(' ')}' ;;`),
    `    ' ') words='${Object.keys(nouns).join(' ')} ${flagWords(appFlags).join(' ')}' ;;`,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -F _pai_tui pai-tui',
  ].join('\n');
}

function bashValueCase(name: FlagName): string[] {
  const flag: Flag = flags[name];
  if (!flag.value) return [];
  const spelled = [`--${name}`, ...(flag.short ? [`-${flag.short}`] : [])].join('|');
  const offered = flag.choices
    ? `-W '${flag.choices.join(' ')}'`
    : flag.completes === 'folder'
      ? '-d'
      : flag.completes === 'file'
        ? '-f'
        : undefined;
  return [`    ${spelled}) ${offered ? `COMPREPLY=($(compgen ${offered} -- "$current")); ` : ''}return ;;`];
}

/** '--config|-c|…': the flags whose value is the next word, as a pattern of `case`. */
function valueFlags(): string {
  return Object.entries<Flag>(flags)
    .flatMap(([name, {value, short}]) => (value ? [`--${name}`, ...(short ? [`-${short}`] : [])] : []))
    .join('|');
}

function bashWords({argument, flags: taken}: Command): string {
  const names = argument
    ? typeof argument.of === 'string'
      ? // The words typed so far may name the tree and the state folder; they are called as the program was.
        [`$("\${COMP_WORDS[0]/#\\~/$HOME}" ${namesWord} ${argument.of} "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)`]
      : argument.of
    : [];
  return [...names, ...flagWords(taken)].join(' ');
}

function fishScript(): string {
  const alone = nounsWithVerbs().join(' ');
  return [
    'complete -c pai-tui -f',
    ...Object.entries(nouns).map(
      ([noun, about]) => `complete -c pai-tui -n __fish_use_subcommand -a ${noun} -d ${fishQuoted(about)}`,
    ),
    ...appFlags.map((name) => `complete -c pai-tui -n __fish_use_subcommand ${fishFlag(name)}`),
    ...commands.flatMap((command) => {
      const [noun = '', verb] = command.name.split(' ');
      const here = verb
        ? `__fish_seen_subcommand_from ${noun}; and __fish_seen_subcommand_from ${verb}`
        : `__fish_seen_subcommand_from ${noun}; and not __fish_seen_subcommand_from ${alone}`;
      const offered =
        command.argument &&
        (typeof command.argument.of === 'string'
          ? `(pai-tui ${namesWord} ${command.argument.of} (commandline -opc)[2..] 2>/dev/null)`
          : command.argument.of.join(' '));
      return [
        ...(verb
          ? [
              `complete -c pai-tui -n '__fish_seen_subcommand_from ${noun}; and not __fish_seen_subcommand_from ${verbsOf(noun).join(' ')}' -a ${verb} -d ${fishQuoted(command.about)}`,
            ]
          : []),
        ...(offered ? [`complete -c pai-tui -n '${here}' -a '${offered}'`] : []),
        ...command.flags.map((name) => `complete -c pai-tui -n '${here}' ${fishFlag(name)}`),
      ];
    }),
  ].join('\n');
}

function fishFlag(name: FlagName): string {
  const flag: Flag = flags[name];
  const value = flag.value ? (flag.choices ? ` -x -a '${flag.choices.join(' ')}'` : ' -r -F') : '';
  return `-l ${name}${flag.short ? ` -s ${flag.short}` : ''}${value} -d ${fishQuoted(flag.about)}`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** 'image build' as it is, 'info' as 'info ': how noun and verb are put together in the script. */
function padded(name: string): string {
  return name.includes(' ') ? name : `${name} `;
}

function nounsWithVerbs(): readonly string[] {
  return Object.keys(nouns).filter((noun) => commandsOf(noun).some(({name}) => name !== noun));
}

function verbsOf(noun: string): readonly string[] {
  return commandsOf(noun).map(({name}) => name.slice(noun.length + 1));
}

function flagWords(names: readonly FlagName[]): readonly string[] {
  return names.flatMap((name) => {
    const flag: Flag = flags[name];
    return [`--${name}`, ...(flag.short ? [`-${flag.short}`] : [])];
  });
}
